"""Nobody locks oneself out unawares: a write that takes the right to change rights from its own author is refused.

The check sits where rights are derived after a write, so it holds for every door: pages, API, import, undo. Whoever
means it types the name of the role; the page then runs the write inside `accepted()`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor, has_rule
from kith.core.entity import registry
from kith.core.errors import Refused

_accepted: ContextVar[bool] = ContextVar("kith_lockout_accepted", default=False)


class LockedOut(Refused):
    """The write would take the right to change rights from the one who writes."""

    def __init__(self) -> None:
        super().__init__(_("This would take your own right to change rights away. Ask another administrator to do it."))


@contextmanager
def accepted() -> Iterator[None]:
    """Let the block do it: the author knows and typed so."""
    token = _accepted.set(True)
    try:
        yield
    finally:
        _accepted.reset(token)


def rules_rights(actor: Actor) -> bool:
    """Whether the actor may change roles and whom they are given to."""
    return has_rule(actor, registry.get("access.role"), "edit")


def guard(batch: Any) -> None:
    """Refuse a write after which its author could not change rights any more."""
    from .principals import build  # principals read the entities that call this

    author: Actor = batch.actor
    if author.is_system or author.id is None or _accepted.get() or not rules_rights(author):
        return
    if author.scopes is None and not rules_rights(build(author.id, timezone.localdate())):
        raise LockedOut
