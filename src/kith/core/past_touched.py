"""Which records can stand differently at two moments: those that were written since the first of them, where nothing else decides.

A record comes, goes or counts for something else without being written where a condition speaks of days ("this month") or looks at
other records, where more than its own fields gives the right to it, or where amounts are converted and a rate changed. Then all
records have to be compared, as they have to be where very many were written.

All others stand today as they stood at both moments, and are asked for as today's (`others`). Of those that were written only what
was changed after a moment is read as it was (`rows`).
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from . import asof, listing, past, past_lists, past_rows, predicates
from .filters import EVERYTHING, compile_filter

if TYPE_CHECKING:
    from .access import Actor
    from .past import Past
    from .views import Look

#: More records than these are not named in a query.
MOST = 100_000
#: What a condition on the fields of a row alone holds nothing of.
ELSEWHERE = ("JOIN", "NOW()", "CURRENT_", "_TIMESTAMP()")
RATES = """SELECT EXISTS (SELECT 1 FROM core_change c WHERE c.entity = 'core.exchangerate' AND c.at > %s)
    OR EXISTS (SELECT 1 FROM core_exchangerate r WHERE r.valid_on > %s OR r.created_at > %s)"""
ROW = predicates.TABLE
#: What was made since; nothing was changed before it was made, and by the last change there is an index.
LATEST = f'{ROW}."updated_at" > %s AND {ROW}."created_at" > %s'
#: Expressions by name that a figure reads beside the conditions, at a moment.
type Asked = Callable[["Past"], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Touched:
    """The records of which alone a look can have others, or other values, at a second moment than at a first one."""

    look: "Look"
    actor: "Actor"
    since: "Past"
    #: Made since; those of them that had been there before, and were erased and made anew under their old day.
    made: frozenset[UUID]
    again: frozenset[UUID]
    #: The last time that each was written since otherwise.
    written: dict[UUID, dt.datetime]

    def rows(self, when: "Past") -> list[QuerySet[Any]]:
        """Those that the look has at one of both moments, in some querysets: what was written after it as it was, all others as they are."""
        new = [] if when.moment == self.since.moment else [self.newcomers(when)]
        return [*new, *self.known(when)]

    def newcomers(self, when: "Past") -> QuerySet[Any]:
        """Those that were made since and not written otherwise; at the first moment there is none of them."""
        text = f'({LATEST} AND {ROW}."id" <> ALL(%s::uuid[]))'  # said so, they need not be named
        return self.as_they_are(self.look, when, text, (self.since.moment, self.since.moment, array(self.named())))

    def known(self, when: "Past") -> list[QuerySet[Any]]:
        """All others of those that the look has at one of both moments."""
        if when.moment == self.since.moment:  # what was made since was not there
            return self.rows_of(when, self.look, [key for key in self.written if key not in self.made])
        return self.rows_of(when, self.look, self.named())

    def named(self) -> list[UUID]:
        """Those that are known by their ids."""
        return [*self.again, *(key for key in self.written if key not in self.again)]

    def reached(self, when: "Past", keys: Collection[UUID]) -> list[QuerySet[Any]]:
        """Those of some of them that the reader may see as they were at a moment, whether they fulfil the conditions or not."""
        return self.rows_of(when, replace(self.look, filter=EVERYTHING), keys)

    def others(self, when: "Past") -> QuerySet[Any]:
        """All rows of the look but these, the same at both moments."""
        text = f'({ROW}."created_at" <= %s AND {ROW}."id" <> ALL(%s::uuid[]))'
        return self.as_they_are(self.look, when, text, (self.since.moment, array({*self.written, *self.again})))

    def rows_of(self, when: "Past", look: "Look", keys: Collection[UUID]) -> list[QuerySet[Any]]:
        """Those of some records that a look has at a moment."""
        changed = [key for key in keys if key in self.written and self.written[key] > when.moment]
        rest = [key for key in keys if key not in self.written or self.written[key] <= when.moment]
        found = [self.as_they_were(look, when, changed)] if changed else []
        return (
            [*found, self.as_they_are(look, when, f'({ROW}."id" = ANY(%s::uuid[]))', (array(rest),))] if rest else found
        )

    def as_they_are(self, look: "Look", when: "Past", text: str, values: tuple[Any, ...]) -> QuerySet[Any]:
        """Rows of today that were there at a moment and fulfil a condition, whose history the reader may see."""
        (right,) = asof.needed("view")
        there, given = past_rows.made(when, ROW)
        only = predicates.written_out(predicates.Compiled(f"({there} AND {text})", (*given, *values)))
        with past.at(when):
            return listing.rows(replace(look, as_of=None, right=right, only=Q(only)), self.actor).order_by()

    def as_they_were(self, look: "Look", when: "Past", keys: list[UUID]) -> QuerySet[Any]:
        """Rows of then."""
        is_stamped = past_lists.placing(look, self.actor, ordered=False) is None
        with past.at(when):
            found = asof.changed(look.entity, self.actor, when, "view", by_title=False, few=keys, stamped=is_stamped)
            return found.filter(compile_filter(look.entity, look.filter, self.actor)).order_by()


def array(keys: Collection[UUID]) -> str:
    """Ids as one value, which the driver does not have to take apart."""
    return f"{{{','.join(map(str, keys))}}}"


def nothing(_when: "Past") -> dict[str, Any]:
    """No expressions beside the conditions."""
    return {}


def find(look: "Look", actor: "Actor", since: "Past", until: "Past", asked: Asked = nothing) -> Touched | None:
    """The records of which alone a look can have others, or other values, at the second moment; None where it may be any."""
    entity, memo = look.entity, since.memo
    if asof.deciding(entity, actor, "view") is None or not goes_by_rows(look, actor, since, until, asked):
        return None
    key = ("since", entity.label)
    if key not in memo:
        memo[key] = written_since(look, since)
    found = memo[key]
    return None if found is None else Touched(look, actor, since, *found)


def written_since(look: "Look", since: "Past") -> tuple[frozenset[UUID], frozenset[UUID], dict[UUID, dt.datetime]] | None:  # fmt: skip
    """What was made since, what of it anew, and what was written since otherwise, with its last time; None for more than can be named."""
    entity = look.entity
    table = connection.ops.quote_name(entity.model._meta.db_table)
    later, values = past_rows.later(entity, since)
    made = f"SELECT t.id FROM {table} t WHERE {LATEST.replace(ROW, 't')} LIMIT %s"  # noqa: S608 - the name of a table
    written = f"SELECT c.record_id, max(c.at) FROM core_change c WHERE {later} GROUP BY c.record_id LIMIT %s"  # noqa: S608 - our own
    with connection.cursor() as cursor:
        cursor.execute(written, [*values, MOST + 1])
        last = dict(cursor.fetchall())
        cursor.execute(made, [since.moment, since.moment, MOST + 1])
        new = frozenset(key for (key,) in cursor.fetchall())
    again = frozenset(past_rows.between(since))
    return (new | again, again, last) if len(new) + len(last) <= MOST else None


def goes_by_rows(look: "Look", actor: "Actor", since: "Past", until: "Past", asked: Asked = nothing) -> bool:
    """Whether conditions and what else is asked go by fields of the row alone, and are the same at both moments."""
    both = [condition_sql(look, actor, when, asked) for when in (since, until)]
    text = both[0][0].upper()
    return both[0] == both[1] and text.count("SELECT") == 1 and not any(word in text for word in ELSEWHERE)


def condition_sql(
    look: "Look", actor: "Actor", when: "Past", asked: Asked = nothing
) -> tuple[str, tuple[Any, ...]]:  # fmt: skip
    """SQL of the rows that fulfil the conditions of a look at a moment, with what else is asked; "" for none at all."""
    with past.at(when):
        further = asked(when)
        rows = predicates.of_now(look.entity, False).filter(compile_filter(look.entity, look.filter, actor))
        try:
            sql, values = rows.order_by().annotate(**further).values("pk", *further).query.sql_with_params()
        except EmptyResultSet:
            return "", ()
    return sql, tuple(values)


def rates_stand(since: "Past") -> bool:
    """Whether amounts are converted today as they were at a moment: no rate was written, and none became valid."""
    with connection.cursor() as cursor:
        cursor.execute(RATES, [since.moment, since.day, since.moment])
        return not cursor.fetchone()[0]
