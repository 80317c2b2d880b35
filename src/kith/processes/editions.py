"""Editions of a process: draft, published, retired; what may still be changed in which, and moving records to a newer one."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import batched
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core import access, writes
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch, Item
from kith.core.bulk import CHUNK, Result
from kith.core.changes import author, change_set
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.filters import BadFilter, compile_filter, from_json
from kith.core.following import follow

from . import book, rules, scope
from .entities.process import Process, staged_kinds
from .entities.stage import Stage
from .entities.transition import Transition

#: What a stage keeps from its publication on: records and reports rely on it.
SHAPE = ("process", "key", "kind", "position", "is_default")
#: Values of a stage or a rule that a new edition takes over.
STAGE_FIELDS = (
    "key", "name", "translations", "hue", "position", "kind", "is_default", "probability", "max_days", "forecast_category", "guidance", "checklist", "required_fields",
)  # fmt: skip
RULE_FIELDS = ("allowed", "required_fields", "needs_checklist", "condition", "approver", "approver_group", "guidance")
PROCESS_FIELDS = ("name", "translations", "entity", "is_default", "units", "products", "categories", "moves", "allow_back", "allow_reopen", "forecasts", "probability_source")  # fmt: skip


# --- what may be written ---------------------------------------------------------------------------------------------


def validate_process(record: Process, values: dict[str, Any]) -> dict[str, list[Any]]:
    """It is for a kind of record that has stages, and stays so once published; what it is for can be told."""
    kinds = dict(staged_kinds())
    label = values.get("entity", record.entity)
    if label not in kinds:
        valid = ", ".join(kinds)
        return {"entity": [_("Not a kind of record with stages; there are: %(valid)s.") % {"valid": valid}]}
    if record.status != Process.Status.DRAFT and label != record.entity:
        return {"entity": [_("A published process stays with its kind of record.")]}
    return scope.problems(record, values, label)


def is_fixed(process_id: Any) -> bool:
    """Whether a process has been published: then its shape stays."""
    course = book.book().course(process_id)
    return course is not None and course.process.status != Process.Status.DRAFT


def fixed_either_way(record: Any, values: dict[str, Any]) -> bool:
    """Whether a part belongs to a published edition, or would leave one."""
    return is_fixed(values.get("process", record.process_id)) or is_fixed(record.process_id)


def validate_stage(record: Stage, values: dict[str, Any]) -> dict[str, list[Any]]:
    """A published edition keeps its shape; named fields exist."""
    is_new = record._state.adding
    if fixed_either_way(record, values) and (
        is_new or any(name in values and values[name] != getattr(record, column(name)) for name in SHAPE)
    ):
        return {"process": [_("This edition is published; make a new edition to change its stages.")]}
    return unknown_fields(values, record)


def column(name: str) -> str:
    """The attribute of a field of a stage."""
    return "process_id" if name == "process" else name


def unknown_fields(values: Mapping[str, Any], record: Any) -> dict[str, list[Any]]:
    """Names in `required_fields` that the records of the process do not have."""
    course = book.book().course(values.get("process", record.process_id))
    entity = registry.find(course.process.entity) if course else None
    if entity is None or "required_fields" not in values:
        return {}
    bad = [name for name in values["required_fields"] or () if name not in entity.fields]
    if not bad:
        return {}
    names = {"bad": ", ".join(bad), "valid": ", ".join(sorted(entity.fields))}
    return {"required_fields": [_("No such field: %(bad)s; there are: %(valid)s.") % names]}


def name_process(batch: Batch) -> None:
    """A new rule belongs to the process of its stage."""
    for item in batch.items:
        stage = book.book().stage(item.values.get("to_stage"))
        if item.is_new and stage and not item.values.get("process"):
            item.values["process"] = stage.process_id


def validate_transition(record: Transition, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Both stages belong to the process; named fields exist; the condition can be asked."""
    process = values.get("process", record.process_id)
    if fixed_either_way(record, values):
        return {"process": [_("This edition is published; make a new edition to change its rules.")]}
    stages = book.book().stages
    for name in ("from_stage", "to_stage"):
        key = values.get(name)
        if key and key in stages and stages[key].process_id != process:
            return {name: [_("This stage belongs to another process.")]}
    return unknown_fields(values, record) or bad_condition(process, values.get("condition"))


def bad_condition(process: Any, condition: Any) -> dict[str, list[Any]]:
    """Why a condition cannot be asked, or not by its author."""
    course = book.book().course(process)
    entity = registry.find(course.process.entity) if course else None
    if not condition or entity is None:
        return {}
    try:
        compile_filter(entity, from_json(condition), author())
    except BadFilter as error:
        return {"condition": [error.message]}
    return {}


def keep_shape(batch: Batch) -> None:
    """Refuse to throw away parts of a published edition, also by an undo, and to give its rules and shape back what they were as a draft."""
    shape = frozenset(SHAPE if batch.entity.label == "processes.stage" else batch.entity.declared)
    if any(
        is_fixed(item.record.process_id)
        and (
            batch.operation in ("delete", "restore", "purge")
            or (batch.operation == "undo" and item.after.keys() & shape)
        )
        for item in batch.items
    ):
        raise Refused(_("This edition is published; make a new edition to change its stages and rules."))


def keep_used(batch: Batch) -> None:
    """Refuse to throw away a process that was published, or to make one a draft again in which records are."""
    gone = batch.operation == "delete" and any(item.record.status != Process.Status.DRAFT for item in batch.items)
    if gone:
        raise Refused(_("Only drafts can be deleted; retire a published process."))
    drafts = [item.record for item in batch.items if item.after.get("status") == Process.Status.DRAFT]
    if batch.operation == "undo" and any(in_use(process) for process in drafts):
        raise Refused(_("Records are in this process already; make a new edition instead."))


def in_use(process: Process) -> bool:
    """Whether any record, in the trash or not, is in a process."""
    rows = registry.get(process.entity).rows
    return any(rows(SYSTEM, trashed=trashed).filter(process=process.pk).exists() for trashed in (False, True))


# --- from draft to retired -------------------------------------------------------------------------------------------


def publish(actor: Actor, processes: Sequence[Process]) -> None:
    """Put drafts into use; the edition before is retired, and a default process takes the place of the former default."""
    entity = registry.get("processes.process")
    for process in (book.book().courses[given.pk].process for given in processes):
        if process.status != Process.Status.DRAFT:
            raise Refused(_("Only a draft can be published; make a new edition first."))
        check_complete(process)
        with change_set(actor, kind="publish", entity=entity.label):
            access.fetch(entity, actor, process.pk, "edit")
            others = book.book().published(process.entity)
            for course in others:
                if course.process.series == process.series:
                    mark(course.process, status="retired")
                elif process.is_default and course.process.is_default:
                    mark(course.process, is_default=False)
            mark(process, status="published")


def mark(process: Process, **values: Any) -> Process:
    """Set what only these verbs set."""
    entity = registry.get("processes.process")
    (fresh,) = writes.lock(entity, [process.pk])
    follow(entity, [Item(fresh, values)])
    book.announce()
    return fresh  # type: ignore[no-any-return]


def check_complete(process: Process) -> None:
    """Raise Refused unless the process can carry records: somewhere to begin and, where it can be won, somewhere to end."""
    course = book.book().courses[process.pk]
    if course.default is None:
        raise Refused(_("A process needs an open stage in which new records begin."))
    if len([stage for stage in course.stages if stage.is_default]) > 1:
        raise Refused(_("Only one stage can be the one in which new records begin."))
    if not course.of_kind("won"):
        raise Refused(_("A process needs a stage of the kind “won”, where its records end."))


def revise(actor: Actor, processes: Sequence[Process]) -> list[Process]:
    """A draft of the next edition, equal to this one."""
    return [copy(actor, process) for process in processes]


def copy(actor: Actor, process: Process) -> Process:
    """The next edition of one process as a draft."""
    entity = registry.get("processes.process")
    course = book.book().courses[process.pk]
    latest = max(
        other.process.edition for other in book.book().courses.values() if other.process.series == process.series
    )
    with change_set(actor, kind="revise", entity=entity.label):
        access.fetch(entity, actor, process.pk, "edit")
        access.require(actor, entity, "create")
        draft = writes.create(SYSTEM, entity, taken(process, PROCESS_FIELDS))
        draft = mark(draft, series=process.series, edition=latest + 1)
        stages = copy_stages(draft, course)
        copy_rules(draft, course, stages)
    return draft


def copy_stages(draft: Process, course: book.Course) -> dict[UUID, UUID]:
    """The stages of the edition before, in the draft: new ids by old ones."""
    rows = [taken(stage, STAGE_FIELDS) | {"process": draft.pk} for stage in course.stages]
    made = writes.create_many(SYSTEM, registry.get("processes.stage"), rows)
    return {old.pk: new.pk for old, new in zip(course.stages, made, strict=True)}


def copy_rules(draft: Process, course: book.Course, stages: Mapping[UUID, UUID]) -> None:
    """The rules of the edition before, in the draft."""
    rows = [
        taken(rule, RULE_FIELDS)
        | {
            "process": draft.pk,
            "from_stage": rule.from_stage_id and stages[rule.from_stage_id],
            "to_stage": stages[rule.to_stage_id],
        }
        for rule in course.rules.values()
    ]
    writes.create_many(SYSTEM, registry.get("processes.transition"), rows)


def taken(record: Any, names: Iterable[str]) -> dict[str, Any]:
    """The values of these fields of a record."""
    specs = registry.for_model(type(record)).fields
    return {name: value for name in names if (value := specs[name].get(record)) not in (None, "", [], {})}


def retire(actor: Actor, processes: Sequence[Process]) -> None:
    """Take processes out of use; records in them finish there."""
    entity = registry.get("processes.process")
    for process in processes:
        with change_set(actor, kind="retire", entity=entity.label):
            access.fetch(entity, actor, process.pk, "edit")
            mark(process, status="retired")


# --- records to another edition --------------------------------------------------------------------------------------


def transfer(
    actor: Actor, source: Process, target: Process, mapping: Mapping[UUID, UUID], keys: Iterable[UUID]
) -> Result:
    """Move records from one edition to another, each stage to its counterpart, as one change-set; needs the right to edit processes.

    Records that a rule of their own refuses stay where they are, and are told.
    """
    entity = registry.get(target.entity)
    access.fetch(registry.get("processes.process"), actor, target.pk, "edit")
    target = book.book().courses[target.pk].process
    if target.status != Process.Status.PUBLISHED or source.entity != target.entity:
        raise Refused(_("Records can be moved only to a published process of their kind."))
    stages = book.book().courses[target.pk].stages
    if not set(mapping.values()) <= {stage.pk for stage in stages}:
        raise Refused(_("Every stage needs a counterpart in the new edition."))
    result = Result()
    with change_set(actor, kind=rules.TRANSFER, entity=entity.label) as changes:
        for chunk in batched(keys, CHUNK, strict=False):
            mine = entity.rows(actor, "edit").filter(pk__in=chunk, process=source.pk, stage__in=list(mapping))
            move(actor, entity, target, mapping, list(mine.values_list("pk", flat=True)), result)
    result.changeset = changes.id if changes.counts else None
    return result


def move(
    actor: Actor, entity: Entity, target: Process, mapping: Mapping[UUID, UUID], keys: list[UUID], result: Result
) -> None:
    """Move some records, counting them and what stays."""
    seen: list[Any] = []

    def values(record: Any) -> dict[str, Any]:
        seen.append(record)
        return {"process": target.pk, "stage": mapping[record.stage_id]}

    labels = {name: spec.label for name, spec in entity.fields.items()}
    outcome = writes.update_many(
        actor, entity, keys, values, on_errors=lambda at, errors: result.refuse(seen[at], errors, labels)
    )
    result.done += len(outcome.records)


def counterparts(source: Process, target: Process) -> dict[UUID, UUID | None]:
    """The stage of the new edition with the same key, for each stage of the old one; None where there is none."""
    course = book.book().courses[target.pk]
    return {
        stage.pk: (found.pk if (found := course.stage(stage.key)) else None)
        for stage in book.book().courses[source.pk].stages
    }
