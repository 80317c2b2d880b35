"""Workbooks: the values people see, on the rows where they see them."""

import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter

from kith.core.exchange.formats.errors import Unreadable
from kith.core.exchange.tests.formats_help import cells, rezipped, rows, trusted

MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
#: As programs write it: no line ends between the elements, which calamine does not expect.
ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
  xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Лист">
<table:table-row><table:table-cell office:value-type="string"><text:p>имя</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>сумма</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>Анна</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="0.1"><text:p>0,1</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>Пётр</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>""".replace("\n", "")


def workbook(*, hidden=(), **sheets):
    """An XLSX file: sheet name = rows of (value, format) pairs or plain values."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    formats = {}
    for name, content in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for row, values in enumerate(content):
            for column, value in enumerate(values):
                value, form = value if isinstance(value, tuple) else (value, None)
                if form and form not in formats:
                    formats[form] = book.add_format({"num_format": form})
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(row, column, value, None, "#DIV/0!" if "/0" in value else 2)
                elif value is not None:
                    sheet.write(row, column, value, formats.get(form))
    book.close()
    return file.getvalue()


def test_numbers_are_what_people_see():
    content = workbook(S=[["whole", "tenth", "sum", "id", "money"], [12, 0.1, 0.1 + 0.2, 123456789012345, 1234567.89]])
    assert cells(content) == [[12, Decimal("0.1"), Decimal("0.3"), 123456789012345, Decimal("1234567.89")]]


def test_long_numbers_keep_their_digits_or_are_reported():
    content = workbook(S=[["a", "b", "c"], [9007199254740991, 12345678901234567890, "12345678901234567890"]])
    (row,) = rows(content)
    assert (row.cells[0], row.cells[2]) == ("9007199254740991", "12345678901234567890")
    assert [(problem.key, problem.column) for problem in row.problems] == [("digits_lost", 1)]


def test_a_long_number_written_with_all_its_digits_is_read_with_them():
    content = rezipped(
        workbook(S=[["id"], [77]]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"<v>77</v>", b"<v>12345678901234567890</v>"),
    )
    (row,) = rows(content)
    assert (row.cells, row.problems) == (["12345678901234567890"], ())


def test_percentages_are_read_as_shown():
    content = workbook(
        S=[["share", "plain"], [(0.15, "0%"), 0.15], [(0.125, "0.00%"), 2], [(-1.5, '0.0"pct" %'), (3, '0 "%"')]]
    )
    assert cells(content) == [["15%", Decimal("0.15")], ["12.5%", 2], ["-150%", 3]]


def test_dates_moments_times_and_booleans_are_typed():
    day, moment = date(2024, 5, 6), datetime(2024, 5, 6, 13, 30)  # noqa: DTZ001
    content = workbook(
        S=[["d", "m", "t", "b"], [(day, "yyyy-mm-dd"), (moment, "yyyy-mm-dd hh:mm"), (time(9, 5), "hh:mm"), True]]
    )
    assert cells(content) == [[day, moment, "09:05:00", True]]


def test_formulas_give_their_value_and_errors_are_reported():
    (row,) = rows(workbook(S=[["a", "b"], ["=1+1", "=1/0"]]))
    assert row.cells == [2, None]
    assert [(problem.key, problem.column, problem.detail) for problem in row.problems] == [("cell_error", 1, "#DIV/0!")]


def test_row_numbers_are_the_sheets_and_blank_rows_are_left_out():
    table = trusted(
        workbook(S=[["Customers"], [], [None, "name", "city"], [None, "Ann", "Bath"], [], [None, "Tom", None]])
    )
    assert table.columns == ("[A]", "name", "city")
    assert [(row.number, row.cells) for row in table] == [(4, [None, "Ann", "Bath"]), (6, [None, "Tom", None])]


def test_a_table_that_starts_further_right_keeps_its_marks():
    table = trusted(workbook(S=[[None, None, "share"], [None, None, (0.5, "0%")]]))
    assert (table.columns, [row.cells for row in table]) == (("share",), [["50%"]])


def test_sheets_can_be_chosen_and_hidden_ones_are_not_offered():
    content = workbook(
        hidden=["Secret"], Empty=[], People=[["name"], ["Ann"]], Secret=[["x"], [1]], Firms=[["firm"], ["Arbor"]]
    )
    table = trusted(content)
    assert (table.layout.sheets, table.layout.reading.sheet) == (("Empty", "People", "Firms"), "People")
    assert cells(content, sheet="Firms") == [["Arbor"]]
    with pytest.raises(Unreadable, match="no_sheet"):
        trusted(content, sheet="Nope")


def test_an_empty_workbook_is_refused():
    with pytest.raises(Unreadable, match="empty"):
        trusted(workbook(S=[]))


def test_content_counts_not_the_name():
    assert trusted(workbook(S=[["a"], [1]])).layout.kind == "xlsx"
    assert trusted(b"a,b\n1,2\n").layout.kind == "csv"


def test_an_open_document_sheet():
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS)
    table = trusted(content.getvalue())
    assert (table.layout.kind, table.layout.sheets, table.columns) == ("ods", ("Лист",), ("имя", "сумма"))
    assert [row.cells for row in table] == [["Анна", Decimal("0.1")], ["Пётр", 12]]


def test_a_document_type_with_entities_is_not_followed(tmp_path):
    secret = tmp_path / "secret"
    content = rezipped(
        workbook(S=[["a"], ["b"]]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(
            b"<worksheet", f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><worksheet'.encode(), 1
        ).replace(b"<sheetData>", b'<sheetData><row r="9"><c r="A9" t="inlineStr"><is><t>&e;</t></is></c></row>', 1),
    )
    secret.write_text("a secret of this machine")
    try:
        assert "a secret of this machine" not in str(cells(content))
    except Unreadable as refusal:
        assert refusal.key in {"damaged", "empty"}
