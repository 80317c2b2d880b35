"""Files made to harm: each ends in a clear refusal or in rows, within the limits of the child that reads it."""

import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from kith.core.exchange.formats import sandbox
from kith.core.exchange.formats.columns import Column
from kith.core.exchange.formats.detect import open_table
from kith.core.exchange.formats.errors import Unreadable
from kith.core.exchange.formats.table import Reading
from kith.core.exchange.formats.wire import Limits
from kith.core.exchange.formats.xlsx_out import write_xlsx
from kith.core.exchange.tests.formats_help import cells, rezipped, trusted, written

SHEET = "xl/worksheets/sheet1.xml"
BOOK = written(write_xlsx, [Column("a", "A"), Column("b", "B")], [("x", "y")])


def read(content, **options):
    """All rows, read in a child."""
    with open_table(content, **options) as table:
        return list(table)


def refused(content, **options):
    with pytest.raises(Unreadable) as refusal:
        read(content, **options)
    return refusal.value.key


@pytest.mark.parametrize(
    "content",
    [
        b"name;sum\nArbor;1,5\n\nBirch;2\n1\n",
        "имя,город\nПётр,Казань\n".encode("cp1251"),
        BOOK,
        b"BEGIN:VCARD\nFN:Ann\nBDAY:x\nEND:VCARD\nBEGIN:VCARD\nFN:Tom\n",
    ],
)
def test_the_child_reads_what_this_process_would(content):
    with open_table(content) as table, trusted(content) as same:
        assert table.layout == same.layout
        assert list(table) == list(same)
        assert list(table) == list(same)


def test_types_of_cells_survive_the_pipe():
    from datetime import UTC, date, datetime
    from decimal import Decimal

    columns = [
        Column("d", "d", "date"),
        Column("m", "m", "moment"),
        Column("n", "n", "number"),
        Column("b", "b", "boolean"),
    ]
    row = (date(2026, 11, 27), datetime(2026, 11, 27, 1, 2, 3, tzinfo=UTC), Decimal("0.1"), True)
    (found,) = read(written(write_xlsx, columns, [row]))
    assert found.cells == [row[0], row[1].replace(tzinfo=None), row[2], row[3]]
    assert [type(cell) for cell in found.cells] == [date, datetime, Decimal, bool]


def test_a_path_is_read_like_bytes_and_overrides_reach_the_child(tmp_path):
    path = tmp_path / "misnamed.xlsx"
    path.write_bytes(b"a;b\n1;2\n")
    with open_table(path, path.name, Reading(delimiter=",")) as table:
        assert (table.filename, table.columns, [row.cells for row in table]) == ("misnamed.xlsx", ("a;b",), [["1;2"]])


def test_a_table_that_is_left_early_leaves_no_child(monkeypatch):
    started = []
    popen = subprocess.Popen

    def spy(*arguments, **options):
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(sandbox.subprocess, "Popen", spy)
    with open_table(b"a,b\n" + b"1,2\n" * 500_000) as table:
        assert len(table.sample(3)) == 3
        assert len(table.sample(3)) == 3
    with open_table(b"a,b\n1,2\n"):
        pass
    assert len(started) == 3
    assert [child.poll() is None for child in started] == [False] * 3


def test_the_child_cannot_write_files_nor_take_more_memory(tmp_path):
    target = tmp_path / "written"
    program = (
        "import os, resource, signal, sys\n"
        "from kith.core.exchange.formats.limits import confine\n"
        "from kith.core.exchange.formats.wire import Limits\n"
        "confine(Limits(memory=200 << 20, seconds=5))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "print(resource.getrlimit(resource.RLIMIT_CPU))\n"
        "try: bytearray(300 << 20)\n"
        "except MemoryError: print('no memory')\n"
        "try: os.write(os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY), b'x')\n"
        "except OSError: print('no file')\n"
    )
    command = [sys.executable, "-c", program, str(target)]
    done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": sandbox.ROOT}, check=True)
    assert done.stdout == "(5, 10)\nno memory\nno file\n"
    assert target.read_bytes() == b""


def test_endless_work_ends():
    assert refused(b"a,b\n" + b"1,2\n" * 3_000_000, limits=Limits(seconds=1)) == "too_slow"


def test_a_bomb_is_seen_in_the_directory_before_anything_unpacks_it():
    content = rezipped(BOOK, SHEET, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * (64 << 20), 1))
    assert len(content) < 100_000
    assert refused(content) == "zip_bomb"


def test_a_bomb_that_lies_about_its_size_is_refused():
    """The directory says 1 kB; the entry unpacks to 200 MB of cells."""
    row = b'<row><c t="inlineStr"><is><t>' + b"x" * 1000 + b"</t></is></c></row>"
    content = rezipped(BOOK, SHEET, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + row * 200_000, 1))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size.to_bytes(4, "little")
    assert content.count(size) == 2
    lying = content.replace(size, (1024).to_bytes(4, "little"))
    assert refused(lying) == "damaged"


def test_a_workbook_that_needs_more_memory_than_the_child_has():
    noise = Random(1).randbytes(15 << 20).hex().encode()
    cell = b'<row><c t="inlineStr"><is><t>%s</t></is></c></row>'
    sheet = b"".join(cell % noise[start : start + 1000] for start in range(0, len(noise), 1000))
    content = rezipped(BOOK, SHEET, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + sheet, 1))
    assert len(read(content)) == len(noise) // 1000
    assert refused(content, limits=Limits(memory=64 << 20)) == "too_large"


def test_a_sheet_whose_only_cell_is_in_the_last_corner():
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    content = rezipped(BOOK, SHEET, lambda xml: xml.replace(b"</sheetData>", cell + b"</sheetData>"))
    assert refused(content) == "too_large"


def test_deep_nesting():
    content = rezipped(BOOK, SHEET, lambda xml: xml.replace(b"<sheetData>", b"<x>" * 200_000 + b"<sheetData>", 1))
    assert [row.cells for row in read(content)] == [["x", "y"]]
    assert [row.problems[0].key for row in read(b"BEGIN:VCARD\nFN:x\nAGENT:\n" + b"BEGIN:VCARD\n" * 200_000)] == [
        "card_unclosed"
    ]


def test_an_endless_line_and_an_endless_property():
    (row,) = read(b"a,b\n" + b"1" * (40 << 20))
    assert [problem.key for problem in row.problems] == ["line_too_long"]
    (card,) = read(b"BEGIN:VCARD\nFN:Ann\nPHOTO;ENCODING=b:" + b"QUJD" * (8 << 20) + b"\nEND:VCARD\n")
    assert (card.cells[1], card.problems) == ("Ann", ())


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n\x00\x01\x02", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40, "not_a_table"),
        (bytes(range(1, 9)) * 400, "not_a_table"),
        (b"PK\x03\x04 rubbish", "damaged"),
        (b"PK\x05\x06", "damaged"),
        (BOOK[: len(BOOK) // 2], "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook\0".encode("utf-16-le") * 40, "damaged"),
        (b"<html><body><table><tr><td>1</td></tr></table>", "web_page"),
        (b'{"a": 1}', "json_file"),
        (b'[{"a": 1', "json_file"),
        (b'[{"a": 1}, 2]', "json_file"),
    ],
)
def test_what_is_no_table_is_named(content, key):
    assert refused(content) == key


def test_an_archive_without_a_table():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert refused(file.getvalue()) == "zip_without_table"


def test_nul_and_lone_surrogates_arrive_as_problems():
    found = read(b"a,b\n\x00,1\n\xed\xa0\x80,2\n3,4\n")
    assert [[problem.key for problem in row.problems] for row in found] == [["cell_nul"], ["cell_encoding"], []]
    wide = "a,b\n".encode("utf-16-le") + b"\x00\xd8" + ",1\n".encode("utf-16-le")
    assert [[problem.key for problem in row.problems] for row in read(b"\xff\xfe" + wide)] == [["cell_encoding"]]


@pytest.mark.parametrize("position", range(0, len(BOOK), 97))
def test_a_workbook_with_one_wrong_byte_gives_rows_or_a_refusal(position):
    content = BOOK[:position] + bytes([BOOK[position] ^ 0xFF]) + BOOK[position + 1 :]
    try:
        cells(content)
    except Unreadable as refusal:
        assert refusal.key


CHILDREN = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")


@pytest.mark.skipif(not CHILDREN.exists(), reason="this system does not list the children of a process")
def test_no_child_is_left_behind():
    read(b"a,b\n1,2\n")
    commands = [Path(f"/proc/{child}/cmdline").read_text() for child in CHILDREN.read_text().split()]
    assert [command for command in commands if sandbox.CHILD in command] == []
