"""What an import does with rows and records (R146, R147, R150, R152): numbers that add up, one change-set, full undo."""

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.exchange.tests.import_help import columns, counts, imported, rows
from kith.core.ledger import Change, ChangeSet
from kith.core.testing.content import content_hash

pytestmark = pytest.mark.django_db
UNITS = columns(Code="external_ids", Name="name", Kind="kind")
MATCH = [["external_ids"]]
FILE = "Code,Name,Kind\nA,Sales,branch\nB,Stock,\nC,Nobody,\n"


@pytest.fixture
def two():
    units = registry.get("people.orgunit")
    return [
        writes.create(SYSTEM, units, {"name": "Old sales", "kind": "division", "external_ids": ["A"]}),
        writes.create(SYSTEM, units, {"name": "Stock", "kind": "division", "external_ids": ["B"]}),
    ]


@pytest.mark.parametrize(
    ("strategy", "numbers", "stored"),
    [
        (
            "add",
            {"added": 3, "duplicates": 2},
            [
                ("Nobody", "department"),
                ("Old sales", "division"),
                ("Sales", "branch"),
                ("Stock", "department"),
                ("Stock", "division"),
            ],
        ),
        (
            "update",
            {"updated": 1, "unchanged": 1, "unmatched": 1, "skipped": 2},
            [("Sales", "branch"), ("Stock", "division")],
        ),
        (
            "add_or_update",
            {"added": 1, "updated": 1, "unchanged": 1, "skipped": 1},
            [("Nobody", "department"), ("Sales", "branch"), ("Stock", "division")],
        ),
        (
            "replace",
            {"added": 1, "replaced": 2},
            [("Nobody", "department"), ("Sales", "branch"), ("Stock", "department")],
        ),
    ],
)
def test_strategies_decide_what_becomes_of_rows_and_records(two, strategy, numbers, stored):
    outcome = imported("people.orgunit", FILE, UNITS, match=MATCH, strategy=strategy)
    summary = outcome.summary.as_json()
    assert {
        name: value for name, value in summary.items() if value and name not in ("read", "processed", "seconds")
    } == numbers
    assert (summary["read"], summary["processed"], summary["processed"] + summary["rejected"]) == (
        3,
        3,
        summary["read"],
    )
    assert rows("people.orgunit", "name", "kind") == stored


def test_a_rehearsal_tells_the_same_and_writes_nothing(two):
    before, ledger = content_hash(), counts()
    rehearsed = imported("people.orgunit", FILE, UNITS, match=MATCH, rehearse=True)
    assert (content_hash(), counts(), rehearsed.changeset) == (before, ledger, None)
    real = imported("people.orgunit", FILE, UNITS, match=MATCH)
    assert rehearsed.summary.as_json() | {"seconds": 0} == real.summary.as_json() | {"seconds": 0}


def test_an_import_is_one_change_set_that_knows_file_and_row_and_can_be_undone(two):
    before = content_hash()
    outcome = imported("people.orgunit", FILE, UNITS, match=MATCH)
    found = ChangeSet.objects.get(pk=outcome.changeset)
    assert (found.kind, found.origin, found.reason, found.records) == ("import", "import", "people.csv", 2)
    sources = {change.title: change.source for change in Change.objects.filter(changeset_id=found.pk)}
    assert sources == {"Sales": {"file": "people.csv", "row": 2}, "Nobody": {"file": "people.csv", "row": 4}}
    plan = undo.undo(SYSTEM, found.pk)
    assert (plan.restored, plan.kept, plan.refused, content_hash()) == (2, [], [], before)


def test_undo_keeps_what_was_edited_since(two):
    outcome = imported("people.orgunit", FILE, UNITS, match=MATCH)
    writes.save(SYSTEM, two[0], {"name": "Trade"})
    plan = undo.undo(SYSTEM, outcome.changeset)
    assert [reason for _label, _title, reason in plan.kept] == ["edited since"]
    assert rows("people.orgunit", "name", "kind") == [("Stock", "division"), ("Trade", "division")]


def test_rows_with_one_key_follow_one_another_wherever_chunks_begin(monkeypatch):
    text = "Code,Name,Kind\nA,First,branch\nA,Second,\nB,Other,\nA,Third,\n"
    results = []
    for size in (1, 2, 100):
        monkeypatch.setattr("kith.core.exchange.engine.CHUNK", size)
        outcome = imported("people.orgunit", text, UNITS, match=MATCH, rehearse=True)
        results.append((outcome.summary.added, outcome.summary.updated))
    assert results == [(2, 2)] * 3
    imported("people.orgunit", text, UNITS, match=MATCH)
    assert rows("people.orgunit", "name", "kind") == [("Other", "department"), ("Third", "branch")]


def test_equal_rows_are_all_imported_and_counted_or_skipped_when_asked():
    text = "Name,Kind\nSales,branch\nSales,branch\nStock,\n"
    paths = columns(Name="name", Kind="kind")
    outcome = imported("people.orgunit", text, paths, strategy="add", rehearse=True)
    assert (outcome.summary.added, outcome.summary.equal) == (3, 1)
    outcome = imported("people.orgunit", text, paths, strategy="add", skip_equal=True)
    assert (outcome.summary.added, outcome.summary.equal, outcome.summary.skipped) == (2, 1, 1)


def test_a_row_that_several_records_fit_is_rejected():
    for name in ("One", "Two"):
        writes.create(SYSTEM, registry.get("people.employee"), {"name": name, "email": "team@example.org"})
    outcome = imported(
        "people.employee", "Mail,Name\nTEAM@example.org,Three\n", columns(Mail="email", Name="name"), match=[["email"]]
    )
    assert [(row.number, list(row.errors), row.cells) for row in outcome.rejected] == [
        (2, [""], ["TEAM@example.org", "Three"])
    ]
    assert "2 records fit" in outcome.rejected[0].errors[""][0]
    assert (outcome.summary.rejected, outcome.summary.processed, outcome.changeset) == (1, 0, None)


def test_fields_match_together_or_one_after_the_other():
    units = registry.get("people.employee")
    writes.create(SYSTEM, units, {"name": "Ann Lee", "position": "Clerk"})
    ann = writes.create(SYSTEM, units, {"name": "Ann Lee", "position": "Driver"})
    outcome = imported(
        "people.employee",
        "N,P,M\nann lee,driver,ann@example.org\n",
        columns(N="name", P="position", M="email"),
        match=[["email"], ["name", "position"]],
    )
    assert outcome.summary.updated == 1
    assert units.rows(SYSTEM).get(email="ann@example.org").pk == ann.pk


def test_another_number_of_the_same_source_is_another_record():
    text = "No,Name\n1,Bike World\n2,Bike World\n1,Bike World Ltd\n"
    paths = columns(No={"to": "external_ids", "prefix": "aw:"}, Name="name")
    outcome = imported("parties.company", text, paths)
    assert (outcome.summary.added, outcome.summary.updated) == (2, 1)
    assert rows("parties.company", "name", "external_ids") == [("Bike World Ltd", ["aw:1"]), ("Bike World", ["aw:2"])]
    outcome = imported(
        "parties.company",
        "No,Name\n7,Bike World\n",
        columns(No={"to": "external_ids", "prefix": "other:"}, Name="name"),
    )
    assert (outcome.summary.added, outcome.summary.updated, outcome.summary.rejected) == (
        0,
        0,
        1,
    )  # R10 knows no legal form: both fit


def test_ids_match_exactly_and_unknown_ones_are_told(two):
    text = f"Kith ID,Name\n{two[0].pk},Trade\n01a20c55-fb95-7d3d-ac67-8b4a387dad17,Ghost\n,New\nnonsense,Bad\n"
    outcome = imported("people.orgunit", text, columns(Kith__ID="id", Name="name"))
    assert (outcome.summary.updated, outcome.summary.added, outcome.summary.rejected) == (1, 1, 2)
    assert {row.number: list(row.errors) for row in outcome.rejected} == {3: ["id"], 5: ["Kith ID"]}
    assert rows("people.orgunit", "name") == [("New",), ("Stock",), ("Trade",)]


def test_empty_cells_are_no_value_and_only_replacing_empties(two):
    text = "Code,Capacity,Hired\nE1,,\nE2,7,2026-01-02\n"
    imported(
        "people.employee",
        text,
        [*columns(Code="external_ids", Capacity="capacity", Hired="hired_on"), {"to": "name", "constant": "Someone"}],
    )
    assert rows("people.employee", "external_ids", "capacity", "hired_on")[0][1:] == (None, None)
    again = "Code,Capacity,Hired\nE2,,\n"
    paths = columns(Code="external_ids", Capacity="capacity", Hired="hired_on")
    assert imported("people.employee", again, paths, match=MATCH).summary.unchanged == 1
    assert (
        imported(
            "people.employee", again, [*paths, {"to": "name", "constant": "Someone"}], match=MATCH, strategy="replace"
        ).summary.replaced
        == 1
    )
    assert rows("people.employee", "external_ids", "capacity", "hired_on")[1][1:] == (None, None)


def test_a_wrong_mapping_is_refused_before_the_first_row():
    before = counts()
    for paths, message in (
        (columns(Nam="name"), "no column “Nam”"), (columns(Name="nam"), "“nam” is no field"), (columns(Name="created_at"), "cannot be imported"), (columns(Name="address[x]"), "is no field"),
        (columns(Name={"to": "name", "change": ["explode"]}), "no step “explode”"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            imported("people.orgunit", "Name\nSales\n", paths)
        assert message in str(refused.value.errors)
    with pytest.raises(Refused, match="mapping"):
        imported("people.orgunit", "Name\nSales\n", columns(Name="name"), strategy="explode")
    assert counts() == before and rows("people.orgunit", "name") == []
