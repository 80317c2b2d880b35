"""`kith config`: what it writes, prints and answers."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from kith.core import undo
from kith.core.access import SYSTEM
from kith.core.commands import config
from kith.core.entity import registry
from kith.core.ledger import ChangeSet

from .setup import build

pytestmark = pytest.mark.django_db


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    config.arguments(parser)
    return config.run(parser.parse_args(list(words)))


def test_from_export_to_undo(people: Any, tmp_path: Path, capsys: Any) -> None:
    build()
    folder = str(tmp_path / "kept")
    assert run("export", folder) == 0
    assert capsys.readouterr().out == f"25 files in {folder}\n"
    assert run("diff", folder) == 0 and run("plan", folder) == 0
    assert capsys.readouterr().out == "0 to add, 0 to change, 0 to remove\n"
    tags = tmp_path / "kept" / "tags.yaml"
    tags.write_text(tags.read_text().replace("hue: rose", "hue: teal") + "  - name: Cold\n")
    assert run("diff", folder) == 1
    out = capsys.readouterr().out
    assert "-    hue: rose" in out and "+    hue: teal" in out and "+  - name: Cold" in out
    assert run("plan", folder) == 1
    assert (
        capsys.readouterr().out
        == "+ tag “Cold”\n~ tag “Hot”\n    hue: 'rose' -> 'teal'\n1 to add, 1 to change, 0 to remove\n"
    )
    assert not registry.get("core.tag").rows(SYSTEM).filter(name="Cold").exists()
    assert run("apply", folder) == 0
    made = ChangeSet.objects.latest("at")
    assert (made.origin, made.kind, made.reason) == ("cli", "configuration", "kith config kept")
    assert (
        f"1 added, 1 changed, 0 removed\nchange-set {made.pk}; kith undo {made.pk} takes it back"
        in capsys.readouterr().out
    )
    assert undo.undo(SYSTEM, made.pk).restored == 2
    assert list(registry.get("core.tag").rows(SYSTEM).values_list("name", "hue")) == [("Hot", "rose")]


def test_what_is_wrong_is_told_and_nothing_happens(people: Any, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "tags.yaml").write_text("kind: core.tag\nrecords:\n  - name: A\n  - name: B\n    tags: [C]\n")
    assert run("apply", str(tmp_path)) == 2
    assert "kith: tags.yaml:5: tags: There is no such record: tag “C”" in capsys.readouterr().err
    assert not registry.get("core.tag").rows(SYSTEM).exists()
    with pytest.raises(SystemExit, match="there is no folder"):
        run("plan", str(tmp_path / "none"))
    (tmp_path / "views.yaml").write_bytes(b"kind: \xff")
    with pytest.raises(SystemExit, match="is no text in UTF-8"):
        run("plan", str(tmp_path))
    assert run("export", str(tmp_path), "--with", "companies") == 2
    assert "companies cannot be carried; there are: " in capsys.readouterr().err


def test_with_the_rights_of_a_user(people: Any, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "tags.yaml").write_text("kind: core.tag\nrecords:\n  - name: A\n")
    assert run("apply", str(tmp_path), "--as", people.ann.email) == 2
    assert "tags.yaml:3: You lack the right “core.tag:create”" in capsys.readouterr().err
    assert run("apply", str(tmp_path), "--as", people.eva.email) == 0
    assert ChangeSet.objects.latest("at").actor_id == people.eva.pk
