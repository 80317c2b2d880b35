"""The timeline of a record: what is planned and what happened, of it and of records close to it (A1).

Apps add kinds of entries: `timeline.add(Source("note", _("Notes"), "notebook-pen", "activities/entry_note.html", past=…))`.
Sources answer with querysets of one shape, so that all entries come in one query. Who may see an entry is decided by the
present rights on the record it is about (R144).
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db.models import CharField, DateTimeField, F, JSONField, Q, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext_lazy as _

from . import prepared
from .filters import BadFilter

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity

PAGE = 20
AHEAD = 30
SHAPE = ("t_kind", "t_at", "t_key", "t_entity", "t_record", "t_data")
#: The order of what happened, and of what stands on top.
LATEST = (F("t_at").desc(), "-t_key")
SOONEST = (F("t_at").asc(nulls_last=True), "t_key")


class About(dict[str, list[uuid.UUID]]):
    """Records by entity label whose activities stand in one timeline; `is_seen` where the reader is known to see all of them."""

    is_seen: bool = False


Rows = Callable[["Actor", About], "QuerySet[Any] | None"]


def plain(actor: "Actor", entry: "Entry") -> Iterable[tuple[str, uuid.UUID]]:
    """An entry that names no further records."""
    return ()


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of entries: what happened (`past`), what stands on top (`ahead`: planned, pinned), and the template that draws one."""

    kind: str
    label: Any
    icon: str
    template: str
    past: Rows
    ahead: Rows | None = None
    #: Completes the data of an entry for its template and says which records it names (their titles are loaded together).
    prepare: Callable[["Actor", "Entry"], Iterable[tuple[str, uuid.UUID]]] = plain
    #: Completes the data of all its entries on the page together, before `prepare`.
    gather: Callable[["Actor", list["Entry"]], None] | None = None
    order: int = 100


@dataclass(slots=True)
class Entry:
    """One line of the timeline."""

    source: Source
    at: dt.datetime | None
    key: str
    entity: str
    record: uuid.UUID
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where it stands, for the address of what comes after it."""
        return f"{self.at.isoformat() if self.at else ''}|{self.key}"


@dataclass(slots=True)
class Timeline:
    """What one request shows: entries on top, entries of the past, and the address of what is older."""

    ahead: list[Entry]
    past: list[Entry]
    before: str = ""

    @property
    def entries(self) -> list[Entry]:
        """All of them."""
        return [*self.ahead, *self.past]

    def prepare(self, actor: "Actor") -> set[tuple[str, uuid.UUID]]:
        """Complete the entries; returns every record that they are about or name."""
        for source in {id(entry.source): entry.source for entry in self.entries}.values():
            if source.gather:
                source.gather(actor, [entry for entry in self.entries if entry.source is source])
        return {
            pair
            for entry in self.entries
            for pair in ((entry.entity, entry.record), *entry.source.prepare(actor, entry))
        }


@dataclass(frozen=True, slots=True)
class Composer:
    """A tab of the box above the timeline in which something new is written; `key` is the letter after A."""

    name: str
    label: Any
    icon: str
    template: str
    key: str
    #: What its template finds under `tools`.
    context: Callable[["Actor"], dict[str, Any]] = lambda actor: {}


sources: dict[str, Source] = {}
composers: list[Composer] = []


def add(source: Source) -> None:
    """Register a kind of entries; filter buttons stand in their `order`."""
    sources[source.kind] = source
    ranked = sorted(sources.values(), key=lambda known: known.order)
    sources.clear()
    sources.update({known.kind: known for known in ranked})


def about(entity: "Entity", actor: "Actor", record: Any, *, alone: bool = False) -> About:
    """The record, which the actor sees, and, unless it is wanted `alone`, those close to it, by entity."""
    found = About({entity.label: [record.pk]})
    for label, key in () if alone else entity.timeline_ids(actor, record):
        found.setdefault(label, []).append(key)
    found.is_seen = True
    return found


def subjects(about: About) -> Q:
    """The condition "is about one of these" for rows that name a subject."""
    return reduce(Q.__or__, (Q(subject_entity=label, subject_id__in=keys) for label, keys in about.items()))


def shaped(
    rows: "QuerySet[Any]",
    kind: str,
    *,
    at: str = "created_at",
    entity: str = "subject_entity",
    record: str = "subject_id",
    **data: Any,
) -> "QuerySet[Any]":
    """Rows in the shape that all sources share; `data` are the values their template needs, as ORM paths or expressions."""
    found: QuerySet[Any] = rows.order_by().annotate(
        t_kind=Value(kind, output_field=CharField()), t_at=Cast(at, DateTimeField()), t_key=Cast("pk", TextField()), t_entity=Cast(entity, TextField()),
        t_record=Cast(record, UUIDField()), t_data=Cast(JSONObject(**data), JSONField()),
    )  # fmt: skip
    return found


def load(actor: "Actor", about: About, *, kind: str = "", before: str = "") -> Timeline:
    """One page of the timeline; `kind` takes one source only, `before` continues an earlier page (then without what stands on top)."""
    if kind and kind not in sources:
        raise BadFilter(_("Unknown kind of entry; there are: %(valid)s.") % {"valid": ", ".join(sources)})
    condition = older(before) if before else Q()

    def asked(*keys: list[uuid.UUID]) -> "QuerySet[Any, Any]":
        told = About(zip(about, keys, strict=True))
        told.is_seen = about.is_seen
        return joined(parts(actor, told, kind, condition, is_first=not before))

    found = prepared.run(actor, ("timeline", kind, bool(before), about.is_seen, *about), asked, *about.values())
    past, ahead = ([entry_of(*row) for is_ahead, *row in found if is_ahead == part] for part in (False, True))
    ahead.sort(key=soonest)
    more = len(past) > PAGE
    return Timeline(ahead[:AHEAD], past[:PAGE], past[PAGE - 1].place if more else "")


def parts(actor: "Actor", about: About, kind: str, condition: Q, *, is_first: bool) -> "list[QuerySet[Any, Any]]":
    """The rows of each source: what happened, and for the first page what stands on top."""
    wanted = [sources[kind]] if kind else list(sources.values())
    happened = [
        rows.filter(condition)
        .annotate(t_ahead=Value(False))
        .order_by(*LATEST)
        .values_list("t_ahead", *SHAPE)[: PAGE + 1]
        for source in wanted
        if (rows := source.past(actor, about)) is not None
    ]
    return [*happened, *(
        rows.annotate(t_ahead=Value(True)).order_by(*SOONEST).values_list("t_ahead", *SHAPE)[:AHEAD]
        for source in wanted
        if is_first and source.ahead and (rows := source.ahead(actor, about)) is not None
    )]  # fmt: skip


def joined(parts: "list[QuerySet[Any, Any]]") -> "QuerySet[Any, Any]":
    """The entries of all parts in one query, the latest first, each with whether it stands on top."""
    if not parts:
        raise EmptyResultSet
    return parts[0].union(*parts[1:], all=True).order_by(*LATEST) if len(parts) > 1 else parts[0]


def entry_of(kind: str, *rest: Any) -> Entry:
    """The entry of a row."""
    return Entry(sources[kind], *rest)


def soonest(entry: Entry) -> tuple[bool, bool, dt.datetime, str]:
    """The place of an entry on top: what is pinned, then what is planned, the soonest first, without a time last."""
    return not entry.data.get("pinned"), entry.at is None, entry.at or dt.datetime.max.replace(tzinfo=dt.UTC), entry.key


def older(before: str) -> Q:
    """Entries after a place in the order."""
    moment, _bar, key = before.partition("|")
    try:
        at = dt.datetime.fromisoformat(moment)
    except ValueError:
        raise BadFilter(_("This page address is broken; start at the first page.")) from None
    if at.tzinfo is None or not key.isascii() or len(key) > 40:
        raise BadFilter(_("This page address is broken; start at the first page."))
    return Q(t_at__lte=at) & (Q(t_at__lt=at) | Q(t_key__lt=key))
