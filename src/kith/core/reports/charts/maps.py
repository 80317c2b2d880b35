"""The map: a tile for each country, territory or region, about where it lies, the darker the more; the world around it stays pale.

1. Each category has a place on the grid of `world`, perhaps between tiles.
2. It takes the nearest tile that is free, the greatest value first: countries stand on their own, the regions of a
   country around it.
3. Only the part of the world that is asked about is drawn, with a margin.
"""

from collections.abc import Iterator
from itertools import count

from markupsafe import Markup

from .model import Chart
from .svg import fitted, join, label, linked, tag
from .world import CELLS, Cell

MARGIN = 1
#: A tile is large enough to be hit by a finger (WCAG 2.2: 24 pixels) and no larger than it needs to be.
LEAST, MOST, TALL = 27.0, 64.0, 420.0
#: From this size on there is room for the number too.
ROOMY = 34.0


def seats(chart: Chart) -> dict[int, Cell]:
    """The tile of each category that has a place."""
    marks = chart.series[0].marks
    placed = [at for at, place in enumerate(chart.places) if place is not None]
    exact = [at for at in placed if chart.places[at] in CELLS.values()]
    rest = [at for at in placed if at not in exact]
    taken: dict[Cell, int] = {}
    for at in [*sorted(exact, key=lambda at: -marks[at].size), *sorted(rest, key=lambda at: -marks[at].size)]:
        x, y = chart.places[at] or (0.0, 0.0)
        taken[next(cell for cell in around(x, y) if cell not in taken)] = at
    return {at: cell for cell, at in taken.items()}


def around(x: float, y: float) -> Iterator[Cell]:
    """The tiles around a place, the nearest first."""
    for reach in count():
        ring = [
            (round(x) + dx, round(y) + dy)
            for dx in range(-reach, reach + 1)
            for dy in range(-reach, reach + 1)
            if max(abs(dx), abs(dy)) == reach
        ]
        yield from sorted(ring, key=lambda cell: ((cell[0] - x) ** 2 + (cell[1] - y) ** 2, cell))


def frame(chart: Chart) -> tuple[int, int, int, int]:
    """First column and row of what is drawn, and how many there are of both."""
    cells = list(seats(chart).values()) or [(0, 0)]
    left, top = min(x for x, _y in cells) - MARGIN, min(y for _x, y in cells) - MARGIN
    right, bottom = max(x for x, _y in cells) + MARGIN, max(y for _x, y in cells) + MARGIN
    return left, top, right - left + 1, bottom - top + 1


def tile_size(chart: Chart, width: float) -> float:
    """The side of a tile."""
    _left, _top, columns, rows = frame(chart)
    return min(MOST, max(LEAST, min(width / columns, TALL / rows)))


def map_width(chart: Chart, width: float) -> float:
    """How wide the map is: where many tiles do not fit it is scrolled."""
    return max(width, frame(chart)[2] * LEAST)


def map_height(chart: Chart, width: float) -> float:
    """How tall the map is."""
    return frame(chart)[3] * tile_size(chart, width)


def world_map(chart: Chart, width: float, height: float, ident: str) -> Markup:
    """The tiles asked about as links, the other countries in between as ground."""
    left, top, columns, rows = frame(chart)
    size, taken = tile_size(chart, width), seats(chart)
    start = (width - columns * size) / 2

    def middle(cell: Cell) -> tuple[float, float]:
        return start + (cell[0] - left + 0.5) * size, (cell[1] - top + 0.5) * size

    def square(cell: Cell, css: str, opacity: str | None = None) -> Markup:
        x, y = middle(cell)
        return tag(
            "rect",
            x=x - size / 2 + 1,
            y=y - size / 2 + 1,
            width=size - 2,
            height=size - 2,
            rx=3,
            class_=css,
            fill_opacity=opacity,
        )

    ground = [
        join([square(cell, "track"), label(code, middle(cell)[0], middle(cell)[1] + 4)])
        for code, cell in CELLS.items()
        if cell not in taken.values() and 0 <= cell[0] - left < columns and 0 <= cell[1] - top < rows
    ]
    sizes = [abs(mark.size) for mark in chart.series[0].marks]
    greatest = max(sizes, default=0) or 1.0
    pieces = []
    for at, cell in taken.items():
        x, y = middle(cell)
        shade = square(cell, "f1", f"{0.06 + 0.44 * abs(chart.series[0].marks[at].size) / greatest:.2f}")
        mark, words = chart.series[0].marks[at], chart.words(chart.series[0], at)
        pieces.append(linked(mark, words, square(cell, "tile"), shade, *told(chart, at, x, y, size)))
    return join([*ground, *pieces])


def told(chart: Chart, at: int, x: float, y: float, size: float) -> list[Markup]:
    """The words of a tile: what it is called and, where there is room, its number."""
    name = label(fitted(chart.names[at], size - 4), x, y + (-2 if size >= ROOMY else 4), css="tx med")
    if size < ROOMY:
        return [name]
    return [name, label(fitted(chart.unit.short(chart.series[0].marks[at].value), size - 4), x, y + 13, css="tx2")]
