"""The proof at a million in the small: the same data, the same questions, exact answers instead of times."""

from itertools import starmap
from typing import Any

import pytest

from kith.core.ledger import Change
from kith.parties import doubles

from . import census, changing, filling, million

pytestmark = pytest.mark.django_db
PEOPLE, COMPANIES = 1200, 500
FIGURES = (
    "planted",
    "can_be_told",
    "recall",
    "recall_of_those_that_can_be_told",
    "proposed",
    "wrong",
    "wrong_that_are_namesakes",
)
EXPECTED: dict[str, tuple[Any, ...]] = {
    "person": (173, 155, 0.8786, 0.9677, 152, 0, 0),
    "company": (67, 65, 0.9851, 0.9846, 66, 0, 0),
}
FOLLOWED: dict[str, Any] = {
    "changed": 30, "became_double": 15, "of_these_found": 15, "parted": 15, "of_these_left": 0, "as_before_when_changed_back": True,
}  # fmt: skip


def test_rows_are_what_the_write_path_stores_and_the_search_finds_what_it_has_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doubles, "settled", Change.objects.all)  # what was written in the test counts as ended
    monkeypatch.setattr(census, "DOUBLES", 150)  # so that each kind of key is needed for some of them
    truth = filling.rows(PEOPLE, COMPANIES, 1, starmap)
    sample = [(str(key), row) for key, row in truth["sample"]]
    dirty = [row for _key, row in sample if row["how"] not in ("clean", "family")]
    assert filling.check(sample) == (len(sample), [])
    assert (len(sample), len(dirty)) == (196, 75)
    doubles.look_through()
    found = million.quality(truth["pairs"])
    assert {kind: tuple(found[kind][name] for name in FIGURES) for kind in found} == EXPECTED
    assert changing.around_one(3) > 0
    followed = changing.followed(30, {pair[:2] for pair in truth["pairs"]})
    del followed["catch_up_seconds"]
    assert followed == FOLLOWED


def test_a_row_that_differs_is_seen() -> None:
    sample = filling.rows(40, 20, 1, starmap)["sample"]
    key, row = next((key, row) for key, row in sample if row["kind"] == "person" and row["values"].get("email"))
    other = {**row, "values": {**row["values"], "given_name": "Other", "email": "other@else.example"}}
    compared, differences = filling.check([(str(key), other)])
    seen = {text.split(": ")[1].split(" ")[0] for text in differences}
    assert compared == 1 and {"name", "given_name", "email", "keys", "points", "words"} <= seen
