"""What has been measured on a data set, kept beside it: a run goes on where another ended, and two sizes are compared."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .cases import Case
from .measure import Figures, Result

NAME = "bench-results.json"


@dataclass(slots=True)
class Kept:
    """The results in a folder: of each case, and facts of the whole by name."""

    place: Path
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Path) -> "Kept":
        """What is kept in a folder; nothing yet in a new one."""
        place = data / NAME
        known = json.loads(place.read_text(encoding="utf-8")) if place.exists() else {}
        return cls(place, **known)

    def result(self, case: Case) -> Result:
        """The result of a case as far as it is known."""
        known = self.cases.get(key(case))
        if known is None:
            return Result(case)
        return Result(case, [Figures(**run) for run in known["runs"]], known["cold"], known["floor"])

    def keep(self, results: Iterable[Result] = ()) -> None:
        """Write down these results with all the others."""
        for result in results:
            self.cases[key(result.case)] = {
                "runs": [asdict(run) for run in result.runs],
                "cold": result.cold,
                "floor": result.floor,
            }
        known = {"cases": self.cases, "facts": self.facts, "numbers": self.numbers}
        draft = self.place.with_suffix(".draft")
        draft.write_text(json.dumps(known), encoding="utf-8")
        draft.replace(self.place)


def key(case: Case) -> str:
    """What a case is known by."""
    return f"{case.name} | {case.level}"
