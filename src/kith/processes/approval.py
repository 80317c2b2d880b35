"""Moves that somebody else has to allow: asking, allowing, declining, withdrawing (B6).

Approving is a move by the approver, with the approver's rights; the ledger says who had asked. A request is over as soon as
the record moves by whatever way: then there is nothing left to allow.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kith.access import closure
from kith.core import access, prepared, titles, wholes, writes
from kith.core.access import SYSTEM, Actor, actor_of
from kith.core.batch import Batch, Item
from kith.core.changes import change_set
from kith.core.cleaning import check_names, references
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Forbidden, Missing, Refused
from kith.core.following import follow
from kith.core.legible import legible as readable_of
from kith.core.notify import tell

from . import rules
from .book import book
from .entities.move_request import MoveRequest
from .entities.stage import Stage
from .entities.transition import Transition

LABEL = "processes.moverequest"
PENDING = MoveRequest.Answer.PENDING
#: Words of a request that are said beside it wherever it is shown.
WORDS = ("note", "remark")
#: So many members of a group are tried and told.
MOST = 200


def entity() -> Entity:
    """The entity of requests."""
    return registry.get(LABEL)


# --- asking ------------------------------------------------------------------------------------------------------------


def ask(actor: Actor, record: Any, stage: Stage, values: Mapping[str, Any], note: str = "") -> Any:
    """Ask those who may allow a move to do so, with the values that go with it. Raises Refused for what they could not make of it, Forbidden for what the actor may not write itself."""
    check_names(actor, registry.get(record._meta.label_lower), ["stage", *values])
    rehearse(record, stage, values)
    about = {"entity": record._meta.label_lower, "id": str(record.pk)}
    with change_set(actor, kind="ask", entity=LABEL):
        made = writes.create(actor, entity(), {"subject": about, "to_stage": stage.pk, "note": note})
        (made,) = follow(entity(), [Item(made, {"entered": dict(values)})]) or [made]
    return made


class _Rehearsed(Exception):
    """The move would do; nothing of it stays."""


def rehearse(record: Any, stage: Stage, values: Mapping[str, Any]) -> None:
    """Try the move as those who may allow it; raises Refused for what is missing or wrong, or when none of them may change the record."""
    rule = rule_of(record, stage)
    for user in sorted(allowing(rule)):
        try:
            with transaction.atomic(), change_set(actor_of(user)):
                writes.save(actor_of(user), record, {**values, "stage": stage.pk}, typed=True)
                raise _Rehearsed
        except _Rehearsed:
            return
        except (Forbidden, Missing):
            continue
    names = ", ".join(rules.approvers(rule))
    raise Refused(
        {
            "": [
                _("%(people)s may not change this record; ask an administrator to give the right to do so.")
                % {"people": names}
            ]
        }
    )


def rule_of(record: Any, stage: Stage) -> Transition:
    """The rule that wants somebody to allow this move; Refused where there is none."""
    course, origin = book().course(record.process_id), book().stage(record.stage_id)
    rule = course.rule(origin, stage) if course and stage.process_id == record.process_id else None
    if rule is None or not (rule.approver_id or rule.approver_group_id):
        raise Refused({"to_stage": [_("Nobody has to allow this move; make it.")]})
    return rule


def allowing(rule: Transition | MoveRequest) -> list[UUID]:
    """Users who may allow a move: the one named, and the members of the group."""
    people = [rule.approver_id] if rule.approver_id else []
    if rule.approver_group_id:
        people += sorted(closure.members([rule.approver_group_id], timezone.localdate()))[:MOST]
    return list(dict.fromkeys(people))


def prepare(batch: Batch) -> None:
    """A new request takes the present stage of its record and the people of the rule."""
    for item in batch.items:
        if not item.is_new:
            continue
        record, stage = subject(batch.actor, item.values.get("subject")), book().stage(item.values.get("to_stage"))
        if record is None or stage is None:
            continue  # told by what is required
        check_names(
            batch.actor, registry.get(record._meta.label_lower), ["stage"]
        )  # who may not move it may not ask for it either
        rule = rule_of(record, stage)
        if not batch.actor.is_system and rules.approves(batch.actor, rule):
            raise Refused({"to_stage": [_("You may make this move yourself.")]})
        item.values |= {
            "from_stage": record.stage_id,
            "approver": rule.approver_id,
            "approver_group": rule.approver_group_id,
        }


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """What was asked for stays as it was asked."""
    if record._state.adding:
        return {}
    changed = [
        name
        for name in ("subject", "to_stage", "note")
        if name in values and values[name] != entity().fields[name].get(record)
    ]
    return {name: [gettext_lazy("A request stays as it was asked; withdraw it and ask anew.")] for name in changed}


def subject(actor: Actor, about: Any) -> Any:
    """The record that a request is about, as far as the actor may see it; Refused for one without stages."""
    target = registry.find(about.entity) if about else None
    if target is None:
        return None
    if not rules.is_staged(target):
        raise Refused({"subject": [_("Records of this kind have no stages.")]})
    return target.rows(actor).filter(pk=about.id).first()


def told(batch: Batch) -> None:
    """Let those who may allow it know."""
    if batch.operation != "create":
        return
    for item in batch.items:
        request = item.record
        target, record = registry.get(request.subject_entity), record_of(SYSTEM, request)
        tell(
            [user for user in allowing(request) if target.rows(actor_of(user)).filter(pk=record.pk).exists()],
            "ask_move",
            by=batch.actor,
            entity=request.subject_entity,
            record_id=request.subject_id,
            title=f"{record}: {request}",
        )


# --- answering ---------------------------------------------------------------------------------------------------------


def approve(actor: Actor, requests: Sequence[Any], *, remark: str = "") -> None:
    """Allow moves: they are made now, by whoever allows them."""
    for given in requests:
        request = pending(actor, given, answers=True)
        record = record_of(actor, request)
        reason = _("Approved; asked for by %(name)s") % {"name": name_of(request.created_by_id)}
        with change_set(actor, kind="approve", entity=request.subject_entity, reason=reason):
            writes.lock(
                registry.get(request.subject_entity), [request.subject_id]
            )  # as a move does: record, then request
            decide(actor, request, MoveRequest.Answer.APPROVED, remark)
            writes.save(actor, record, {**request.entered, "stage": request.to_stage_id}, typed=True)
            tell_asker(actor, request, record, "move_allowed")


def decline(actor: Actor, requests: Sequence[Any], *, remark: str = "") -> None:
    """Refuse moves, with a word to whoever asked."""
    for given in requests:
        request = pending(actor, given, answers=True)
        with change_set(actor, kind="decline", entity=LABEL):
            decide(actor, request, MoveRequest.Answer.DECLINED, remark)
            tell_asker(actor, request, record_of(actor, request), "move_declined")


def withdraw(actor: Actor, requests: Sequence[Any]) -> None:
    """Take own requests back."""
    for given in requests:
        request = pending(actor, given)
        if request.created_by_id != actor.id and not actor.is_system:
            raise Forbidden(f"{LABEL}:withdraw", _("Only whoever asked can withdraw it."))
        with change_set(actor, kind="withdraw", entity=LABEL):
            decide(actor, request, MoveRequest.Answer.WITHDRAWN, "")


def pending(actor: Actor, given: Any, *, answers: bool = False) -> Any:
    """A request that still waits, as the actor may see it; `answers`: and may decide."""
    request = access.fetch(entity(), actor, given.pk)
    if request.answer != PENDING:
        why = request.remark or MoveRequest.Answer(request.answer).label
        raise Refused(_("This request is over: %(why)s.") % {"why": str(why).rstrip(".")})
    if answers and not access.in_scope(actor, registry.get(request.subject_entity), "edit"):
        raise Forbidden(f"{request.subject_entity}:edit", _("This token may not change such records."))
    if answers and not may_answer(actor, request):
        people = ", ".join(str(who) for who in (request.approver, request.approver_group) if who)
        raise Forbidden(f"{LABEL}:approve", _("Only %(people)s can decide this.") % {"people": people})
    return request


def may_answer(actor: Actor, request: Any) -> bool:
    """Whether the actor is one of those who may allow it."""
    return rules.approves(actor, request)


def decide(actor: Actor, request: Any, answer: str, remark: str) -> None:
    """Write the answer down; Refused when somebody has answered meanwhile."""
    fresh = next(iter(writes.lock(entity(), [request.pk])), None)
    if fresh is None or fresh.answer != PENDING:
        raise Refused(_("Somebody has answered this request meanwhile."))
    values = {"answer": answer, "decided_by": actor.id, "decided_at": timezone.now(), "remark": (remark or "")[:2000]}
    follow(entity(), [Item(fresh, values)])


def tell_asker(actor: Actor, request: Any, record: Any, kind: str) -> None:
    """Let whoever asked know the answer."""
    if request.created_by_id:
        tell(
            [request.created_by_id],
            kind,
            by=actor,
            entity=request.subject_entity,
            record_id=request.subject_id,
            title=f"{record}: {request}",
        )


def record_of(actor: Actor, request: Any) -> Any:
    """The record of a request."""
    return access.fetch(registry.get(request.subject_entity), actor, request.subject_id)


def name_of(user: UUID | None) -> str:
    """The name of a user, for the ledger."""
    return str(registry.get("access.user").rows(SYSTEM).filter(pk=user).first() or "") if user else ""


# --- what follows from a move --------------------------------------------------------------------------------------------


def settle(batch: Batch) -> None:
    """Requests about records that have moved are over; those about erased ones go with them."""
    if not rules.is_staged(batch.entity):
        return
    gone = batch.operation == "purge"
    keys = [item.record.pk for item in batch.items if gone or (not item.is_new and "stage" in item.after)]
    if not keys:
        return
    rows = entity().rows(SYSTEM).filter(subject_id__in=keys)
    if gone:
        writes.purge(SYSTEM, entity(), list(rows))
        return
    waiting = writes.lock(entity(), rows.filter(answer=PENDING).values_list("pk", flat=True))
    values = {
        "answer": MoveRequest.Answer.WITHDRAWN,
        "decided_at": timezone.now(),
        "remark": _("The stage was changed meanwhile."),
    }
    follow(entity(), [Item(request, dict(values)) for request in waiting])


# --- what is seen ----------------------------------------------------------------------------------------------------------


def waiting(actor: Actor) -> list[Any]:
    """Requests that the actor may decide, the oldest first."""
    if actor.id is None:
        return []

    def requests() -> "QuerySet[Any]":
        mine = entity().rows(actor).filter(answer=PENDING).order_by("created_at", "pk")
        named, grouped = mine.filter(approver=actor.id), mine.filter(approver_group__in=sorted(actor.group_ids))
        return (named | grouped)[:20]

    return legible(actor, prepared.run(actor, "requests that wait", requests))


def legible(actor: Actor, requests: Iterable[Any]) -> list[Any]:
    """Requests with those of their words that the actor may read: to be shown, not to be stored."""
    return readable_of(actor, entity(), requests, WORDS)


def shown(actor: Actor, record: Any) -> dict[str, Any] | None:
    """The request that waits about a record, which the actor sees, with what the actor may do about it."""
    kind = registry.for_model(type(record))

    def requests(key: UUID) -> "QuerySet[Any]":
        rows = wholes.rows(entity(), actor, kind, "subject")
        return rows.filter(subject_id=key, answer=PENDING).order_by("pk")[:1]

    request = next(iter(prepared.run(actor, ("request about", kind.label), requests, record.pk)), None)
    if request is None:
        return None
    legible(actor, [request])
    people = ", ".join(str(who) for who in (request.approver, request.approver_group) if who)
    return {
        "request": request, "by": name_of(request.created_by_id) or _("Kith"), "people": people, "stage": book().stage(request.to_stage_id),
        "answers": actor.id is not None and may_answer(actor, request), "mine": request.created_by_id == actor.id, "entered": entered(actor, record, request),
    }  # fmt: skip


def entered(actor: Actor, record: Any, request: Any) -> list[tuple[str, str]]:
    """What goes with the move, by label, as far as the actor may read it."""
    target = registry.for_model(type(record))
    readable = access.readable(actor, target)
    lines = []
    for name, raw in request.entered.items():
        if name in readable and raw not in ("", [], None):
            spec = target.fields[name]
            try:
                value = spec.type.parse(raw, spec) if isinstance(raw, str) else spec.type.clean(raw, spec)
            except BadValue:  # the field has changed since; what was typed is shown as it is
                lines.append((str(spec.label), str(raw)))
                continue
            found = titles.load(actor, set(references(spec, value)))
            lines.append((str(spec.label), titles.text(spec, value, found)))
    return lines


def past(actor: Actor, record: Any) -> list[Any]:
    """All requests about a record, the latest first."""
    named = ("from_stage", "to_stage", "approver", "approver_group", "created_by", "decided_by")
    rows = entity().rows(actor).filter(subject_id=record.pk).select_related(*named)
    return legible(actor, rows.order_by("-created_at", "-pk")[:50])
