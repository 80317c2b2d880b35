"""The order by a choice of very many rows: the rows of one choice after those of the other, each in the order of the rest.

What a choice sorts by is its place among the choices, which no index holds: a million rows were read and sorted to show fifty of
them. The rows of one choice stand together in an index that begins with the field.
"""

from typing import TYPE_CHECKING, Any

from django.db.models import IntegerField, Value

from . import counting, indexed
from .ordering import Stretch

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .entity import Entity
    from .ordering import Key
    from .specs import FieldSpec

#: More choices than these would be asked for one after the other, to find perhaps nothing.
CHOICES = 24


def choice_of(entity: "Entity", keys: "list[Key]") -> "FieldSpec | None":
    """The choice that very many rows are sorted by first, if an index begins with it."""
    name = keys[0].path.removeprefix("sort_")
    spec = entity.fields.get(name) if keys[0].path == f"sort_{name}" and not keys[0].link else None
    if spec is None or spec.type.name != "choice" or not 0 < len(spec.choices) <= CHOICES or spec.kept is not None:
        return None
    is_led = (entity.label, name) in indexed.often() if spec.is_bag else name in leading_columns(entity)
    return spec if is_led and counting.of_table(entity.model) > counting.EXACT else None


def leading_columns(entity: "Entity") -> frozenset[str]:
    """The columns that an index of the table begins with."""
    return indexed.leading(entity.model, frozenset(entity.face))


def apart(listed: "QuerySet[Any]", empty: Stretch, keys: "list[Key]", spec: "FieldSpec") -> list[Stretch]:
    """The rows of each choice in the order of the choices, those without one last (R157). `listed` are all rows, `empty` the last stretch."""
    head, rest = keys[0], tuple(keys[1:])
    places = list(enumerate((key for key, _label in spec.choices), start=1))
    if head.descending:
        places.reverse()
    known = listed.annotate(chosen=spec.expression()) if spec.is_bag else listed
    path = "chosen" if spec.is_bag else spec.path
    made = [
        Stretch(known.filter(**{path: value}).annotate(**{head.path: Value(place, IntegerField())}), rest, shared=place)
        for place, value in places
    ]
    return [*made, empty]
