"""Access to a record as it was on a day: who could see and change it, by which ways, and who gained or lost it since."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kith.access import reached_then, whatif
from kith.access.panels import may_see_rights
from kith.access.reached_then import OPERATIONS, Cause, Person, Reach
from kith.core import access, asof, differences, ledger, past
from kith.core.access import Actor
from kith.core.entity import OPERATION_LABELS, Entity, registry
from kith.core.errors import Refused
from kith.core.exchange.exporting import TYPES
from kith.core.exchange.formats.columns import Column
from kith.core.filters import BadFilter
from kith.core.ledger import Change
from kith.core.past import Past
from kith.core.reports import exporting
from kith.core.reports.budget import limited
from kith.core.ui import past_bar, past_record, past_views
from kith.core.ui import record_parts as parts
from kith.core.ui.base import named_page

#: Entries of one change-set that are told.
TOLD = 5


@require_safe
@named_page
def show(request: HttpRequest, entity: Entity, actor: Actor, key: UUID) -> HttpResponse:
    """The page, or with `format` its file."""
    today = asof.of_today(entity, actor, key)  # first: what is hidden is missing
    whatif.require(actor)
    since, until = moments(request)
    with limited(reached_then.SECONDS):
        reach = reached_then.compare(entity, today.pk, since, until)
    kind = request.GET.get("format", "")
    ledger.log(actor, "export" if kind else "view", entity=entity.label, record_id=today.pk, title=str(today), how="access", as_of=since.text)  # fmt: skip
    names = names_of(actor, [person.id for person in reach.people])
    if kind:
        return file(kind, entity, actor, today, reach, names)
    here = parts.address(entity, today, "access")
    query = {"from": since.text, **({"to": request.GET["to"]} if request.GET.get("to") else {})}
    context = {
        "entity": entity, "record": today, "here": parts.address(entity, today), "action": here, "reach": reach, "names": names, "since": since, "until": until,
        "since_words": past_bar.words(since), "until_words": past_bar.words(until), "today": timezone.localdate().isoformat(), "pairs": [],
        "operations": [(name, capfirst(str(OPERATION_LABELS[name]))) for name in OPERATIONS], "people": ordered(reach.people, names),
        "changes": list(changes(actor, reach, names)), "record_then": f"{parts.address(entity, today)}?{urlencode({past.NAME: since.text})}",
        "file": f"{here}?{urlencode({**query, 'format': 'xlsx'})}" if access.allowed(actor, entity, "export") else "",
        "explain": f"/settings/explain?{urlencode({'entity': entity.label, 'record': str(today.pk), past.NAME: since.text})}&user=",
    }  # fmt: skip
    return render(request, "access/access_then.html", context)


def moments(request: HttpRequest) -> tuple[Past, Past]:
    """Both moments; without the second one now."""
    since = past.of(request.GET.get("from", "") or past_views.last_month().isoformat())
    until = past.of(request.GET.get("to", "") or timezone.localdate().isoformat())
    if since.moment > until.moment:
        raise BadFilter(_("The first day must not be after the second one."))
    return since, until


def names_of(actor: Actor, keys: list[UUID]) -> dict[UUID, str]:
    """How users are called, as far as the reader may see them; those who are gone are found in the trash."""
    users = registry.get("access.user")
    return {
        user.pk: user.name
        for trashed in (True, False)
        for user in users.rows(actor, trashed=trashed).filter(pk__in=keys).only("id", "name", "email")
    }


def ordered(people: list[Person], names: dict[UUID, str]) -> list[Person]:
    """Those who reached it first, by name."""
    return sorted(people, key=lambda one: (not one.before, names.get(one.id, "").casefold(), one.id))


def changes(actor: Actor, reach: Reach, names: dict[UUID, str]) -> Iterator[tuple[Person, str, bool, Cause | None, list[str]]]:  # fmt: skip
    """Each difference: who, what, whether it was gained, what made it, and the entries of that change-set which the reader may see."""
    for person in ordered(reach.differing, names):
        for name in OPERATIONS:
            if name in person.before ^ person.after:
                cause = person.causes.get(name)
                yield person, capfirst(str(OPERATION_LABELS[name])), name in person.after, cause, told(actor, cause)


def told(actor: Actor, cause: Cause | None) -> list[str]:
    """What a change-set did, of the records whose history the reader may see."""
    found = []
    for label, entries in by_kind(cause.entries if cause and cause.by else ()).items():
        kind = registry.find(label)
        if kind is not None and access.allowed(actor, kind, "history"):
            seen = seen_of(actor, kind, [entry.record_id for entry in entries])
            found += [
                f"{capfirst(str(kind.name))} “{entry.title}”: {differences.WHAT.get(entry.op, entry.op)}"
                for entry in entries
                if entry.record_id in seen
            ]
    return found[:TOLD]


def by_kind(entries: Iterable[Change]) -> dict[str, list[Change]]:
    """Entries by the kind of record."""
    found = defaultdict[str, list[Change]](list)
    for entry in entries:
        found[entry.entity].append(entry)
    return found


def seen_of(actor: Actor, kind: Entity, keys: list[UUID]) -> set[UUID]:
    """Those of some records whose history the reader may see, in the trash or not; all of them for who sees all."""
    if not access.predicate(kind, actor, "history"):
        return set(keys)
    rows = (kind.rows(actor, "history", trashed=trashed).filter(pk__in=keys) for trashed in (False, True))
    return {key for found in rows for key in found.values_list("pk", flat=True)}


# --- its file ---------------------------------------------------------------------------------------------------------


def file(kind: str, entity: Entity, actor: Actor, record: Any, reach: Reach, names: dict[UUID, str]) -> HttpResponse:
    """The same as a file, for whoever may export the record."""
    access.fetch(entity, actor, record.pk, "export", trashed=record.deleted_at is not None)
    if kind not in exporting.FORMATS:
        raise Refused({"format": [_("Unknown format; there are: %(valid)s.") % {"valid": ", ".join(exporting.FORMATS)}]})  # fmt: skip
    heads = [
        Column("person", _("Person")), *(Column(f"{at}-{name}", f"{OPERATION_LABELS[name]}, {past_bar.words(when)}") for at, when in enumerate((reach.since, reach.until)) for name in OPERATIONS),
        Column("way", _("By which way")),
    ]  # fmt: skip
    lines = (
        [names.get(one.id, _("hidden")), *(_("yes") if name in may else _("no") for may in (one.before, one.after) for name in OPERATIONS), ways_words(one)]
        for one in ordered(reach.people, names)
    )  # fmt: skip
    body = b"".join(exporting.chunks(kind, heads, iter(lines), str(_("Access"))))
    response = HttpResponse(body, content_type=TYPES[kind])
    name = f"{entity.slug}-access-{reach.since.day.isoformat()}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def ways_words(person: Person) -> str:
    """The ways of one person in a cell."""
    return "; ".join(
        f"{capfirst(str(OPERATION_LABELS[way.operation]))}: {' → '.join(map(str, way.path)) or way.text}" for way in person.ways
    )  # fmt: skip


def further(entity: Entity, actor: Actor, record: Any, when: Past) -> tuple[tuple[str, str, str], ...]:
    """The link in the bar of a record of the past."""
    if not may_see_rights(actor):
        return ()
    return ((_("Access on this day"), f"{parts.address(entity, record, 'access')}?{urlencode({'from': when.text})}", "shield-check"),)  # fmt: skip


past_record.further.append(further)
