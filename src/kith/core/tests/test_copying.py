"""Rows in bulk: every text arrives as it is, and rows brought behind the back of the writer are as if brought at once."""

import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from kith.core import copying, courier, store, writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.ledger import Change, ChangeSet

pytestmark = pytest.mark.django_db

AWKWARD = [
    "plain",
    "",
    "tab\there",
    "line\nbreak\r",
    "back\\slash",
    "\\N",
    "\\.",
    'quo"te',
    "{1,2}",
    "Ёлка 何丽红 🙂",
    "\x1f\x1e",
]


def industries() -> list[str]:
    """Names of the industries."""
    return list(registry.get("parties.industry").rows(SYSTEM).order_by("name").values_list("name", flat=True))


def test_every_text_arrives_as_it_is() -> None:
    key = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE t (id uuid, n numeric, b boolean, words text[], bag jsonb, text text)")
        rows = [
            [copying.written(value) for value in (key, Decimal("1.50"), True)]
            + [copying.as_list(AWKWARD), copying.as_json({"text": text}), text]
            for text in AWKWARD
        ]
        rows.append(
            [copying.written(value) for value in (None, None, False)] + [copying.as_list([]), "{}", copying.NULL]
        )
        store.copy_in("t", ("id", "n", "b", "words", "bag", "text"), rows)
        cursor.execute("SELECT id, n, b, words, bag ->> 'text', text FROM t")
        found = cursor.fetchall()
    assert found == [
        *((key, Decimal("1.50"), True, AWKWARD, text, text) for text in AWKWARD),
        (None, None, False, [], None, None),
    ]


def test_a_sign_that_no_database_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="a sign that no database takes"):
        copying.escaped([["a", f"b{copying.NEXT}c"]])


def test_a_statement_sees_what_is_on_the_way() -> None:
    rows = [{"name": f"Trade {number:02}"} for number in range(40)]
    with courier.behind():
        writes.create_many(SYSTEM, registry.get("parties.industry"), rows)
        assert industries() == [row["name"] for row in rows]
    assert Change.objects.filter(entity="parties.industry").count() == 40


def test_only_the_bad_row_of_many_is_told() -> None:
    entity, told = registry.get("parties.industry"), dict[int, object]()
    writes.create(SYSTEM, entity, {"name": "Trade 07"})
    with courier.behind():
        rows = [{"name": f"Trade {number:02}"} for number in range(40)]
        records = writes.create_many(SYSTEM, entity, rows, on_errors=lambda at, errors: told.update({at: list(errors)}))
    assert (list(told), len(records), len(industries())) == ([7], 39, 40)
    assert Change.objects.filter(entity="parties.industry").count() == 40


def test_nothing_is_left_of_rows_whose_block_fails() -> None:
    entity = registry.get("parties.industry")
    with pytest.raises(RuntimeError), courier.behind(), change_set(SYSTEM):
        writes.create_many(SYSTEM, entity, [{"name": f"Trade {number:02}"} for number in range(40)])
        raise RuntimeError
    assert (industries(), Change.objects.count(), ChangeSet.objects.count()) == ([], 0, 0)


def test_an_error_is_raised_where_somebody_waits_for_the_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE t (name text PRIMARY KEY)")
        with courier.behind():
            with pytest.raises(IntegrityError), transaction.atomic():
                store.copy_in("t", ("name",), [["a"], ["a"]])
            cursor.execute("SELECT count(*) FROM t")
            assert cursor.fetchone() == (0,)
