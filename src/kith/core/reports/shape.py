"""What a report asks: an entity, a filter, what stands in rows and columns, and the measures."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.core.filters import EVERYTHING, Node

if TYPE_CHECKING:
    from kith.core.entity import Entity
    from kith.core.past import Past

GRAINS = {"day": _("day"), "week": _("week"), "month": _("month"), "quarter": _("quarter"), "year": _("year")}
#: The records of a tree each on its own, without those below.
EACH = ("each", _("each on its own"))
KINDS = {
    "count": pgettext_lazy("measure", "number"), "sum": pgettext_lazy("measure", "sum"), "avg": pgettext_lazy("measure", "average"),
    "median": pgettext_lazy("measure", "median"), "p25": pgettext_lazy("measure", "a quarter at most"), "p75": pgettext_lazy("measure", "three quarters at most"),
    "p90": pgettext_lazy("measure", "nine tenths at most"), "min": pgettext_lazy("measure", "least"), "max": pgettext_lazy("measure", "greatest"),
    "distinct": pgettext_lazy("measure", "different values"),
}  # fmt: skip
CHARTS = {
    "table": _("Table"), "bar": _("Columns"), "stack": _("Stacked columns"), "hbar": _("Bars"), "line": _("Line"), "area": _("Area"),
    "donut": _("Ring"), "funnel": _("Funnel"), "heat": _("Heat map"), "map": _("Map"), "tiles": _("Numbers"),
}  # fmt: skip
HAVING = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "is": "="}
MAX_DIMENSIONS, MAX_MEASURES, MAX_TOP = 4, 8, 200


@dataclass(frozen=True, slots=True)
class Dimension:
    """What rows or columns are grouped by: a field path, for dates with the length of the period."""

    path: str
    grain: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.grain}" if self.grain else self.path


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: how many records, or a field put together; `where` counts only some of the records."""

    kind: str = "count"
    path: str = ""
    where: Node = EVERYTHING
    label: Any = ""

    @property
    def parts(self) -> "tuple[Measure, ...]":
        """The plain measures it is computed from."""
        return (self,)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measure divided by another: a win rate, an average price."""

    over: Measure
    under: Measure
    label: Any = ""

    @property
    def parts(self) -> tuple[Measure, ...]:
        """The plain measures it is computed from."""
        return (self.over, self.under)

    @property
    def is_share(self) -> bool:
        """Whether it divides alike by alike and is read as a percentage."""
        return (self.over.kind, self.over.path) == (self.under.kind, self.under.path)


type Figure = Measure | Ratio


@dataclass(frozen=True, slots=True)
class Having:
    """A condition on a result: which rows of the table are shown (R158)."""

    at: int
    op: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """A question to be answered by `engine.run`; the filter decides which records count, `having` and `top` which rows are shown.

    Both speak about the outermost rows. `every` also shows records of a grouping without a match, as far as the reader may see them.
    `apart` tells amounts by currency; else those of several are converted by the rates of the days of the field `on`.
    """

    entity: "Entity"
    filter: Node = EVERYTHING
    rows: tuple[Dimension, ...] = ()
    columns: tuple[Dimension, ...] = ()
    figures: tuple[Figure, ...] = field(default=(Measure(),))
    having: tuple[Having, ...] = ()
    top: int = 0
    every: bool = False
    order: str = ""
    chart: str = "bar"
    q: str = ""
    apart: bool = False
    on: str = ""
    #: The moment whose records are counted; None for today's.
    as_of: "Past | None" = None

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Rows, then columns."""
        return (*self.rows, *self.columns)
