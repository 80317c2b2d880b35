"""Where the groups of a report lie on the map: countries by themselves, other records by the countries an app names for them."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from .charts import world

if TYPE_CHECKING:
    from .dimensions import Dim
    from .table import Line, Table

type Place = tuple[float, float]
#: Kinds of records that lie somewhere: label -> the countries of each of these (territories).
located: dict[str, Callable[[Iterable[UUID]], dict[UUID, set[str]]]] = {}


def has_places(dim: "Dim") -> bool:
    """Whether the groups of a field can be drawn on a map."""
    return dim.kind == "country" or dim.target in located


def depth(table: "Table") -> int:
    """Which lines stand on the map: those of the first field; where that is a country, the regions inside on demand."""
    rows = table.dims[: len(table.report.rows)]
    return 2 if len(rows) > 1 and rows[0].kind == "country" and not has_places(rows[1]) else 1


def of_lines(table: "Table", lines: list["Line"]) -> tuple[Place | None, ...]:
    """The place of each line, that of the nearest group around it which has one."""
    known = {
        dim.target: located[dim.target](
            {key.value for line in lines for key in line.keys if key.dim is dim and key.value}
        )
        for dim in table.dims
        if dim.target in located
    }
    return tuple(
        next((found for key in reversed(line.keys) if (found := of_key(key, known)) is not None), None)
        for line in lines
    )


def of_key(key: Any, known: dict[str, dict[UUID, set[str]]]) -> Place | None:
    """The place of a group."""
    if key.dim.kind == "country":
        return world.middle({str(key.value)})
    return world.middle(known.get(key.dim.target, {}).get(key.value, set()))
