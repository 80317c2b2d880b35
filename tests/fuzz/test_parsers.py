"""Bombs and broken files: a clear refusal that names the file and the remedy; the worker lives on, nothing is changed.

Small bombs and single bytes are in core/exchange/tests/test_formats_hostile.py; here are those that need a limit, each with
a control: read without limits it does take more than a child may have.
"""

import json
import resource
import socket
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import strategies as st

from .drawing import drawn

ROOT = Path(__file__).resolve().parents[2] / "src"
LIMIT = 512 << 20
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 11))
    + b"]>"
)


def book(sheet=lambda xml: xml, strings=None):
    """A workbook of ours with its sheet changed."""
    from kith.core.exchange.formats.columns import Column
    from kith.core.exchange.formats.xlsx_out import write_xlsx
    from kith.core.exchange.tests.formats_help import rezipped, written

    content = rezipped(written(write_xlsx, [Column("a", "A"), Column("b", "B")], [("x", "y")]), SHEET, sheet)
    return rezipped(content, "xl/sharedStrings.xml", strings) if strings else content


def ods(body):
    """A workbook of LibreOffice with this table."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')  # fmt: skip
        spaces = "".join(f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text"))  # fmt: skip
        archive.writestr("content.xml", f'<office:document-content{spaces}><office:body><office:spreadsheet><table:table table:name="S">{body}</table:table></office:spreadsheet></office:body></office:document-content>')  # fmt: skip
    return file.getvalue()


def far_cell(xml):
    """One cell far away: 40 million cells in between."""
    return xml.replace(b"</sheetData>", b'<row r="1000000"><c r="AN1000000"><v>1</v></c></row></sheetData>')


CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
REPEATED = CELL.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="40"')
#: What needs more memory than a child has.
GREEDY = {
    "a cell far away": lambda: book(far_cell),
    "a repeated row of a LibreOffice table": lambda: ods(f'<table:table-row table:number-rows-repeated="1000000">{REPEATED}</table:table-row>'),
    "a list of records, each with an own name": lambda: b"[" + b",".join(b'{"%d":[[[[1]]]]}' % n for n in range(1_500_000)) + b"]",
}  # fmt: skip
#: What looks like a bomb, and how it ends: refused for a reason, or rows.
OTHERS = {
    "a million columns": (lambda: b"a" + b",a" * 1_000_000 + b"\n" + b"," * 1_000_000 + b"\n", {"too_many_columns", "too_large"}),
    "columns up to the last letter": (lambda: book(lambda xml: xml.replace(b"</sheetData>", b'<row r="3"><c r="XFD3"><v>1</v></c></row></sheetData>')), {"too_many_columns"}),
    "one giant quoted cell": (lambda: b'a,b\n"' + b"x" * (64 << 20), {"rows"}),
    "a quote of many lines that is never closed": (lambda: b'a,b\n"' + b"x\n" * (1 << 20), {"rows"}),
    "a billion laughs in the sheet": (lambda: book(lambda xml: LAUGHS + xml.split(b"?>", 1)[1].replace(b"</sheetData>", b'<row r="3"><c r="A3" t="inlineStr"><is><t>&a10;</t></is></c></row></sheetData>')), {"damaged", "rows"}),
    "a billion laughs in the texts": (lambda: book(strings=lambda xml: LAUGHS + xml.split(b"?>", 1)[1].replace(b"<t>", b"<t>&a10;", 1)), {"damaged", "rows"}),
    "XML nested a million times": (lambda: book(lambda xml: xml.replace(b"<sheetData>", b"<x>" * 1_000_000 + b"<sheetData>", 1)), {"rows", "damaged"}),
    "cards within cards": (lambda: b"BEGIN:VCARD\nFN:x\n" + b"AGENT:\nBEGIN:VCARD\n" * 60_000, {"rows"}),
    "a card with 200,000 phones": (lambda: b"BEGIN:VCARD\nFN:x\n" + b"TEL:+4769184000\n" * 200_000 + b"END:VCARD\n", {"rows"}),
    "a record nested a hundred thousand times": (lambda: b'[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]", {"json_file"}),
}  # fmt: skip


def outcome(content, **options):
    """How reading ends: the reason of a refusal, or "rows"."""
    from kith.core.exchange.formats.detect import open_table
    from kith.core.exchange.formats.errors import Unreadable

    try:
        with open_table(content, **options) as table:
            for _row in table:
                pass
    except Unreadable as refusal:
        return refusal.key
    return "rows"


def unlimited(path):
    """The most memory that reading a file takes in a process that may have six times as much."""
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from kith.core.exchange.formats.detect import open_table\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({6 * LIMIT}, {6 * LIMIT}))\n"
        "try:\n"
        "    with open_table(Path(sys.argv[1]), is_trusted=True) as table:\n"
        "        for row in table: break\n"
        "except BaseException as error: print(type(error).__name__, file=sys.stderr)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)})  # fmt: skip
    return int(done.stdout.split()[-1]) if done.stdout else 6 * LIMIT  # killed at its own limit


@pytest.mark.parametrize("what", GREEDY)
def test_what_takes_too_much_memory_is_refused_and_the_control_takes_it(what, tmp_path):
    path = tmp_path / "bomb"
    path.write_bytes(GREEDY[what]())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert outcome(path) == "too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10  # this process does not grow with it
    assert unlimited(path) > LIMIT


@pytest.mark.parametrize("what", OTHERS)
def test_every_other_bomb_ends_within_the_limits(what):
    make, ends = OTHERS[what]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    content = make()
    assert outcome(content) in ends
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
    assert grown < 5 * len(content) + (96 << 20), "the parent grows with what the child sends"


def test_the_child_reaches_no_network_where_the_system_lets_it_give_it_up():
    with socket.create_server(("127.0.0.1", 0)) as server:
        program = (
            "import socket, sys\n"
            "from kith.core.exchange.formats.limits import confine\n"
            "from kith.core.exchange.formats.wire import Limits\n"
            "before = socket.socket().connect_ex(('127.0.0.1', int(sys.argv[1])))\n"
            "import os\n"
            "old = os.readlink('/proc/self/ns/net')\n"
            "confine(Limits())\n"
            "print(before, os.readlink('/proc/self/ns/net') != old, socket.socket().connect_ex(('127.0.0.1', int(sys.argv[1]))))\n"
        )
        command = [sys.executable, "-c", program, str(server.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, check=True)
    before, is_apart, after = done.stdout.split()
    assert before == "0", "control: without the limits the child does reach it"
    if is_apart == "False":
        pytest.skip("this system does not let a process give up its network")
    assert after != "0"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("far.xlsx", lambda: book(far_cell), "needs too much memory"),
        ("wide.csv", lambda: b"a" + b",a" * 3000 + b"\n", "more than 2000 columns"),
        ("torn.xlsx", lambda: book()[:900], "damaged"),
        ("page.csv", lambda: b"<html><body>", "web page"),
    ],
)
def test_an_import_names_the_file_and_the_remedy_and_changes_nothing(name, content, words):
    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.core.errors import Refused
    from kith.core.exchange import mapping as maps
    from kith.core.exchange.importing import import_file
    from kith.core.testing.content import content_hash

    before = content_hash()
    with pytest.raises(Refused) as refused:
        import_file(SYSTEM, registry.get("people.employee"), content(), maps.Mapping(), file=name)
    (sentence,) = refused.value.errors["file"]
    assert sentence.startswith(f"{name}: ") and words in sentence and sentence.count(".") >= 2
    assert content_hash() == before
    good = import_file(SYSTEM, registry.get("people.employee"), b"Name\nAnn\n", maps.Mapping(), file="good.csv")
    assert good.summary.added == 1  # the next file is read as if nothing had happened


# --- broken files -------------------------------------------------------------------------------------------------------

CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lind;Ann;;;\r\nFN:Ann Lind\r\nTEL;TYPE=CELL:+4769184000\r\nNOTE;ENCODING=QUOTED-PRINTABLE:a=C3=A9=\r\n b\r\nEND:VCARD\r\n"
TABLE = 'name;"a;b";sum\nÄrbor;"x\ny";1,5\nБерёза;"""";2\n'.encode()
RECORDS = json.dumps([{"id": 1, "sum": {"amount": "1.5", "currency": "EUR"}, "tags": ["a"]}]).encode()
edits = st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=6), st.integers(0, 40)), min_size=1, max_size=6)


def broken(content, edits):
    """The file with some stretches replaced."""
    for at, new, cut in edits:
        place = at % (len(content) + 1)
        content = content[:place] + new + content[place + cut :]
    return content


@pytest.mark.parametrize("kind", ["csv", "vcard", "json", "xlsx"])
def test_a_broken_file_gives_rows_or_a_refusal_with_words(kind):
    """Read in this process: whatever is no refusal of ours would have been a crash of the child."""
    from kith.core.exchange.formats import messages

    whole = {"csv": TABLE, "vcard": CARD, "json": RECORDS, "xlsx": book()}[kind]

    @drawn(edits, short=60, long=20_000)
    def holds(changes):
        found = outcome(broken(whole, changes), is_trusted=True)
        assert found == "rows" or str(messages.FILES[found][1])

    holds()
