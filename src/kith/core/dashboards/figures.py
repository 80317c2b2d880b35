"""One number of a dashboard: its difference to the period before, and how far it is from a target."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kith.core.reports import engine, tiles, words
from kith.core.reports.shape import Report
from kith.core.reports.table import Table
from kith.core.ui import formats

from . import goals
from .bar import Bar
from .tiles import Tile

if TYPE_CHECKING:
    from kith.core.access import Actor

PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is shown; `change` is signed, `before` is what it was, `share` the part of the target that is reached, in percent."""

    value: Any
    text: str
    full: str
    href: str
    query: str
    label: str
    currency: str = ""
    change: str = ""
    tone: str = ""
    arrow: str = ""
    before: str = ""
    share: Decimal | None = None
    target: str = ""
    goal: Decimal | None = None
    goal_href: str = ""
    note: str = ""


def of(report: Report, tile: Tile, actor: "Actor", bar: Bar) -> Figure:
    """The number that a report without groups asks for."""
    table = engine.run(report, actor)
    column, value = table.columns[0], words.number(table.value(table.total, None, 0))
    unit = words.unit_of(column)
    given: dict[str, Any] = difference(table, tiles.run_before(report, actor), tile)
    goal = goals.found(tile, report.entity.label, actor, bar)
    if goal is not None and isinstance(value, Decimal | int):
        given |= {"share": Decimal(value) / goal.amount * PERCENT, "target": unit.short(goal.amount), "goal": goal.amount, "goal_href": goal.href}  # fmt: skip
    is_number = isinstance(value, Decimal | int)
    return Figure(
        words.rounded(value, column), unit.short(value) if is_number else words.text(value, column), words.text(value, column),
        table.href(table.total, None, 0), table.query(table.total, None, 0, explicit=True), column.label, column.currency, note=note(table), **given,
    )  # fmt: skip


def note(table: Table) -> str:
    """What has to be known of amounts that could not be added up, with those in the other currencies."""
    if not table.lacking:
        return ""
    others = [words.text(table.value(table.total, None, at), column) for at, column in enumerate(table.columns) if at]
    return _("No rate for %(currency)s: amounts stand apart.") % {"currency": table.lacking[0][0]} + (
        " " + ", ".join(others) if others else ""
    )


def difference(table: Table, earlier: Table | None, tile: Tile) -> dict[str, Any]:
    """How the number differs from the period before; nothing without a period."""
    if earlier is None:
        return {}
    column = table.columns[0]
    other = next(
        (one for one in earlier.columns if one.label == column.label and one.currency == column.currency), None
    )
    if other is None:
        return {}
    now, then = (words.number(one.value(one.total, None, 0)) for one in (table, earlier))
    if not isinstance(now, Decimal | int) or not isinstance(then, Decimal | int):
        return {}
    before = _("Period before: %(value)s") % {"value": words.text(then, column)}
    if now == then:
        return {"change": "±0", "before": before}
    more = now > then
    return {
        "change": ("+" if more else "−") + size(abs(now - then), then, column), "before": before,
        "arrow": "up" if more else "down", "tone": "down" if more == tile.less else "up",
    }  # fmt: skip


def size(change: Any, then: Any, column: Any) -> str:
    """How large a difference is: amounts in percent of what was, shares in points, counts as they are."""
    if column.kind == "percent":
        return _("%(num)s pp") % {"num": formats.num(round(Decimal(change) * PERCENT, 1), 1)}
    if column.kind == "money" and then:
        return formats.percent(round(Decimal(change) / abs(Decimal(then)), 3), 1)
    return words.unit_of(column).short(change)
