"""How many queries a page takes, against a baseline that is kept in git; KITH_RECORD=1 writes it anew."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

BASELINES = Path(__file__).parent / "baselines.json"


def baselines() -> dict[str, int]:
    """The recorded numbers by name."""
    return json.loads(BASELINES.read_text()) if BASELINES.exists() else {}


def assert_queries(name: str, count: int) -> None:
    """Fail when `name` takes another number of queries than recorded; fewer is told too, so that the gain is kept."""
    known = baselines()
    if os.environ.get("KITH_RECORD"):
        BASELINES.write_text(json.dumps(dict(sorted({**known, name: count}.items())), indent=1) + "\n")
        return
    assert name in known, f"no baseline for {name}; record it with KITH_RECORD=1"
    assert count == known[name], (
        f"{name} takes {count} queries, the baseline is {known[name]}; if that is right: KITH_RECORD=1"
    )


@contextmanager
def counted(name: str) -> Iterator[CaptureQueriesContext]:
    """Run a block and compare its queries with the baseline."""
    with CaptureQueriesContext(connection) as caught:
        yield caught
    assert_queries(name, len([query for query in caught if "SAVEPOINT" not in query["sql"]]))
