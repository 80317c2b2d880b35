"""What deals came to, in figures that open their rows: against a competitor, by a partner (B10, A12)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import pgettext_lazy

from kith.core import access, rates
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.filters import Test, to_term
from kith.core.money import Money, currency_step, round_to
from kith.core.staged import GOING

MET = "opportunitycompetitor-opportunity.competitor"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of deals with their amount in the base currency, as far as it may be read, and the list of them."""

    label: Any
    count: int
    amount: Money | None
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
    return results(actor, rows, Test(MET, "any", [str(competitor.pk)]))


def brought(actor: Actor, partner: Any) -> Results:
    """What a partner brought."""
    rows = registry.get("sales.opportunity").rows(actor).filter(partner=partner.pk)
    return results(actor, rows, Test("partner", "any", [str(partner.pk)]))


def results(actor: Actor, rows: "QuerySet[Any]", test: Test) -> Results:
    """The figures of a set of opportunities; none for who may not read what they are told by, no amounts for who may not read those."""
    readable = access.readable(actor, registry.get("sales.opportunity"))
    if "state" not in readable or not is_told(actor, readable, test):
        return Results((), None, "")
    numbers = dict(rows.order_by().values_list("state").annotate(n=Count("pk", distinct=True)))
    won, lost = numbers.get("won", 0), numbers.get("lost", 0)
    figures = (
        figure(pgettext_lazy("stage", "won"), ["won"], numbers, actual(rows) if "actual_amount" in readable else None, test),
        figure(pgettext_lazy("stage", "lost"), ["lost"], numbers, expected(rows, ["lost"]) if "amount" in readable else None, test),
        figure(pgettext_lazy("stage", "open"), [*GOING], numbers, expected(rows, GOING) if "amount" in readable else None, test),
    )  # fmt: skip
    rate = (Decimal(won) / (won + lost)).quantize(Decimal("0.0001"), ROUND_HALF_UP) if won + lost else None
    return Results(figures, rate, href(test, Test("state", "any", ["won", "lost"])))


def is_told(actor: Actor, readable: Collection[str], test: Test) -> bool:
    """Whether the actor may read by what the opportunities are chosen."""
    if test.field != MET:
        return test.field in readable
    return "competitor" in access.readable(actor, registry.get("sales.opportunitycompetitor"))


def figure(label: Any, states: list[str], numbers: dict[str, int], amount: Decimal | None, test: Test) -> Figure:
    """One figure."""
    money = None if amount is None else Money(round_to(amount, currency_step(rates.base())), rates.base())
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
