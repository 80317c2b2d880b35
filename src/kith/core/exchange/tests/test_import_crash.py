"""A killed import leaves nothing: no record, no ledger entry, no lock; the next one goes through."""

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from kith.core.exchange.tests.import_help import columns, counts, imported, rows
from kith.core.testing.content import content_hash

pytestmark = pytest.mark.django_db(transaction=True)
FILE = "Name\n" + "".join(f"Person {number}\n" for number in range(500))
CHILD = """
import sys, time
import django
django.setup()
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange import engine, mapping as maps
from kith.core.exchange.importing import import_file
engine.CHUNK = 100
def progress(count):
    print("written", count, flush=True)
    time.sleep(0.3)
given = maps.from_json({"columns": [{"column": "Name", "to": "name"}], "strategy": "add"})
import_file(SYSTEM, registry.get("people.employee"), sys.stdin.buffer.read(), given, progress=progress)
print("done", flush=True)
"""


def environment() -> dict[str, str]:
    """The environment of a process on the test's database."""
    facts = connection.settings_dict
    return os.environ | {"DATABASE_URL": f"postgresql://{facts['USER']}@/{facts['NAME']}?host={facts['HOST']}"}


def test_kill_9_in_the_middle_of_an_import_leaves_nothing():
    before = content_hash()
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    )
    assert child.stdin and child.stdout
    child.stdin.write(FILE.encode())
    child.stdin.close()
    assert child.stdout.readline() == b"written 100\n" and child.stdout.readline() == b"written 100\n"
    child.send_signal(signal.SIGKILL)
    assert child.wait(10) == -signal.SIGKILL
    child.stdout.close()
    assert (content_hash(), counts(), rows("people.employee", "pk")) == (before, (0, 0), [])
    outcome = imported("people.employee", FILE, columns(Name="name"), strategy="add")
    assert (outcome.summary.added, len(rows("people.employee", "pk"))) == (500, 500)
