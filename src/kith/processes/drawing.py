"""The drawing of a process: its stages in a row, the ways between them as arcs, forward above and back below."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from markupsafe import Markup

from kith.core.entity import registry
from kith.core.reports.charts.svg import fitted, label, tag
from kith.core.staged import CLOSED, State
from kith.core.types import TYPES

from .book import Course
from .entities.process import Process
from .entities.stage import Stage
from .entities.transition import Transition

WIDE, HIGH, GAP, REST, STEP = 128, 50, 36, 26, 15
#: How an arc is drawn: as the rule says, or as a way that needs none.
FREE, ALLOWED, ASKED, BARRED = "free", "allowed", "asked", "barred"


@dataclass(frozen=True, slots=True)
class Way:
    """A way from one stage to another, by their places; `origin` is None for "from any stage"."""

    origin: int | None
    target: int
    kind: str

    @property
    def reach(self) -> int:
        """How many stages it goes over."""
        return 1 if self.origin is None else abs(self.target - self.origin)


def draw(course: Course) -> Markup:
    """The drawing as SVG; the matrix beside it tells the same in words."""
    found = list(ways(course))
    above = height(way for way in found if way.origin is None or way.origin < way.target)
    below = height(way for way in found if way.origin is not None and way.origin > way.target)
    width, tall = len(course.stages) * (WIDE + GAP) - GAP + 2, above + HIGH + below + 2
    names = ", ".join(str(stage) for stage in course.stages)
    return tag(
        "svg",
        tag("title", _("Stages of “%(process)s”: %(names)s") % {"process": course.process, "names": names}),
        heads(),
        *(arc(way, above) for way in found),
        *(box(stage, at, above) for at, stage in enumerate(course.stages)),
        viewBox=f"0 0 {width} {tall}", width=width, height=tall, class_="flowchart", role="img",
    )  # fmt: skip


def ways(course: Course) -> Iterator[Way]:
    """The arcs worth drawing: every rule, and without rules the plain way from stage to stage."""
    places = {stage.pk: at for at, stage in enumerate(course.stages)}
    ruled = set()
    for rule in course.rules.values():
        origin = places.get(rule.from_stage_id) if rule.from_stage_id else None
        if rule.to_stage_id in places and (origin is not None or rule.from_stage_id is None):
            ruled.add((origin, places[rule.to_stage_id]))
            yield Way(origin, places[rule.to_stage_id], kind_of(rule))
    if course.process.moves == Process.Moves.FREE:
        yield from (Way(at, to, FREE) for at, to in plain(course) if not {(at, to), (None, to)} & ruled)


def plain(course: Course) -> Iterator[tuple[int, int]]:
    """The usual way: from each stage to the next one, from the last open one to each end."""
    going = [at for at, stage in enumerate(course.stages) if stage.kind == State.OPEN]
    yield from pairwise(going)
    if going:
        yield from ((going[-1], at) for at, stage in enumerate(course.stages) if stage.kind in CLOSED)


def kind_of(rule: Transition) -> str:
    """How a rule is drawn."""
    if not rule.allowed:
        return BARRED
    return ASKED if rule.approver_id or rule.approver_group_id else ALLOWED


def height(found: Iterator[Way]) -> float:
    """The room that arcs on one side need."""
    return max((rise(way) for way in found), default=0) + 6


def rise(way: Way) -> float:
    """How far an arc goes away from the stages."""
    return REST + STEP * (way.reach - 1) * 0.75


def arc(way: Way, top: float) -> Markup:
    """One way: a curve with a head; from anywhere it comes straight from above."""
    end = middle(way.target)
    if way.origin is None:
        line = f"M{end - 34} {top - REST + 4}L{end - 34} {top - 2}"
        return tag("g", curve(line, way.kind), label("∗", end - 34, top - REST, css="any"))
    back, start = way.origin > way.target, middle(way.origin)
    side = -1 if back else 1
    away = (top + HIGH + rise(way) * 1.25) if back else top - rise(way) * 1.25
    edge = top + HIGH + 2 if back else top - 2
    line = f"M{start + 14 * side} {edge}C{start + 14 * side} {away},{end - 14 * side} {away},{end - 14 * side} {edge}"
    return curve(line, way.kind)


def curve(line: str, kind: str) -> Markup:
    """A line in the look of its kind."""
    return tag("path", d=line, class_=f"way {kind}", marker_end=f"url(#head-{kind})")


def middle(at: int) -> int:
    """The middle of the stage at a place."""
    return at * (WIDE + GAP) + WIDE // 2 + 1


def box(stage: Stage, at: int, top: float) -> Markup:
    """One stage: its name, and what it gives and allows."""
    left = at * (WIDE + GAP) + 1
    facts = [chance(stage)] if stage.kind not in CLOSED else []
    facts += [_("≤ %(num)s d") % {"num": stage.max_days}] if stage.max_days and stage.kind not in CLOSED else []
    return tag(
        "g",
        tag("title", str(stage)),
        tag("rect", x=left, y=top, width=WIDE, height=HIGH, rx=8, class_="step-box"),
        tag("rect", x=left, y=top, width=5, height=HIGH, rx=2.5, class_="step-edge"),
        label(fitted(str(stage), WIDE - 18, 12), middle(at), top + (21 if facts else 30), css="step-name"),
        *([label(" · ".join(facts), middle(at), top + 38, css="step-fact")] if facts else []),
        data_h=stage.hue, class_="default" if stage.is_default else None,
    )  # fmt: skip


def chance(stage: Stage) -> str:
    """The probability of a stage in words."""
    return str(
        TYPES["percent"].text(stage.probability.normalize(), registry.get("processes.stage").field("probability"))
    )


def heads() -> Markup:
    """The heads of the arcs."""
    return tag(
        "defs",
        *(
            tag(
                "marker", tag("path", d="M0 0 7 3.5 0 7z", class_=f"head {kind}"), id=f"head-{kind}", viewBox="0 0 7 7", refX=6, refY=3.5,
                markerWidth=7, markerHeight=7, orient="auto",
            )
            for kind in (FREE, ALLOWED, ASKED, BARRED)
        ),
    )  # fmt: skip
