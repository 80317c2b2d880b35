"""Another process knows an object, and what became of it, with its next request and its next job, without a restart."""

import subprocess
import sys
from threading import Thread

import pytest
from django.db import OperationalError, connection, connections, transaction

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange.tests.test_import_crash import environment
from kith.core.store import is_busy
from kith.core.testing.people import make_people

from .making import KINDS, kind_of, make_object

pytestmark = pytest.mark.django_db(transaction=True)
CHILD = """
import sys
import django
django.setup()
from django.contrib.auth import get_user_model
from django.test import Client
from kith.core.entity import registry
from kith.core.access import SYSTEM
from kith.core.jobs.running import run
client = Client(SERVER_NAME="localhost")
client.force_login(registry.get("access.user").rows(SYSTEM).get(email="eva@kith.test"))
class Known:
    name = "known"
    def function(self): print("job", registry.find("objects.machine") is not None, flush=True)
for line in sys.stdin:
    if line.strip() == "job":
        run(Known(), None, "", {})
    else:
        print(line.strip(), client.get(line.strip()).status_code, flush=True)
"""


def test_who_changes_an_object_waits_for_those_who_write_its_records():
    machine = make_object()
    kind = kind_of(machine)

    def change():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
                writes.save(SYSTEM, kind, {"has_process": True})
        except OperationalError as error:
            waited.append(is_busy(error))
        finally:
            connections.close_all()

    waited = []
    with transaction.atomic():
        writes.create(SYSTEM, machine, {"name": "TX"})
        thread = Thread(target=change)
        thread.start()
        thread.join()
    assert waited == [True]
    writes.save(SYSTEM, kind_of(machine), {"has_process": True})
    assert [row.stage.key for row in registry.get("objects.machine").rows(SYSTEM)] == ["new"]


def test_two_processes():
    make_people()
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), text=True)  # fmt: skip

    def ask(what):
        child.stdin.write(what + "\n")
        child.stdin.flush()
        return child.stdout.readline().split()[-1]

    try:
        assert [ask("/machines/"), ask("/api/v1/machines"), ask("job")] == ["404", "404", "False"]
        machine = make_object()
        assert [ask("/machines/"), ask("/api/v1/machines"), ask("job")] == ["200", "200", "True"]
        writes.save(SYSTEM, kind_of(machine), {"slug": "tools"})
        assert [ask("/machines/"), ask("/tools/"), ask("/api/v1/tools")] == ["404", "200", "200"]
        writes.delete(SYSTEM, registry.get(KINDS), [kind_of(machine).pk])
        assert [ask("job"), ask("/tools/")] == ["False", "404"]
    finally:
        child.stdin.close()
        assert child.wait(20) == 0
        child.stdout.close()
