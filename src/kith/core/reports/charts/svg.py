"""Pieces of SVG: elements with escaped attributes, links, patterns, text that fits. No inline styles: the policy forbids them."""

import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup, escape

from .model import Mark

COLOURS = 6
#: What is laid over a colour so that series differ without colour: none, stripes, dots, lines, …
HATCHES = (
    "",
    "M0 6 6 0M-1 1 1-1M5 7 7 5",
    "M1.5 1.5h.01M4.5 4.5h.01",
    "M0 3h6",
    "M0 0 6 6M5-1 7 1M-1 5 1 7",
    "M3 0v6M0 3h6",
)


def tag(name: str, *content: Any, **attributes: Any) -> Markup:
    """An element; `class_` and `stroke_width` become `class` and `stroke-width`, None is left out."""
    given = "".join([f'{named(key)}="{written(value)}"' for key, value in attributes.items() if value is not None])
    return Markup(f"<{name}{given}>{inner(content)}</{name}>")  # noqa: S704 - names are ours, all else is escaped


@cache
def named(key: str) -> str:
    """The name of an attribute as it is written."""
    return f" {key.rstrip('_').replace('_', '-')}"


def join(parts: Iterable[Any]) -> Markup:
    """Pieces one after the other."""
    return Markup(inner(parts))  # noqa: S704 - escaped


def inner(parts: Iterable[Any]) -> str:
    """The same as text."""
    return "".join([part if isinstance(part, Markup) else escape(part) for part in parts])


def written(value: Any) -> str:
    """The value of an attribute. Coordinates are told to a tenth: shorter pages, and nobody sees more."""
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value) if isinstance(value, int) else escape(value)


def linked(mark: Mark, words: str, *content: Any) -> Markup:
    """A mark that opens its rows; without rows it only tells its value."""
    told = escape(words)
    shown = f"<title>{told}</title>{inner(content)}"
    if not mark.href:
        return Markup(f"<g>{shown}</g>")  # noqa: S704 - escaped
    return Markup(f'<a href="{escape(mark.href)}" aria-label="{told}" class="mark">{shown}</a>')  # noqa: S704 - escaped


def tone(at: int) -> int:
    """The number of the colour of a series."""
    return at % COLOURS + 1


def pattern_of(at: int) -> str:
    """What is laid over the colour of a series; the second round of colours is hatched otherwise."""
    return HATCHES[(at + at // COLOURS) % len(HATCHES)]


def fill(ident: str, at: int) -> dict[str, str]:
    """The attributes that fill a mark of a series."""
    return {"class_": f"f{tone(at)}"} if not pattern_of(at) else {"fill": f"url(#{ident}-p{at})"}


@lru_cache(maxsize=500)
def filled(ident: str, at: int) -> str:
    """The same, written out."""
    return "".join([f'{named(key)}="{escape(value)}"' for key, value in fill(ident, at).items()])


def box(x: float, y: float, width: float, height: float, given: str) -> Markup:
    """A rectangle with attributes that are written out; large charts have thousands."""
    place = f'x="{written(x)}" y="{written(y)}" width="{written(width)}" height="{written(height)}"'
    return Markup(f"<rect {place}{given}></rect>")  # noqa: S704 - numbers, and what is ours


def patterns(ident: str, count: int) -> Markup:
    """The definitions that `fill` refers to."""
    made = [
        tag(
            "pattern",
            tag("rect", width=6, height=6, class_=f"f{tone(at)}"),
            tag("path", d=pattern_of(at), class_="hatch"),
            id=f"{ident}-p{at}", width=6, height=6, patternUnits="userSpaceOnUse",
        )
        for at in range(count)
        if pattern_of(at)
    ]  # fmt: skip
    return tag("defs", *made) if made else Markup("")


def width_of(text: str, size: float = 11) -> float:
    """About how wide a text is."""
    return sum(size * (1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.56) for letter in text)


def fitted(text: str, room: float, size: float = 11) -> str:
    """As much of a text as there is room for."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + "…", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def label(text: str, x: float, y: float, anchor: str = "middle", css: str | None = None) -> Markup:
    """A text at a place; what marks are called is told by their links, so that it is not read out twice."""
    return tag("text", text, x=float(x), y=float(y), text_anchor=anchor, class_=css, aria_hidden="true")


def swatch(at: int, ident: str, *, line: bool = False, role: str = "") -> Markup:
    """The colour and pattern of a series for its legend."""
    if line:
        inner = tag("line", x1=0, x2=16, y1=6, y2=6, class_=line_class(at, role), stroke_dasharray=dash(at, role))
    else:
        inner = join([patterns(ident, at + 1), tag("rect", width=12, height=12, rx=3, **fill(ident, at))])
    return tag(
        "svg",
        inner,
        viewBox="0 0 16 12" if line else "0 0 12 12",
        width=16 if line else 12,
        height=12,
        class_="chart key",
        aria_hidden="true",
    )


def line_class(at: int, role: str = "") -> str:
    """The class of a line."""
    return "ln sg" if role == "before" else f"ln s{2 if role == 'target' else tone(at)}"


def dash(at: int, role: str = "") -> str | None:
    """How a line is broken, so that lines differ without colour."""
    return {"target": "2 4", "before": "5 4"}.get(role) or (None, "7 3", "2 3", "9 3 2 3", "4 2", "1 3")[at % COLOURS]
