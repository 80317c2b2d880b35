"""The route of a record through stages and hands: where it is, who holds it, since when, and how it came there (F12).

Joins the stays in stages, the ledger of owners, the approvals of moves and the leases. Whoever may read the stage sees where
the record was; whose it was, by whom and why it moved and who worked on it is part of the history, as on the tab of owners.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kith.core import access, titles
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.ledger import ChangeSet
from kith.core.owning import is_owned
from kith.core.ui import formats
from kith.core.ui.record_rights import may
from kith.processes import approval, history
from kith.processes.book import book as processes
from kith.processes.entities.move_request import MoveRequest
from kith.processes.entities.stage_stay import StageStay

from . import ownership
from .book import book as pools
from .entities.work_item import WorkItem
from .stretches import Note, Stretch, Turn, together

#: So many leases and waits are told, the latest.
MOST = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A stage on the route; one that is gone has no key."""

    key: str
    name: str
    hue: str


@dataclass(frozen=True, slots=True)
class Route:
    """The stretches, the latest first, and what holds now in words; `has_holders`: whether the reader sees whose it was."""

    now: list[str]
    stretches: list[Stretch]
    has_holders: bool
    is_owned: bool


@dataclass(frozen=True, slots=True)
class Traces:
    """What is known of one record."""

    stays: Sequence[StageStay]
    changes: Sequence[ownership.Handover]
    sets: dict[UUID, ChangeSet]
    items: Sequence[WorkItem]
    requests: Sequence[MoveRequest]
    #: Who worked on it, by id.
    names: dict[str, str]
    #: The present owner's name; empty without one, None where it may not be known.
    owner: str | None


def of(actor: Actor, record: Any) -> Route | None:
    """The route of a record as far as the actor may read it; None for whoever may not know its stage (R65)."""
    entity = registry.for_model(type(record))
    readable = access.readable(actor, entity)
    if "stage" not in readable:
        return None
    owned = is_owned(entity)
    sees = "owner" in readable and "history" in may(actor, entity, record, ["history"])
    found = traces(actor, record, sees=sees, tells_owner="owner" in readable)
    stages = list(stage_turns(actor, found, sees=sees))
    holders = holder_turns(record, found) if owned and sees else []
    stretches = together(stages, holders, [*asked(found), *(worked(found) if sees else ())])
    return Route(list(now(record, found, stretches)), stretches[::-1], owned and sees, owned)


def traces(actor: Actor, record: Any, *, sees: bool, tells_owner: bool) -> Traces:
    """Read what is known, each kind at once."""
    entity, stays = registry.for_model(type(record)), history.stays(record)
    changes = ownership.of(entity, record.pk) if sees and is_owned(entity) else []
    items = list(WorkItem.objects.filter(subject_id=record.pk).order_by("-entered_at", "-pk")[:MOST])
    keys = {stay.changeset_id for stay in stays} if sees else set()
    people = {str(item.lease_owner_id) for item in items if item.lease_owner_id}
    owner = str(record.owner_id) if tells_owner and record.owner_id else ""
    names = ownership.people(people | ({owner} if owner else set()))
    return Traces(
        stays,
        changes,
        {one.pk: one for one in ChangeSet.objects.filter(pk__in=keys)},
        items,
        approval.past(actor, record),
        names,
        names.get(owner, "") if tells_owner else None,
    )


# --- stages and holders ------------------------------------------------------------------------------------------------


def stage_turns(actor: Actor, found: Traces, *, sees: bool) -> Iterator[Turn]:
    """Each stay as a turn; by whom and why from the ledger for those who see the history, else the name alone."""
    movers = {} if sees else titles.load(actor, {("access.user", stay.by_id) for stay in found.stays if stay.by_id})
    for at, stay in enumerate(found.stays):
        made = found.sets.get(stay.changeset_id)
        first = "" if at else _("created")
        by, why = (made.actor_name or _("Kith"), ownership.why(made)) if made else (mover(stay, movers), "")
        yield Turn(stay.entered_at, place(stay.stage_id), by, why or first)


def mover(stay: StageStay, movers: titles.Titles) -> str:
    """Who moved it, as far as the reader may know."""
    title = movers.get(("access.user", stay.by_id)) if stay.by_id else None
    return title.text if title else _("Kith") if stay.by_id is None else _("hidden")


def place(key: UUID) -> Place:
    """A stage in words; one that is gone keeps its place."""
    stage = processes().stage(key)
    return Place(stage.key, str(stage), stage.hue) if stage else Place("", _("a stage that is gone"), "grey")


def holder_turns(record: Any, found: Traces) -> list[Turn]:
    """Each change of owner as a turn to a name ("": nobody), oldest first; none where it is not known whose it was before."""
    turns = [
        Turn(one.at, one.after, one.by, " · ".join(str(part) for part in (one.how, one.reason) if part))
        for one in reversed(found.changes)
    ]
    if len(turns) < ownership.MOST and (not turns or turns[0].at > record.created_at):
        first = found.changes[-1].before if found.changes else found.owner or ""
        turns.insert(0, Turn(record.created_at, first))
    return turns


# --- what happened on the way --------------------------------------------------------------------------------------------


def asked(found: Traces) -> Iterator[Note]:
    """Requests to move the record, with the answer."""
    for request in found.requests:
        asking = {"who": request.created_by or _("Kith"), "stage": request.to_stage}
        text = _("%(who)s asked for “%(stage)s”") % asking
        yield Note("ask", request.created_at, f"{text}; {answer(request)}", request.decided_at, str(request.answer))


def answer(request: MoveRequest) -> str:
    """What came of a request."""
    by = {"who": request.decided_by or _("Kith"), "remark": request.remark}
    if request.answer == MoveRequest.Answer.PENDING:
        return _("waiting for %(people)s") % {"people": approvers(request)}
    if request.answer == MoveRequest.Answer.APPROVED:
        return _("approved by %(who)s") % by
    if request.answer == MoveRequest.Answer.WITHDRAWN:
        return _("withdrawn: %(remark)s") % by if request.remark else pgettext("request", "withdrawn")
    return _("declined by %(who)s: %(remark)s") % by if request.remark else _("declined by %(who)s") % by


def approvers(request: MoveRequest) -> str:
    """Who may allow a move."""
    return ", ".join(str(who) for who in (request.approver, request.approver_group) if who)


def worked(found: Traces) -> Iterator[Note]:
    """Waits in pools and leases."""
    for item in found.items:
        if item.pool_id and item.state != WorkItem.State.WAITING:
            text = _("waited in the pool %(pool)s") % {"pool": pool_name(item)}
            yield Note("pool", item.entered_at, text, item.leased_at or item.ended_at)
        elif item.pool_id:
            yield Note("pool", item.entered_at, _("waits in the pool %(pool)s") % {"pool": pool_name(item)})
        if item.leased_at:
            text = _("%(who)s worked on it") % {"who": found.names.get(str(item.lease_owner_id), "")}
            ends = [moment for moment in (item.ended_at, item.lease_until) if moment]
            yield Note("work", item.leased_at, text, min(ends, default=None))


def pool_name(item: WorkItem) -> str:
    """The name of a pool; one that is off or gone has none."""
    basin = pools().basins.get(item.pool_id) if item.pool_id else None
    return _("“%(name)s”") % {"name": basin.pool} if basin else _("that is off now")


# --- now ------------------------------------------------------------------------------------------------------------------


def now(record: Any, found: Traces, stretches: Sequence[Stretch]) -> Iterator[str]:
    """Where it is, who holds it, since when; whom it waits for; who works on it: a sentence each."""
    if not found.stays:
        return
    yield here(record, found, stretches)
    for request in found.requests:
        if request.answer == MoveRequest.Answer.PENDING:
            words = {"people": approvers(request), "stage": request.to_stage, "when": since(request.created_at)}
            yield _("Since %(when)s it waits for %(people)s to allow “%(stage)s”.") % words
    for item in found.items:
        if item.state == WorkItem.State.LEASED and item.lease_until and item.lease_until > timezone.now():
            who, until = found.names.get(str(item.lease_owner_id), ""), formats.clock(item.lease_until)
            yield _("%(who)s is working on it until %(until)s.") % {"who": who, "until": until}


def here(record: Any, found: Traces, stretches: Sequence[Stretch]) -> str:
    """The stage with its holder, each with its beginning where they differ."""
    stay, owner = found.stays[-1], found.owner
    words = {"stage": place(stay.stage_id).name, "who": owner, "when": since(stay.entered_at)}
    if owner is None:
        return _("Now in “%(stage)s” since %(when)s.") % words
    held = held_since(stretches, owner)
    waits = next((item for item in found.items if item.state == WorkItem.State.WAITING), None)
    if waits is not None:
        words |= {"pool": pool_name(waits), "held": since(waits.entered_at)}
        return _("Now in “%(stage)s” since %(when)s; it waits in the pool %(pool)s since %(held)s.") % words
    if record.owner_id is None:
        return _("Now in “%(stage)s” since %(when)s; nobody holds it.") % words
    if not owner:
        return _("Now in “%(stage)s” since %(when)s.") % words
    if held is None:
        return _("Now in “%(stage)s” since %(when)s, held by %(who)s.") % words
    if held == stay.entered_at:
        return _("Now in “%(stage)s”, held by %(who)s, since %(when)s.") % words
    return _("Now in “%(stage)s” since %(when)s, held by %(who)s since %(held)s.") % (words | {"held": since(held)})


def held_since(stretches: Sequence[Stretch], owner: str) -> dt.datetime | None:
    """Since when the present holder has had it without a break, where that may be told."""
    mine = list(takewhile(lambda one: one.holder == owner, reversed(stretches)))
    return mine[-1].since if mine else None


def since(moment: dt.datetime) -> str:
    """A moment as a day with its time."""
    return f"{formats.day(moment)} {formats.clock(moment)}"


# --- as data ----------------------------------------------------------------------------------------------------------------


def as_json(route: Route) -> dict[str, Any]:
    """For the API: oldest first, as the stays of a record."""
    return {
        "now": route.now,
        "has_holders": route.has_holders,
        "results": [one_as_json(one) for one in reversed(route.stretches)],
    }


def one_as_json(one: Stretch) -> dict[str, Any]:
    """One stretch."""
    return {
        "stage": one.stage.key or None if one.stage else None, "name": one.stage.name if one.stage else None,
        "holder": one.holder or None, "holder_known": one.holder is not None,
        "from": one.since.isoformat(), "to": one.until.isoformat() if one.until else None,
        "seconds": int(((one.until or timezone.now()) - one.since).total_seconds()), "by": one.by, "why": one.why,
        "notes": [{"kind": note.kind, "at": note.at.isoformat(), "to": note.until.isoformat() if note.until else None, "text": note.text} for note in one.notes],
    }  # fmt: skip
