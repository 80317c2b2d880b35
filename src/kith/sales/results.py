"""What deals came to, in figures that open their rows: against a competitor, by a partner (B10, A12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import pgettext_lazy

from kith.core import rates
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.filters import Test, to_term
from kith.core.money import Money, currency_step, round_to

MET = "opportunitycompetitor-opportunity.competitor"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of deals with their amount in the base currency, and the list of them."""

    label: Any
    count: int
    amount: Money
    href: str


@dataclass(frozen=True, slots=True)
class Results:
    """Deals by how they ended; `rate` is won ÷ (won + lost), 4 places, None without any (R165)."""

    figures: tuple[Figure, ...]
    rate: Decimal | None
    rate_href: str

    @property
    def is_empty(self) -> bool:
        """Whether there are no deals at all."""
        return not any(figure.count for figure in self.figures)


def href(*tests: Test) -> str:
    """The list of opportunities under these conditions."""
    return "/opportunities/?" + urlencode([("shape", "list"), *(("f", to_term(test)) for test in tests)])


def against(actor: Actor, competitor: Any) -> Results:
    """How we did where we met a competitor."""
    rows = (
        registry.get("sales.opportunity")
        .rows(actor)
        .filter(competitors__competitor=competitor.pk, competitors__deleted_at=None)
    )
    return results(rows, Test(MET, "any", [str(competitor.pk)]))


def brought(actor: Actor, partner: Any) -> Results:
    """What a partner brought."""
    rows = registry.get("sales.opportunity").rows(actor).filter(partner=partner.pk)
    return results(rows, Test("partner", "any", [str(partner.pk)]))


def results(rows: "QuerySet[Any]", test: Test) -> Results:
    """The figures of a set of opportunities."""
    numbers = dict(rows.order_by().values_list("state").annotate(n=Count("pk", distinct=True)))
    open_states, won, lost = ["open", "hold"], numbers.get("won", 0), numbers.get("lost", 0)
    figures = (
        figure(pgettext_lazy("stage", "won"), ["won"], numbers, actual(rows), test),
        figure(pgettext_lazy("stage", "lost"), ["lost"], numbers, expected(rows, ["lost"]), test),
        figure(pgettext_lazy("stage", "open"), open_states, numbers, expected(rows, open_states), test),
    )
    rate = (Decimal(won) / (won + lost)).quantize(Decimal("0.0001"), ROUND_HALF_UP) if won + lost else None
    return Results(figures, rate, href(test, Test("state", "any", ["won", "lost"])))


def figure(label: Any, states: list[str], numbers: dict[str, int], amount: Decimal, test: Test) -> Figure:
    """One figure."""
    money = Money(round_to(amount, currency_step(rates.base())), rates.base())
    return Figure(
        label, sum(numbers.get(state, 0) for state in states), money, href(test, Test("state", "any", states))
    )


def expected(rows: "QuerySet[Any]", states: Iterable[str]) -> Decimal:
    """The sum of expected amounts in the base currency."""
    return rows.filter(state__in=states).order_by().aggregate(sum=Sum("amount_base"))["sum"] or Decimal(0)


def actual(rows: "QuerySet[Any]") -> Decimal:
    """The sum of actual amounts of won deals, each by the rate of its day of closing."""
    won = rows.filter(Q(state="won") & ~Q(actual_amount=None)).order_by().annotate(day=TruncDate("closed_at"))
    groups = won.values_list("actual_amount_currency", "day").annotate(sum=Sum("actual_amount"))
    amounts = (rates.in_base(Money(total, currency), day) for currency, day, total in groups)
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
