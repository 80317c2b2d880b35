"""What a tile is: its JSON form in a dashboard, and the same as an object.

    {"id": "a1", "kind": "figure", "w": 3, "h": 1, "view": {"entity": "core.view", "id": "…"}, "title": "", "titles": {"ru": "…"},
     "measure": "sum:amount", "by": "stage", "chart": "bar", "date": "closes_on", "target": "1000", "goal": "won_amount", "less": false, "rows": 5, "text": ""}

Tiles flow in their order over a grid of twelve columns; `w` counts columns, `h` rows of it.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

FIGURE, CHART, LIST, BOARD, REGIONS, NOTE = "figure", "chart", "list", "board", "regions", "note"
KINDS = {
    FIGURE: (_("Number"), "hash"), CHART: (_("Chart"), "chart-column"), LIST: (_("List"), "rows-3"),
    BOARD: (_("Board summary"), "kanban"), REGIONS: (_("Regions"), "map"), NOTE: (_("Note"), "file-text"),
}  # fmt: skip
#: How wide and high a new one is.
SIZES = {FIGURE: (3, 1), CHART: (6, 3), LIST: (6, 3), BOARD: (6, 2), REGIONS: (6, 3), NOTE: (4, 2)}
VIEW = "core.view"
COLUMNS, LEAST, TALLEST = 12, 2, 6
ROWS, MOST_ROWS = 5, 20
MOST = 40


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile. `measure`, `by` and `chart` are written as in reports; `date` is the field that the period is about, empty for none."""

    id: str
    kind: str
    w: int = 3
    h: int = 1
    view: uuid.UUID | None = None
    title: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    measure: str = "count"
    by: str = ""
    chart: str = ""
    date: str = ""
    target: Decimal | None = None
    #: Which kind of targets that people set it is compared with (`goals`); where none are set, with `target`.
    goal: str = ""
    #: Whether less is better.
    less: bool = False
    rows: int = ROWS
    text: str = ""

    @property
    def own_title(self) -> str:
        """What it is called here, in the reader's language; empty where it goes by its view."""
        return self.titles.get(get_language() or "") or self.title

    @property
    def kind_label(self) -> str:
        """Its kind in words."""
        return str(KINDS[self.kind][0])


def of(raw: Mapping[str, Any]) -> Tile:
    """A tile from its JSON, which `checking.check` has found good."""
    width, height = SIZES[raw["kind"]]
    view, target = raw.get("view"), raw.get("target")
    facts = {
        name: raw[name]
        for name in ("title", "titles", "measure", "by", "chart", "date", "goal", "less", "rows", "text")
        if raw.get(name)
    }
    return Tile(
        raw["id"], raw["kind"], raw.get("w") or width, raw.get("h") or height, uuid.UUID(view["id"]) if view else None,
        target=None if target in (None, "") else Decimal(target), **facts,
    )  # fmt: skip


def to_json(tile: Tile) -> dict[str, Any]:
    """The inverse of `of`; what is not said is left out."""
    found: dict[str, Any] = {
        "id": tile.id, "kind": tile.kind, "w": tile.w, "h": tile.h, "view": {"entity": VIEW, "id": str(tile.view)} if tile.view else None,
        "title": tile.title, "titles": dict(tile.titles), "measure": tile.measure if tile.measure != "count" else "", "by": tile.by, "chart": tile.chart,
        "date": tile.date, "target": f"{tile.target:f}" if tile.target is not None else None, "goal": tile.goal, "less": tile.less,
        "rows": tile.rows if tile.rows != ROWS else None, "text": tile.text,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value not in (None, "", False, {})}


def listed(dashboard: Any) -> list[Tile]:
    """The tiles of a dashboard."""
    return [of(raw) for raw in dashboard.tiles]


def find(dashboard: Any, key: str) -> Tile | None:
    """One of them."""
    return next((tile for tile in listed(dashboard) if tile.id == key), None)
