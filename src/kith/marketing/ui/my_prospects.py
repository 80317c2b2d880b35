"""The own queue of prospects: whom to call next, with the card and the words, and what came of the call."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from markupsafe import Markup

from kith.core import access, bulk, titles
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.titles import HEAVY, Title
from kith.core.types.picks import as_uuid
from kith.core.ui import editors
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go
from kith.core.ui.values import show
from kith.marketing import calling, queues
from kith.marketing.entities.call_list_entry import CALLING

PAGE = 50
HERE = "/my-prospects"
#: What the card of the customer shows beside its name, as far as the reader may read it.
CARD = {
    "person": ("job_title", "employer", "phone", "email", "city", "language", "description"),
    "company": ("phone", "email", "website", "city", "industry", "description"),
}
COLUMNS = ("status", "callback_at", "attempts", "last_call_at", "note")


@dataclass(frozen=True, slots=True)
class Line:
    """One prospect of the queue."""

    entry: Any
    customer: Title | None
    call_list: Title | None
    cells: list[Markup]


def chosen(request: HttpRequest, name: str) -> uuid.UUID | None:
    """An id of the address; raises BadValue for what is none."""
    text = request.GET.get(name, "")
    return as_uuid(text) if text else None


def number(request: HttpRequest) -> int:
    """Where the page begins."""
    text = request.GET.get("from", "0")
    return min(int(text), 100_000) if text.isascii() and text.isdigit() else 0


def reader(request: HttpRequest) -> Actor:
    """The reader, who may work prospects at all."""
    actor = actor_of(request)
    access.require(actor, queues.entries(), "edit")
    return actor


@require_GET
@guarded
def page(request: HttpRequest) -> HttpResponse:
    """The prospect that is being worked, and the queue."""
    return shown(request, reader(request))


def shown(request: HttpRequest, actor: Actor, values: dict[str, Any] | None = None, errors: Any = None) -> HttpResponse:
    """The page; with what was typed and refused."""
    call_list, start = chosen(request, "list"), number(request)
    rows = queues.of(actor, call_list=call_list)
    found = list(rows.defer(*HEAVY)[start : start + PAGE + 1])
    at = f"list={call_list}&" if call_list else ""
    context = {
        **now(actor), "values": values or {}, "errors": errors or {}, "specs": CALLING, "actor": actor,
        "heads": [capfirst(str(spec.label)) for spec in columns(actor)], "lines": lines(actor, found[:PAGE]), "total": rows.order_by().count(),
        "before": f"?{at}from={max(0, start - PAGE)}" if start else "", "after": f"?{at}from={start + PAGE}" if len(found) > PAGE else "",
        "lists": lists(actor), "call_list": call_list, "here": HERE, "query": f"?list={call_list}" if call_list else "",
    }  # fmt: skip
    return render(request, "marketing/my_prospects.html", context, status=422 if errors else 200)


def now(actor: Actor) -> dict[str, Any]:
    """Whom the reader is working: the prospect, its customer's card, and what to say."""
    entry = queues.current(actor)
    if entry is None:
        return {"entry": None}
    party = registry.get("parties.party").rows(actor).filter(pk=entry.party_id).first()
    lists_of_calls = registry.get("marketing.calllist")
    words = lists_of_calls.rows(actor).filter(pk=entry.call_list_id).first()
    return {
        "entry": entry,
        "sees": access.readable(actor, queues.entries()),
        "script": words.script if words and "script" in access.readable(actor, lists_of_calls) else "",
        "party": party,
        "facts": facts(actor, party) if party else [],
        "title": customer(actor, entry),
    }


def customer(actor: Actor, entry: Any) -> Title | None:
    """The customer of a prospect as a link."""
    return titles.load(actor, {("parties.party", entry.party_id)}).get(("parties.party", entry.party_id))


def facts(actor: Actor, party: Any) -> list[tuple[str, Markup]]:
    """What is known about a customer, by the reader's rights."""
    face = registry.get(f"parties.{party.kind}")
    names = [name for name in CARD[party.kind] if name in access.readable(actor, face)]
    specs = [face.fields[name] for name in names]
    found = titles.for_records(actor, specs, [party])
    return [
        (capfirst(str(spec.label)), show(spec, spec.get(party), party, found))
        for spec in specs
        if not spec.type.is_empty(spec.get(party))
    ]


def columns(actor: Actor) -> list[Any]:
    """Columns of the queue that the reader may read."""
    entity: Entity = queues.entries()
    return [entity.fields[name] for name in COLUMNS if name in access.readable(actor, entity)]


def lines(actor: Actor, rows: list[Any]) -> list[Line]:
    """The rows of the queue."""
    specs = columns(actor)
    wanted = {("parties.party", row.party_id) for row in rows} | {
        ("marketing.calllist", row.call_list_id) for row in rows
    }
    found = titles.for_records(actor, specs, rows) | titles.load(actor, wanted)
    return [
        Line(
            row, found.get(("parties.party", row.party_id)), found.get(("marketing.calllist", row.call_list_id)),
            [show(spec, spec.get(row), row, found, cell=True) for spec in specs],
        )
        for row in rows
    ]  # fmt: skip


def lists(actor: Actor) -> list[tuple[uuid.UUID, str]]:
    """The call lists in which the reader has open prospects."""
    keys = set(queues.of(actor).order_by().values_list("call_list_id", flat=True))
    found = titles.load(actor, {("marketing.calllist", key) for key in keys})
    return sorted(((title.id, title.text) for title in found.values()), key=lambda pair: pair[1].casefold())


# --- working -----------------------------------------------------------------------------------------------------------


def back(request: HttpRequest) -> HttpResponse:
    """The page again, with the same call list."""
    call_list = chosen(request, "list")
    return go(request, f"{HERE}?list={call_list}" if call_list else HERE)


@require_POST
@guarded
def take_next(request: HttpRequest) -> HttpResponse:
    """Begin to work the next one."""
    queues.take_next(reader(request), chosen(request, "list"))
    return back(request)


@require_POST
@guarded
def take(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Begin to work this one."""
    chosen(request, "list")  # a bad address changes nothing
    queues.take(reader(request), key)
    return back(request)


@require_POST
@guarded
def called(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Note what came of the call; "and next" goes on with the next one that is free."""
    actor, entity = reader(request), queues.entries()
    chosen(request, "list")  # a bad address changes nothing
    entry = access.fetch(entity, actor, key, "edit")
    action = next(item for item in entity.actions if item.name == "called")
    values = {spec.name: editors.posted(spec, request.POST) for spec in CALLING}
    try:
        given = bulk.action_values(action, values)
        change = calling.called(actor, [entry], **given)
    except Refused as refused:
        if set(refused.errors) <= {""}:
            raise
        return shown(request, actor, values, refused.errors)
    request.session["toast"] = {"text": _("Noted."), "undo": f"/undo/{change}"}
    if request.POST.get("do") == "next":
        try:
            queues.take_next(actor, chosen(request, "list"))
        except Refused:
            return back(request)  # the page tells that nobody is left
    return back(request)
