"""One page of a list: keyset paging, count, totals, groups — for the page, the API, the board, exports and feeds alike."""

import datetime as dt
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.core.signing import BadSignature, Signer
from django.db import connection
from django.db.models import Case, Count, DateField, F, Max, Min, Q, QuerySet, Sum, When
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import access, search
from .entity import registry
from .filters import BadFilter, compile_filter
from .money import Money
from .titles import HEAVY
from .views import Look

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

PAGE, MAX_PAGE, EXACT = 50, 200, 10_000
MAX_GROUPS = 200
#: Seconds for which an estimate is kept, and how many of them.
KEPT, MAX_KEPT = 60, 1000
#: Instead of a sum of amounts in several currencies.
MIXED = "mixed"
RANGES: dict[str, Any] = {"number": Decimal, "percent": Decimal, "money": Decimal, "date": dt.date.fromisoformat, "moment": dt.datetime.fromisoformat, "link": uuid.UUID}


@dataclass(frozen=True, slots=True)
class Key:
    """One part of the order: an ORM path, its direction, and whether it can be empty (then empty comes last, R157)."""

    path: str
    descending: bool
    nullable: bool


@dataclass(slots=True)
class Page:
    """Rows with what surrounds them."""

    records: list[Any]
    after: str = ""
    before: str = ""
    count: int = 0
    exact: bool = True
    totals: dict[str, Any] = field(default_factory=dict)


def rows(look: Look, actor: "Actor", operation: str = "view") -> QuerySet[Any]:
    """All rows of a look, unordered."""
    found = look.entity.rows(actor, operation).filter(compile_filter(look.entity, look.filter, actor))
    return search.matching(found, look.entity, actor, look.q)


def order(entity: "Entity", names: tuple[str, ...], actor: "Actor") -> list[Key]:
    """The full order: the named fields, then the id, so that pages never overlap (R157)."""
    keys = []
    for name in names:
        spec = entity.fields[name.lstrip("-").split(".")[0]]
        keys.append(key_of(entity, spec, name.startswith("-"), actor))
    return [*keys, Key("pk", keys[-1].descending if keys else True, False)]


def key_of(entity: "Entity", spec: "FieldSpec", descending: bool, actor: "Actor") -> Key:
    """The part of the order for one field; the title sorts by its own key, links by the title of their target, hidden ones as if empty."""
    if spec.name == entity.title:
        return Key("sort_key", descending, False)
    if spec.type.name == "link" and not access.predicate(registry_of(spec), actor, "view"):
        return Key(f"{spec.name}__sort_key", descending, True)
    if spec.type.name == "link" or spec.is_bag or not spec.columns:
        return Key(f"sort_{spec.name}", descending, True)
    return Key(spec.path, descending, bool(entity.model._meta.get_field(spec.columns[0]).null))  # type: ignore[union-attr]


def registry_of(spec: "FieldSpec") -> "Entity":
    """The entity that a link leads to."""
    return registry.get(spec.target)


def sorted_by(spec: "FieldSpec", actor: "Actor") -> Any:
    """What rows are ordered by where it is no plain column; what the actor may not see must not show in the order, nor in a place."""
    if spec.type.name != "link":
        return spec.expression()
    return Case(When(**{f"{spec.path}__in": registry_of(spec).rows(actor).values("pk")}, then=F(f"{spec.name}__sort_key")))


def ordered(found: QuerySet[Any], entity: "Entity", keys: list[Key], actor: "Actor") -> QuerySet[Any]:
    """Rows in order; computed and bag fields and links to what may be hidden are annotated first."""
    extra = {key.path: sorted_by(entity.fields[key.path[5:]], actor) for key in keys if key.path.startswith("sort_") and key.path != "sort_key"}
    found = found.annotate(**extra) if extra else found
    return found.order_by(*(direction(key) for key in keys))


def direction(key: Key, *, backwards: bool = False) -> Any:
    """An ORDER BY item; empty values last in both directions, first when walking backwards."""
    descending = key.descending != backwards
    if not key.nullable:
        return ("-" if descending else "") + key.path
    nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
    return F(key.path).desc(**nulls) if descending else F(key.path).asc(**nulls)


def joined(found: QuerySet[Any], keys: list[Key]) -> QuerySet[Any]:
    """Rows with the links loaded that the order looks through and that titles are made of."""
    named = registry.for_model(found.model).named_by
    links = {*named, *(key.path.split("__")[0] for key in keys if "__" in key.path)}
    if not links:
        return found
    heavy = (f"{link}__{name}" for link in named for name in HEAVY if name != "sort_key")
    return found.select_related(*links).defer(*heavy)


def value_at(record: Any, path: str) -> Any:
    """The value of an order key on a loaded record."""
    for name in path.split("__"):
        record = None if record is None else getattr(record, name)
    return record


def cursor_of(record: Any, keys: list[Key]) -> str:
    """A place in the order, as opaque text for an address."""
    values = [value_at(record, key.path) for key in keys]
    return signer(keys).sign_object([None if value is None else [type(value).__name__, str(value)] for value in values])


def signer(keys: list[Key]) -> Signer:
    """Signs places of one order: a forged place, or one of another order, is none."""
    return Signer(salt="kith.place:" + ",".join(("-" if key.descending else "") + key.path for key in keys))


KINDS: dict[str, Any] = {
    "str": str, "UUID": uuid.UUID, "datetime": dt.datetime.fromisoformat, "date": dt.date.fromisoformat, "Decimal": Decimal, "int": int,
    "bool": lambda text: text == "True", "SafeString": str,
}  # fmt: skip


def place_of(text: str, keys: list[Key]) -> list[Any]:
    """The values of a cursor; raises BadFilter for one that is broken or belongs to another order."""
    try:
        return [None if item is None else KINDS[item[0]](item[1]) for item in signer(keys).unsign_object(text)]
    except (BadSignature, ValueError):
        raise BadFilter(_("This page address is broken or belongs to another order; start at the first page.")) from None


def beyond(keys: list[Key], values: list[Any], *, backwards: bool = False) -> Q:
    """Rows after (or before) a place in the order."""
    result, equal = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        if (step := step_past(key, value, backwards)) is not None:
            result |= equal & step
        equal &= Q(**{f"{key.path}__isnull": True}) if value is None else Q(**{key.path: value})
    head, value = keys[0], values[0]
    if not head.nullable and value is not None:
        # Bounds the index scan: without it PostgreSQL walks from the first row.
        result &= Q(**{f"{head.path}__{'lte' if head.descending != backwards else 'gte'}": value})
    return result


def step_past(key: Key, value: Any, backwards: bool) -> Q | None:
    """Rows strictly past `value` in one key; None if there can be none."""
    descending = key.descending != backwards
    if value is None:
        return Q(**{f"{key.path}__isnull": False}) if backwards else None
    past = Q(**{f"{key.path}__{'lt' if descending else 'gt'}": value})
    return past | Q(**{f"{key.path}__isnull": True}) if key.nullable and not backwards else past


def page(look: Look, actor: "Actor", *, after: str = "", before: str = "", size: int = PAGE, counted: bool = True, extra: dict[str, Any] | None = None) -> Page:
    """One page of a look. `after` and `before` are cursors of an earlier page; `extra` are annotations of the rows of the page."""
    found = rows(look, actor)
    names = (look.group.split(":")[0], *look.sort) if look.group else look.sort
    keys = order(look.entity, tuple(dict.fromkeys(names)), actor)
    listed = ordered(found, look.entity, keys, actor).defer(*(name for name in HEAVY if name not in ("sort_key", "custom")))
    listed = joined(listed, keys)
    listed = listed.annotate(**extra) if extra else listed
    if before:
        records = list(listed.filter(beyond(keys, place_of(before, keys), backwards=True)).order_by(*(direction(key, backwards=True) for key in keys))[: size + 1])
        more, records = len(records) > size, records[:size][::-1]
        result = Page(records, cursor_of(records[-1], keys) if records else "", cursor_of(records[0], keys) if more else "")
    else:
        listed = listed.filter(beyond(keys, place_of(after, keys))) if after else listed
        records = list(listed[: size + 1])
        more, records = len(records) > size, records[:size]
        result = Page(records, cursor_of(records[-1], keys) if more else "", cursor_of(records[0], keys) if after and records else "")
    if counted:
        result.count, result.exact = count(found, len(records) if not (after or before or more) else None)
    return result


def count(found: QuerySet[Any], known: int | None = None) -> tuple[int, bool]:
    """How many rows: exact up to 10,000, else the planner's estimate (marked as such), which is kept for a minute."""
    if known is not None:
        return known, True
    bare = found.order_by().values("pk")
    try:
        sql, params = bare.query.sql_with_params()
    except EmptyResultSet:
        return 0, True
    key = (sql, str(params))
    if (kept := _large.get(key)) and kept[0] > time.monotonic():
        return kept[1], False
    exact = bare[: EXACT + 1].count()
    return (exact, True) if exact <= EXACT else (estimate(key, params), False)


_large: dict[tuple[str, str], tuple[float, int]] = {}


def estimate(key: tuple[str, str], params: Any) -> int:
    """How many rows the planner expects of a query that has more than EXACT."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {key[0]}", params)
        plan = cursor.fetchone()[0]
    number = max(EXACT, int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"]))
    if len(_large) > MAX_KEPT:
        _large.clear()
    _large[key] = (time.monotonic() + KEPT, number)
    return number


def summed(look: Look) -> "list[FieldSpec]":
    """Amount and number columns that are shown; numbers of small range (years, positions) are not worth a sum."""
    specs = (look.entity.fields.get(name) for name in look.columns)
    return [spec for spec in specs if spec and spec.stored and (spec.type.name == "money" or (spec.type.name == "number" and (spec.maximum is None or spec.maximum >= 2**15)))]


def sums_of(specs: "list[FieldSpec]") -> dict[str, Any]:
    """Aggregates for the sums of these fields; amounts bring the least and greatest of their currencies."""
    found: dict[str, Any] = {}
    for at, spec in enumerate(specs):
        found[f"t{at}"] = Sum(spec.expression())
        if spec.type.name == "money" and not spec.is_bag:
            filled = Q(**{f"{spec.name}__isnull": False})
            found |= {f"t{at}_low": Min(f"{spec.name}_currency", filter=filled), f"t{at}_high": Max(f"{spec.name}_currency", filter=filled)}
    return found


def sums_in(specs: "list[FieldSpec]", row: dict[str, Any]) -> dict[str, Any]:
    """The sums of an aggregate row by field: numbers, Money, or MIXED for amounts of several currencies."""
    found: dict[str, Any] = {}
    for at, spec in enumerate(specs):
        value = row[f"t{at}"]
        if value is not None and f"t{at}_low" in row:
            value = Money(value, row[f"t{at}_low"]) if row[f"t{at}_low"] == row[f"t{at}_high"] else MIXED
        found[spec.name] = value
    return found


def totals(look: Look, actor: "Actor") -> dict[str, Any]:
    """Sums of the amount and number columns that are shown: numbers, Money, or MIXED."""
    specs = summed(look)
    return sums_in(specs, rows(look, actor).order_by().aggregate(**sums_of(specs))) if specs else {}


@dataclass(slots=True)
class GroupRow:
    """One group of a grouped list: its value, number of rows and sums."""

    value: Any
    count: int
    sums: dict[str, Any]


def groups(look: Look, actor: "Actor") -> list[GroupRow]:
    """The groups of a grouped list with their totals; at most 200, the largest first when there are more. Dates are grouped by month."""
    spec, specs = look.entity.fields[look.group], summed(look)
    value = TruncMonth(spec.expression(), output_field=DateField()) if spec.type.name in ("date", "moment") and not spec.is_bag else spec.expression()
    found = rows(look, actor).order_by().values(group_value=value).annotate(n=Count("pk"), **sums_of(specs)).order_by("-n")[:MAX_GROUPS]
    return [GroupRow(None if row["group_value"] == "" else row["group_value"], row["n"], sums_in(specs, row)) for row in found]


def group_of(spec: "FieldSpec", record: Any) -> Any:
    """The group that a record stands in; the same values as in `groups`."""
    value = spec.get(record)
    if value is None or spec.type.name not in ("date", "moment"):
        return None if value == "" else value
    day = timezone.localdate(value) if isinstance(value, dt.datetime) else value
    return day.replace(day=1)


def keys_of(look: Look, actor: "Actor", operation: str = "view", limit: int | None = None) -> list[uuid.UUID]:
    """Ids of all rows of a look on which the actor may do `operation`; for "all matching" in bulk actions."""
    found = rows(look, actor, operation).order_by("pk").values_list("pk", flat=True)
    return list(found[:limit] if limit else found)


def stream(look: Look, actor: "Actor", operation: str = "export", chunk: int = 2000) -> Iterator[list[Any]]:
    """All rows of a look in order, in chunks, without holding them all."""
    keys = order(look.entity, look.sort, actor)
    listed = joined(ordered(rows(look, actor, operation), look.entity, keys, actor), keys)
    place: list[Any] | None = None
    while True:
        part = list((listed.filter(beyond(keys, place)) if place else listed)[:chunk])
        if part:
            yield part
        if len(part) < chunk:
            return
        place = [value_at(part[-1], key.path) for key in keys]
