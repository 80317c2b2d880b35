"""The history of a record: every change of every field that the reader may read, by whom, when and through what (R143)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kith.core import access, conditions, titles
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Forbidden, Missing
from kith.core.ledger import Change, ChangeSet, Op
from kith.core.timeline_changes import lines, linked, loaded
from kith.core.ui import record_parts as parts
from kith.core.ui.base import record_page

PAGE = 50
FIELD_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One change-set as far as it concerns the record."""

    change: Change
    by: ChangeSet | None
    lines: list[tuple[Any, Any, Any]]
    can_undo: bool

    @property
    def origin(self) -> Any:
        """The door it came through."""
        return ChangeSet.Origin(self.by.origin).label if self.by else ""

    @property
    def row(self) -> str:
        """The file and row that an imported value stood in."""
        source = self.change.source
        if not source.get("file"):
            return ""
        return _("%(file)s, row %(row)s") % {"file": source["file"], "row": source.get("row", "")}

    @property
    def what(self) -> Any:
        """Created, changed, deleted …"""
        return Op(self.change.op).label


def context(request: HttpRequest, entity: Entity, actor: Actor, record: Any, rights: frozenset[str]) -> dict[str, Any]:
    """The panel of the history tab; forbidden without the right."""
    if "history" not in rights:
        raise Forbidden(access.right(entity, "history"))
    found = steps(entity, actor, record, request.GET.get("before", ""))
    more = len(found) > PAGE
    shown = [step for step in found[:PAGE] if step.lines or step.change.op != Op.UPDATE]
    return {
        "panel_template": "kith/record_history.html", "steps": shown, "older": found[PAGE - 1].change.pk if more else None,
        "titles_of_steps": titles.load(actor, {pair for step in shown for pair in linked(step.lines)}), "here": parts.address(entity, record),
    }  # fmt: skip


def steps(entity: Entity, actor: Actor, record: Any, before: str) -> list[Step]:
    """Change-sets from the latest back."""
    rows = Change.objects.filter(record_id=record.pk)
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    changes = list(rows.order_by("-pk")[: PAGE + 1])
    sets = ChangeSet.objects.in_bulk({change.changeset_id for change in changes})
    return [step_of(entity, actor, record, change, sets.get(change.changeset_id)) for change in changes]


def step_of(entity: Entity, actor: Actor, record: Any, change: Change, by: ChangeSet | None) -> Step:
    """One of them, with what may be read and whether it may be undone."""
    mine = by is not None and (by.actor_id == actor.id or access.has_system_right(actor, "undo_others"))
    return Step(
        change,
        by,
        [
            (conditions.bound(spec, record), *values)
            for spec, *values in lines(actor, entity, change.before, change.after)
        ],
        mine and by is not None and not by.undone_by and by.kind != "undo",
    )


@require_safe
@record_page("history")
def show_field(request: HttpRequest, entity: Entity, actor: Actor, record: Any, name: str) -> HttpResponse:
    """Where the value of one field comes from, and what it was before."""
    if name not in access.readable(actor, entity) or not entity.fields[name].columns:
        raise Missing(entity.label, name)
    spec = conditions.bound(entity.fields[name], record)
    changes = list(Change.objects.filter(record_id=record.pk, after__has_key=name).order_by("-pk")[:FIELD_CHANGES])
    sets = ChangeSet.objects.in_bulk({change.changeset_id for change in changes})
    found = [
        Step(
            change,
            sets.get(change.changeset_id),
            [(spec, loaded(spec, change.before.get(name)), loaded(spec, change.after.get(name)))],
            False,
        )
        for change in changes
    ]
    return render(
        request,
        "kith/field_history.html",
        {
            "entity": entity,
            "record": record,
            "spec": spec,
            "steps": found,
            "titles": titles.load(actor, {pair for step in found for pair in linked(step.lines)}),
        },
    )
