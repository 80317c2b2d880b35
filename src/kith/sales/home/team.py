"""The team at a glance for whoever has people below: what is overdue, stuck or silent, who is idle, what moved yesterday (F13)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.filters import Group, Test, compile_filter
from kith.core.tally import tally
from kith.core.ui.tiles import Range, Statistic, compared, counted

from ..steering import addresses
from ..steering import team as steering
from . import scope

#: Signs in the order of the tiles; the number of open deals stands in the figures.
SHOWN = ("overdue", "unanswered", "late_close", "no_step", "stuck", "silent")
#: What moved: label, the day that tells it, what else holds, whether more is good news.
MOVES: dict[str, tuple[Any, str, tuple[Test, ...], int]] = {
    "created": (_("new deals"), "created_at", (), 1),
    "moved": (_("moved to another stage"), "moved_on", (), 1),
    "won": (_("won"), "closed_at", (Test("state", "any", ["won"]),), 1),
    "lost": (_("lost"), "closed_at", (Test("state", "any", ["lost"]),), -1),
}


def signs(actor: Actor) -> list[steering.Sign]:
    """What the team is looked at by, as far as its fields may be read."""
    known = {sign.key: sign for sign in steering.signs()}
    return [known[key] for key in SHOWN if known[key].is_known(actor)]


def moves(actor: Actor) -> Iterable[str]:
    """What moved, as far as its fields may be read."""
    for key, (_label, day, tests, _good) in MOVES.items():
        if scope.sees(actor, scope.DEALS, "owner", day, *(test.field for test in tests)):
            yield key


def tests(key: str, days: Range) -> tuple[Test, ...]:
    """What moved on these days."""
    _label, day, more, _good = MOVES[key]
    return (Test(day, "between", days.dates), *more)


def context(actor: Actor) -> dict[str, Any] | None:
    """The card; None for those without a team, and while there is nothing to tell of it."""
    if not actor.report_ids:
        return None
    day = timezone.localdate() - dt.timedelta(days=1)
    yesterday = Range(day, day)
    counts = tally(parts(actor, yesterday))
    work = [sign_tile(sign, counts[sign.key]) for sign in signs(actor) if counts[sign.key]]
    if counts["idle"]:
        work.append(
            Statistic(
                capfirst(str(_("idle people"))), counted(counts["idle"]), "/sales/team?only=idle", key="team-idle"
            )
        )
    moved = [move_tile(key, counts, yesterday) for key in moves(actor) if counts[key] or counts[f"{key}_before"]]
    if not work and not any(counts.values()):
        return None
    return {"work": work, "moved": moved, "day": day}


def parts(actor: Actor, yesterday: Range) -> dict[str, Any]:
    """All rows that are counted, by name."""
    found: dict[str, Any] = {"idle": steering.idle(actor)}
    people = scope.people(actor)
    for sign in signs(actor):
        found[sign.key] = registry.get(sign.entity).rows(actor).filter(sign.condition(actor), **{f"{sign.person}__in": people})  # fmt: skip
    deals = registry.get(scope.DEALS)
    for key in moves(actor):
        for name, days in ((key, yesterday), (f"{key}_before", yesterday.before)):
            found[name] = deals.rows(actor).filter(happened(actor, key, days), owner__in=people)
    return found


def happened(actor: Actor, key: str, days: Range) -> Q:
    """What moved on these days, in the database."""
    deals = registry.get(scope.DEALS)
    found = compile_filter(deals, Group("all", tests(key, days)), actor)
    if (
        key == "created"
    ):  # what was made that day was changed then or later: there is an index of changes, none of beginnings
        found &= Q(updated_at__gte=timezone.make_aware(dt.datetime.combine(days.first, dt.time())))
    return found


def sign_tile(sign: steering.Sign, count: int) -> Statistic:
    """Something of the team that needs a look; it stands as it is, without a range."""
    tone = "bad-t" if sign.key in ("overdue", "late_close") else ""
    return Statistic(
        capfirst(str(sign.label)), counted(count), sign.rows("my_reports"), tone=tone, key=f"team-{sign.key}"
    )


def move_tile(key: str, counts: dict[str, int], yesterday: Range) -> Statistic:
    """What moved yesterday, against the day before."""
    label, _day, _tests, good = MOVES[key]
    href = addresses.rows(scope.DEALS, Test("owner", "any", ["my_reports"]), *tests(key, yesterday))
    difference = compared(counts[key], counts[f"{key}_before"], 1, good=good)
    return Statistic(capfirst(str(label)), counted(counts[key]), href, difference, key=f"team-{key}")
