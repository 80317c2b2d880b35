"""The history of a record: every change of every field that the reader may read, by whom, when and through what (R143)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kith.core import access, conditions, confirming, freshness, standing, titles, undo
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Forbidden, Missing
from kith.core.ledger import Change, ChangeSet, Op
from kith.core.specs import FieldSpec
from kith.core.standing import Standing, turns
from kith.core.timeline_changes import lines, linked, loaded
from kith.core.ui import merge_views
from kith.core.ui import record_parts as parts
from kith.core.ui.base import record_page
from kith.core.ui.record_rights import may

PAGE = 50
FIELD_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One change-set as far as it concerns the record."""

    change: Change
    by: ChangeSet | None
    lines: list[tuple[Any, Any, Any]]
    stands: Standing | None = None
    may_turn: bool = False

    @property
    def is_turn(self) -> bool:
        """Whether it undid another one, or did it again."""
        return turns(self.by)

    @property
    def is_passed(self) -> bool:
        """Whether it is a link in the middle of a chain of undo and redo: the chain stands at its first change."""
        return self.is_turn and self.stands is not None and bool(self.stands.links)

    @property
    def is_undone(self) -> bool:
        """Whether what it did is taken back now."""
        return self.stands is not None and not self.stands.holds

    @property
    def can_undo(self) -> bool:
        """Whether the reader may take it back."""
        return self.may_turn and self.stands is not None and not self.stands.is_undone

    @property
    def can_redo(self) -> bool:
        """Whether the reader may do it again."""
        return self.may_turn and self.stands is not None and self.stands.is_undone

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
    shown = [
        step
        for step in found[:PAGE]
        if (step.lines or step.change.op not in (Op.UPDATE, Op.CONFIRM)) and not step.is_passed
    ]
    return {
        "panel_template": "kith/record_history.html", "steps": shown, "older": found[PAGE - 1].change.pk if more else None,
        "merged": merge_views.past(actor, record) if not request.GET.get("before") else [],
        "titles_of_steps": titles.load(actor, {pair for step in shown for pair in linked(step.lines)}), "here": parts.address(entity, record),
    }  # fmt: skip


def steps(entity: Entity, actor: Actor, record: Any, before: str) -> list[Step]:
    """Change-sets from the latest back."""
    rows = Change.objects.filter(record_id=record.pk)
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    changes = list(rows.order_by("-pk")[: PAGE + 1])
    sets = ChangeSet.objects.in_bulk({change.changeset_id for change in changes})
    stands = standing.of(sets.values())
    return [step_of(entity, actor, record, change, stands.get(change.changeset_id)) for change in changes]


def step_of(entity: Entity, actor: Actor, record: Any, change: Change, stands: Standing | None) -> Step:
    """One of them, with what may be read and whether it may be undone or done again."""
    by = stands.changeset if stands else None
    return Step(
        change,
        by,
        [
            (conditions.bound(spec, record), *values)
            for spec, *values in lines(actor, entity, change.before, change.after)
        ],
        stands,
        stands is not None and undo.may_turn(actor, stands.last),
    )


def is_confirmable(entity: Entity, actor: Actor, record: Any, spec: FieldSpec) -> bool:
    """Whether there is a value that this reader may confirm."""
    return (
        not spec.type.is_empty(spec.get(record))
        and spec.name in confirming.confirmable(actor, entity)
        and "edit" in may(actor, entity, record)
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
    stands = standing.of(sets.values())
    found = [
        Step(
            change,
            sets.get(change.changeset_id),
            [(spec, loaded(spec, change.before.get(name)), loaded(spec, change.after.get(name)))],
            stands.get(change.changeset_id),
        )
        for change in changes
        if change.op != Op.UNCONFIRM
    ]
    return render(
        request,
        "kith/field_history.html",
        {
            "entity": entity,
            "record": record,
            "spec": spec,
            "steps": found,
            "here": parts.address(entity, record),
            "confirmable": is_confirmable(entity, actor, record, spec),
            "stale": freshness.told(entity, record, [name]).get(name, ""),
            "titles": titles.load(actor, {pair for step in found for pair in linked(step.lines)}),
        },
    )
