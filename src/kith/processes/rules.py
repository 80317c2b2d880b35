"""The rules of moves, on every door: what follows from a new stage, and what a move needs (R54-R60, B6).

1. `complete` gives new records a process and a stage and lets state and moments follow a change of stage.
2. `gate` refuses a stored row whose move its process does not allow; the error names each missing field.
3. `look` says beforehand what a move would need, so that people are asked for just that.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import standing
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch, Item
from kith.core.changes import Running, running
from kith.core.entity import Entity
from kith.core.errors import Refused
from kith.core.filters import compile_filter, from_json
from kith.core.ledger import ChangeSet
from kith.core.pipeline import now
from kith.core.staged import CLOSED, Staged

from . import scope
from .book import Course, book
from .entities.process import Process
from .entities.stage import Stage
from .entities.transition import Transition

#: The kind of change-set that moves records to another edition of their process; only `editions.transfer` opens one.
TRANSFER = "transfer"
SHAPES = ("process", "stage")


def is_staged(entity: Entity) -> bool:
    """Whether records of this entity have stages."""
    return issubclass(entity.model, Staged)


# --- what follows from a stage -----------------------------------------------------------------------------------


def complete(batch: Batch) -> None:
    """Fill in process and stage, and what follows from a stage that is entered."""
    if is_staged(batch.entity):
        around = scope.of_batch(batch) if book().by_product(batch.entity.label) else lambda _item: scope.NOTHING
        for item in batch.items:
            settle(batch, item, around)


def settle(batch: Batch, item: Item, around: Callable[[Item], scope.Nearness]) -> None:
    """Complete one record: a process without a stage gets the like stage, a stage names its process."""
    values, record = item.values, item.record
    before = None if item.is_new else book().stage(record.stage_id)
    named = book().stage(values.get("stage"))
    if named and not values.get("process"):
        if item.is_new or named.process_id != record.process_id:
            values["process"] = named.process_id
    elif not named and values.get("stage") is None and (item.is_new or values.get("process")):
        course = book().course(values.get("process")) or (first(batch, around(item)) if item.is_new else None)
        named = (course.stage(before.key) if course and before else None) or (course.default if course else None)
        if course and named:
            values |= {"process": course.process.pk, "stage": named.pk}
    if named and (before is None or named.pk != before.pk):
        entered(item, before, named)
    elif "closed_at" in values and not item.is_new and not values["closed_at"] and record.closed_at:
        del values["closed_at"]  # only a stage opens a closed record


def first(batch: Batch, around: scope.Nearness) -> Course:
    """The process of a new record; raises Refused without any."""
    if found := book().default(batch.actor, batch.entity.label, around):
        return found
    kind = batch.entity.plural
    raise Refused({"process": [_("There is no process for %(kind)s; publish one in the settings.") % {"kind": kind}]})


def entered(item: Item, before: Stage | None, stage: Stage) -> None:
    """State, moments and checks of a stage just entered (R59, R60); what is entered as closed came there when it was closed."""
    values = item.values
    given = values.get("stage_at") if item.is_new else None
    values["state"], values["stage_at"] = stage.kind, given or now()
    if given:
        item.extra["since"] = given
    if before is not None:
        values["stage_checks"] = []
    if stage.kind not in CLOSED:
        values["closed_at"] = None
    elif before is None or before.kind != stage.kind:
        values["closed_at"] = values.get("closed_at") or given or now()
        if before is None and not given:
            values["stage_at"] = values["closed_at"]


# --- what a move needs ---------------------------------------------------------------------------------------------


@dataclass
class Look:
    """What stands in the way of a move: reasons, fields still missing, checks still open, who has to approve."""

    reasons: list[Any] = field(default_factory=list)
    missing: dict[str, Any] = field(default_factory=dict)
    unchecked: list[str] = field(default_factory=list)
    approvers: list[str] = field(default_factory=list)
    guidance: list[str] = field(default_factory=list)

    @property
    def is_free(self) -> bool:
        """Whether nothing does."""
        return not (self.reasons or self.missing or self.unchecked or self.approvers)

    def errors(self, stage: Stage) -> dict[str, list[Any]]:
        """As errors by field."""
        told = {name: [_("Needed for “%(stage)s”.") % {"stage": stage}] for name in self.missing}
        lines = list(self.reasons)
        if self.unchecked:
            lines.append(_("Not done yet: %(steps)s.") % {"steps": "; ".join(self.unchecked)})
        if self.approvers:
            lines.append(_("%(people)s has to approve this move.") % {"people": ", ".join(self.approvers)})
        return told | ({"stage": lines} if lines else {})


def gate(entity: Entity, items: list[Item]) -> None:
    """Refuse rows whose new stage their process does not allow; they are stored already, in a transaction that ends then."""
    if not is_staged(entity):
        return
    moved = [item for item in items if item.is_new or not item.after.keys().isdisjoint(SHAPES)]
    active = running()
    transfer = is_transfer(active)
    actor = active.actor if active else SYSTEM
    for item in moved:
        stage = book().stage(item.record.stage_id)
        assert stage is not None, "a foreign key"
        look = look_at(entity, actor, item, stage, transfer=transfer)
        if not look.is_free:
            raise Refused(look.errors(stage))
    if not (transfer or is_undo()):
        scope.check(entity, [(item.record, process_of(item)) for item in moved if chooses(item)])
    conditions(entity, moved)


def chooses(item: Item) -> bool:
    """Whether a stored row came into its process just now."""
    return item.is_new or bool(item.before.get("process", item.record.process_id) != item.record.process_id)


def process_of(item: Item) -> Process:
    """The process that a stored row is in."""
    course = book().course(item.record.process_id)
    assert course is not None, "a foreign key"
    return course.process


def is_transfer(active: Running | None) -> bool:
    """Whether records are being moved to another edition, or back by an undo of that."""
    if active is None or active.kind == TRANSFER:
        return active is not None
    undone = ChangeSet.objects.filter(pk=active.undo_of).first() if active.undo_of else None
    return undone is not None and standing.first_of(undone).kind == TRANSFER


def look_at(entity: Entity, actor: Actor, item: Item, stage: Stage, *, transfer: bool) -> Look:
    """What stands in the way of a stored row's move."""
    record = item.record
    course = book().course(record.process_id)
    assert course is not None, "a foreign key"
    look = Look()
    before = None if item.is_new else book().stage(item.before.get("stage", record.stage_id))
    changed_process = chooses(item)
    look.reasons += fits(entity, course, stage, chosen=changed_process and not transfer)
    if look.reasons or transfer:
        return look
    checks = item.before.get("stage_checks") or record.stage_checks or []
    origin = None if item.is_new or changed_process else before
    if changed_process and before is not None and not is_undo():
        look.reasons += wrong_place(course, before, stage)
    needs(look, entity, actor, record, course, origin, stage, checks)
    return look


def fits(entity: Entity, course: Course, stage: Stage, *, chosen: bool) -> list[Any]:
    """Whether process and stage fit to each other and to the record."""
    process = course.process
    if process.entity != entity.label:
        return [_("“%(process)s” is no process for %(kind)s.") % {"process": process, "kind": entity.plural}]
    if stage.process_id != process.pk:
        valid = ", ".join(str(known) for known in course.stages)
        return [_("“%(process)s” has no such stage; there are: %(valid)s.") % {"process": process, "valid": valid}]
    if chosen and process.status != Process.Status.PUBLISHED:
        return [_("“%(process)s” is not published; choose another process.") % {"process": process}]
    return []


def is_undo() -> bool:
    """Whether the running change-set gives back what was."""
    active = running()
    return active is not None and active.undo_of is not None


def wrong_place(course: Course, before: Stage, stage: Stage) -> list[Any]:
    """Into another process a record goes by its like stage, not around the rules of moves, and not open again where that is forbidden."""
    old = book().course(before.process_id)
    like = course.stage(before.key) or course.default
    if like is not None and stage.pk != like.pk:
        return [_("Into another process a record goes by its like stage: %(stage)s.") % {"stage": like}]
    if old and before.kind in CLOSED and stage.kind not in CLOSED and not old.process.allow_reopen:
        return [_("What is closed stays closed in the process “%(process)s”.") % {"process": old.process}]
    return []


def needs(
    look: Look,
    entity: Entity,
    actor: Actor,
    record: Any,
    course: Course,
    origin: Stage | None,
    stage: Stage,
    checks: Iterable[str],
) -> None:
    """Add what this move needs: a way, fields, checks, an approver."""
    if origin is not None and origin.pk == stage.pk:
        return
    rule = course.rule(origin, stage)
    look.reasons += no_way(course, rule, origin, stage)
    wanted = dict.fromkeys((*stage.required_fields, *(rule.required_fields if rule else ())))
    specs = entity.fields
    look.missing |= {
        name: specs[name].label
        for name in wanted
        if name in specs and specs[name].type.is_empty(specs[name].get(record))
    }
    if rule and rule.needs_checklist and origin:
        done = set(checks)
        look.unchecked += [step for step in origin.checklist if step not in done]
    if rule and not approves(actor, rule):
        look.approvers += approvers(rule)
    look.guidance += [text for text in (rule.guidance if rule else "", stage.guidance) if text]


def no_way(course: Course, rule: Transition | None, origin: Stage | None, stage: Stage) -> list[Any]:
    """Why there is no way from one stage to the other."""
    if origin is None:
        return []
    process, names = course.process, {"from": origin, "to": stage}
    if rule is not None:
        return [] if rule.allowed else [_("From “%(from)s” there is no way to “%(to)s”.") % names]
    if process.moves == Process.Moves.LISTED:
        ways = [str(other) for other in course.stages if (found := course.rule(origin, other)) and found.allowed]
        valid = ", ".join(ways) or "–"
        return [_("From “%(from)s” one can go to: %(valid)s.") % (names | {"valid": valid})]
    if origin.kind in CLOSED and stage.kind not in CLOSED and not process.allow_reopen:
        return [_("What is closed stays closed in the process “%(process)s”.") % {"process": process}]
    back = origin.kind not in CLOSED and stage.kind not in CLOSED and stage.position < origin.position
    if back and not process.allow_back:
        return [_("The process “%(process)s” does not go back to an earlier stage.") % {"process": process}]
    return []


def approves(actor: Actor, rule: Transition) -> bool:
    """Whether the actor may make this move without asking."""
    if not (rule.approver_id or rule.approver_group_id) or actor.is_system:
        return True
    return actor.id == rule.approver_id or rule.approver_group_id in actor.group_ids


def approvers(rule: Transition) -> list[str]:
    """Who could allow it."""
    return [str(who) for who in (rule.approver, rule.approver_group) if who]


def conditions(entity: Entity, items: list[Item]) -> None:
    """Ask the conditions of the rules about the stored rows, one query for each rule."""
    asked: dict[Any, tuple[Transition, list[Item]]] = {}
    for item in items:
        rule = rule_of(item)
        if rule and rule.condition:
            asked.setdefault(rule.pk, (rule, []))[1].append(item)
    for rule, mine in asked.values():
        keys = [item.record.pk for item in mine]
        if len(holding(entity, rule, keys)) < len(keys):
            raise Refused({"stage": [unmet(rule)]})


def rule_of(item: Item) -> Transition | None:
    """The rule of a stored row's move."""
    course, stage = book().course(item.record.process_id), book().stage(item.record.stage_id)
    if course is None or stage is None:
        return None
    origin = None if item.is_new else book().stage(item.before.get("stage"))
    return course.rule(origin, stage)


def holding(entity: Entity, rule: Transition, keys: list[Any]) -> set[Any]:
    """Those of the records for which the rule's condition holds."""
    condition = compile_filter(entity, from_json(rule.condition), SYSTEM)
    return set(entity.rows(SYSTEM).filter(condition, pk__in=keys).values_list("pk", flat=True))


def unmet(rule: Transition) -> Any:
    """How a condition that does not hold is told."""
    return rule.guidance or _("The condition for “%(stage)s” does not hold.") % {"stage": rule.to_stage}


# --- before a move ---------------------------------------------------------------------------------------------------


def look(entity: Entity, actor: Actor, record: Any, stage: Stage) -> Look:
    """What the move of a record to a stage would need now."""
    course, origin = book().course(record.process_id), book().stage(record.stage_id)
    found = Look()
    if course is None or stage.process_id != record.process_id:
        found.reasons.append(_("This stage belongs to another process."))
        return found
    needs(found, entity, actor, record, course, origin, stage, record.stage_checks or ())
    rule = course.rule(origin, stage)
    if rule and rule.condition and not holding(entity, rule, [record.pk]):
        found.reasons.append(unmet(rule))
    return found
