"""How long the refusal of a hidden row takes beside that of a missing one: measured when KITH_HIDDEN_TIMES names a file, see `timing.py`."""

import json
import os
import statistics
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from .world import World

pytestmark = pytest.mark.django_db
FILE, TRIES = os.environ.get("KITH_HIDDEN_TIMES", ""), int(os.environ.get("KITH_HIDDEN_TRIES", "200"))
#: Method and address, by what it is.
ASKED = {
    "page": ("get", "/companies/{key}/"), "form": ("get", "/companies/{key}/edit"), "peek": ("get", "/companies/{key}/peek"), "cell": ("get", "/companies/{key}/field/name"), "timeline": ("get", "/companies/{key}/timeline"),
    "history": ("get", "/companies/{key}/history"), "delete": ("post", "/companies/{key}/delete"), "api": ("get", "/api/v1/companies/{key}"), "api history": ("get", "/api/v1/companies/{key}/history"),
    "api delete": ("delete", "/api/v1/companies/{key}"), "attachment": ("get", "/attachments/{key}/file/file"), "api attachment": ("get", "/api/v1/attachments/{key}"), "move": ("post", "/opportunities/{key}/stage/won"),
}  # fmt: skip
KINDS = {"attachment": "activities.attachment", "api attachment": "activities.attachment", "move": "sales.opportunity"}


@pytest.mark.skipif(not FILE, reason="a measurement: python -m tests.matrix.timing")
@pytest.mark.parametrize("who", ["ann", "max"])
def test_measure(matrix: World, who: str) -> None:
    """Alternated tries, so that whatever else the machine does falls on both alike."""
    found: dict[str, Any] = {}
    for name, (method, address) in ASKED.items():
        row = matrix.rows[KINDS.get(name, "parties.company"), "other"]
        hidden, missing = list[float](), list[float]()
        for at in range(TRIES + 10):
            for key, times in ((row.pk, hidden), (uuid.uuid4(), missing))[:: 1 if at % 2 else -1]:
                start = time.perf_counter()
                answer = getattr(matrix.browsers[who], method)(address.format(key=key))
                times.append(time.perf_counter() - start)
                assert answer.status_code == 404, (name, answer.status_code)
        medians = [1000 * statistics.median(times[10:]) for times in (hidden, missing)]
        found[f"{who}: {name}"] = {
            "hidden": round(medians[0], 2),
            "missing": round(medians[1], 2),
            "apart": round(medians[0] - medians[1], 2),
        }
    with Path(FILE).open("a") as file:
        file.write(json.dumps(found) + "\n")
