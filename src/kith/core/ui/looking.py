"""A look ahead: kinds of records of which one can ask, before saving, what a change would lead to.

An app registers how it is worked out and shown; forms of such records then have the button "What would change", and
what is worth a second look is shown before a record goes into the trash.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kith.core.access import Actor
from kith.core.entity import Entity

type Change = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Looker:
    """`may` tells who may ask; `look` rehearses a change and gives the context of `template`; `alarms` gives it only where there is something to confirm."""

    may: Callable[[Actor], bool]
    look: Callable[[Actor, Change], dict[str, Any]]
    alarms: Callable[[Actor, Change], dict[str, Any] | None]
    template: str


_lookers: dict[str, Looker] = {}


def register(label: str, looker: Looker) -> None:
    """Let one ask about records of a kind."""
    _lookers[label] = looker


def of(actor: Actor, entity: Entity) -> Looker | None:
    """How to look ahead at changes of a kind of record; None where there is nothing to see, or not for this actor."""
    looker = _lookers.get(entity.label)
    return looker if looker is not None and looker.may(actor) else None
