"""Bad input (R151, security): refused or rejected by row, naming column and reason; nothing else changes, nothing breaks."""

import io
import zipfile

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.exchange.tests.import_help import columns, counts, imported, rows
from kith.core.testing.content import content_hash
from kith.core.testing.people import fresh, grant, make_people

pytestmark = pytest.mark.django_db
PATHS = columns(Name="name", Mail="email", Born="hired_on", Count="capacity", Boss="manager")
BAD = {
    "NUL": ("Ann\0,a@b.de,2020-01-13,1,", "Name", "NUL"),
    "a lone surrogate": ("Ann\ud800,a@b.de,2020-01-13,1,", "Name", "do not belong to the encoding"),
    "a cell of a megabyte": ("A" * (1 << 20) + "B,a@b.de,2020-01-13,1,", "", "longer than a million"),
    "a long name": ("A" * 300 + ",a@b.de,2020-01-13,1,", "Name", "Too long"),
    "no name": (",a@b.de,2020-01-13,1,", "Name", "required"),
    "no mail": ("Ann,at home,2020-01-13,1,", "Mail", "Not an e-mail"),
    "no date": ("Ann,a@b.de,soon,1,", "Born", "is not a date"),
    "an impossible date": ("Ann,a@b.de,2021-02-30,1,", "Born", "There is no day"),
    "a word for a number": ("Ann,a@b.de,2020-01-13,many,", "Count", "is not a number"),
    "a fraction": ("Ann,a@b.de,2020-01-13,1.5,", "Count", "whole number"),
    "a number out of range": ("Ann,a@b.de,2020-01-13,99999999,", "Count", "Too large"),
    "an endless number": ("Ann,a@b.de,2020-01-13,1e99,", "Count", ""),
    "too many cells": ("Ann,a@b.de,2020-01-13,1,,x,y", "", "more cells than the header"),
    "a formula as a boss": ("Ann,a@b.de,2020-01-13,1,\"=cmd|' /C calc'!A0\"", None, ""),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_row_names_its_column_and_the_others_are_taken(what):
    line, column, words = BAD[what]
    outcome = imported("people.employee", f"Name,Mail,Born,Count,Boss\n{line}\nTom,t@b.de,2020-01-14,2,\n", PATHS)
    if column is None:
        assert (outcome.summary.added, list(outcome.summary.missing)) == (2, ["Boss"])
        return
    assert (outcome.summary.added, outcome.summary.rejected, rows("people.employee", "name")) == (1, 1, [("Tom",)])
    (row,) = outcome.rejected
    assert (row.number, list(row.errors)) == (2, [column])
    assert words in row.errors[column][0]


@pytest.mark.parametrize(("content", "words"), [
    (b"", "empty"), (b"\x00\x01\x02\x03" * 500, "no table"), (b"%PDF-1.7 x", "no table"), (b"<html><table></table></html>", "web page"), (b"PK\x03\x04broken", ""),
])  # fmt: skip
def test_what_is_no_table_is_refused(content, words):
    before = counts()
    with pytest.raises(Refused) as refused:
        imported("people.employee", content, PATHS)
    assert words in str(refused.value.errors["file"][0]) and counts() == before


def test_a_bomb_does_not_go_off():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (1 << 30))
    with pytest.raises(Refused) as refused:
        imported("people.employee", packed.getvalue(), PATHS)
    assert "Unpacked" in str(refused.value.errors["file"][0])


def test_dates_that_fit_two_notations_are_asked_about():
    text = "Name,Born\nAnn,03.04.2020\nTom,05.06.2020\n"
    with pytest.raises(Refused) as refused:
        imported("people.employee", text, columns(Name="name", Born="hired_on"))
    assert list(refused.value.errors) == ["Born"] and "dmy" in str(refused.value.errors["Born"][0])
    imported("people.employee", text, columns(Name="name", Born={"to": "hired_on", "dates": "mdy"}))
    assert [str(day) for (day,) in rows("people.employee", "hired_on")] == ["2020-03-04", "2020-05-06"]


def test_one_telling_cell_anywhere_decides_the_notation_of_the_whole_column():
    text = (
        "Name,Born\nAnn,03.04.2020\n"
        + "".join(f"P{at},01.02.2020\n" for at in range(3000))
        + "Tom,25.06.2020\nEva,31.31.2020\n"
    )
    outcome = imported("people.employee", text, columns(Name="name", Born="hired_on"), strategy="add")
    assert (outcome.summary.added, [(row.cells[0], list(row.errors)) for row in outcome.rejected]) == (
        3002,
        [("Eva", ["Born"])],
    )


def test_a_violated_constraint_rejects_only_its_row():
    text = "Name,Mail\nAnn,a@kith.test\nBob,A@kith.test\nTom,t@kith.test\n"
    outcome = imported("access.user", text, columns(Name="name", Mail="email"), strategy="add")
    assert ([row.cells[0] for row in outcome.rejected], outcome.summary.added) == (["Bob"], 2)
    assert "already signs in" in str(outcome.rejected[0].errors)


def test_rights_decide_who_imports_what():
    people = make_people()
    companies = registry.get("parties.company")
    with pytest.raises(Forbidden, match="company:import"):
        imported("parties.company", "Name\nA\n", columns(Name="name"), people.actors.max)
    grant(people.max, ("parties.company", "import", "all"))
    with pytest.raises(Forbidden, match="company:create"):
        imported("parties.company", "Name\nA\n", columns(Name="name"), fresh(people.max))
    imported("parties.company", "Name,Tax\nA,1\nB,2\n", columns(Name="name", Tax="tax_id"), people.actors.eva)
    before = content_hash()
    outcome = imported(
        "parties.company",
        "Name,Tax\nA2,1\n",
        columns(Name="name", Tax="tax_id"),
        people.actors.ann,
        match=[["tax_id"]],
        strategy="update",
    )
    assert (outcome.summary.unmatched, content_hash()) == (1, before)  # hidden is missing
    grant(people.max, ("parties.company", "view", "all"), ("parties.company", "create", "all"))
    outcome = imported(
        "parties.company",
        "Name,Tax\nA2,1\nC,3\n",
        columns(Name="name", Tax="tax_id"),
        fresh(people.max),
        match=[["tax_id"]],
    )
    assert ([(row.cells[0], row.errors) for row in outcome.rejected], outcome.summary.added) == (
        [("A2", {"": ["You may not change it."]})],
        1,
    )
    assert companies.rows(SYSTEM).get(name="C").owner_id == people.max.pk


def test_dictionaries_need_their_own_right_and_their_words_are_reported_without():
    people = make_people()
    grant(people.max, *(("parties.company", operation, "all") for operation in ("import", "create", "view")))
    outcome = imported(
        "parties.company", "Name,Trade\nA,Bakery\n", columns(Name="name", Trade="industry"), fresh(people.max)
    )
    assert (outcome.summary.added, rows("parties.industry", "name")) == (1, [])
    assert "right to create" in outcome.summary.late_errors[0][1] and list(outcome.summary.missing) == ["Trade"]


def test_a_file_that_breaks_off_in_the_middle_leaves_nothing(monkeypatch):
    from kith.core.exchange import engine
    from kith.core.exchange.formats.table import Row

    def broken():
        yield Row(2, ["Ann"])
        yield Row(3, ["Tom"])
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(engine, "CHUNK", 1)
    from kith.core.exchange import mapping as maps

    before = content_hash()
    with pytest.raises(RuntimeError, match="disk"):
        engine.run(
            SYSTEM,
            registry.get("people.employee"),
            maps.from_json({"columns": columns(Name="name")}),
            ["Name"],
            broken(),
            file="x.csv",
        )
    assert (content_hash(), counts()) == (before, (0, 0))
