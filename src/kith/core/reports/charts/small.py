"""The sparkline: a trend beside a number, without axes."""

from django.utils.translation import gettext as _
from markupsafe import Markup

from .model import Chart
from .scale import scale
from .svg import tag, tone


def spark(chart: Chart, tint: int = 0) -> Markup:
    """A line of 72 x 24; said in words by its first and last value."""
    marks = [mark for mark in chart.series[0].marks if mark.value is not None]
    if not marks:
        return Markup("")
    sizes = [mark.size for mark in marks]
    axis = scale([size - min(sizes) for size in sizes], 22.0, 2.0)
    step = 70 / max(1, len(marks) - 1)
    d = "M" + "L".join(f"{1 + step * at:.1f} {axis.at(size - min(sizes)):.1f}" for at, size in enumerate(sizes))
    words = _("%(title)s: from %(first)s to %(last)s") % {
        "title": chart.title, "first": chart.unit.text(marks[0].value), "last": chart.unit.text(marks[-1].value),
    }  # fmt: skip
    return tag(
        "svg",
        tag("path", d=d, class_=f"s{tone(tint)}"),
        viewBox="0 0 72 24",
        class_="spark",
        role="img",
        aria_label=words,
    )
