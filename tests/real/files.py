"""The real files and the mappings for them."""

import argparse
import io
import json
import os
import re
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kith.core.access import SYSTEM
from kith.core.commands import import_, undo
from kith.core.entity import registry
from kith.core.exchange import mapping as maps
from kith.core.exchange.importing import import_file
from kith.core.exchange.summary import Outcome
from kith.core.testing.content import rows as rows_of
from kith.core.testing.content import tables

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MAPPINGS = Path(__file__).parent / "mappings"


#: What takes minutes is run when somebody asks for it.
long = pytest.mark.skipif(not os.environ.get("KITH_LONG"), reason="takes minutes; KITH_LONG=1 runs it")


def needs(folder: str) -> pytest.MarkDecorator:
    """Skip, saying why, where the files are not there."""
    return pytest.mark.skipif(
        not (DATA / folder).is_dir(), reason=f"shared/data/{folder} does not lie beside the project"
    )


def take(name: str, folder: str = "adventureworks", actor: Any = SYSTEM, *, rows: int | None = None) -> Outcome:
    """Import the file of one mapping, or its first rows only."""
    described = json.loads((MAPPINGS / f"{name}.json").read_text(encoding="utf-8"))
    mapping = maps.from_json(described["mapping"])
    source: Path | bytes = DATA / folder / described["file"]
    if rows is not None:
        source = b"".join((DATA / folder / described["file"]).read_bytes().splitlines(keepends=True)[: rows + 1])
    return import_file(actor, registry.get(mapping.entity), source, mapping, file=described["file"])


@dataclass(frozen=True)
class Told:
    """What a command said, and its exit code."""

    code: int
    text: str

    @property
    def changeset(self) -> str:
        """The id of the change, as `kith undo` takes it."""
        return self.text.rpartition("change-set ")[2].strip()

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers of the report that are not 0; what is said beside them stays out."""
        found = re.findall(r"^  ([a-z ]+?) +(\d+)$", self.text, re.MULTILINE)
        return {word: int(number) for word, number in found}


def command(module: ModuleType, *words: str) -> Told:
    """Run a command as the terminal does, without a terminal."""
    parser, said = argparse.ArgumentParser(), io.StringIO()
    module.arguments(parser)
    with redirect_stdout(said):
        code = module.run(parser.parse_args(list(words))) or 0
    return Told(code, said.getvalue())


def bring_in(name: str, folder: str = "adventureworks") -> Told:
    """`kith import` of the file of one mapping; nothing may be rejected, and every link be found."""
    path = MAPPINGS / f"{name}.json"
    file = DATA / folder / json.loads(path.read_text(encoding="utf-8"))["file"]
    told = command(import_, str(file), "--mapping", str(path))
    assert (told.code, "not found" in told.text) == (0, False), told.text
    return told


def take_back(told: Told) -> None:
    """`kith undo` of an import; nothing may be kept or refused."""
    said = command(undo, told.changeset)
    assert said.code == 0, said.text


def everything() -> dict[str, list[str]]:
    """All rows of all tables that hold content."""
    return {table: list(rows_of(table)) for table in tables()}


def unlike(before: dict[str, list[str]]) -> dict[str, list[str]]:
    """Rows that are there now and were not before, or the other way round, by table."""
    now = everything()
    found = {table: sorted(set(before[table]) ^ set(now[table])) for table in now if before[table] != now[table]}
    return {table: [row[:2_000] for row in different[:4]] for table, different in found.items()}


def records(label: str) -> Any:
    """All records of an entity."""
    return registry.get(label).rows(SYSTEM)
