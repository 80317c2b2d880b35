"""The page of the funnel: of opportunities or leads, of one process, filtered and compared by owner, source, product or process."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kith.core import access, rates, titles
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.errors import BadValue, Forbidden
from kith.core.filters import Group, Node, Test
from kith.core.reports.charts import Chart, Mark, Series, Unit, figure
from kith.core.ui.base import guarded
from kith.processes.book import Course, book

from ..steering import addresses, cohorts, funnel
from ..steering.cohorts import Cohort, Split
from ..steering.periods import Period
from .steering import DEALS, period_of, reader, shown, within_time

LEADS = "sales.lead"
#: Fields that the figures are made of.
NEEDED = {
    DEALS: frozenset({"started_on", "process"}),
    LEADS: frozenset({"stage", "state", "process", "closed_at", "created_at"}),
}
PROCESS = "process"
#: So many groups are compared; more are told.
MOST = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks: whose funnel, of which process and period, compared by what, and which groups are chosen."""

    actor: Actor
    label: str
    course: Course
    period: Period
    by: str
    chosen: dict[str, str]

    @property
    def splits(self) -> dict[str, Split]:
        """What this kind of record can be split by."""
        return cohorts.SPLITS[self.label]

    @property
    def cohort(self) -> Cohort:
        """The cohort."""
        tests = tuple(self.splits[key].test(value) for key, value in self.chosen.items())
        return Cohort(self.actor, self.course, self.period.first, self.period.last, Group("all", tests))

    def href(self, **changes: str) -> str:
        """This page with something else asked; an empty value takes a question away."""
        terms = {
            "kind": self.period.kind, "at": self.period.first.isoformat(), "of": "leads" if self.label == LEADS else "deals",
            PROCESS: str(self.course.process.pk), "by": self.by, **self.chosen,
        } | changes  # fmt: skip
        return f"/sales/funnel?{urlencode({name: value for name, value in terms.items() if value})}"

    def rows(self, *more: Node) -> str:
        """The records of the cohort that meet more conditions."""
        days = [self.period.first.isoformat(), self.period.last.isoformat()]
        tests = tuple(self.splits[key].test(value) for key, value in self.chosen.items())
        return addresses.of_node(self.label, Group("all", (Test(self.cohort.day, "between", days), *tests, *more)))


@dataclass(frozen=True, slots=True)
class Line:
    """One group of the comparison: what it is called, the page of it alone, its records, its figures."""

    label: str
    href: str
    rows: str
    funnel: funnel.Funnel


@require_safe
@guarded
@within_time
def funnel_page(request: HttpRequest) -> HttpResponse:
    """How far the deals or leads that began in the period came."""
    asked, offered = asked_of(request)
    found = funnel.funnel(asked.cohort)
    steps = [(step, reached(asked, found, at)) for at, step in enumerate(found.steps)]
    lines = compared(asked, offered)
    context = {
        "period": asked.period, "funnel": found, "steps": steps, "course": asked.course, "offered": offered, "of": "leads" if asked.label == LEADS else "deals",
        "chart": drawn(steps), "currency": rates.base(), "has_amount": asked.label == DEALS, "asked": asked, "lines": lines[:MOST], "more": max(0, len(lines) - MOST),
        "ways": {**{key: split.label for key, split in asked.splits.items()}, PROCESS: gettext_lazy("Process")}, "chips": chips(asked),
    }  # fmt: skip
    return shown(request, "funnel", context)


def asked_of(request: HttpRequest) -> tuple[Asked, list[Course]]:
    """What the address asks, and all processes there are."""
    actor, period = reader(request), period_of(request)
    label = LEADS if request.GET.get("of") == "leads" else DEALS
    access.require(actor, registry.get(label), "view")
    course, offered = course_of(request, actor, label)
    splits = cohorts.SPLITS[label]
    by = request.GET.get("by", "")
    if by and by != PROCESS and by not in splits:
        raise BadValue(_("“by” is one of: %(valid)s.") % {"valid": ", ".join((*splits, PROCESS))})
    chosen = {key: group_of(request.GET[key], key) for key in splits if request.GET.get(key)}
    may_see(actor, label, {splits[key] for key in (*chosen, by) if key in splits})
    return Asked(actor, label, course, period, by, chosen), offered


def group_of(text: str, name: str) -> str:
    """The id of a chosen group, or "none"."""
    try:
        return text if text == "none" else str(UUID(text))
    except ValueError:
        raise BadValue(_("“%(name)s” takes the id of a record, or “none”.") % {"name": name}) from None


def may_see(actor: Actor, label: str, splits: set[Split]) -> None:
    """Refuse figures that would tell what fields hide."""
    entity = registry.get(label)
    asked = NEEDED[label] | {split.path for split in splits if "." not in split.path}
    hidden = [str(entity.fields[name].label) for name in sorted(asked - access.readable(actor, entity))]
    if any("." in split.path for split in splits):
        line = registry.get(cohorts.LINE)
        access.require(actor, line, "view")
        hidden += [] if "product" in access.readable(actor, line) else [str(line.fields["product"].label)]
    if hidden:
        raise Forbidden(
            f"{label}:view",
            _("Steering needs fields that are hidden from you: %(fields)s.") % {"fields": ", ".join(hidden)},
        )


def course_of(request: HttpRequest, actor: Actor, label: str) -> tuple[Course, list[Course]]:
    """The process of the address, else the first one offered; and all there are."""
    offered = book().published(label)
    wanted = request.GET.get(PROCESS, "")
    chosen = next((course for course in offered if str(course.process.pk) == wanted), None)
    default = chosen or book().default(actor, label) or next(iter(offered), None)
    if default is None:
        raise BadValue(_("No process is published; publish one in the settings."))
    return default, offered


def drawn(steps: list[tuple[funnel.Step, str]]) -> Any:
    """The funnel as a drawing."""
    marks = tuple(Mark(Decimal(step.count), href) for step, href in steps)
    stages = tuple(str(step.stage) for step, _href in steps)
    series = (Series(_("Number"), marks),)
    return figure(Chart("funnel", _("Reached this stage or a later one"), stages, series, Unit(), _("Stage")), "funnel")


def reached(asked: Asked, found: funnel.Funnel, at: int) -> str:
    """The records that reached a step."""
    return asked.rows(Test("reached", "any", [str(step.stage.pk) for step in found.steps[at:]]))


def compared(asked: Asked, offered: list[Course]) -> list[Line]:
    """The groups, each with its funnel."""
    if not asked.by:
        return []
    if asked.by == PROCESS:
        names = {course.process.pk: str(course.process) for course in offered}
        found = funnel.by_process(asked.cohort, offered)
        return [
            Line(names[key], asked.href(process=str(key), by=""), asked.rows(of_process(key)), one)
            for key, one in found.items() if key
        ]  # fmt: skip
    split = asked.splits[asked.by]
    groups = funnel.split(asked.cohort, asked.by)
    texts = titles.load(asked.actor, {(split.target, key) for key in groups if key})
    return [
        Line(
            named(texts, split, key), asked.href(**{split.key: str(key or "none"), "by": ""}),
            asked.rows(of_process(asked.course.process.pk), split.test(str(key or "none"))), one,
        )
        for key, one in groups.items()
    ]  # fmt: skip


def of_process(key: UUID) -> Test:
    """The records of a process in whatever edition."""
    course = book().course(key)
    series = course.process.series if course else ""
    editions = [str(other.process.pk) for other in book().courses.values() if other.process.series == series]
    return Test(PROCESS, "any", editions)


def named(texts: titles.Titles, split: Split, key: UUID | None) -> str:
    """What a group is called; a record the reader may not see keeps its name to itself."""
    if key is None:
        return _("(empty)")
    title = texts.get((split.target, key))
    return title.text if title else _("hidden")


def chips(asked: Asked) -> list[tuple[str, str, str]]:
    """What is chosen, in words, each with the page without it."""
    targets = {key: UUID(value) for key, value in asked.chosen.items() if value != "none"}
    texts = titles.load(asked.actor, {(asked.splits[key].target, one) for key, one in targets.items()})
    return [
        (str(asked.splits[key].label), named(texts, asked.splits[key], targets.get(key)), asked.href(**{key: ""}))
        for key in asked.chosen
    ]
