"""Delimited text of every kind; damage stays in its row."""

import tracemalloc
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.exchange.formats.dialect import MAX_CELL, NO_DELIMITER
from kith.core.exchange.formats.errors import Unreadable
from kith.core.exchange.formats.table import letters, signature_of, unique_names
from kith.core.exchange.tests.formats_help import cells, rows, trusted


def problems(content, **reading):
    return [(row.number, problem.key, problem.column) for row in rows(content, **reading) for problem in row.problems]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_recognised(delimiter, end):
    lines = ['name|"notes"|price', '"Arbor ""North"""|"two\nlines"|"1|5"', "Birch||2"]
    table = trusted(end.join(lines).replace("|", delimiter).encode())
    assert table.columns == ("name", "notes", "price")
    assert [row.cells for row in table] == [['Arbor "North"', "two\nlines", f"1{delimiter}5"], ["Birch", None, "2"]]
    assert table.layout.reading.delimiter == delimiter


def test_a_decimal_comma_is_no_delimiter():
    assert cells(b"name;price;sum\nA;1,5;2,5\nB;1,5;2,5\n") == [["A", "1,5", "2,5"], ["B", "1,5", "2,5"]]


def test_excels_own_hint_wins():
    table = trusted(b"sep=|\r\na,b|c\r\n1,2|3\r\n")
    assert table.columns == ("a,b", "c")
    assert [(row.number, row.cells) for row in table] == [(3, ["1,2", "3"])]


def test_one_column_has_no_delimiter():
    table = trusted(b"name\nSmith\nFoo, Bar and Baz\nX\n")
    assert table.layout.reading.delimiter == NO_DELIMITER
    assert [row.cells for row in table] == [["Smith"], ["Foo, Bar and Baz"], ["X"]]


def test_single_quotes_are_recognised():
    assert cells(b"'a';'b'\n'1';'x;y'\n'2';'z'\n") == [["1", "x;y"], ["2", "z"]]


def test_what_a_person_says_is_done():
    assert cells(b"a;b,c\n1;2,3\n", delimiter=",", header_row=0) == [["a;b", "c"], ["1;2", "3"]]
    assert cells(b'a,b\n"1,2\n', quote="") == [['"1', "2"]]
    with pytest.raises(Unreadable, match="bad_delimiter"):
        trusted(b"a\n1\n", delimiter="ab")


def test_titles_above_the_header_are_skipped_and_numbers_are_the_files():
    table = trusted(b"Customers of 2026\n\nname,city,mail\nAnn,Bath,a@x\n\nTom,York,t@x\n")
    assert table.columns == ("name", "city", "mail")
    assert [(row.number, row.cells[0]) for row in table] == [(4, "Ann"), (6, "Tom")]
    assert table.layout.reading.header_row == 3


def test_ragged_rows_are_reported_and_the_rest_goes_on():
    content = b"a,b,c\n1,2\n1,2,3\n1,2,3,4,5\n1,2,3,,\n"
    assert problems(content) == [(2, "row_short", None), (4, "row_long", None)]
    assert cells(content) == [["1", "2", None], ["1", "2", "3"], ["1", "2", "3"], ["1", "2", "3"]]
    assert rows(content)[2].problems[0].detail == "4,5"


def test_a_quote_that_is_never_closed_is_reported():
    assert problems(b'a,b\n1,2\n3,"x\n4,5\n') == [(3, "quote_unclosed", None)]


def test_nul_is_reported_at_its_cell():
    assert problems(b"a,b\n1,x\x00y\n2,ok\n") == [(2, "cell_nul", 1)]


def test_a_cell_of_a_megabyte_is_read_and_a_longer_one_reported():
    fits, beyond = b"x" * MAX_CELL, b"x" * (MAX_CELL + 1)
    content = b"a,b\n1," + fits + b"\n2," + beyond + b"\n3,ok\n"
    found = rows(content)
    assert [(row.number, len(str(row.cells[1])), [problem.key for problem in row.problems]) for row in found] == [
        (2, MAX_CELL, []),
        (3, 4, ["cell_too_long"]),
        (4, 2, []),
    ]


def test_a_line_that_does_not_end_is_skipped(monkeypatch):
    monkeypatch.setattr("kith.core.exchange.formats.csv_in.MAX_LINE", 1000)
    content = b"a,b\n" + b"1," * 2000 + b"\n2,ok\n"
    assert problems(content) == [(2, "line_too_long", None)]
    assert cells(content)[-1] == ["2", "ok"]


def test_many_columns():
    names = [f"column {index}" for index in range(300)]
    assert trusted(",".join(names).encode() + b"\n" + b",".join([b"1"] * 300)).columns == tuple(names)


def test_text_that_starts_like_an_archive_is_text():
    assert trusted(b"PK,name\n1,Ann\n").columns == ("PK", "name")


def test_a_header_without_rows_is_a_table():
    table = trusted(b"a,b\r\n")
    assert (table.columns, list(table)) == (("a", "b"), [])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"  \r\n", b"\xef\xbb\xbf", "\ufeff".encode("utf-16-le")])
def test_an_empty_file_is_refused(content):
    with pytest.raises(Unreadable, match="empty"):
        trusted(content)


def test_a_header_row_that_is_not_there_is_refused():
    with pytest.raises(Unreadable, match="no_header_row"):
        trusted(b"a\n1\n", header_row=9)


def test_names_address_one_column_each():
    assert unique_names(["mail", "", "mail", "mail (2)"]) == ("mail", "[B]", "mail (2)", "mail (2) (2)")
    assert [letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_the_signature_ignores_case_and_spaces_but_not_names_and_order():
    assert signature_of(["Name ", "E-Mail"]) == signature_of(["name", "e-mail"])
    assert len({signature_of(["a", "b"]), signature_of(["b", "a"]), signature_of(["a"]), signature_of(["a b"])}) == 4


def test_rows_stream_in_constant_memory():
    table = trusted(b"a,b\n" + b"1,some text\n" * 200_000)
    list(islice(table, 10))
    tracemalloc.start()
    count = sum(1 for _row in table)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 200_000
    assert peak < 2_000_000


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_clear_refusal(content):
    try:
        table = trusted(content)
        for row in table:
            assert len(row.cells) == len(table.columns)
            assert all(cell is None or str(cell).encode() for cell in row.cells)
    except Unreadable as refusal:
        assert refusal.key
