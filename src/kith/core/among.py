"""Conditions by ids of other queries that stay fast beside others in an OR, where PostgreSQL gathers whole sets by nature."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, TextField, UUIDField, Value


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


class OneOf(Among):
    """See one_of."""

    def __init__(self, ids: "QuerySet[Any, Any]", **extra: Any) -> None:
        super().__init__(F("pk"), ArraySubquery(ids.order_by()), **extra)
        self.asked = ids.order_by()

    def walked(self) -> Q:
        """With a hash beside the array: a row that is at hand is looked up there, and not compared with each id of the array."""
        return Q(pk__in=self.asked) & Q(self)


def one_of(ids: "QuerySet[Any, Any]") -> Q:
    """The same in a predicate: where many rows are walked, it is asked of each of them (see `predicates.walked`)."""
    return Q(OneOf(ids))


class First(ArraySubquery):
    """The ids of the rows that come first in an order: all are gathered and sorted by the columns beside the id.

    OFFSET keeps PostgreSQL from walking some index in that order past everything that does not fit.
    """

    template = "ARRAY(SELECT k0 FROM (%(subquery)s OFFSET 0) gathered(%(names)s) ORDER BY %(order)s LIMIT %(most)s)"

    def __init__(self, rows: "QuerySet[Any, Any]", directions: list[str], most: int) -> None:
        places = (*range(1, len(directions)), 0)  # the id, the first column, decides last
        order = ", ".join(f"k{at} {way}" for at, way in zip(places, directions, strict=True))
        super().__init__(rows, names=", ".join(f"k{at}" for at in sorted(places)), order=order, most=int(most))

    @property
    def output_field(self) -> "ArrayField[Any, Any]":
        """Ids."""
        return ArrayField(UUIDField())


class Tested(Func):
    """A condition that is asked of each row and answered by no index."""

    template = "((%(expressions)s) IS TRUE)"
    conditional = True

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*expressions, output_field=BooleanField(), **extra)


def first(rows: "QuerySet[Any, Any]", directions: list[str], most: int) -> Q:
    """Rows of which so many come first; `rows` are ids with the columns to sort by, each in its direction, the id the last."""
    return Q(Among(F("pk"), First(rows, directions, most)))


def any_of(column: str, texts: Iterable[str]) -> Q:
    """Rows whose text column holds one of many texts, which go to the database as one array and not as thousands of parameters."""
    return Q(Among(F(column), Value(list(texts), output_field=ArrayField(TextField()))))


def any_id(column: str, ids: Iterable[UUID]) -> Q:
    """The same with ids."""
    return Q(Among(F(column), Value(list(ids), output_field=ArrayField(UUIDField()))))


class LookedUp(Exists):
    """EXISTS that is asked for one row at a time: OFFSET keeps PostgreSQL from gathering all rows first."""

    template = "EXISTS(%(subquery)s OFFSET 0)"

    def plain(self) -> Exists:
        """The same, left to PostgreSQL."""
        return Exists(self.asked)

    def __init__(self, queryset: "QuerySet[Any, Any]", **extra: Any) -> None:
        super().__init__(queryset, **extra)
        self.asked = queryset


def looked_up(rows: "QuerySet[Any, Any]", column: str) -> Q:
    """Rows whose `column` is the id of one of `rows`, each looked up by its id.

    In an OR, `IN (SELECT …)` gathers all ids first, however few rows are asked about (measured for 25,000 visible people:
    40 ms for each of five such conditions on the page of one person), and beyond work_mem it asks the whole set per row.
    """
    return Q(LookedUp(rows.filter(pk=OuterRef(column))))
