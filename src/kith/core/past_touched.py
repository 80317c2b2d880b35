"""Which records can stand differently at two moments: those that were written since the first of them, where nothing else decides.

A record comes, goes or counts for something else without being written where a condition speaks of days ("this month") or looks at
other records, where more than its own fields gives the right to it, or where amounts are converted and a rate changed. Then all
records have to be compared, as they have to be where very many were written.
"""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from . import asof, past, past_rows, predicates
from .filters import compile_filter

if TYPE_CHECKING:
    from .access import Actor
    from .past import Past
    from .views import Look

#: More records than these are not named in a query.
MOST = 100_000
#: What a condition on the fields of a row alone holds nothing of.
ELSEWHERE = ("JOIN", "NOW()", "CURRENT_", "_TIMESTAMP()")
WRITTEN = "SELECT DISTINCT c.record_id FROM core_change c WHERE c.entity = ANY(%s) AND c.at > %s LIMIT %s"
RATES = """SELECT EXISTS (SELECT 1 FROM core_change c WHERE c.entity = 'core.exchangerate' AND c.at > %s)
    OR EXISTS (SELECT 1 FROM core_exchangerate r WHERE r.valid_on > %s OR r.created_at > %s)"""


def ids(look: "Look", actor: "Actor", since: "Past", until: "Past") -> list[Any] | None:
    """The records of which alone a look can have others, or other values, at the second moment; None where it may be any."""
    entity = look.entity
    if asof.deciding(entity, actor, "view") is None or not goes_by_rows(look, actor, since, until):
        return None
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [past_rows.labels(entity), since.moment, MOST + 1])
        found = [key for (key,) in cursor.fetchall()]
    return found if len(found) <= MOST else None


def goes_by_rows(look: "Look", actor: "Actor", since: "Past", until: "Past") -> bool:
    """Whether the conditions of a look ask for fields of the row alone, and for the same at both moments."""
    asked = [condition_sql(look, actor, when) for when in (since, until)]
    text = asked[0][0].upper()
    return asked[0] == asked[1] and text.count("SELECT") == 1 and not any(word in text for word in ELSEWHERE)


def condition_sql(look: "Look", actor: "Actor", when: "Past") -> tuple[str, tuple[Any, ...]]:
    """SQL of the rows that fulfil the conditions of a look at a moment; "" for none at all."""
    with past.at(when):
        rows = predicates.of_now(look.entity, False).filter(compile_filter(look.entity, look.filter, actor))
        try:
            sql, values = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return "", ()
    return sql, tuple(values)


def rates_stand(since: "Past") -> bool:
    """Whether amounts are converted today as they were at a moment: no rate was written, and none became valid."""
    with connection.cursor() as cursor:
        cursor.execute(RATES, [since.moment, since.day, since.moment])
        return not cursor.fetchone()[0]
