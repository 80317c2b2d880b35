"""Lines and areas over time, also against a target (burn-up)."""

from markupsafe import Markup

from .bars import Field, field, grid, names
from .model import Chart, Series
from .svg import dash, join, line_class, linked, tag, tone


def lines(chart: Chart, width: float, height: float, ident: str, *, area: bool = False) -> Markup:
    """A line for each series; gaps where there is no value."""
    place = field(chart, [mark.size for series in chart.series for mark in series.marks], width, height)
    count = len(chart.categories)
    inner = width - place.left - 16
    xs = [place.left + 8 + (inner * at / (count - 1) if count > 1 else inner / 2) for at in range(count)]
    pieces = [grid(chart, place)]
    if area:
        pieces += [filled(series, n, xs, place) for n, series in enumerate(chart.series) if not series.role]
    pieces += [drawn(series, n, xs, place) for n, series in enumerate(chart.series)]
    pieces += [points(chart, series, n, xs, place) for n, series in enumerate(chart.series)]
    return join([*pieces, names(chart, place, xs)])


def stretches(series: Series, xs: list[float], place: Field) -> list[list[tuple[float, float]]]:
    """The points of a line, apart where values are missing."""
    found: list[list[tuple[float, float]]] = [[]]
    for mark, x in zip(series.marks, xs, strict=True):
        if mark.value is None:
            found.append([])
        else:
            found[-1].append((x, place.axis.at(mark.size)))
    return [part for part in found if part]


def path(points: list[tuple[float, float]]) -> str:
    """Points as path data."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def drawn(series: Series, n: int, xs: list[float], place: Field) -> Markup:
    """The line."""
    parts = stretches(series, xs, place)
    return tag(
        "path", d="".join(map(path, parts)), class_=line_class(n, series.role), stroke_dasharray=dash(n, series.role)
    )


def filled(series: Series, n: int, xs: list[float], place: Field) -> Markup:
    """The area below a line."""
    shapes = [
        f"{path(part)}L{part[-1][0]:.1f} {place.ground:.1f}L{part[0][0]:.1f} {place.ground:.1f}Z"
        for part in stretches(series, xs, place)
    ]
    return tag("path", d="".join(shapes), class_=f"area f{tone(n)}")


def points(chart: Chart, series: Series, n: int, xs: list[float], place: Field) -> Markup:
    """A dot for each value, with room around it for the finger."""
    css = "dot2" if series.role == "target" else "dotg" if series.role else f"f{tone(n)}"
    made = []
    for at, mark in enumerate(series.marks):
        if mark.value is not None:
            y = place.axis.at(mark.size)
            spot = tag("circle", cx=xs[at], cy=y, r=3.0, class_=css)
            made.append(
                linked(mark, chart.words(series, at), tag("circle", cx=xs[at], cy=y, r=12, class_="reach"), spot)
            )
    return join(made)
