"""A long import and the others: its statistics stop nobody, and the database waits for its rows."""

import psycopg
import pytest
from django.db import connection

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange import mapping as maps
from kith.core.exchange import statistics
from kith.core.exchange.engine import PATIENCE, run
from kith.core.exchange.formats.table import Row

PLACE = ("host", "port", "user", "password", "dbname")


@pytest.mark.django_db
def test_what_another_import_has_locked_is_passed_over():
    known = {key: value for key, value in connection.get_connection_params().items() if key in PLACE}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
    with psycopg.connect(**known) as other:
        other.execute("ANALYZE parties_party")
        with (
            pytest.raises(psycopg.errors.LockNotAvailable),
            psycopg.connect(**known) as third,
        ):  # what waiting would come to
            third.execute("SET lock_timeout = '200ms'")
            third.execute("ANALYZE parties_party")
        statistics.analyse(["parties_party", "parties_contactpoint"])
        other.rollback()


@pytest.mark.django_db
def test_the_database_waits_for_rows_that_take_long():
    units, told = registry.get("people.orgunit"), []

    def slow():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('idle_in_transaction_session_timeout')")
            told.append(cursor.fetchone()[0])
        yield Row(2, ["Sales"])

    mapping = maps.from_json({"columns": [{"column": "Name", "to": "name"}]})
    assert run(SYSTEM, units, mapping, ["Name"], slow(), file="units.csv").summary.added == 1
    assert told == [PATIENCE]
