"""Every key that a reader or writer may raise has a sentence and a remedy, with exactly the facts it is given."""

import re
from pathlib import Path

import pytest

from kith.core.exchange.formats import errors, messages
from kith.core.exchange.formats.errors import Problem, Unparsable, Unreadable, Unwritable
from kith.core.exchange.formats.messages import FILES, ROWS, explain

SOURCES = [path for path in Path(errors.__file__).parent.glob("*.py") if path.name != "messages.py"]
USES = re.compile(r'(Unreadable|Unwritable|Unparsable|Problem|BrokenCard|Failed)\(\s*"(\w+)"((?:,\s*\w+=)?[^\n]*)')
FACTS = re.compile(r"%\((\w+)\)s")


def uses():
    return [
        (kind, key, set(re.findall(r"\b(\w+)=", rest)))
        for path in SOURCES
        for kind, key, rest in USES.findall(path.read_text())
    ]


def test_every_key_has_its_sentence():
    used = {key for _kind, key, _facts in uses()}
    assert len(used) > 35
    assert used - set(FILES | ROWS) == set()


def test_every_sentence_is_used():
    text = "".join(path.read_text() for path in SOURCES)
    assert [key for key in FILES | ROWS if f'"{key}"' not in text] == []


@pytest.mark.parametrize(
    ("kind", "key", "facts"), [use for use in uses() if use[0] in {"Unreadable", "Unwritable", "Unparsable"}]
)
def test_sentences_and_facts_agree(kind, key, facts):
    wanted = set(FACTS.findall(str((FILES | ROWS)[key][0])))
    assert wanted <= facts


def test_a_sentence_with_its_facts():
    assert (
        str(explain(Unreadable("no_sheet", sheet="100 %")))
        == "There is no sheet “100 %” in the file. Choose one of its sheets."
    )
    assert "day.month.year" in explain(Unparsable("date_other_notation", text="2024-01-02", notation="dmy")).message
    assert explain(Problem("row_long", None, "x,y")).message.endswith("x,y")
    assert explain(Unwritable("too_many_rows", limit=5)).remedy
    assert set(messages.NOTATION_NAMES) == {"ymd", "dmy", "mdy"}
