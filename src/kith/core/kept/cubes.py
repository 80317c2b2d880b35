"""What is kept for a question: by which columns figures are grouped, and which columns are added up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kith.core.stored.texts import column_of

if TYPE_CHECKING:
    from kith.core.entity import Entity

#: Lengths of periods, the finer first; figures by one of them give those by all that follow.
GRAINS = ("day", "month", "quarter", "year")
DATES = frozenset({"date", "moment"})


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A field by whose values figures are kept, of dates by the days on which these periods begin."""

    name: str
    column: str
    kind: str
    grain: str = ""

    def gives(self, grain: str) -> bool:
        """Whether figures by this also tell those by a period."""
        return not grain or GRAINS.index(self.grain) <= GRAINS.index(grain)


@dataclass(frozen=True, slots=True)
class Cube:
    """Counts and sums of all records of a kind that are not in the trash; `zone` is that in which days of moments begin, if there are any."""

    entity: "Entity"
    keys: tuple[Key, ...]
    sums: tuple[str, ...]
    zone: str = ""

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
