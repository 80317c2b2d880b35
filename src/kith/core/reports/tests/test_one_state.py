"""What is added up in several queries sees one state of the database; it can only be told where a transaction really begins."""

import pytest
from django.db import connection, transaction

from kith.core.reports.budget import limited

pytestmark = pytest.mark.django_db(transaction=True)


def level() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        return str(cursor.fetchone()[0])


def test_parts_of_a_figure_are_asked_of_one_state() -> None:
    with limited(at_once=True):
        assert level() == "repeatable read"
    with limited():
        assert level() == "read committed"
    with transaction.atomic(), limited(at_once=True):
        assert level() == "read committed"  # the transaction around it has begun already
