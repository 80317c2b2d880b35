"""What apps add to the benchmark: rows of their own, and cases on them. An app names its module; it is loaded by the benchmark only.

kith.core.bench.further.append("kith.sales.bench")   # a module with PART = Part(...)
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Protocol

from . import further
from .build import Data
from .cases import Case


class Make(Protocol):
    """Makes so many rows of a part."""

    def __call__(self, data: Data, count: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one app: what they are called, how so many of them are made, the table to count, what is measured."""

    name: str
    make: Make
    table: str
    cases: tuple[Case, ...]


def parts() -> list[Part]:
    """The parts of all apps."""
    return [import_module(name).PART for name in further]


def makers(count: int) -> list[tuple[str, Callable[[Data], None]]]:
    """What makes so many rows of every part; nothing for none."""
    return [(part.name, partial(part.make, count=count)) for part in parts()] if count else []


def cases(name: str = "") -> tuple[Case, ...]:
    """What all apps measure, or the part of this name."""
    return tuple(case for part in parts() if name in ("", part.name) for case in part.cases)
