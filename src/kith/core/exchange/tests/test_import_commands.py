"""`kith import`, `kith export` and `kith undo`: the same rules as in the browser, told in a terminal."""

import argparse
import io
import json
import re
from types import ModuleType

import pytest

from kith import cli
from kith.core.access import SYSTEM
from kith.core.commands import export, import_, undo
from kith.core.entity import registry
from kith.core.testing.content import content_hash
from kith.core.testing.people import grant, make_user

pytestmark = pytest.mark.django_db


def run(module: ModuleType, *words: str) -> int:
    """The exit code of a command."""
    parser = argparse.ArgumentParser()
    module.arguments(parser)
    return module.run(parser.parse_args(list(words))) or 0


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "stores.csv"
    path.write_text("No,Store,Mail,Extra\n7,Bike World,post@example.org,x\n8,,not a mail,y\n")
    return path


def test_commands_are_found_by_their_names():
    assert {"import", "export", "undo"} <= cli.find().keys()


def test_a_file_comes_in_goes_out_and_is_undone(file, tmp_path, capsys):
    before = content_hash()
    words = (
        str(file),
        "--entity",
        "companies",
        "--map",
        "No=external_ids",
        "--map",
        "Store=name",
        "--map",
        "Mail=email",
        "--source",
        "aw",
    )
    assert run(import_, *words, "--dry-run") == 1
    assert "nothing was written" in capsys.readouterr().out and content_hash() == before
    assert run(import_, *words, "--rejected", str(tmp_path / "bad.csv")) == 1
    told = capsys.readouterr().out
    assert "added        1" in told and "row 3 rejected: Mail: Not an e-mail" in told
    assert (
        (tmp_path / "bad.csv")
        .read_text("utf-8-sig")
        .splitlines()[1]
        .startswith("8,,not a mail,y,3,Mail: Not an e-mail")
    )
    assert (
        run(
            export,
            "companies",
            "--format",
            "json",
            "--columns",
            "name,email,external_ids",
            "-o",
            str(tmp_path / "out.json"),
        )
        == 0
    )
    (row,) = json.loads((tmp_path / "out.json").read_bytes())
    assert (row["name"], row["email"], row["external_ids"]) == ("Bike World", "post@example.org", ["aw:7"])
    changeset = re.search(r"change-set (\S+)", told)[1]
    assert run(undo, changeset, "--preview") == 0 and content_hash() != before
    assert run(undo, changeset) == 0 and content_hash() == before
    assert run(undo, changeset) == 2
    assert "undone already" in capsys.readouterr().err


def test_a_mapping_file_and_names_of_columns_do_the_same(file, tmp_path):
    described = {
        "note": "why",
        "mapping": {
            "entity": "parties.company",
            "columns": [{"column": "Store", "to": "name"}, {"column": "No", "to": "external_ids", "prefix": "aw:"}],
        },
    }
    (tmp_path / "map.json").write_text(json.dumps(described))
    assert run(import_, str(file), "--mapping", str(tmp_path / "map.json")) == 1
    assert [company.name for company in registry.get("parties.company").rows(SYSTEM)] == ["Bike World"]
    file.write_text("Company name,E-mail\nOther,o@example.org\n")
    assert run(import_, str(file), "--entity", "companies") == 0
    assert registry.get("parties.company").rows(SYSTEM).get(email="o@example.org").name == "Other"


def test_dates_left_open_are_asked_for(file, capsys):
    file.write_text("Name,Hire date\nAnn,03.04.2020\n")
    assert run(import_, str(file), "--entity", "employees") == 2
    assert "Hire date: The dates of this column fit more than one notation" in capsys.readouterr().err
    assert run(import_, str(file), "--entity", "employees", "--dates", "dmy") == 0
    assert str(registry.get("people.employee").rows(SYSTEM).get().hired_on) == "2020-04-03"


@pytest.mark.parametrize(
    ("words", "told"),
    [(("x.csv", "--entity", "companies"), "no file"), (("{}", "--entity", "planets"), "no kind of record"), (("{}", "--entity", "companies", "--as", "nobody@kith.test"), "no user"),
     (("{}", "--entity", "companies", "--map", "Nam=name"), "no column “Nam”"), (("{}", "--entity", "companies", "--map", "Store=planet"), "is no field")],
)  # fmt: skip
def test_what_cannot_be_done_is_told(file, capsys, words, told):
    try:
        assert run(import_, *(word.format(file) for word in words)) == 2
        assert told in capsys.readouterr().err
    except SystemExit as ended:
        assert told in str(ended)
    assert registry.get("parties.company").rows(SYSTEM).count() == 0


def test_rights_of_a_user_hold_in_the_terminal(file, capsys, monkeypatch):
    user = make_user("Max", email="max@kith.test")
    assert run(import_, str(file), "--entity", "companies", "--map", "Store=name", "--as", "max@kith.test") == 2
    assert "You lack the right" in capsys.readouterr().err
    grant(
        user,
        ("parties.company", "import", "all"),
        ("parties.company", "create", "all"),
        ("parties.company", "view", "own"),
    )
    assert run(import_, str(file), "--entity", "companies", "--map", "Store=name", "--as", "max@kith.test") == 1
    assert registry.get("parties.company").rows(SYSTEM).get().owner_id == user.pk
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO()))
    assert run(export, "companies", "--as", "max@kith.test") == 2
