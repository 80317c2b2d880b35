"""Whose deals the first page speaks of, and what the reader may know of them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from kith.core import access, titles
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.filters import Test

DEALS, LEADS = "sales.opportunity", "sales.lead"
#: Fields that figures in money are made of: without one of them sums would tell what it hides.
MONEY = frozenset({"amount", "amount_base", "closes_on", "closed_at", "state", "stage", "owner", "probability"})

#: What the cards need of a deal; the other columns are left where they are.
COLUMNS = (
    "name", "company", "person", "owner", "stage", "stage_at", "state", "amount", "amount_currency", "closes_on", "next_step", "next_step_on", "updated_at",
)  # fmt: skip


def word(actor: Actor) -> str:
    """Whose deals, as filters say it: those of the reader and everybody below, or the reader's own."""
    return "my_reports" if actor.report_ids else "me"


def whose(actor: Actor) -> Test:
    """The same as a condition."""
    return Test("owner", "any", [word(actor)])


def people(actor: Actor) -> list[UUID]:
    """The same as users."""
    return sorted({*([actor.id] if actor.id else []), *actor.report_ids})


def sees(actor: Actor, label: str, *fields: str) -> bool:
    """Whether the reader is a user, may see such records and these fields of them."""
    entity = registry.get(label)
    return actor.id is not None and access.allowed(actor, entity, "view") and access.readable(actor, entity).issuperset(fields)  # fmt: skip


def customers(record: Any, found: titles.Titles) -> list[titles.Title]:
    """The company and the person that a record is about, as far as the reader may see them."""
    keys = (("parties.company", record.company_id), ("parties.person", record.person_id))
    return [found[key] for key in keys if key in found]


def once[T](question: Callable[[Actor], T]) -> Callable[[Actor], T]:
    """Ask once for all cards of a page: the memo of an actor lives as long as its request."""
    key = ("my day", question.__module__, question.__qualname__)

    @wraps(question)
    def answer(actor: Actor) -> T:
        if key not in actor.memo:
            actor.memo[key] = question(actor)
        return cast(T, actor.memo[key])

    return answer
