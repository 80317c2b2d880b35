"""The work of a team at a glance: what is overdue, stuck, unanswered or silent, and who has been idle; each number opens its rows (F13)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.filters import Group, Test, compile_filter
from kith.core.ledger import ChangeSet

from . import addresses

#: After so many days without a change an open deal counts as silent, a person without any change as idle.
SILENT, IDLE = 14, 5


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that needs a look: whose rows, and the conditions that they meet."""

    key: str
    label: Any
    entity: str
    person: str
    tests: tuple[Test, ...]

    def rows(self, person: UUID | str) -> str:
        """The rows of one person, or of those whom a word of the filters stands for: me, my_reports."""
        return addresses.rows(self.entity, Test(self.person, "any", [str(person)]), *self.tests)

    def condition(self, actor: Actor) -> Q:
        """The same in the database, whoever's rows they are."""
        return compile_filter(registry.get(self.entity), Group("all", self.tests), actor)

    def apart(self, actor: Actor, common: tuple[Test, ...]) -> Q | None:
        """What it asks besides that; None for nothing."""
        return (
            compile_filter(
                registry.get(self.entity), Group("all", tuple(test for test in self.tests if test not in common)), actor
            )
            or None
        )

    def is_known(self, actor: Actor) -> bool:
        """Whether the reader may see such rows and every field that is asked about."""
        entity = registry.get(self.entity)
        asked = {self.person, *(test.field for test in self.tests)}
        return access.allowed(actor, entity, "view") and asked <= access.readable(actor, entity)


@dataclass(slots=True)
class Member:
    """One person: the numbers by sign, and when something was last written."""

    id: UUID
    counts: dict[str, int] = field(default_factory=dict)
    last_at: Any = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing has been written for days."""
        return self.last_at is None or self.last_at < timezone.now() - dt.timedelta(days=IDLE)


def signs() -> tuple[Sign, ...]:
    """What is looked at; dates are those of today."""
    today = timezone.localdate()
    silent = (today - dt.timedelta(days=SILENT)).isoformat()
    is_open = Test("state", "any", ["open"])
    deals, tasks, leads = "sales.opportunity", "activities.task", "sales.lead"
    waiting = Test("status", "any", ["todo", "doing", "blocked"])
    return (
        Sign("open", _("open deals"), deals, "owner", (is_open,)),
        Sign("no_step", _("no next step"), deals, "owner", (is_open, Test("no_next_step", "is", "true"))),
        Sign("stuck", _("stuck"), deals, "owner", (is_open, Test("rotting_days", "gt", "0"))),
        Sign("late_close", _("close is past"), deals, "owner", (is_open, Test("closes_on", "before", "today"))),
        Sign("silent", _("silent"), deals, "owner", (is_open, Test("updated_at", "before", silent))),
        Sign("overdue", _("tasks overdue"), tasks, "assignee", (waiting, Test("due_at", "before", "today"))),
        Sign("unanswered", _("leads unanswered"), leads, "owner", (is_open, Test("first_response_at", "empty"))),
    )


def step_due() -> Sign:
    """Open deals whose next step is due today or should have been done; the owner's business more than the team's."""
    tests = (Test("state", "any", ["open"]), Test("next_step_on", "before", "tomorrow"))
    return Sign("step_due", _("next step due"), "sales.opportunity", "owner", tests)


def idle(actor: Actor) -> QuerySet[Any]:
    """People below the reader who have written nothing for days."""
    since = timezone.now() - dt.timedelta(days=IDLE)
    wrote = ChangeSet.objects.filter(actor_id=OuterRef("pk"), at__gte=since)
    people = registry.get("access.user").rows(actor).filter(pk__in=actor.report_ids, is_active=True)
    return people.filter(~Exists(wrote))


def board(actor: Actor) -> list[Member]:
    """Everybody of whom the reader sees rows, most trouble first; a query for each kind of record and one for the last changes."""
    members: dict[UUID, Member] = {person: Member(person) for person in actor.report_ids}
    for together in passes([sign for sign in signs() if sign.is_known(actor)]):
        for person, counts in counted(actor, together):
            members.setdefault(person, Member(person)).counts.update(counts)
    since = timezone.now() - dt.timedelta(days=90)
    last = ChangeSet.objects.filter(actor_id__in=members, at__gte=since).order_by().values_list("actor_id")
    for person, moment in last.annotate(Max("at")):
        members[person].last_at = moment
    return sorted(members.values(), key=lambda member: (-trouble(member), str(member.id)))


def passes(known: list[Sign]) -> list[list[Sign]]:
    """Signs that are counted while the same rows are read once."""
    found: dict[tuple[str, str], list[Sign]] = {}
    for sign in known:
        found.setdefault((sign.entity, sign.person), []).append(sign)
    return list(found.values())


def counted(actor: Actor, together: list[Sign]) -> Iterator[tuple[UUID, dict[str, int]]]:
    """The numbers of each person of whom there are any; only rows that meet what all signs ask are read."""
    first = together[0]
    entity = registry.get(first.entity)
    common = tuple(test for test in first.tests if all(test in sign.tests for sign in together))
    rows = entity.rows(actor).filter(compile_filter(entity, Group("all", common), actor))
    figures = {sign.key: Count("pk", filter=sign.apart(actor, common)) for sign in together}
    found = rows.exclude(**{first.person: None}).order_by().values_list(first.person).annotate(**figures)
    for person, *counts in found:
        yield person, {sign.key: count for sign, count in zip(together, counts, strict=True) if count}


def trouble(member: Member) -> int:
    """How much needs a look."""
    return sum(count for key, count in member.counts.items() if key != "open")
