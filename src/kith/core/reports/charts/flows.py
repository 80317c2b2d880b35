"""The funnel and the heat map."""

from decimal import Decimal

from markupsafe import Markup

from .model import Chart, Unit
from .svg import fitted, join, label, linked, tag, width_of

STEP = 40.0


def funnel(chart: Chart, width: float, height: float, ident: str) -> Markup:
    """Steps that become fewer; beside each the share of the step before."""
    series = chart.series[0]
    most = max((mark.size for mark in series.marks), default=0) or 1
    narrow = width < 500
    left = 0.0 if narrow else min(200.0, max((width_of(name) for name in chart.categories), default=0) + 16)
    right, step = 64.0, STEP + (16 if narrow else 0)
    middle, room = left + (width - left - right) / 2, width - left - right
    pieces, before = list[Markup](), None
    for at, mark in enumerate(series.marks):
        y, wide = at * step + (16 if narrow else 0) + 2, max(room * max(mark.size, 0) / most, 2)
        if at + 1 < len(series.marks):
            pieces.append(slope(middle, y + 28, wide, room * max(series.marks[at + 1].size, 0) / most, step - 28))
        name = label(
            fitted(chart.categories[at], width if narrow else left - 12), 0, y - 5 if narrow else y + 18, "start", "tx2"
        )
        told = chart.unit.short(mark.value)
        inside = width_of(told) + 12 < wide
        value = label(
            told,
            middle if inside else middle + wide / 2 + 6,
            y + 18,
            "middle" if inside else "start",
            "on-fill" if inside else "tx med",
        )
        shape = tag("rect", x=middle - wide / 2, y=y, width=wide, height=28, rx=3, class_="f1")
        pieces.append(linked(mark, chart.words(series, at), name, shape, value))
        if before:
            share = Unit("percent").short(round((mark.value or Decimal(0)) / before, 3))
            pieces.append(label(share, width, y + 18, "end"))
        before = mark.value
    return join(pieces)


def slope(middle: float, y: float, wide: float, below: float, tall: float) -> Markup:
    """The pale shape between two steps."""
    points = f"{middle - wide / 2:.1f},{y:.1f} {middle + wide / 2:.1f},{y:.1f} {middle + below / 2:.1f},{y + tall:.1f} {middle - below / 2:.1f},{y + tall:.1f}"
    return tag("polygon", points=points, class_="slope")


def funnel_height(chart: Chart, width: float) -> float:
    """How tall a funnel is."""
    return len(chart.categories) * (STEP + (16 if width < 500 else 0)) + 4


def heat(chart: Chart, width: float, height: float, ident: str) -> Markup:
    """A field for each category and series, the darker the more; the number stands in it."""
    sizes = [mark.size for series in chart.series for mark in series.marks if mark.value is not None]
    low, high = min([0.0, *sizes]), max(sizes, default=0)
    left = min(width * 0.3, max((width_of(name) for name in chart.categories), default=0) + 12)
    wide = (width - left) / max(1, len(chart.series))
    pieces = [
        label(fitted(series.label, wide - 4), left + wide * (n + 0.5), 14, css="tx2")
        for n, series in enumerate(chart.series)
    ]
    for at, name in enumerate(chart.categories):
        y = 22 + at * 32.0
        pieces.append(label(fitted(name, left - 10), left - 8, y + 19, "end", "tx2"))
        for n, series in enumerate(chart.series):
            mark = series.marks[at]
            share = (mark.size - low) / (high - low) if high > low and mark.value is not None else 0.0
            shade = tag(
                "rect",
                x=left + wide * n + 1,
                y=y,
                width=wide - 2,
                height=30,
                rx=3,
                class_="f1",
                fill_opacity=f"{0.05 + 0.4 * share:.2f}",
            )
            text = label(fitted(chart.unit.short(mark.value), wide - 4), left + wide * (n + 0.5), y + 19, css="tx med")
            pieces.append(linked(mark, chart.words(series, at), shade, text))
    return join(pieces)


def heat_height(chart: Chart, width: float) -> float:
    """How tall a heat map is."""
    return 22 + len(chart.categories) * 32.0 + 4
