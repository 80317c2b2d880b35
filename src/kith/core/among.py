"""Conditions by a small set of ids, so that they stand beside others in an OR without hiding the indexes of those."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q, QuerySet


class Among(Func):
    """id = ANY(array), usable as a condition."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    conditional = True

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*expressions, output_field=BooleanField(), **extra)


def among(ids: "QuerySet[Any, Any]") -> Q:
    """Rows whose id is in `ids` (one column), a set of at most some thousands.

    `id = ANY(ARRAY(SELECT …))` is computed once and can be looked up in the index; `id IN (SELECT …)` in an OR makes
    PostgreSQL read the whole table (measured at 100,000 rows: 17 ms against 74 ms, and it grows with the table).
    """
    return Q(Among(F("pk"), ArraySubquery(ids.order_by())))
