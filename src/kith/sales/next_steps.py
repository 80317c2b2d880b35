"""Whether an open opportunity has a next step: one that is written down, or an open task about it (B8)."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM, Actor
from kith.core.entity import registry
from kith.core.specs import ComputedSpec
from kith.core.staged import CLOSED
from kith.core.types import TYPES

OPEN_TASKS = ("todo", "doing", "blocked")


def tasks() -> Any:
    """Open tasks about opportunities; nobody learns of them more than that there is one."""
    return (
        registry.get("activities.task").rows(SYSTEM).filter(subject_entity="sales.opportunity", status__in=OPEN_TASKS)
    )


def missing(op: str, asked: Any, actor: Actor, me: Actor) -> Q:
    """The filter "no next step"."""
    found: Q = (
        ~Q(state__in=CLOSED)
        & Q(next_step="", next_step_on=None)
        & Q(~Exists(tasks().filter(subject_id=OuterRef("pk"))))
    )
    return found if asked else ~found


def is_missing(record: Any) -> bool:
    """Whether an opportunity lacks a next step."""
    if not record.is_open or record.next_step or record.next_step_on:
        return False
    return not tasks().filter(subject_id=record.pk).exists()


NO_NEXT_STEP = ComputedSpec(
    name="no_next_step", label=_("no next step"), type=TYPES["boolean"], editable=False, where=missing
)
