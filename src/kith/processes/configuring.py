"""Processes as configuration: changed stages and rules make a new edition, which is published; one that goes is retired."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.errors import Refused

from . import editions
from .entities.process import Process


def opened(actor: Actor, process: Process, changes: Sequence[Any]) -> Process:
    """The edition that takes the changes: a draft itself, a published one if they leave its shape, else a draft of the next."""
    if process.status == Process.Status.DRAFT or not any(map(needs_edition, changes)):
        return process
    return editions.copy(actor, process)


def needs_edition(change: Any) -> bool:
    """Whether a published edition cannot take a change: any of a rule, and those of a stage that its records rely on."""
    if change.entry.entity.label != "processes.stage" or change.does != "change":
        return True
    return not frozenset(editions.SHAPE).isdisjoint(change.fields)


def close(actor: Actor, process: Process) -> None:
    """Put a complete draft into use."""
    if process.status == Process.Status.DRAFT:
        editions.publish(actor, [process])


def drop(actor: Actor, process: Process) -> None:
    """Take a process out of use that no record is in."""
    if editions.in_use(process):
        raise Refused(_("Records are in this process already; make a new edition instead."))
    editions.retire(actor, [process])
