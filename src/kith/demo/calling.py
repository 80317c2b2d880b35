"""Whom we call: target lists, one shared out in each region, calls that were made, customers who are left in peace."""

import datetime as dt
from functools import partial
from typing import Any

from kith.core import writes
from kith.core.access import SYSTEM, Actor
from kith.marketing import calling, members, splitting

from .data.outreach import CALLS, NOTES, QUIET
from .world import World, entity

LIST, ENTRY = "marketing.targetlist", "marketing.calllistentry"
#: What came of the calls of each person, in the order of the queue; the others still wait.
OUTCOMES = ("reached", "no_answer", "callback", "refused", "late", "no_answer")
MOST = 24


def build(world: World) -> None:
    """Lists at once; the calls are planned and written in the order of time."""
    quiet(world)
    guests(world)
    for language, name, keeper, calls, reps, method, script in CALLS:
        made = filled(world, language, name, keeper)
        with world.written(world.actor(keeper), world.moment(16, keeper), kind="share_out", reason=name) as actor:
            people = [world.id("users", rep) for rep in reps.split()]
            plan = splitting.share_out(actor, [made], calls, people, method, script)
        for rep in reps.split():
            called(world, language, plan.made, rep)


def target_list(actor: Actor, **values: Any) -> Any:
    """A target list of the actor's."""
    return writes.create(actor, entity(LIST), {"owner": str(actor.id)} | values)


def filled(world: World, language: str, name: str, keeper: str) -> Any:
    """The target list of a region: customers chosen from the list of companies, those of the head office also by a view."""
    with world.written(world.actor(keeper), world.moment(18, keeper), kind="list", reason=name) as actor:
        if language == "en":
            view = entity("core.view").rows(SYSTEM).get(name="Paper mills")
            made = target_list(actor, name=name, kind="view", view=view.pk)
            members.fill(actor, [made])
        else:
            made = target_list(actor, name=name)
        companies = entity("parties.company").rows(actor).filter(status__in=("active", "dormant", "prospect"))
        mine = companies.filter(owner__in=entity("access.user").rows(SYSTEM).filter(language=actor.language).values("pk"))  # fmt: skip
        members.add(actor, list(mine.order_by("created_at", "pk")[:MOST]), made)
        return made


def guests(world: World) -> None:
    """One that nobody has shared out yet."""
    group = entity("parties.partygroup").rows(SYSTEM).get(name="Users' day Hamburg")
    with world.written(world.actor("nadia"), world.moment(4, "nadia"), kind="list") as actor:
        made = target_list(actor, name="Users' day Hamburg: follow up", kind="view", group=group.pk)
        members.fill(actor, [made])


def quiet(world: World) -> None:
    """Customers who asked to be left in peace."""
    with world.written(world.actor("nadia"), world.moment(60, "nadia"), kind="list") as actor:
        made = target_list(actor, name=QUIET["name"], kind="suppression")
        mine = [one.record.pk for one in world.customers if one.owner in ("erik", "jonas") and one.firm.industry == "paper"]  # fmt: skip
        for key, why in zip(mine[1:3], QUIET["why"], strict=True):
            members.put(actor, made, [key], "hand", why)


def called(world: World, language: str, call_list: Any, rep: str) -> None:
    """The calls that one person has made so far."""
    mine = entity(ENTRY).rows(SYSTEM).filter(call_list=call_list.pk, owner=world.id("users", rep)).order_by("pk")
    for place, (entry, outcome) in enumerate(zip(mine[: mine.count() // 2], OUTCOMES, strict=False)):
        world.plan(12 - 2 * place, rep, partial(one_call, world, language, rep, entry, outcome))


def one_call(world: World, language: str, rep: str, entry: Any, outcome: str, at: dt.datetime) -> None:
    """One call with what came of it; "late": somebody wanted to be called again, and that moment has come."""
    note = NOTES[language]["callback" if outcome == "late" else outcome]
    with world.written(world.actor(rep), at, kind="call") as actor:
        if outcome == "late":
            calling.called(actor, [entry], "no_answer")
            due = {"status": "callback", "callback_at": world.clock(0, rep, 7).isoformat(), "note": note}
            writes.save(actor, entry, due)
            return
        again = world.clock(2, rep, 10) if outcome == "callback" else None
        calling.called(actor, [entry], outcome, again, note or None)
