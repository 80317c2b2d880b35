"""The page on which a process is designed: drawing, stages in order, rules pair by pair, what this edition changed, records in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kith.core import access, writes
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Panel, registry
from kith.core.errors import Refused

from . import differences, drawing, editions, scope
from .book import Course, book
from .entities.process import Process
from .entities.stage import Stage
from .entities.transition import Transition


@dataclass(frozen=True, slots=True)
class Cell:
    """What holds for the move from one stage to another."""

    kind: str
    words: str
    marks: tuple[str, ...] = ()


def context(actor: Actor, process: Process) -> dict[str, Any]:
    """Everything that the page shows."""
    course = book().courses[process.pk]
    edits = registry.get("processes.process").rows(actor, "edit").filter(pk=process.pk).exists()
    old = differences.before(course)
    counts = held(SYSTEM, course)
    return {
        "course": course, "process": process, "edits": edits, "is_draft": process.status == Process.Status.DRAFT, "drawing": drawing.draw(course) if course.stages else "",
        "rows": matrix(course), "before": old, "differences": differences.between(old, course) if old else [], "counts": counts, "total": sum(counts.values()),
        "lacking": lacking(process) if process.status == Process.Status.DRAFT else "", "moves_on": edits and any(targets(course)), "next": next_of(course),
        "needs": needs(course), "chances": {stage.pk: drawing.chance(stage) for stage in course.stages}, "audience": audience(actor, process), "here": f"/processes/{process.pk}/", "slug": registry.get(process.entity).slug,
    }  # fmt: skip


def audience(actor: Actor, process: Process) -> list[tuple[str, str]]:
    """For which departments, products and categories it is, as far as the reader may know: the label of each limit with names."""
    entity = registry.get("processes.process")
    specs, readable = entity.fields, access.readable(actor, entity)
    limits = {"units": "people.orgunit", "products": scope.PRODUCT, "categories": scope.CATEGORY}
    return [
        (str(specs[name].label), scope.names({label: keys}))
        for name, label in limits.items()
        if name in readable and (keys := getattr(process, name))
    ]


def held(actor: Actor, course: Course, operation: str = "view") -> dict[UUID, int]:
    """How many records are in each stage."""
    entity = registry.get(course.process.entity)
    rows = entity.rows(actor, operation).filter(process=course.process.pk).order_by()
    return dict(rows.values_list("stage").annotate(n=Count("pk")))


def lacking(process: Process) -> str:
    """Why a draft cannot be published yet."""
    try:
        editions.check_complete(process)
    except Refused as refused:
        return str(refused.errors[""][0])
    return ""


def next_of(course: Course) -> Course | None:
    """The draft of the next edition, where somebody has begun one."""
    drafts = (other for other in book().courses.values() if other.process.series == course.process.series)
    return next(
        (other for other in drafts if other.process.status == Process.Status.DRAFT and other is not course), None
    )


def targets(course: Course) -> list[Course]:
    """Published processes that the records of this one could move to; its own series first."""
    published = [other for other in book().published(course.process.entity) if other is not course]
    return sorted(published, key=lambda other: other.process.series != course.process.series)


def needs(course: Course) -> dict[UUID, str]:
    """The fields that each stage asks for, in words."""
    specs = registry.get(course.process.entity).fields
    return {
        stage.pk: ", ".join(str(specs[name].label) if name in specs else name for name in stage.required_fields)
        for stage in course.stages
    }


# --- rules -------------------------------------------------------------------------------------------------------------


def matrix(course: Course) -> list[tuple[Stage | None, list[tuple[Stage, Cell | None]]]]:
    """For every stage one comes from, and for any, what holds for the way to each other stage."""
    origins: list[Stage | None] = [None, *course.stages]
    return [
        (origin, [(target, None if origin is target else cell(course, origin, target)) for target in course.stages])
        for origin in origins
    ]


def cell(course: Course, origin: Stage | None, target: Stage) -> Cell:
    """What holds for one pair."""
    own = course.rules.get((origin.pk if origin else None, target.pk))
    rule = own or (course.rules.get((None, target.pk)) if origin else None)
    if rule is None:
        listed = course.process.moves == Process.Moves.LISTED
        if origin is None:
            return Cell("none", _("no rule"))
        return Cell("barred", _("not allowed without a rule")) if listed else Cell("free", _("allowed"))
    kind, said = drawing.kind_of(rule), told(rule)
    return Cell(f"{kind}{'' if own else ' inherited'}", said, marks(rule))


def told(rule: Transition) -> str:
    """A rule in words."""
    if not rule.allowed:
        return _("forbidden")
    parts = [_("allowed")]
    if rule.required_fields:
        parts.append(_("needs fields"))
    if rule.needs_checklist:
        parts.append(_("the checklist must be done"))
    if rule.condition:
        parts.append(_("on a condition"))
    if who := ", ".join(str(one) for one in (rule.approver, rule.approver_group) if one):
        parts.append(_("approved by %(people)s") % {"people": who})
    return ", ".join(parts)


def marks(rule: Transition) -> tuple[str, ...]:
    """Icons for what a rule asks."""
    found = (
        (rule.required_fields, "clipboard-list"), (rule.needs_checklist, "list-checks"), (rule.condition, "filter"), (rule.approver_id or rule.approver_group_id, "badge-check"),
    )  # fmt: skip
    return tuple(icon for has, icon in found if has)


# --- stages ------------------------------------------------------------------------------------------------------------


def reorder(actor: Actor, process: Process, keys: list[UUID]) -> Any:
    """Put the stages of a draft into this order, as one change-set; those not named keep their places behind."""
    entity = registry.get("processes.stage")
    access.fetch(registry.get("processes.process"), actor, process.pk, "edit")
    course = book().courses[process.pk]
    known = [stage.pk for stage in course.stages]
    order = [*dict.fromkeys(key for key in keys if key in known), *(key for key in known if key not in keys)]
    places: Mapping[UUID, int] = {key: at for at, key in enumerate(order)}
    return writes.update_many(actor, entity, order, lambda stage: {"position": places[stage.pk]})


def moved(process: Process, key: UUID, by: int) -> list[UUID]:
    """The order of stages with one of them moved by so many places."""
    order = [stage.pk for stage in book().courses[process.pk].stages]
    if key in order:
        at = order.index(key)
        order.insert(max(0, min(len(order) - 1, at + by)), order.pop(at))
    return order


DESIGN = Panel("design", gettext_lazy("Design"), "processes/design.html", context)
