"""The log as one stream: filtered, paged by key, and cut to what its reader may see.

Reading it needs the system right "audit"; names and values of a record besides that need the right to see the record
(R143), and single fields the right to read them (R138).
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor, predicate
from kith.core.entity import registry
from kith.core.ledger import AuditEvent

PAGE = 50
#: A text is looked for in so many days unless a period is named; older lines are found by naming one.
TEXT_DAYS = 90
TABS: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "": (_("Everything"), "scroll-text", ()),
    "changes": (_("Changes"), "pencil", ("create", "update", "restore", "undo", "redo")),
    "signins": (_("Sign-ins"), "log-in", ("login", "logout", "login_failed", "password")),
    "rights": (_("Rights"), "shield", ("rights",)),
    "exports": (_("Exports"), "download", ("export", "print")),
    "deletions": (_("Deletions"), "trash-2", ("delete", "purge")),
    "reads": (_("Reads"), "eye", ("view", "list", "search", "export", "print")),
    "denied": (_("Denied"), "ban", ("denied", "login_failed")),
}


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the log: `since` and `until` are exact moments, both included; `before` is the place after which a page goes on."""

    tab: str = ""
    q: str = ""
    who: uuid.UUID | None = None
    kind: str = ""
    entity: str = ""
    record: uuid.UUID | None = None
    origin: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    account: str = ""
    before: tuple[dt.datetime, int] | None = None
    errors: dict[str, Any] = field(default_factory=dict)

    def address(self, **changes: Any) -> str:
        """The query string of this query with changes."""
        asked = replace(self, before=None, **changes)
        names = {
            "tab": asked.tab,
            "q": asked.q,
            "who": asked.who,
            "kind": asked.kind,
            "entity": asked.entity,
            "record": asked.record,
            "origin": asked.origin,
            "from": asked.start,
            "to": asked.end,
            "since": asked.since.isoformat() if asked.since else "",
            "until": asked.until.isoformat() if asked.until else "",
            "account": asked.account,
        }
        return urlencode({name: value for name, value in names.items() if value})

    def kept(self) -> list[tuple[str, str]]:
        """What the form of the page passes on without a control of its own."""
        names = ("record", "since", "until", "account")
        return [(name, value) for name, value in parse_qsl(self.address()) if name in names]


def read(data: Any) -> Query:
    """A query from an address; what cannot be read is named in `errors` and left out."""
    errors: dict[str, Any] = {}
    ident = {name: key_of(data.get(name, ""), name, errors) for name in ("who", "record")}
    days = {name: day_of(data.get(name, ""), name, errors) for name in ("from", "to")}
    moments = {name: moment_of(data.get(name, ""), name, errors) for name in ("since", "until")}
    picked = {name: data.get(name, "") for name in ("kind", "entity", "origin")}
    valid = {
        "kind": AuditEvent.Kind.values,
        "origin": [value for value, _label in origins()],
        "entity": [*registry.by_label, "core.auditevent"],
    }
    for name, value in picked.items():
        if value and value not in valid[name]:
            errors[name], picked[name] = (
                _("Unknown value; there are: %(valid)s.") % {"valid": ", ".join(valid[name])},
                "",
            )
    tab = data.get("tab", "") if data.get("tab", "") in TABS else ""
    text = data.get("q", "").replace("\0", "").strip()[:200]
    return Query(
        tab,
        text,
        ident["who"],
        picked["kind"],
        picked["entity"],
        ident["record"],
        picked["origin"],
        days["from"],
        days["to"],
        moments["since"],
        moments["until"],
        data.get("account", "").replace("\0", "").strip()[:200],
        place(data.get("before", "")),
        errors,
    )


def origins() -> list[tuple[str, Any]]:
    """Doors with their names."""
    from kith.core.ledger import ChangeSet

    return list(ChangeSet.Origin.choices)


def key_of(raw: str, name: str, errors: dict[str, Any]) -> uuid.UUID | None:
    """An id of the address."""
    try:
        return uuid.UUID(raw) if raw else None
    except ValueError:
        errors[name] = _("This is no id.")
        return None


def day_of(raw: str, name: str, errors: dict[str, Any]) -> dt.date | None:
    """A day of the address."""
    try:
        return dt.date.fromisoformat(raw) if raw else None
    except ValueError:
        errors[name] = _("Write the day like 2026-03-31.")
        return None


def moment_of(raw: str, name: str, errors: dict[str, Any]) -> dt.datetime | None:
    """A moment of the address."""
    try:
        found = parse_datetime(raw) if raw else None
    except ValueError:
        found = None
    if raw and (found is None or timezone.is_naive(found)):
        errors[name] = _("Write the moment like 2026-03-31T14:00:00+00:00.")
        return None
    return found


def place(raw: str) -> tuple[dt.datetime, int] | None:
    """Where a page goes on; an unreadable place is the beginning."""
    moment, _comma, ident = raw.rpartition(",")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    return (
        (at, int(ident))
        if at and timezone.is_aware(at) and ident.isascii() and ident.isdigit() and len(ident) < 19
        else None
    )


def rows(query: Query) -> QuerySet[AuditEvent]:
    """The lines that a query asks for, latest first."""
    found = AuditEvent.objects.order_by("-at", "-id")
    kinds = [query.kind] if query.kind else TABS[query.tab][2]
    if kinds:
        found = found.filter(kind__in=kinds)
    plain = {"actor_id": query.who, "entity": query.entity, "record_id": query.record, "origin": query.origin}
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if query.start or query.q:
        found = found.filter(at__gte=midnight(query.start or timezone.localdate() - dt.timedelta(days=TEXT_DAYS)))
    if query.since:
        found = found.filter(at__gte=query.since)
    if query.until:
        found = found.filter(at__lte=query.until)
    if query.account:
        found = found.filter(Exact(Lower("title"), Lower(Value(query.account))))
    if query.end:
        found = found.filter(at__lt=midnight(query.end + dt.timedelta(days=1)))
    if query.q:
        found = found.filter(
            Q(actor_name__icontains=query.q)
            | Q(title__icontains=query.q)
            | Q(ip__startswith=query.q)
            | Q(request_id=query.q)
        )
    if query.before:
        at, ident = query.before
        found = found.filter(Q(at__lt=at) | Q(at=at, id__lt=ident), at__lte=at)
    return found


def midnight(day: dt.date) -> dt.datetime:
    """The first moment of a day in the reader's time zone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@dataclass(slots=True)
class Line:
    """One line as its reader may see it."""

    event: AuditEvent
    title: str
    url: str
    is_hidden: bool

    @property
    def place(self) -> str:
        """Where the next page goes on after this line."""
        return f"{self.event.at.isoformat()},{self.event.pk}"

    @property
    def entity(self) -> Any:
        """The kind of record, if it still exists."""
        return registry.find(self.event.entity)

    @property
    def kind(self) -> Any:
        """What happened, in a word."""
        return AuditEvent.Kind(self.event.kind).label if self.event.kind in AuditEvent.Kind.values else self.event.kind

    @property
    def hue(self) -> str:
        """The colour of what happened."""
        return AuditEvent.Kind(self.event.kind).hue if self.event.kind in AuditEvent.Kind.values else "grey"


def lines(actor: Actor, events: Iterable[AuditEvent]) -> list[Line]:
    """Lines with the titles that the reader may see; the others are hidden, as are their addresses."""
    events = list(events)
    wanted: dict[str, set[uuid.UUID]] = defaultdict(set)
    for event in events:
        if event.record_id and registry.find(event.entity):
            wanted[event.entity].add(event.record_id)
    live, seen = {}, {}
    for label, keys in wanted.items():
        live[label], seen[label] = visible(actor, label, keys)
    return [line(event, live, seen) for event in events]


def line(event: AuditEvent, live: dict[str, set[uuid.UUID]], seen: dict[str, set[uuid.UUID] | None]) -> Line:
    """One line; `seen` is None for a kind of record of which the reader sees everything."""
    entity, key = registry.find(event.entity), event.record_id
    mine = seen.get(event.entity, set())
    hidden = bool(entity and key and mine is not None and key not in mine)
    url = f"/{entity.slug}/{key}/" if entity and key and key in live.get(event.entity, ()) else ""
    return Line(event, "" if hidden else event.title, "" if hidden else url, hidden)


def visible(actor: Actor, label: str, keys: set[uuid.UUID]) -> tuple[set[uuid.UUID], set[uuid.UUID] | None]:
    """Those of the records that are there and may be seen, and those that may be seen at all (None: all, even erased ones)."""
    entity = registry.get(label)
    live = set(entity.rows(actor).filter(pk__in=keys).values_list("pk", flat=True))
    if not predicate(entity, actor, "view"):
        return live, None
    return live, live | set(entity.rows(actor, trashed=True).filter(pk__in=keys).values_list("pk", flat=True))


def every(actor: Actor, query: Query, at_once: int = 1000) -> Iterator[Line]:
    """All lines of a query, for the export; paged by key, so that nothing is held open."""
    while found := list(rows(query)[:at_once]):
        yield from lines(actor, found)
        query = replace(query, before=(found[-1].at, found[-1].pk))
