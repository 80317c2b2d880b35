"""Which columns the title of a record needs, found out once per model by asking its `__str__` with a stand-in.

Titles of fifty links need two or three columns of fifty, not all sixty of each.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from .entity import Entity

#: What titles show besides the text.
SHOWN = ("id", "hue")


class NotPlain(Exception):
    """The title needs more than plain columns."""


class StandIn:
    """Answers for a record: every column is filled, or every column is empty; notes which were asked for."""

    def __init__(self, model: type[models.Model], *, filled: bool, asked: set[str]) -> None:
        self.__dict__.update(_model=model, _filled=filled, _asked=asked)

    def __getattr__(self, name: str) -> Any:
        column = next((column for column in self._model._meta.concrete_fields if column.name == name), None)
        if column is None:
            return self._of_class(name)
        if column.is_relation or not isinstance(column, models.CharField | models.TextField | models.JSONField):
            raise NotPlain(name)
        self._asked.add(name)
        return (
            ({} if isinstance(column, models.JSONField) else "x")
            if self._filled
            else ({} if isinstance(column, models.JSONField) else "")
        )

    def _of_class(self, name: str) -> Any:
        found = getattr(self._model, name)
        if isinstance(found, property) and found.fget:
            return found.fget(self)
        if callable(found):
            raise NotPlain(name)
        return found


@lru_cache(maxsize=500)
def of_model(model: type[models.Model]) -> frozenset[str] | None:
    """Columns that `str(record)` reads; None when it follows links or calls methods."""
    asked: set[str] = set()
    try:
        for filled in (True, False):
            model.__str__(StandIn(model, filled=filled, asked=asked))
    except Exception:
        return None  # whatever a title does that a stand-in cannot answer needs the whole record
    return frozenset(asked)


def of_entity(entity: "Entity") -> tuple[str, ...]:
    """Columns to load for titles of this entity; none means all of them."""
    columns = of_model(entity.model)
    if columns is None:
        return ()
    from .entity import registry

    faces = {name for label in entity.access.faces for name in registry.get(label).face}
    present = {column.name for column in entity.model._meta.concrete_fields}
    return tuple(sorted(columns | faces | set(entity.face) | present.intersection(SHOWN)))


def sorting(entity: "Entity") -> frozenset[str]:
    """The fields whose change may change the place of a record in the order of titles."""
    from .entity import Entity, registry

    faces = frozenset[str]().union(*(sorting(registry.get(label)) for label in entity.access.faces))
    columns = of_model(entity.model) if type(entity).sort_text is Entity.sort_text else None
    told = entity.sort_depends or columns
    return faces | {entity.title} | frozenset(told if told is not None else (*entity.search, *entity.search_depends))
