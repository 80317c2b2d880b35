"""What is kept for a question: by which columns figures are grouped, and which columns are added up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kith.core.specs import BagSpec
from kith.core.stored.texts import column_of

if TYPE_CHECKING:
    from kith.core.entity import Entity
    from kith.core.specs import FieldSpec

#: For how many of the records of a group there is a value to add up.
VALUES = "kept_n_{}"
#: The column of the fields that are defined at run time.
BAG = "custom"

#: Lengths of periods, the finer first; figures by one of them give those by all that follow.
GRAINS = ("day", "month", "quarter", "year")
DATES = frozenset({"date", "moment"})


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A field by whose values figures are kept, of dates by the days on which these periods begin; `path` leads to it in the bag."""

    name: str
    column: str
    kind: str
    grain: str = ""
    path: tuple[str, ...] = ()

    def gives(self, grain: str) -> bool:
        """Whether figures by this also tell those by a period."""
        return not grain or GRAINS.index(self.grain) <= GRAINS.index(grain)


@dataclass(frozen=True, slots=True, order=True)
class Added:
    """A field whose values are added up; `path` leads to the number in the bag."""

    name: str
    column: str
    path: tuple[str, ...] = ()

    @property
    def values(self) -> str:
        """The column that tells how many records have a value."""
        return VALUES.format(self.name if self.path else self.column)


@dataclass(frozen=True, slots=True)
class Cube:
    """Counts and sums of all records of a kind that are not in the trash; `zone` is that in which days of moments begin, if there are any."""

    entity: "Entity"
    keys: tuple[Key, ...]
    sums: tuple[Added, ...]
    zone: str = ""

    @property
    def bag(self) -> frozenset[str]:
        """The fields in the bag that it knows."""
        paths = [key.path for key in self.keys] + [one.path for one in self.sums]
        return frozenset(path[0] for path in paths if path)

    def key(self, name: str) -> Key | None:
        """The key of a field."""
        return next((key for key in self.keys if key.name == name), None)

    def has(self, other: "Cube") -> bool:
        """Whether its figures give those of another one."""
        found = [(self.key(key.name), key) for key in other.keys]
        return (
            self.entity.label == other.entity.label
            and all(mine is not None and mine.gives(key.grain) for mine, key in found)
            and set(other.sums) <= set(self.sums)
            and other.zone in ("", self.zone)
        )


def key_of(entity: "Entity", attribute: str, kind: str, grain: str = "") -> Key:
    """The key of an attribute of the model."""
    return Key(attribute, column_of(entity, attribute), kind, grain)


def key_in_bag(spec: "FieldSpec", part: str = "") -> Key:
    """The key of a field of the bag, or of a part of its value: exactly as it stands there."""
    path = (spec.name, part) if part else (spec.name,)
    return Key(".".join(path), BAG, "bag", path=path)


def added_of(entity: "Entity", spec: "FieldSpec") -> Added:
    """What is added up of a field."""
    if isinstance(spec, BagSpec):
        return Added(spec.name, BAG, (spec.name, "amount") if spec.type.name == "money" else (spec.name,))
    return Added(spec.name, column_of(entity, spec.columns[0]))
