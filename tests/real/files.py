"""The real files and the mappings for them."""

import json
from pathlib import Path
from typing import Any

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange import mapping as maps
from kith.core.exchange.importing import import_file
from kith.core.exchange.summary import Outcome

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MAPPINGS = Path(__file__).parent / "mappings"


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


def records(label: str) -> Any:
    """All records of an entity."""
    return registry.get(label).rows(SYSTEM)
