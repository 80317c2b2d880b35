"""Works one tile out with the rights of whoever looks. What may not be seen says so, and does not say its name."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kith.core import access, axes, board_fields, boards, listing
from kith.core.boards import Total
from kith.core.entity import registry
from kith.core.errors import BadValue, Busy, Forbidden, Missing
from kith.core.filters import BadFilter, Group, Test
from kith.core.listing import Page
from kith.core.reports import budget, engine, reading
from kith.core.reports.regions import country_of, place_of
from kith.core.reports.shape import Dimension, Report
from kith.core.reports.table import PLAIN, Table, flat
from kith.core.views import BOARD as BOARD_SHAPE
from kith.core.views import LIST as LIST_SHAPE
from kith.core.views import REPORT, Look, from_address

from . import figures
from .bar import Bar
from .tiles import BOARD, CHART, FIGURE, LIST, NOTE, REGIONS, VIEW, Tile

if TYPE_CHECKING:
    from kith.core.access import Actor
    from kith.core.axes import Axis, Column

OK, HIDDEN, REFUSED, BUSY = "ok", "hidden", "refused", "busy"


@dataclass(frozen=True, slots=True)
class Lane:
    """One column of a board in a summary: what stands over it, and the conditions of its rows."""

    column: "Column"
    total: Total
    look: Look


@dataclass
class Answer:
    """What a tile shows: `state` says whether it could be worked out, `words` why not."""

    tile: Tile
    state: str = OK
    words: str = ""
    bar: Bar = field(default_factory=Bar)
    view: Any = None
    look: Look | None = None
    figure: figures.Figure | None = None
    table: Table | None = None
    page: Page | None = None
    lanes: list[Lane] = field(default_factory=list)
    weighs: bool = False


def answer(tile: Tile, actor: "Actor", bar: Bar) -> Answer:
    """The answer of a tile; never raises what only concerns this one."""
    made = Answer(tile, bar=bar)
    if tile.kind == NOTE:
        return made
    try:
        made.view, made.look = source(tile, actor, bar)
        WORK[tile.kind](made, actor)
    except (Missing, Forbidden):
        return Answer(tile, HIDDEN, _("You may not see what is shown here."))
    except Busy as error:
        return replace(made, state=BUSY, words=str(error.message))
    except (BadFilter, BadValue) as error:
        return replace(made, state=REFUSED, words=str(error.message))
    return made


def source(tile: Tile, actor: "Actor", bar: Bar) -> tuple[Any, Look]:
    """The view of a tile and its look with the conditions of the bar; Missing where the actor may not see it."""
    view = registry.get(VIEW).rows(actor).filter(pk=tile.view).first()
    entity = registry.find(view.entity) if view is not None else None
    if view is None or entity is None or not access.opens(actor, entity):
        raise Missing(VIEW, str(tile.view))
    look = from_address(entity, actor, {"view": str(view.pk)}, [view])
    more = tuple(bar.tests(tile, entity, actor))
    return view, replace(look, filter=Group("all", (*more, *flat(look.filter)))) if more else look


# --- kinds ---------------------------------------------------------------------------------------------------------------


def figure(made: Answer, actor: "Actor") -> None:
    """A count or a sum."""
    look = looked(made)
    report = Report(look.entity, look.filter, figures=(reading.figure(made.tile.measure),), q=look.q)
    made.figure = figures.of(report, made.tile, actor, made.bar)


def chart(made: Answer, actor: "Actor") -> None:
    """A saved report as it is, or any view grouped as the tile says."""
    made.table = engine.run(asked(looked(made), made.tile), actor)


def asked(look: Look, tile: Tile) -> Report:
    """The report of a chart."""
    if look.shape == REPORT:
        report = reading.of_look(look)
        return replace(report, chart=tile.chart or report.chart)
    by = tile.by or next(iter(reading.default(look.entity)["rows"]), "")
    rows = reading.dimensions(by)
    return Report(
        look.entity, look.filter, rows, figures=(reading.figure(tile.measure),), chart=tile.chart or "bar", q=look.q
    )


def regions(made: Answer, actor: "Actor") -> None:
    """Regions with one figure each, as a table or on the map."""
    look, tile = looked(made), made.tile
    readable = access.readable(actor, look.entity)
    path = tile.by or place_of(look.entity, readable) or country_of(look.entity, readable)
    if not path:
        raise BadFilter(_("These records lie in no region: choose a field with territories or countries."))
    one = Dimension(*path.partition(":")[::2])
    made.table = engine.run(Report(look.entity, look.filter, (one,), figures=(reading.figure(tile.measure),), chart=tile.chart or "map", q=look.q), actor)  # fmt: skip


def first_rows(made: Answer, actor: "Actor") -> None:
    """The first rows of a view, and how many there are."""
    look = looked(made)
    made.look = look = look if look.shape == LIST_SHAPE else replace(look, shape=LIST_SHAPE, group="")
    made.page = listing.page(look, actor, size=made.tile.rows)


def board(made: Answer, actor: "Actor") -> None:
    """Columns with their counts and sums, without cards."""
    look = looked(made)
    if look.shape != BOARD_SHAPE:
        field_name = made.tile.by or board_fields.usual(look.entity, actor)
        if not field_name:
            raise BadFilter(_("These records have no board: choose another view."))
        look = replace(look, shape=BOARD_SHAPE, group=field_name)
    with budget.limited():
        axis = axes.axis_of(look, actor)
        totals = boards.whole_totals(axis)
    made.look, made.weighs = look, axis.weight is not None
    made.lanes = [
        Lane(column, total, narrowed(axis, column)) for column, total in zip(axis.columns, totals, strict=True)
    ]


def narrowed(axis: "Axis", column: "Column") -> Look:
    """The list of the rows of a column."""
    values = axis.values_of(column)
    test = Test(axis.spec.name, "any", values) if values else Test(axis.spec.name, "empty")
    look = axis.look
    return Look(look.entity, Group("all", (*flat(look.filter), test)), q=look.q, view_id=PLAIN)


def looked(made: Answer) -> Look:
    """The look of an answer that has one."""
    assert made.look is not None
    return made.look


WORK: dict[str, Callable[[Answer, Any], None]] = {
    FIGURE: figure, CHART: chart, REGIONS: regions, LIST: first_rows, BOARD: board,
}  # fmt: skip
