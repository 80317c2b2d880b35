"""A worker delivers what a write announced, once the write is committed."""

import pytest
from django.db import connection

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.jobs.worker import work
from kith.core.testing.people import make_people


@pytest.mark.django_db(transaction=True)
def test_a_worker_delivers_what_a_write_announced(make, told):
    people = make_people()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    company = make("parties.company", people.actors.ann, name="Arbor")
    writes.save(SYSTEM, company, {"owner": people.tom.pk})
    assert told(people.tom) == []
    work(until_empty=True)
    assert told(people.tom) == [("given", "Kith", "Arbor")]
