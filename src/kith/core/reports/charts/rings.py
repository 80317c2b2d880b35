"""The ring and the gauge."""

import math
from decimal import Decimal

from django.utils.translation import gettext as _
from markupsafe import Markup

from .model import Chart, Mark
from .svg import fill, fitted, join, label, linked, patterns, tag, width_of

FULL = 2 * math.pi


def arc(cx: float, cy: float, outer: float, inner: float, start: float, end: float) -> str:
    """A piece of a ring from one angle to another, clockwise from the top."""
    end = min(end, start + FULL - 0.001)
    large = int(end - start > math.pi)

    def point(radius: float, angle: float) -> str:
        return f"{cx + radius * math.sin(angle):.2f} {cy - radius * math.cos(angle):.2f}"

    return (
        f"M{point(outer, start)}A{outer} {outer} 0 {large} 1 {point(outer, end)}"
        f"L{point(inner, end)}A{inner} {inner} 0 {large} 0 {point(inner, start)}Z"
    )


def ring(chart: Chart, width: float, height: float, ident: str) -> Markup:
    """Shares of a whole, named beside it with number and percentage; values below zero have no share."""
    series = chart.series[0]
    total = sum((mark.value for mark in series.marks if mark.value and mark.value > 0), Decimal(0))
    narrow = width < 500
    radius = 96.0
    cx, cy = (width / 2, radius + 6) if narrow else (radius + 40, height / 2)
    pieces, angle = [patterns(ident, len(series.marks))], 0.0
    for at, mark in enumerate(series.marks):
        share = float(mark.value / total) if mark.value and mark.value > 0 else 0.0
        if share:
            shape = tag(
                "path",
                d=arc(cx, cy, radius, radius * 0.62, angle, angle + share * FULL),
                stroke_width=1.5,
                **{**fill(ident, at), "class_": f"slice {fill(ident, at).get('class_', '')}".strip()},
            )
            pieces.append(linked(mark, chart.words(series, at), shape))
        angle += share * FULL
    pieces.append(label(chart.unit.short(total), cx, cy + 6, css="tx big"))
    x, y = (0.0, 2 * radius + 34) if narrow else (2 * radius + 90, max(16.0, height / 2 - len(series.marks) * 10))
    for at, mark in enumerate(series.marks):
        pieces.append(row(chart, at, mark, total, x, y + at * 20, width, ident))
    return join(pieces)


def row(chart: Chart, at: int, mark: Mark, total: Decimal, x: float, y: float, width: float, ident: str) -> Markup:
    """A line of the ring's legend."""
    right = min(width, x + 330)
    share = (
        chart.unit.__class__("percent").short(round(mark.value / total, 3))
        if mark.value and total and mark.value > 0
        else "–"
    )
    value = chart.unit.short(mark.value)
    room = right - x - 24 - width_of(value) - 60
    return join([
        tag("rect", x=x, y=y - 10, width=12, height=12, rx=3, **fill(ident, at)),
        label(fitted(chart.categories[at], room), x + 20, y, "start", "tx2"),
        label(value, right - 54, y, "end", "tx med"), label(share, right, y, "end"),
    ])  # fmt: skip


def ring_height(chart: Chart, width: float) -> float:
    """How tall a ring with its legend is."""
    legend = len(chart.series[0].marks) * 20.0
    return 2 * 96 + 24 + legend + 14 if width < 500 else max(2 * 96 + 12, legend + 24)


def gauge(chart: Chart, width: float, height: float, ident: str) -> Markup:
    """Progress to a target: the value as a part of a half circle, the target as a mark on it."""
    mark, target = chart.series[0].marks[0], chart.target or Decimal(0)
    most = max(mark.value or Decimal(0), target, Decimal(0)) * (
        Decimal(1) if (mark.value or 0) <= target else Decimal("1.05")
    ) or Decimal(1)
    cx, cy, outer, inner = width / 2, height - 34, 100.0, 76.0

    def angle(value: Decimal) -> float:
        return -math.pi / 2 + float(min(max(value / most, Decimal(0)), Decimal(1))) * math.pi

    share = (
        chart.unit.__class__("percent").text(round(mark.value / target, 2))
        if mark.value is not None and target
        else "–"
    )
    words = _("%(name)s: %(value)s of %(target)s, %(share)s") % {
        "name": chart.title, "value": chart.unit.text(mark.value), "target": chart.unit.text(target), "share": share,
    }  # fmt: skip
    goal = angle(target)
    pieces = [tag("path", d=arc(cx, cy, outer, inner, -math.pi / 2, math.pi / 2), class_="track")]
    if (mark.value or 0) > 0:
        pieces.append(
            tag("path", d=arc(cx, cy, outer, inner, -math.pi / 2, angle(mark.value or Decimal(0))), **fill(ident, 0))
        )
    ends = [(cx + radius * math.sin(goal), cy - radius * math.cos(goal)) for radius in (inner - 5, outer + 5)]
    pieces.append(tag("line", x1=ends[0][0], y1=ends[0][1], x2=ends[1][0], y2=ends[1][1], class_="goal"))
    pieces.append(label(chart.unit.short(mark.value), cx, cy - 14, css="tx big"))
    pieces.append(label(share, cx, cy + 6, css="tx2"))
    pieces.append(label(_("Target %(value)s") % {"value": chart.unit.short(target)}, cx, cy + 26, css="tx2"))
    return linked(mark, words, *pieces)
