"""The search for duplicates at the size of a large company: `python -m tests.quality.million [--people 1000000] [--data FOLDER]`.

In a database of its own, with names as common as real ones and planted doubles: how long the first search takes and what it
needs, how many doubles it finds and what else it proposes, how long it takes to follow a thousand changes, and one.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.crash.installed import folder
from tests.overload.drill import prepared

from . import changing, filling, searching


@dataclass(frozen=True, slots=True)
class Bound:
    """What a figure has to keep to."""

    group: str
    name: str
    least: float = 0
    most: float = float("inf")


#: Of pairs that are proposed wrongly nearly all are namesakes in one town: their number is a fact of the names, and they come last.
BOUNDS = (
    Bound("search", "seconds", most=600), Bound("search", "memory_mb", most=1024), Bound("search", "around_one_ms", most=100),
    Bound("person", "recall", 0.85), Bound("person", "recall_of_those_that_can_be_told", 0.95),
    Bound("person", "precision_from_75", 0.95), Bound("person", "precision_but_for_namesakes", 0.9),
    Bound("company", "recall", 0.85), Bound("company", "recall_of_those_that_can_be_told", 0.9),
    Bound("company", "precision_from_90", 0.95), Bound("company", "precision_but_for_namesakes", 0.95),
    Bound("changes", "catch_up_seconds", most=60),
)  # fmt: skip


def measured(data: Path, people: int, companies: int) -> dict[str, Any]:
    """Everything."""
    from kith.core import machine

    found: dict[str, Any] = {"people": people, "companies": companies, "processors": os.cpu_count()}
    truth = filling.known(data) or filling.fill(data, people, companies, lambda text: print(text, file=sys.stderr))
    compared, differences = filling.check(truth["sample"])
    found |= {"rows_compared": compared, "differences": differences[:5]}
    at_first()
    found["10 M additions"] = f"{machine.speed():.1f} s"
    found["search"] = searching.apart(data)
    pairs = [(UUID(one), UUID(other), *rest) for one, other, *rest in truth["pairs"]]
    found |= quality(pairs)
    found["search"]["around_one_ms"] = changing.around_one(50)
    found["changes"] = changing.followed(min(1000, people // 50), {pair[:2] for pair in pairs})
    return found


def at_first() -> None:
    """As an installation is before its first search: nothing found yet, statistics and visibility as the server's upkeep leaves them."""
    from django.db import connection

    from kith.parties.entities.duplicate_pair import DuplicatePair, DuplicateScan

    DuplicatePair.objects.all().delete()
    DuplicateScan.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def quality(pairs: Collection[tuple[Any, ...]]) -> dict[str, Any]:
    """What was found of the planted pairs, and what else."""
    from kith.parties.entities.duplicate_pair import DuplicatePair

    stored = DuplicatePair.objects.values_list("one_id", "other_id", "kind", "score", "reasons", "signs")
    proposed = {(one, other): tuple(rest) for one, other, *rest in stored}
    return {
        kind: of_kind(kind, [pair for pair in pairs if pair[2] == kind], proposed) for kind in ("person", "company")
    }


def of_kind(
    kind: str, pairs: list[tuple[Any, ...]], proposed: dict[tuple[UUID, UUID], tuple[Any, ...]]
) -> dict[str, Any]:
    """Recall and precision of one kind."""
    true, told = {pair[:2] for pair in pairs}, {pair[:2] for pair in pairs if pair[4]}
    mine = {pair: rest for pair, rest in proposed.items() if rest[0] == kind}
    wrong = {pair: rest for pair, rest in mine.items() if pair not in true}
    namesakes = sum(is_namesake(*rest[2:]) for rest in wrong.values())
    found: dict[str, Any] = {
        "planted": len(true), "proposed": len(mine), "recall": share(len(true & mine.keys()), len(true)),
        "can_be_told": len(told), "recall_of_those_that_can_be_told": share(len(told & mine.keys()), len(told)),
        "precision": share(len(mine) - len(wrong), len(mine)), "wrong": len(wrong), "wrong_that_are_namesakes": namesakes,
        "precision_but_for_namesakes": share(len(mine) - len(wrong), len(mine) - namesakes),
    }  # fmt: skip
    for least in (75, 90):
        sure = {pair for pair, rest in mine.items() if rest[1] >= least}
        found |= {f"recall_from_{least}": share(len(sure & true), len(true)), f"precision_from_{least}": share(len(sure & true), len(sure))}  # fmt: skip
    missed = Counter(pair[3] for pair in pairs if pair[4] and pair[:2] not in mine)
    return found | {"wrong_by": told_by(wrong.values()), "missed_by": dict(missed.most_common(5))}


def is_namesake(reasons: list[str], signs: list[str]) -> bool:
    """Whether nothing but the name, and a town or an employer of many, is equal."""
    return changing.BY_NAME.issuperset(reasons) and "same_birth_date" not in signs


def told_by(wrong: Collection[tuple[Any, ...]]) -> dict[str, int]:
    """The commonest signs of pairs that are none."""
    found = Counter(", ".join([*reasons, *signs]) for _kind, _score, reasons, signs in wrong)
    return dict(found.most_common(6))


def share(part: int, whole: int) -> float:
    """A part of a whole; everything of nothing."""
    return round(part / whole, 4) if whole else 1.0


def beyond(found: dict[str, Any]) -> list[str]:
    """What is not as it should be."""
    wrong = [
        f"{bound.group} {bound.name}"
        for bound in BOUNDS
        if not bound.least <= found[bound.group][bound.name] <= bound.most
    ]
    changes = found["changes"]
    if found["differences"]:
        wrong.append("rows are not what the write path stores")
    if changes["of_these_found"] != changes["became_double"] or changes["of_these_left"] or not changes["as_before_when_changed_back"]:  # fmt: skip
        wrong.append("the search did not follow the changes")
    return wrong


def main() -> int:
    """0 when everything is within its bounds."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.million", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--companies", type=int, help="a fifth of the people, if not said")
    parser.add_argument("--data", type=Path, help="a folder that is kept: the next run only searches")
    options = parser.parse_args()
    companies = options.people // 5 if options.companies is None else options.companies
    with folder("million") as base:
        data = (options.data or base / "data").resolve()
        os.environ |= {"KITH_DATA": str(data), "DJANGO_SETTINGS_MODULE": "kith.settings", "KITH_PROCESS": "command"}
        found = prepared(data, lambda: measured(data, options.people, companies))
    found["beyond"] = beyond(found)
    print(json.dumps(found, indent=1, ensure_ascii=False))
    return int(bool(found["beyond"]))


if __name__ == "__main__":
    raise SystemExit(main())
