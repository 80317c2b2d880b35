"""A turn ends with its transaction: in a file of its own, since the test commits."""

from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from kith.core import turns


@pytest.mark.django_db(transaction=True)
def test_a_turn_ends_with_its_transaction(settings: Any) -> None:
    settings.REPORTS = 1
    known = connection.get_connection_params()
    with psycopg.connect(
        **{key: known[key] for key in ("host", "port", "user", "dbname", "password") if key in known}
    ) as other:

        def free() -> bool:
            row = other.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [turns.CLASS, 0]).fetchone()
            return bool(row and row[0])

        with transaction.atomic():
            turns.take(0)
            assert not free()
        assert free()
