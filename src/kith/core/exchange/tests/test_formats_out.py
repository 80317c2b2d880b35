"""Exports: what is written reads back the same, and nothing in it runs as a formula."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.core.exchange.formats.columns import Column
from kith.core.exchange.formats.csv_out import csv_chunks
from kith.core.exchange.formats.errors import Unwritable
from kith.core.exchange.formats.json_out import json_chunks
from kith.core.exchange.formats.parse import parse_date, parse_moment, parse_number
from kith.core.exchange.formats.xlsx_out import MAX_ROWS, write_xlsx
from kith.core.exchange.tests.formats_help import cells, trusted, written

MOSCOW = timezone(timedelta(hours=3))
COLUMNS = (
    Column("name", "Name"),
    Column("amount", "Amount", "number"),
    Column("due_on", "Due", "date"),
    Column("seen_at", "Seen", "moment"),
    Column("active", "Active", "boolean"),
)
ROW = ("=HYPERLINK(1)", Decimal("-12.50"), date(2026, 11, 27), datetime(2026, 11, 27, 20, 30, tzinfo=UTC), True)

#: Text that people can type; blank text is "no value" everywhere (R2).
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\r\n"), max_size=40).filter(
    str.strip
)
NUMBERS = st.integers(-(10**14), 10**14) | st.decimals(-(10**9), 10**9, places=4, allow_nan=False)


def csv_of(columns, rows, **options):
    return b"".join(csv_chunks(columns, rows, **options))


def test_csv_escapes_text_and_leaves_numbers_alone():
    content = csv_of(COLUMNS, [ROW], zone=MOSCOW).decode()
    assert content == (
        "Name,Amount,Due,Seen,Active\r\n'=HYPERLINK(1),-12.50,2026-11-27,2026-11-27 23:30:00+03:00,true\r\n"
    )


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "'=1", "''-1"])
def test_no_text_starts_like_a_formula_and_all_read_back(text):
    content = csv_of([Column("a", "A"), Column("b", "B")], [(text, "x")])
    line = content.decode().split("\r\n", 1)[1]
    assert line.lstrip('"')[0] == "'"
    assert cells(content, quote='"', delimiter=",") == [[text, "x"]]


def test_a_byte_order_mark_on_request():
    assert csv_of(COLUMNS, [], bom=True).startswith(b"\xef\xbb\xbfName")
    assert trusted(csv_of(COLUMNS, [ROW], bom=True)).columns[0] == "Name"


@given(
    st.lists(st.tuples(TEXT, TEXT | st.none(), TEXT), min_size=1, max_size=8), st.sampled_from(",;\t|"), st.booleans()
)
def test_csv_reads_back_as_written(rows, delimiter, bom):
    content = csv_of([Column(name, name) for name in ("a", "b", "c")], rows, delimiter=delimiter, bom=bom)
    assert cells(content, delimiter=delimiter, quote='"', encoding="utf-8", header_row=1) == [list(row) for row in rows]


@given(st.lists(st.tuples(NUMBERS, st.dates(), st.datetimes(timezones=st.just(UTC))), min_size=1, max_size=8))
def test_csv_values_read_back_as_written(rows):
    columns = [Column("n", "n", "number"), Column("d", "d", "date"), Column("m", "m", "moment")]
    found = cells(
        csv_of(columns, rows, zone=MOSCOW) if all(row[2].year < 9999 for row in rows) else csv_of(columns, rows)
    )
    assert [(parse_number(n, "."), parse_date(d, "ymd"), parse_moment(m, "ymd", UTC)) for n, d, m in found] == rows


def test_xlsx_cells_are_typed_and_text_is_text():
    content = written(
        write_xlsx, COLUMNS, [ROW, ("x", None, date(1899, 1, 2), None, False)], sheet="A/B [x]", zone=MOSCOW
    )
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert sheet.title == "A B  x"
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "d", "d", "b"]
    assert [cell.value for cell in sheet[2]][1:4] == [-12.5, datetime(2026, 11, 27), datetime(2026, 11, 27, 23, 30)]  # noqa: DTZ001
    assert sheet["A2"].value == "=HYPERLINK(1)"
    assert sheet["C3"].value == "1899-01-02"


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            TEXT,
            st.none() | TEXT,
            NUMBERS,
            st.dates(date(1900, 3, 1)),
            st.datetimes(datetime(1900, 3, 1), timezones=st.just(UTC)),  # noqa: DTZ001
            st.booleans(),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_xlsx_reads_back_as_written(rows):
    columns = [
        Column(kind + str(index), kind + str(index), kind)
        for index, kind in enumerate(("text", "text", "number", "date", "moment", "boolean"))
    ]
    found = cells(written(write_xlsx, columns, rows))
    for row, read in zip(rows, found, strict=True):
        assert [lines(cell) for cell in read[:2]] == [lines(cell) for cell in row[:2]]
        assert (Decimal(read[2]), read[3], read[5]) == (row[2], row[3], row[5])
        assert abs(parse_moment(read[4], "ymd", UTC) - row[4]) <= timedelta(milliseconds=1)


def lines(text):
    """XML knows one line end; spreadsheets write it so, too."""
    return text and text.replace("\r\n", "\n").replace("\r", "\n")


def test_long_numbers_are_written_as_text():
    assert cells(written(write_xlsx, [Column("id", "id", "number")], [(12345678901234567890,)])) == [
        ["12345678901234567890"]
    ]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    assert MAX_ROWS == 1_048_576
    monkeypatch.setattr("kith.core.exchange.formats.xlsx_out.MAX_ROWS", 100)
    assert write_xlsx(BytesIO(), [Column("a", "a", "number")], ((1,) for _index in range(99))) == 99
    rows = ((1,) for _index in range(100))
    with pytest.raises(Unwritable, match="too_many_rows"):
        write_xlsx(BytesIO(), [Column("a", "a", "number")], rows)


def test_a_text_longer_than_a_cell_is_refused_not_dropped():
    with pytest.raises(Unwritable, match="xlsx_cell_too_long") as refusal:
        write_xlsx(BytesIO(), [Column("a", "Notes")], [("x",), ("x" * 32_768,)])
    assert refusal.value.facts == {"row": 2, "column": "Notes", "limit": 32_767}


def test_json_is_exact_and_streamed():
    chunks = list(json_chunks(COLUMNS, [ROW] * 501, zone=MOSCOW))
    assert len(chunks) == 3
    assert b'"amount":-12.50,' in chunks[0]
    assert json.loads(b"".join(chunks))[500] == {
        "name": "=HYPERLINK(1)", "amount": -12.5, "due_on": "2026-11-27", "seen_at": "2026-11-27T23:30:00+03:00", "active": True,
    }  # fmt: skip
    assert json.loads(b"".join(json_chunks(COLUMNS, []))) == []


@given(st.lists(st.tuples(st.text(), NUMBERS, st.none() | st.lists(TEXT, max_size=3)), max_size=5))
def test_json_reads_back_as_written(rows):
    columns = [Column("a", "A"), Column("b", "B", "number"), Column("c", "C")]
    found = json.loads(b"".join(json_chunks(columns, rows)), parse_float=Decimal)
    assert [(row["a"], Decimal(row["b"]), row["c"]) for row in found] == [(mended(a), b, c) for a, b, c in rows]


def mended(text):
    return text.encode("utf-8", "replace").decode()


def test_lone_surrogates_do_not_stop_an_export():
    columns = [Column("a", "A"), Column("b", "B")]
    assert cells(csv_of(columns, [("x\ud800", "y")])) == [["x?", "y"]]
    assert cells(written(write_xlsx, columns, [("x\ud800", "y")])) == [["x?", "y"]]


@pytest.mark.parametrize(
    "items", [["a, b", "c;d"], ['5" pipe', "x"], ['"q"', '"'], ["two\nlines", "one"], ["plain", "words"], []]
)
def test_items_of_a_list_come_back_whatever_they_hold(items):
    from kith.core.exchange.formats.lists import joined, split

    assert split(joined(items)) == items


def test_lists_of_strangers_are_read_as_they_are_meant():
    from kith.core.exchange.formats.lists import split

    assert split("a; b,c\nd") == ["a", "b", "c", "d"]
    assert split('5" pipe; say "hi", "you"') == ['5" pipe', 'say "hi"', "you"]
