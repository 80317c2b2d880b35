"""The condition "is in a saved view": a saved view as a live segment, inside any other condition on the same kind of record.

`in_view:any:<id>,<id>` holds for the rows that one of the views shows to whoever asks; views that one may not see cannot be asked for.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .entity import registry
from .errors import BadValue
from .filter_ops import value_of
from .specs import FieldSpec
from .types import TYPES

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .filters import Test

NAME, VIEW = "in_view", "core.view"
#: So many views are worked out for one condition, those inside others as well; so many may be named at once.
MOST = 20
_left: ContextVar[list[int] | None] = ContextVar("kith_in_view_left", default=None)
#: The views whose conditions are being worked out: none of them may ask for itself.
_inside: ContextVar[frozenset[uuid.UUID]] = ContextVar("kith_in_view", default=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSpec(FieldSpec):
    """What is asked for; no record has it as a value."""

    @property
    def ops(self) -> tuple[str, ...]:
        return ("any", "not_any")

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    @property
    def stored(self) -> bool:
        return True

    @property
    def sortable(self) -> bool:
        return False

    def get(self, record: Any) -> Any:
        return None


SPEC = ViewSpec(name=NAME, label=_("in view"), type=TYPES["link"], target=VIEW, editable=False)


def find(name: str) -> FieldSpec | None:
    """What a name in a condition stands for where no field is called so."""
    return SPEC if name == NAME else None


def condition(entity: "Entity", test: "Test", actor: "Actor", me: "Actor") -> Q:
    """Whether a row is in one of the views, or in none of them; raises BadValue for views that are no such."""
    keys = dict.fromkeys(value_of(SPEC, test.op, test.value, me))
    found = Q(pk__in=[])
    with budget():
        for key in keys:
            found |= rows_of(entity, key, actor, me)
    return found if test.op == "any" else ~found


@contextmanager
def budget() -> Iterator[None]:
    """What is inside one condition shares its number of views: fifty in each of fifty would be a statement without end."""
    token = _left.set([MOST]) if _left.get() is None else None
    try:
        yield
    finally:
        if token is not None:
            _left.reset(token)


def rows_of(entity: "Entity", key: uuid.UUID, actor: "Actor", me: "Actor") -> Q:
    """The condition of one view."""
    from .filters import compile_filter, from_json  # those use this module

    left = _left.get() or [MOST]
    left[0] -= 1
    if left[0] < 0:
        raise BadValue(_("Too many views inside views; at most %(limit)d.") % {"limit": MOST})
    view = registry.get(VIEW).rows(actor).filter(pk=key).only("entity", "filter", "name").first()
    if view is None or view.entity != entity.label:
        raise BadValue(_("There is no such view of these records, or you may not see it."))
    if key in _inside.get():
        raise BadValue(_("The view “%(name)s” asks for itself.") % {"name": view.name})
    with within(key):
        return Q(pk__isnull=False) & compile_filter(entity, from_json(view.filter), actor, me=me)


@contextmanager
def within(key: uuid.UUID) -> Iterator[None]:
    """While the conditions of a view are worked out."""
    token = _inside.set(_inside.get() | {key})
    try:
        yield
    finally:
        _inside.reset(token)
