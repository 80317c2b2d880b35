"""Charts drawn on the server as SVG: colours from the style sheet, every mark a link to its rows, a table for each.

`model.Chart` says what to draw, `draw` draws it in one width, `figure` is what pages show: two widths, legend, table twin.
"""

from .drawing import draw, figure
from .model import Chart, Mark, Series, Unit

__all__ = ["Chart", "Mark", "Series", "Unit", "draw", "figure"]
