"""Queries that differ in a few values only, built by the ORM once per actor and epoch of rights and then run with other values.

A page of a record asks its timeline, its counts and its titles by querysets that are the same for every record of a kind;
building them took half of the processor time of the page (docs/decisions/030).

1. `build` is called with stand-ins in place of the given values, so that nothing of a real value can get into the text.
2. What comes out is looked through: each parameter that is a stand-in becomes a slot. A query that holds a moment, a value
   nobody knows, or a stand-in anywhere else is not kept but built each time, as without this module.
3. It is kept where the compiled predicates of the actor are (`predicates.store`): until rights, fields or settings change,
   or for the running request alone where the actor has rules with conditions.

`build` has to depend on nothing but the actor, what its name says, and the given values, which it only hands on to the query.
What is asked of the running day (`of_day`) may depend on the day as well, and on `now()`, from which it may only reckon
whole seconds.
"""

import copy
import datetime as dt
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from psycopg.sql import quote

from . import entity as entities
from . import past, predicates

if TYPE_CHECKING:
    from .access import Actor

type Given = UUID | dt.date | Sequence[UUID]
#: The upper half of every id that stands for another one; the ids of records are made of the time and of chance.
MARK = 0x4B695468_7374616E
#: Days and moments that stand for other ones.
DAY = dt.date(1066, 10, 1)
MOMENT = dt.datetime(1066, 10, 1, tzinfo=dt.UTC)
#: Stands for now, and what is so much earlier or later for what is so much earlier or later than now: by 300 years at most.
NOW = dt.datetime(1500, 6, 15, 11, 38, 7, 402_615, tzinfo=dt.UTC)
FIRST, LAST = 1200, 1800
MARKED = (f"{MARK:016x}", str(UUID(int=MARK << 64))[:18], f"{NOW:%Y-%m-%d}")
PLAIN = (str, int, float, bool, Decimal, type(None))
#: Lists longer than this are rare and take long enough by themselves.
MOST = 128
#: How many characters of SQL a process keeps, of all actors together; the oldest go first.
ROOM = 16_000_000
#: What the objects beside the text count as.
OBJECTS = 4_000
#: What of a compiler tells how rows are read.
READING = ("select", "col_count", "klass_info", "annotation_col_map", "has_extra_select", "using")


@dataclass(frozen=True, slots=True)
class Made:
    """A query as the ORM gives it: its text, its parameters, and how its rows are read."""

    text: str
    values: tuple[Any, ...]
    reading: Any = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled query with its parameters written into the text, as the driver would bind them each time; given values come between the pieces."""

    pieces: tuple[str, ...]
    slots: tuple[int | dt.timedelta, ...] = ()
    reading: Any = None

    def text(self, given: Sequence[Any]) -> str:
        """SQL without parameters: with the given values in their places, and with moments as far from now as they are to be."""
        if not self.slots:
            return self.pieces[0]
        context, moment = driver(), timezone.now()
        put = [moment + which if isinstance(which, dt.timedelta) else given[which] for which in self.slots]
        texts = (f"'{value}'::uuid" if type(value) is UUID else quote(value, context) for value in put)
        return "".join(chain.from_iterable(zip(self.pieces, (*texts, ""), strict=True)))

    def rows(self, given: Sequence[Any]) -> list[Any]:
        """The records that it finds."""
        return list(self.reading.rows(self.text(given))) if self is not NOTHING else []

    @property
    def size(self) -> int:
        """How many characters it holds."""
        return sum(map(len, self.pieces))


def driver() -> Any:
    """The connection of this thread as the driver has it; how values are quoted is set there."""
    connection.ensure_connection()
    return connection.connection


class NotKept(Exception):
    """The query cannot be used with other values."""


#: Stand for what is kept of a query that finds nothing whatever is given, and of one that cannot be kept.
NOTHING, EACH_TIME = Statement(("",)), Statement(("-",))


@dataclass(slots=True)
class Shelf:
    """All statements of the process in the order in which they were made, so that they take no more than their room."""

    made: deque[tuple[dict[Any, Any], Any, int]] = field(default_factory=deque)
    size: int = 0
    alone: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kept: dict[Any, Any], key: Any, statement: Statement) -> None:
        """A statement was kept; the oldest ones go where there is no room."""
        size = statement.size + OBJECTS
        with self.alone:
            self.made.append((kept, key, size))
            self.size += size
            while self.size > ROOM and len(self.made) > 1:
                holder, name, freed = self.made.popleft()
                holder.pop(name, None)
                self.size -= freed


shelf = Shelf()


@dataclass(frozen=True, slots=True)
class Reading:
    """How the rows of a statement become records: its compiler without the query, and the class and the facts of its queryset."""

    compiler: Any
    kind: type[Any]
    facts: dict[str, Any]
    names: tuple[str, ...] = ()

    def rows(self, text: str) -> Any:
        """A queryset that asks nothing but this."""
        made = object.__new__(self.kind)
        made.__dict__.update(self.facts, _query=Ready(self.compiler, text, self.names))
        return made


@dataclass(slots=True)
class Ready:
    """Takes the place of a queryset's query: its compiler has done its work already."""

    compiler: Any
    text: str
    #: What rows that are dictionaries are read by.
    selected: tuple[str, ...] = ()

    def get_compiler(self, using: str | None = None, **_more: Any) -> Any:
        """The compiler, with this text, on the connection of this thread."""
        made = copy.copy(self.compiler)
        made.connection = connections[using or DEFAULT_DB_ALIAS]
        made.as_sql = lambda *_args, **_options: (self.text, None)
        return made


#: Whether a query of the running day is being built.
_day: ContextVar[bool] = ContextVar("kith_prepared_day", default=False)


def now() -> dt.datetime:
    """Now; while a query of the running day is built, what stands for it: the moment it is run at is put in then."""
    return NOW if _day.get() else timezone.now()


def run(actor: "Actor", name: Any, build: "Callable[..., QuerySet[Any, Any]]", *given: Given) -> list[Any]:
    """What the queryset that `build(*given)` gives holds; `name` says which one it is."""
    values, numbered = padded(given)
    found = statement(actor, ("rows", name), lambda *marks: compiled(build(*marks)), values)
    return listed(lambda: build(*values)) if found is EACH_TIME else found.rows(numbered)


def of_day(actor: "Actor", name: Any, build: "Callable[[], QuerySet[Any, Any]]") -> list[Any]:
    """What a queryset holds that follows from the actor and the running day, such as the open deals that close this week.

    For readers whose rules have conditions it is built each time: those may reckon with moments of their own.
    """
    if predicates.store(actor) is actor.memo:
        return listed(build)
    found = statement(actor, ("of the day", past.today(), name), lambda: compiled(marked(build)), (), daily=True)
    return listed(build) if found is EACH_TIME else found.rows(())


def marked(build: "Callable[[], QuerySet[Any, Any]]") -> "QuerySet[Any, Any]":
    """A queryset in which something else stands for now."""
    token = _day.set(True)
    try:
        return build()
    finally:
        _day.reset(token)


def listed(build: "Callable[[], QuerySet[Any, Any]]") -> list[Any]:
    """What a queryset holds that is not kept."""
    try:
        return list(build())
    except EmptyResultSet:
        return []


def compiled(rows: "QuerySet[Any, Any]") -> Made:
    """The statement of a queryset, with how its rows are read."""
    query: Any = rows.query
    compiler = query.get_compiler(using=rows.db)
    text, parameters = compiler.as_sql()
    names = query.selected or (*query.extra_select, *query.values_select, *query.annotation_select)
    reading = Reading(slim(compiler), type(rows), rows.__dict__ | {"_query": None}, tuple(names))
    return Made(text, tuple(parameters), reading)


def slim(compiler: Any) -> Any:
    """A compiler that has done its work, without the query that it has read."""
    made = object.__new__(type(compiler))
    made.__dict__.update({name: compiler.__dict__[name] for name in READING})
    return made


def sql(actor: "Actor", name: Any, build: "Callable[..., QuerySet[Any, Any]]", *given: Given) -> str:
    """SQL, without parameters, of the queryset that `build(*given)` gives; raises EmptyResultSet where it can hold nothing."""

    def texted(*values: Any) -> Made:
        text, parameters = build(*values).query.sql_with_params()
        return Made(text, tuple(parameters))

    values, numbered = padded(given)
    found = statement(actor, ("text", name), texted, values)
    if found is NOTHING:
        raise EmptyResultSet
    if found is EACH_TIME:
        made = texted(*values)
        return written(made.text, made.values)
    return found.text(numbered)


def text(actor: "Actor", name: Any, build: Callable[[], tuple[str, Sequence[Any]]]) -> str:
    """The same of SQL and parameters that are put together by `build`, which gives no text where nothing can be found."""

    def made() -> Made:
        asked, values = build()
        return Made(asked, tuple(values))

    found = statement(actor, ("asked", name), made, ())
    return written(*build()) if found is EACH_TIME else found.text(())


def written(text: str, values: Sequence[Any]) -> str:
    """SQL with its parameters in the text, quoted as the driver quotes them."""
    database: Any = connection.ops
    made: str = database.compose_sql(text, values)
    return made


def quoted(value: Any) -> str:
    """One value in SQL."""
    return quote(value, driver())


def statement(
    actor: "Actor", name: Any, compiled: Callable[..., Made], given: Sequence[Any], *, daily: bool = False
) -> Statement:
    """The statement of this name, made if it is not there; what is said of the past is built each time. A `daily` one holds until tomorrow."""
    if past.current() is not None or any(isinstance(value, list) and len(value) > MOST for value in given):
        return EACH_TIME
    kept, key = store(actor), key_of(actor, name, given)
    found: Statement | None = kept.get(key)
    if found is None:
        try:
            found = slotted(compiled(*stand_ins(given)), daily=daily)
        except EmptyResultSet:
            found = NOTHING
        except NotKept:
            found = EACH_TIME
        kept[key] = found
        if actor.is_system or predicates.store(actor) is not actor.memo:
            shelf.note(kept, key, found)
    return found


def store(actor: "Actor") -> dict[Any, Any]:
    """Where statements of the actor are kept; those of Kith itself for as long as fields and kinds of records stay the same."""
    around = predicates.store(actor) if not actor.is_system else entities.memory()
    if around is None:
        return {}
    kept: dict[Any, Any] = around.setdefault(
        "prepared", {}
    )  # of its own: the shelf shall not hold what stands around it
    return kept


def key_of(actor: "Actor", name: Any, given: Sequence[Any]) -> tuple[Any, ...]:
    """Under what a statement is kept: texts and days in a query may depend on the reader's language and zone."""
    shape = tuple((len(value), type(value[0])) if isinstance(value, list) and value else type(value) for value in given)
    place = (get_language(), timezone.get_current_timezone_name())
    kinds = 0 if actor.is_system else predicates.kinds()  # what is kept of Kith itself ends when there are others
    return ("prepared", name, shape, place, actor.id, actor.kind, actor.scopes, kinds)


def padded(given: Sequence[Given]) -> tuple[list[Any], list[Any]]:
    """The given values, lists as long as a power of two so that few statements differ in that alone; and all of them in one row."""
    made = [[*value, *[value[-1]] * (room(len(value)) - len(value))] if isinstance(value, list) and value else value for value in given]  # fmt: skip
    return made, [one for value in made for one in (value if isinstance(value, list) else [value])]


def room(count: int) -> int:
    """The least power of two that is not below a number."""
    return 1 << (count - 1).bit_length()


def stand_ins(given: Sequence[Any]) -> list[Any]:
    """Values of the same kinds that stand for the given ones, numbered through."""
    number, made = 0, list[Any]()
    for value in given:
        if isinstance(value, list):
            made.append([stand_in(one, number + at) for at, one in enumerate(value)])
            number += len(value)
        else:
            made.append(stand_in(value, number))
            number += 1
    return made


def stand_in(value: Any, number: int) -> Any:
    """What stands for a value."""
    if isinstance(value, UUID):
        return UUID(int=(MARK << 64) + number)
    if type(value) is dt.date:
        return DAY + dt.timedelta(days=number)
    if type(value) is dt.datetime:
        return MOMENT + dt.timedelta(days=number)
    raise NotKept


def slotted(made: Made, *, daily: bool = False) -> Statement:
    """The statement with its stand-ins found; NotKept where it holds what may be another value next time."""
    if hides(made.text):
        raise NotKept
    find, slots, values = which_of_day if daily else number_of, list[int | dt.timedelta](), list[Any]()
    mark = token_hex(8)  # nobody can have written it into a value
    for value in made.values:
        which = find(value)
        values.append(value if which is None else mark)
        slots += [] if which is None else [which]
    return Statement(tuple(written(made.text, values).split(f"'{mark}'")), tuple(slots), made.reading)


def number_of(value: Any) -> int | None:
    """Which of the given values a parameter stands for; None for a constant."""
    if isinstance(value, UUID):
        return value.int & (1 << 64) - 1 if value.int >> 64 == MARK else None
    if isinstance(value, dt.date) and value.year == DAY.year:
        return (value - (MOMENT if isinstance(value, dt.datetime) else DAY)).days
    if not is_constant(value) or hides(repr(value)):
        raise NotKept
    return None


def which_of_day(value: Any) -> dt.timedelta | None:
    """How far from now a moment is; None for what is the same until tomorrow."""
    if isinstance(value, dt.datetime) and stands(value) and value.microsecond == NOW.microsecond:
        return value - NOW  # by whole seconds; the beginning of its day is not
    if not (is_of_day(value) or is_constant(value)) or hides(repr(value)):
        raise NotKept
    return None


def stands(value: dt.date) -> bool:
    """Whether a day or moment was reckoned from what stands for now."""
    return FIRST < value.year < LAST


def is_of_day(value: Any) -> bool:
    """Whether a parameter is an id, a day, or a moment at which a day of the reader begins."""
    if isinstance(value, dt.datetime):
        return not stands(value) and value.tzinfo is not None and timezone.localtime(value).time() == dt.time()
    return isinstance(value, UUID) or (isinstance(value, dt.date) and not stands(value))


def is_constant(value: Any) -> bool:
    """Whether a parameter is the same next time: words and numbers, also as JSON or in a list; a moment may not be."""
    if isinstance(value, list | tuple):
        return all(is_constant(one) for one in value)
    if isinstance(value, dict):
        return all(is_constant(one) for one in value.values())
    return isinstance(value, PLAIN) or (hasattr(value, "obj") and is_constant(value.obj))


def hides(text: str) -> bool:
    """Whether a text holds an id, or the day of a moment, that stands for another one."""
    return any(mark in text for mark in MARKED)


__all__ = ["Statement", "now", "of_day", "quoted", "run", "sql", "text", "written"]
