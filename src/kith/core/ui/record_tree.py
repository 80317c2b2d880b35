"""Trees of records that point to one of their own kind: departments, reporting lines, territories; moved by drag and by key."""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kith.core import access, titles, writes
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.entity import Entity
from kith.core.errors import BadValue, Conflict, Forbidden, Missing, Refused, Warned
from kith.core.titles import HEAVY
from kith.core.types.picks import as_uuid
from kith.core.ui.base import page
from kith.core.ui.respond import toast, trigger
from kith.core.ui.values import show as show_value

#: More nodes than this are no chart that anybody reads; the list is.
MOST = 1000


@dataclass(slots=True)
class Node:
    """One record with those below it."""

    id: uuid.UUID
    title: str
    href: str
    sub: Any = ""
    movable: bool = False
    mark: Any = ""
    below: list["Node"] = field(default_factory=list)


def nodes(entity: Entity, actor: Actor, rows: Any, link: str) -> tuple[list[Node], bool]:
    """The tree of the rows, and whether there are more than fit; a record whose upper one is not among them stands on top."""
    records = list(rows.defer(*(name for name in HEAVY if name != "sort_key")).order_by("sort_key", "pk")[: MOST + 1])
    movable = movable_keys(entity, actor, records, link)
    facts = second_line(entity, actor)
    found = titles.for_records(actor, facts, records)
    made = {
        record.pk: Node(
            record.pk, str(record), f"/{entity.slug}/{record.pk}/", sub_of(facts, record, found), record.pk in movable
        )
        for record in records[:MOST]
    }
    return nested(made, {record.pk: getattr(record, f"{link}_id") for record in records[:MOST]}), len(records) > MOST


def nested(made: dict[uuid.UUID, Node], above: dict[uuid.UUID, uuid.UUID | None]) -> list[Node]:
    """The top nodes, every other one under its upper one."""
    children: dict[uuid.UUID | None, list[Node]] = defaultdict(list)
    for key, node in made.items():
        children[above[key] if above[key] in made else None].append(node)
    for key, node in made.items():
        node.below = children[key]
    return children[None]


def movable_keys(entity: Entity, actor: Actor, records: list[Any], link: str) -> set[uuid.UUID]:
    """Records whose place the actor may change."""
    if link not in access.writable(actor, entity) or not access.allowed(actor, entity, "edit"):
        return set()
    return set(entity.rows(actor, "edit").filter(pk__in=[record.pk for record in records]).values_list("pk", flat=True))


def second_line(entity: Entity, actor: Actor) -> list[Any]:
    """The fields under a name: the first two of the list that are no title, link up or bookkeeping."""
    allowed = access.readable(actor, entity)
    names = [
        name
        for name in entity.list_columns
        if name in allowed and name not in (entity.title, entity.tree, "owner", "updated_at")
    ]
    return [entity.fields[name] for name in names[:1]]


def sub_of(facts: list[Any], record: Any, found: Any) -> Any:
    """The second line of a node."""
    values = [(spec, spec.get(record)) for spec in facts]
    return next(
        (show_value(spec, value, record, found, cell=True) for spec, value in values if value not in (None, "", [])), ""
    )


@require_safe
@page
def show(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The tree of an entity."""
    if not entity.tree or entity.tree not in access.readable(actor, entity):
        raise Missing(entity.label, "tree")
    tops, more = nodes(entity, actor, entity.rows(actor), entity.tree)
    context = {
        "entity": entity,
        "nodes": tops,
        "more": more,
        "move": f"/{entity.slug}/tree/move",
        "at": request.GET.get("at", ""),
        "may_create": access.allowed(actor, entity, "create"),
        "most": MOST,
    }
    return render(request, "kith/tree.html", context)


@require_POST
@page
def move(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """Put a record under another one, or on top; the text of a refusal is shown and the move undone in the page."""
    if not entity.tree:
        raise Missing(entity.label, "tree")
    parent = request.POST.get("parent", "")
    try:
        record = access.fetch(entity, actor, as_uuid(request.POST.get("id", "")), "edit")
        with change_set(actor, entity=entity.label) as changes:
            writes.save(actor, record, {entity.tree: as_uuid(parent) if parent else None})
    except BadValue as error:
        return HttpResponse(str(error.message), status=422, content_type="text/plain; charset=utf-8")
    except Refused as error:
        return HttpResponse(
            " ".join(str(text) for texts in error.errors.values() for text in texts),
            status=422,
            content_type="text/plain; charset=utf-8",
        )
    except (Forbidden, Missing, Conflict, Warned):
        return HttpResponse(
            _("You may not move this record there."), status=403, content_type="text/plain; charset=utf-8"
        )
    response = trigger(HttpResponse(status=204), **{"timeline-changed": {}})
    if not changes.counts:
        return response
    return toast(response, _("Moved: %(what)s") % {"what": record}, undo=f"/undo/{changes.id}")
