"""The first rows of an order where walking along it would pass too many others: they are gathered, or found owner by owner.

Walking along one order past the rows of everybody else reads the whole list for an owner whose rows stand at its end.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet

from . import access, ordering
from .among import Tested, first

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .ordering import Key

#: So many owners are asked for one after the other.
OWNERS = 24


def gathered(
    ways: "list[QuerySet[Any]]", entity: "Entity", actor: "Actor", keys: "list[Key]", place: list[Any] | None, most: int, *, backwards: bool = False
) -> Q:  # fmt: skip
    """So many rows past a place, of ways whose union they are; all of them are gathered, and only the first looked up."""
    rows = [ordering.valued(way, entity, keys, actor) for way in ways]
    if place is not None:
        beyond = Q(Tested(ordering.beyond(keys, place, backwards=backwards)))
        rows = [way.filter(beyond) for way in rows]
    return united([way.values(*columns(keys)) for way in rows], keys, most, backwards=backwards)


def apart(
    ways: "list[QuerySet[Any]]", keys: "list[Key]", place: list[Any] | None, most: int, *, backwards: bool = False
) -> Q:
    """The same of ways that each stand in the order of the list in an index: the first of each are read."""
    rows = [ordering.Stretch(way, tuple(keys)).within(place, backwards=backwards) for way in ways]
    return united([way.values(*columns(keys))[:most] for way in rows], keys, most, backwards=backwards)


def has_owners(entity: "Entity", actor: "Actor", path: str, operation: str = "view") -> bool:
    """Whether the rows that may be seen are those of a few owners (`access.branches`), and stand in this order in an index for each."""
    if not is_led(entity.model, path):
        return False
    return 0 < len(access.by_branch(entity, actor, operation) or ()) <= OWNERS


def united(rows: "list[QuerySet[Any]]", keys: "list[Key]", most: int, *, backwards: bool) -> Q:
    """The first of the union of these."""
    whole, *more = rows
    directions = [ordering.in_words(key, backwards=backwards) for key in keys]
    return first(whole.union(*more).order_by() if more else whole, directions, most)


def columns(keys: "list[Key]") -> list[str]:
    """The id and what is sorted by."""
    return ["pk", *(key.path for key in keys if key.path != "pk")]


@lru_cache(maxsize=1000)
def is_led(model: type[Model], path: str) -> bool:
    """Whether an index begins with the owner and goes on in the order of this column and the id."""
    return any(
        index.fields[:1] == ["owner"] and index.fields[-2:] == [path, "id"]
        for index in (model._meta.concrete_model or model)._meta.indexes
    )
