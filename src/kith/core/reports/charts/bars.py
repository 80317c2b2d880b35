"""Columns (side by side or stacked), bars from the left, and the waterfall."""

from dataclasses import dataclass

from markupsafe import Markup

from .model import Chart
from .scale import Scale, scale
from .svg import box, fill, filled, fitted, join, label, linked, patterns, tag, width_of, written

TOP, BOTTOM = 12.0, 26.0


@dataclass(frozen=True, slots=True)
class Field:
    """The area of a chart with a vertical axis."""

    width: float
    height: float
    left: float
    axis: Scale

    @property
    def ground(self) -> float:
        """Where zero lies."""
        return self.axis.at(0)


def field(chart: Chart, values: list[float], width: float, height: float) -> Field:
    """The area with an axis that holds these values."""
    whole = chart.unit.kind == "number" and all(value == int(value) for value in values)
    axis = scale(values, height - BOTTOM, TOP, wanted=4, whole=whole)
    left = max(width_of(chart.unit.short(tick)) for tick in axis.ticks) + 14
    return Field(width, height, left, axis)


def grid(chart: Chart, area: Field) -> Markup:
    """Lines and names of the ticks."""
    pieces = []
    for tick in area.axis.ticks:
        y = area.axis.at(float(tick))
        pieces.append(tag("line", x1=area.left, x2=area.width, y1=y, y2=y, class_="axis" if tick == 0 else "grid"))
        pieces.append(label(chart.unit.short(tick), area.left - 8, y + 3.5, "end"))
    return join(pieces)


def names(chart: Chart, area: Field, places: list[float]) -> Markup:
    """The categories below; every second, third … where they are too many."""
    if not places:
        return Markup("")
    room = (area.width - area.left) / len(places)
    widest = min(max(width_of(name) for name in chart.names), 90) + 8
    every = max(1, -(-int(widest) // max(1, int(room))))
    pieces = []
    for at, x in enumerate(places):
        if at % every:
            continue
        text = fitted(chart.names[at], room * every - 6)
        half = width_of(text) / 2
        pieces.append(label(text, min(max(x, half), area.width - half), area.height - 8))
    return join(pieces)


def columns(chart: Chart, width: float, height: float, ident: str) -> Markup:
    """Columns side by side for each category."""
    area = field(chart, [mark.size for series in chart.series for mark in series.marks], width, height)
    slot = (width - area.left) / max(1, len(chart.categories))
    thick = min(28.0, slot * 0.76 / len(chart.series))
    pieces, places = [patterns(ident, len(chart.series)), grid(chart, area)], []
    for at in range(len(chart.categories)):
        middle = area.left + slot * (at + 0.5)
        places.append(middle)
        start = middle - thick * len(chart.series) / 2
        for n, series in enumerate(chart.series):
            x = start + thick * n + 0.5
            pieces.append(
                column(chart, n, at, x, thick - 1, area.axis.at(0), area.axis.at(series.marks[at].size), ident)
            )
    return join([*pieces, names(chart, area, places)])


def column(chart: Chart, n: int, at: int, x: float, thick: float, low: float, high: float, ident: str) -> Markup:
    """One column with its link; one of nothing stays as a thin line that can be found."""
    top, tall = min(low, high), max(abs(low - high), 0.0)
    wide, round_off = max(thick, 1.0), f' rx="{written(min(2.0, thick / 4))}"'
    shape = box(x, top, wide, tall, round_off + filled(ident, n))
    reach = box(x, min(top, low - 12), wide, max(tall, 12.0), ' class="reach"')
    series = chart.series[n]
    return linked(series.marks[at], chart.words(series, at), reach, shape)


def stacked(chart: Chart, width: float, height: float, ident: str) -> Markup:
    """Columns upon each other; what is below zero hangs down."""
    sums = [
        sum(size for series in chart.series if (size := series.marks[at].size) * sign > 0)
        for at in range(len(chart.categories))
        for sign in (1, -1)
    ]
    area = field(chart, [float(value) for value in sums], width, height)
    slot = (width - area.left) / max(1, len(chart.categories))
    thick = min(44.0, slot * 0.7)
    pieces, places = [patterns(ident, len(chart.series)), grid(chart, area)], []
    for at in range(len(chart.categories)):
        x, reached = area.left + slot * (at + 0.5) - thick / 2, {True: 0.0, False: 0.0}
        places.append(x + thick / 2)
        for n, series in enumerate(chart.series):
            size = series.marks[at].size
            low, reached[size >= 0] = reached[size >= 0], reached[size >= 0] + size
            if size:
                pieces.append(column(chart, n, at, x, thick, area.axis.at(low), area.axis.at(low + size), ident))
    return join([*pieces, names(chart, area, places)])


def lying(chart: Chart, width: float, height: float, ident: str) -> Markup:
    """Bars from the left, each with its name and value; on narrow pages the name stands above."""
    narrow = width < 500
    widest = max((width_of(name) for name in chart.categories), default=0)
    left = 0.0 if narrow else min(220.0, widest + 12)
    values = [mark.size for series in chart.series for mark in series.marks]
    room = (
        max((width_of(chart.unit.short(mark.value)) for series in chart.series for mark in series.marks), default=0)
        + 10
    )
    axis = scale(values, left, width - room)
    pieces, y, thick = [patterns(ident, len(chart.series))], 4.0, 18.0
    for at, name in enumerate(chart.categories):
        if narrow:
            pieces.append(label(fitted(name, width), 0, y + 11, "start", "tx2"))
            y += 17
        else:
            middle = y + thick * len(chart.series) / 2 + 4
            pieces.append(label(fitted(name, left - 10), left - 8, middle, "end", "tx2"))
        for n in range(len(chart.series)):
            pieces.append(bar(chart, n, at, axis, y, thick, ident))
            y += thick
        y += 8
    return join(pieces)


def bar(chart: Chart, n: int, at: int, axis: Scale, y: float, thick: float, ident: str) -> Markup:
    """One lying bar with its value at the end."""
    series = chart.series[n]
    mark, zero = series.marks[at], axis.at(0)
    end = axis.at(mark.size)
    track = tag("rect", x=axis.start, y=y + 1, width=axis.end - axis.start, height=thick - 2, rx=3, class_="track")
    shape = tag("rect", x=min(zero, end), y=y + 1, width=abs(end - zero), height=thick - 2, rx=3, **fill(ident, n))
    value = label(chart.unit.short(mark.value), max(zero, end) + 6, y + thick / 2 + 4, "start", "tx med")
    return linked(mark, chart.words(series, at), track, shape, value)


def lying_height(chart: Chart, width: float) -> float:
    """How tall bars from the left are."""
    return len(chart.categories) * (18.0 * len(chart.series) + 8 + (17 if width < 500 else 0)) + 8


def waterfall(chart: Chart, width: float, height: float, ident: str) -> Markup:
    """Steps up and down from one total to the next."""
    series, reached, spans = chart.series[0], 0.0, list[tuple[float, float]]()
    for mark in series.marks:
        low = 0.0 if mark.role == "total" else reached
        reached = low + mark.size
        spans.append((low, reached))
    area = field(chart, [value for span in spans for value in span], width, height)
    slot = (width - area.left) / max(1, len(spans))
    thick = min(56.0, slot * 0.64)
    pieces, places = [patterns(ident, 6), grid(chart, area)], []
    for at, (low, high) in enumerate(spans):
        middle, mark = area.left + slot * (at + 0.5), series.marks[at]
        places.append(middle)
        paint = 0 if mark.role == "total" else 3 if high >= low else 4
        y, tall = min(area.axis.at(low), area.axis.at(high)), abs(area.axis.at(low) - area.axis.at(high))
        shape = tag("rect", x=middle - thick / 2, y=y, width=thick, height=max(tall, 1.0), rx=2, **fill(ident, paint))
        sign = "+" if mark.role != "total" and high > low else ""
        value = label(sign + chart.unit.short(mark.value), middle, y - 5, css="tx med")
        pieces.append(linked(mark, chart.words(series, at), shape, value))
        if at + 1 < len(spans):
            level = area.axis.at(high)
            pieces.append(
                tag(
                    "line",
                    x1=middle + thick / 2,
                    x2=middle + slot - thick / 2,
                    y1=level,
                    y2=level,
                    class_="axis",
                    stroke_dasharray="2 2",
                )
            )
    return join([*pieces, names(chart, area, places)])
