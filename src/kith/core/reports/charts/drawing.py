"""Draws a chart of any kind: one drawing for wide places, one for narrow ones, the legend, and the table that says the same."""

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from . import bars, flows, lines, maps, rings, small
from .model import Chart
from .svg import join, swatch, tag

WIDE, NARROW = 860.0, 358.0

type Draw = Callable[[Chart, float, float, str], Markup]


def burn_up(chart: Chart, width: float, height: float, ident: str) -> Markup:
    """What was reached so far as an area, the target as a line."""
    return lines.lines(chart, width, height, ident, area=True)


DRAWERS: dict[str, Draw] = {
    "bar": bars.columns, "stack": bars.stacked, "hbar": bars.lying, "waterfall": bars.waterfall, "line": lines.lines, "area": burn_up,
    "burnup": burn_up, "donut": rings.ring, "gauge": rings.gauge, "funnel": flows.funnel, "heat": flows.heat, "map": maps.world_map,
}  # fmt: skip


def plain_height(_chart: Chart, width: float) -> float:
    """How tall charts with an axis are."""
    return 260.0 if width > 500 else 230.0


HEIGHTS: dict[str, Callable[[Chart, float], float]] = {
    "hbar": bars.lying_height, "donut": rings.ring_height, "funnel": flows.funnel_height, "heat": flows.heat_height, "map": maps.map_height, "gauge": lambda _chart, _width: 160.0,
}  # fmt: skip
LINES = frozenset({"line", "area", "burnup"})
#: Charts whose marks carry their own names.
NAMED = frozenset({"donut", "gauge", "funnel", "heat", "waterfall", "spark", "map"})


def draw(chart: Chart, ident: str, width: float = WIDE) -> Markup:
    """The drawing in one width. Marks are links, so the whole is a named group and not one picture."""
    if chart.kind == "spark":
        return small.spark(chart)
    width = min(width, 260.0) if chart.kind == "gauge" else width
    width = maps.map_width(chart, width) if chart.kind == "map" else width
    height = HEIGHTS.get(chart.kind, plain_height)(chart, width)
    named = {"id": f"{ident}-title"}, {"id": f"{ident}-desc"}
    return tag(
        "svg",
        tag("title", chart.title, **named[0]),
        tag("desc", described(chart), **named[1]),
        DRAWERS[chart.kind](chart, width, height, ident),
        viewBox=f"0 0 {width:g} {height:g}", width=f"{width:g}", height=f"{height:g}", class_="chart map" if chart.kind == "map" else "chart", role="group" if has_links(chart) else "img", aria_labelledby=f"{ident}-title {ident}-desc",
    )  # fmt: skip


def has_links(chart: Chart) -> bool:
    """Whether any mark opens its rows."""
    return any(mark.href for series in chart.series for mark in series.marks)


def described(chart: Chart) -> str:
    """What a chart shows, for those who do not see it."""
    values = [
        (mark.value, series, at)
        for series in chart.series
        for at, mark in enumerate(series.marks)
        if mark.value is not None
    ]
    if not values:
        return _("No values.")
    count = ngettext("%(num)s value.", "%(num)s values.", len(values)) % {"num": len(values)}
    _value, series, at = max(values, key=lambda found: found[0])
    return _("%(count)s Greatest: %(greatest)s.") % {"count": count, "greatest": chart.words(series, at)}


def legend(chart: Chart, ident: str) -> Markup:
    """Colours, patterns and dashes with the names of the series; nothing where marks are named themselves."""
    if len(chart.series) < 2 or chart.kind in NAMED:
        return Markup("")
    lined = chart.kind in LINES
    items = [
        tag("span", swatch(n, f"{ident}-k{n}", line=lined, role=series.role), series.label)
        for n, series in enumerate(chart.series)
    ]
    return tag("div", *items, class_="legend")


def figure(
    chart: Chart, ident: str, *, twin: bool = True, files: str = "", foot: Any = "", wide: float = WIDE
) -> Markup:
    """What a page shows: the drawing in both widths, the legend, the switch "Chart / Table" and the files.

    `files` is the address that gives CSV and XLSX with `format=` added, empty without the right to export.
    """
    drawn = join([
        tag("div", draw(chart, f"{ident}-wide", wide), class_="drawn wide"), tag("div", draw(chart, f"{ident}-narrow", NARROW), class_="drawn narrow"),
    ])  # fmt: skip
    context = {
        "chart": chart,
        "id": ident,
        "drawn": drawn,
        "legend": legend(chart, ident),
        "twin": twin,
        "files": files,
        "foot": foot,
    }
    return Markup(render_to_string("kith/figure.html", context))  # noqa: S704 - made of escaped parts
