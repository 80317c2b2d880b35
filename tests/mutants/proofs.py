"""What may notice a broken rule, and through which lines of the access code each of it runs."""

import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from types import CodeType
from typing import Any

from .applying import codes, forget, holders
from .breaking import PLACES, Mutant, path_of
from .near import near

TOOL = 4
#: File and line.
type Lines = frozenset[tuple[str, int]]


@dataclass(slots=True)
class Proof:
    """A comparison of the matrix or a test: how it is run, whether it held on the whole program, for how long, by which lines."""

    name: str
    group: str
    run: Callable[[], bool]
    seconds: float = 0.0
    lines: Lines = frozenset()
    kills: int = field(default=0)


class Recorder:
    """Notes which lines of the access code are run through; each costs once, so that nothing gets slow."""

    def __init__(self) -> None:
        self.found: set[tuple[str, int]] = set()
        self.files = {str(path_of(file)): file for file in PLACES}

    def __enter__(self) -> "Recorder":
        for file in PLACES:
            import_module("kith." + file.removesuffix(".py").replace("/", "."))
        sys.monitoring.use_tool_id(TOOL, "kith mutants")
        sys.monitoring.register_callback(TOOL, sys.monitoring.events.LINE, self.note)
        for code in (code for found in holders().values() for one in found for code in codes(one.__code__)):
            sys.monitoring.set_local_events(TOOL, code, sys.monitoring.events.LINE)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.monitoring.free_tool_id(TOOL)

    def note(self, code: CodeType, line: int) -> Any:
        """A line was reached; until `restart_events` no more is told of it."""
        self.found.add((self.files[code.co_filename], line))
        return sys.monitoring.DISABLE

    def record(self, proof: Proof) -> bool:
        """Run a proof, with nothing remembered from another one; whether it holds."""
        self.found.clear()
        forget()
        sys.monitoring.restart_events()
        start = time.monotonic()
        holds = proof.run()
        proof.seconds, proof.lines = round(time.monotonic() - start, 3), frozenset(self.found)
        return holds


def asked(mutant: Mutant, proofs: list[Proof], most: int) -> list[Proof]:
    """The proofs that can notice a broken rule, in the order in which they are asked.

    First those that noticed most so far, then the tests of the place and after them the others, or comparisons of the matrix; the
    quick ones first, and a few of each module before more of any, since tests of one module often notice the same. Of very many only
    some are asked: what hundreds of comparisons by all kinds of people do not notice is for the tests.
    """
    lines = {(mutant.file, line) for line in range(mutant.line, mutant.end + 1)}
    able = [proof for proof in proofs if proof.lines & lines]
    if not mutant.where:  # a constant: whatever reads it runs through a function of its file
        able = [proof for proof in proofs if any(file == mutant.file for file, _line in proof.lines)]
    first = sorted((one for one in able if one.kills), key=lambda one: one.seconds / one.kills)[:30]
    chosen, length, turn = {id(one) for one in first}, Counter[str](), Counter[str]()
    own = set(near(mutant.file))
    for one in able:
        length[one.group] += round(one.seconds * 1000)
    rest = [one for one in able if id(one) not in chosen]
    rest.sort(key=lambda one: (int(one.seconds * 10), zlib.crc32(one.name.encode())))
    order = dict[int, tuple[Any, ...]]()
    for one in rest:
        round_of = 0 if one.group == "matrix" else turn[one.group] // 5
        order[id(one)] = (one.name.partition("::")[0] not in own, round_of, length[one.group], one.group)
        turn[one.group] += 1
    rest.sort(key=lambda one: order[id(one)])
    return [*first, *rest][:most]
