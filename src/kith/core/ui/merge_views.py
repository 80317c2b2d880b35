"""Merging on a page: the records side by side, a choice for each field that differs, what will move; then the one that is left."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kith.core import access, titles
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Missing, Refused
from kith.core.ledger import ChangeSet
from kith.core.merging import filling, merge, merged
from kith.core.specs import FieldSpec
from kith.core.types.picks import as_uuid
from kith.core.ui.base import page, refusal_text
from kith.core.ui.respond import go


@dataclass(frozen=True, slots=True)
class Cell:
    """What one record holds in a field, and whether that is what the survivor gets."""

    record: Any
    value: Any
    is_empty: bool
    wins: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A field in which the records differ: to choose from, or joined out of all of them."""

    spec: FieldSpec
    cells: list[Cell]
    is_choice: bool


@require_http_methods(["GET", "POST"])
@page
def compare(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """GET compares and says what would happen; POST merges and opens the survivor."""
    if not merge.may_merge(actor, entity):
        raise Missing(entity.label, "merge")
    given = request.GET if request.method == "GET" else request.POST
    keys = [key for text in str(given.get("ids", "")).split(",") if (key := as_key(text))]
    survivor = as_key(str(given.get("survivor", "")))
    seen = merge.preview(actor, entity, keys, survivor)
    if request.method == "GET":
        return shown(request, actor, entity, seen)
    take = {
        name.removeprefix("take-"): key
        for name, text in request.POST.items()
        if name.startswith("take-") and (key := as_key(str(text))) and key != default_of(entity, seen, name.removeprefix("take-"))
    }  # fmt: skip
    try:
        made = merge.merge(actor, entity, keys, survivor=seen.ranked[0].pk, take=take)
    except Refused as refused:
        return shown(request, actor, entity, seen, error=refusal_text(refused))
    count = len(seen.ranked)
    words = ngettext("%(num)s record merged into “%(name)s”.", "%(num)s records merged into “%(name)s”.", count)
    request.session["toast"] = {
        "text": words % {"num": count, "name": made.survivor},
        "undo": f"/undo/{made.changeset}",
    }
    return go(request, f"/{entity.slug}/{made.survivor.pk}/")


def as_key(text: str) -> uuid.UUID | None:
    """An id in a form; None for what is none."""
    try:
        found: uuid.UUID = as_uuid(text.strip())
    except BadValue:
        return None
    return found


def default_of(entity: Entity, seen: merge.Preview, name: str) -> uuid.UUID | None:
    """The record whose value the survivor gets anyway: by a rule of its kind, else the first that has one."""
    spec = entity.fields.get(name)
    holds = [record for record in seen.ranked if spec is not None and not spec.type.is_empty(spec.get(record))]
    ruled = [record for record in holds if spec and name in seen.values and spec.get(record) == seen.values[name]]
    return (ruled or holds)[0].pk if holds else None


def shown(request: HttpRequest, actor: Actor, entity: Entity, seen: merge.Preview, error: str = "") -> HttpResponse:
    """The page."""
    readable, writable = access.readable(actor, entity), access.writable(actor, entity)
    specs = [spec for spec in filling.mergeable(entity) if spec.name in readable]
    rows = [row for spec in specs if (row := row_of(entity, seen, spec, writable)) is not None]
    context = {
        "entity": entity, "ranked": seen.ranked, "survivor": seen.ranked[0], "ids": ",".join(str(one.pk) for one in seen.ranked),
        "rows": rows, "same": [capfirst(str(spec.label)) for spec in specs if is_same(spec, seen.ranked)],
        "titles": titles.for_records(actor, [row.spec for row in rows], seen.ranked), "moves": moves(actor, seen.moves),
        "error": error, "actor": actor,
    }  # fmt: skip
    return render(request, "kith/merge.html", context, status=422 if error else 200)


def row_of(entity: Entity, seen: merge.Preview, spec: FieldSpec, writable: Any) -> Row | None:
    """A line of the comparison; None where nothing differs."""
    values = [spec.get(record) for record in seen.ranked]
    if all(value == values[0] or (spec.type.is_empty(value) and spec.type.is_empty(values[0])) for value in values):
        return None
    is_choice = spec.name in writable and spec.type.name not in filling.SETS
    wins = default_of(entity, seen, spec.name)
    cells = [
        Cell(record, value, spec.type.is_empty(value), record.pk == wins)
        for record, value in zip(seen.ranked, values, strict=True)
    ]
    return Row(spec, cells, is_choice and sum(not cell.is_empty for cell in cells) > 1)


def is_same(spec: FieldSpec, records: list[Any]) -> bool:
    """Whether all records hold the same, and hold anything."""
    values = [spec.get(record) for record in records]
    return not spec.type.is_empty(values[0]) and all(value == values[0] for value in values)


def moves(actor: Actor, counts: dict[str, int]) -> list[tuple[Any, int]]:
    """How many records of each kind would move; those of kinds the actor does not see are named together."""
    found, others = [], 0
    for label, count in counts.items():
        kind = registry.get(label)
        if access.opens(actor, kind):
            found.append((capfirst(str(kind.plural)), count))
        else:
            others += count
    return [*sorted(found, key=lambda pair: -pair[1]), *([(_("Others"), others)] if others else [])]


@dataclass(frozen=True, slots=True)
class Past:
    """A record that was merged into another one, by whom, and whether the reader may take that apart."""

    title: str
    by: str
    at: Any
    changeset: uuid.UUID
    can_undo: bool


def past(actor: Actor, record: Any) -> list[Past]:
    """What was merged into a record."""
    rows = merged.into(record.pk)
    sets = ChangeSet.objects.in_bulk({row.changeset_id for row in rows})
    others = bool(rows) and access.has_system_right(actor, "undo_others")
    return [
        Past(row.title, by.actor_name or "Kith", row.at, row.changeset_id, others or by.actor_id == actor.id)
        for row in rows
        if (by := sets.get(row.changeset_id)) is not None
    ]
