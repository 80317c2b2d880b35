"""Precision and recall of the search for duplicates, on labelled data with dirty doubles and with look-alikes.

`KITH_LONG=1 pytest -s tests/quality/test_duplicates.py` prints them for a larger set and names what was missed.
"""

import os
from collections import Counter, defaultdict
from itertools import batched, combinations
from uuid import UUID

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.parties import doubles
from kith.parties.entities.duplicate_pair import DuplicatePair

from .dirty import Row, made
from .labels import can_be_told

pytestmark = pytest.mark.django_db
LONG = bool(os.environ.get("KITH_LONG"))
PEOPLE, COMPANIES = (2000, 1000) if LONG else (500, 250)
#: By kind: least recall of all pairs, of those with more in common than a name, least precision.
LEAST = {"person": (0.8, 0.95, 0.93), "company": (0.85, 0.93, 0.93)}


def stored(rows: list[Row]) -> dict[UUID, Row]:
    """The rows as records of Kith, by id."""
    found: dict[UUID, Row] = {}
    for kind, label in doubles.LABELS.items():
        mine = [row for row in rows if row.kind == kind]
        records = writes.create_many(SYSTEM, registry.get(label), [{k: v for k, v in row.values.items() if v} for row in mine], typed=True)  # fmt: skip
        found |= {record.pk: row for record, row in zip(records, mine, strict=True)}
    places = [{"party": key, "city": row.city} for key, row in found.items() if row.city]
    for some in batched(places, 500, strict=False):
        writes.create_many(SYSTEM, registry.get("parties.address"), some)
    return found


def test_precision_and_recall_of_the_search() -> None:
    rows = stored(made(2026, PEOPLE, COMPANIES))
    same: dict[int, list[UUID]] = defaultdict(list)
    for key, row in rows.items():
        same[row.who].append(key)
    true = {doubles.ordered(*pair) for keys in same.values() for pair in combinations(keys, 2)}
    doubles.look_through()
    proposed = {(pair.one_id, pair.other_id): pair.score for pair in DuplicatePair.objects.all()}
    for kind, (recall, told, precision) in LEAST.items():
        mine = {pair for pair in true if rows[pair[0]].kind == kind}
        found = {pair for pair in proposed if rows[pair[0]].kind == kind}
        figures = len(mine & found) / len(mine), len(mine & found) / max(1, len(found))
        print(
            f"\n{kind}: {len(mine)} pairs, {len(found)} proposed, recall {figures[0]:.3f}, precision {figures[1]:.3f}"
        )
        telling = {pair for pair in mine if can_be_told(rows[pair[0]], rows[pair[1]])}
        print(
            f"  of {len(telling)} pairs with more in common than a name: recall {len(telling & found) / len(telling):.3f}"
        )
        missed = Counter(rows[key].how for pair in telling - found for key in pair if rows[key].how != "clean")
        wrong = Counter(rows[key].how for pair in found - mine for key in pair if rows[key].how != "clean")
        print("  missed:", dict(missed.most_common(8)), "wrong:", dict(wrong.most_common(5)))
        for least in (75, 90):
            sure = {pair for pair in found if proposed[pair] >= least}
            print(f"  from {least}: recall {len(mine & sure) / len(mine):.3f}, precision {len(mine & sure) / max(1, len(sure)):.3f}")  # fmt: skip
        assert figures[0] >= recall and figures[1] >= precision, (kind, figures)
        assert len(telling & found) >= told * len(telling), kind
