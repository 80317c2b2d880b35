"""What is asked about deals and leads again and again, each answered by a report that can be changed, saved and exported (R164-R166, G6-G8)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import Group, Test
from kith.core.reports import reading
from kith.core.reports.paths import resolve
from kith.core.reports.shape import Figure, Measure, Ratio
from kith.core.staged import GOING, State

from . import addresses
from .facts import PRODUCT
from .periods import Period

DEALS, LEADS = "sales.opportunity", "sales.lead"
OPEN, WON = Test("state", "any", [*GOING]), Test("state", "any", ["won"])
OPEN_OR_WON = Test("state", "any", [*GOING, State.WON])


@dataclass(frozen=True, slots=True)
class Question:
    """A report: whose rows, the figures, by which fields it is offered, the day that puts a row into the period."""

    title: Any
    entity: str
    fields: tuple[str, ...]
    figures: tuple[Figure, ...]
    day: str
    tests: tuple[Test, ...] = ()
    chart: str = "bar"
    columns: str = ""

    def links(self, period: Period) -> list[tuple[str, str]]:
        """The name and address of the report by each of its fields."""
        days = [Test(self.day, "between", [period.first.isoformat(), period.last.isoformat()])] if self.day else []
        figures = [reading.written(one) for one in self.figures]
        return [
            (
                self.label(names),
                addresses.report(
                    self.entity, names.split(","), figures, self.chart, *days, *self.tests, columns=self.columns
                ),
            )
            for names in self.fields
        ]

    def label(self, names: str) -> str:
        """What the report is by: "Industry × Owner"."""
        entity = registry.get(self.entity)
        return " × ".join(resolve(entity, name, SYSTEM).label for name in names.split(",") if name) or str(
            _("all together")
        )


def averages() -> tuple[Figure, ...]:
    """Number and average of open deals, average of won ones, of both together; lost ones are in none (R164)."""
    return (
        Measure(where=OPEN, label=_("open")),
        Measure("avg", "amount", OPEN, _("average open")),
        Measure("avg", "amount", WON, _("average won")),
        Measure("avg", "amount", OPEN_OR_WON, _("average of both")),
    )


def cycle() -> tuple[Figure, ...]:
    """Win rate, and the days of won deals from beginning to close (R165)."""
    closed = Test("state", "any", ["won", "lost"])
    return (
        Ratio(Measure(where=WON), Measure(where=closed), _("win rate")),
        Measure("avg", "cycle_days", WON, _("sales cycle, days, average")),
        Measure("median", "cycle_days", WON, _("sales cycle, days, median")),
        Measure("p25", "cycle_days", WON, _("a quarter of them within")),
        Measure("p75", "cycle_days", WON, _("three quarters within")),
        Measure("p90", "cycle_days", WON, _("nine of ten within")),
    )


def conversion() -> tuple[Figure, ...]:
    """How many leads were received, and the share of those won or converted (R166)."""
    won = Group("any", (WON, Test("opportunity", "filled")))
    return (Measure(label=_("received")), Ratio(Measure(where=won), Measure(), _("converted")))


COUNT, SUM = Measure(), Measure("sum", "amount")
AVERAGES = Question(_("Average amounts"), DEALS, ("owner", "territory", PRODUCT, "source"), averages(), "created_at")
CYCLE = Question(_("Win rate and cycle"), DEALS, ("owner", "process", PRODUCT, "source", "territory", "company.industry"), cycle(), "closed_at")  # fmt: skip
REASONS = Question(_("Reasons"), DEALS, ("reasons", "competitor"), (COUNT, SUM), "closed_at", chart="hbar")
WON_AMOUNT = Question(_("Won amount"), DEALS, ("territory", "owner", "company.industry", PRODUCT), (SUM, COUNT), "closed_at", (WON,))  # fmt: skip
CONVERSION = Question(_("Conversion of leads"), LEADS, ("source", "channel", "campaign", "owner"), conversion(), "received_at")  # fmt: skip
MAP = Question(_("On the map"), DEALS, ("company.country", "company.country,company.region", "territory"), (SUM, COUNT), "closed_at", (WON,), "map")  # fmt: skip
CUBE = Question(
    _("Quarter by quarter"), DEALS,
    (f"{PRODUCT},company.industry,owner", f"{PRODUCT}.category,territory,owner", "company.industry,territory,owner"),
    (SUM, COUNT), "closed_at", (WON,), "table", "closed_at:quarter",
)  # fmt: skip
QUESTIONS = (AVERAGES, CYCLE, REASONS, WON_AMOUNT, CONVERSION, MAP, CUBE)
