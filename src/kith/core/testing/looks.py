"""Sizes, themes and languages of tests in the browser: in the suite each test takes one of those it is written for, always the same; KITH_LONG=1 takes all."""

import os
import zlib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

#: The words for them among the parameters of a test.
NAMES = ("size", "scheme", "language", "look")
#: What has to be among the looks of the whole suite, however they fall.
WANTED = ("desk", "phone", "light", "dark", "ru", "zh-hans")
#: A test that is written for so many is run in two that differ as much as they can.
MANY = 4


@dataclass(frozen=True, slots=True)
class Case[T]:
    """A test, where it stands, and its parameters."""

    test: T
    place: str
    parameters: Mapping[str, object]

    @property
    def look(self) -> tuple[str, ...]:
        """Size, theme and language, as far as the parameters say."""
        said = (self.parameters[name] for name in NAMES if name in self.parameters)
        return tuple(str(word) for one in said for word in (one if isinstance(one, tuple) else (one,)))

    @property
    def rest(self) -> tuple[str, ...]:
        """All that makes it another test, whatever it looks like."""
        return self.place, *sorted(f"{name}={value!r}" for name, value in self.parameters.items() if name not in NAMES)


def is_long() -> bool:
    """Whether every look is wanted."""
    return os.environ.get("KITH_LONG") == "1"


def chosen[T](options: Sequence[T], *name: str) -> T:
    """One of the options, by the checksum of a name: the same one in each run, on each machine."""
    return options[zlib.crc32("·".join(name).encode()) % len(options)]


def thinned[T](cases: Iterable[Case[T]]) -> list[Case[T]]:
    """Of tests that differ in their look only, one; two of many."""
    alike: dict[Hashable, list[Case[T]]] = defaultdict(list)
    for case in cases:
        alike[case.rest].append(case)
    return [case for group in alike.values() for case in _of(group)]


def _of[T](group: list[Case[T]]) -> list[Case[T]]:
    first = chosen(group, *group[0].rest)
    if len(group) < MANY:
        return [first]
    return [first, max(group, key=lambda case: sum(a != b for a, b in zip(case.look, first.look, strict=True)))]


def missing[T](cases: Iterable[Case[T]]) -> list[str]:
    """Which size, theme or language no test is run in any more."""
    seen = {word for case in cases for word in case.look}
    return [word for word in WANTED if word not in seen]
