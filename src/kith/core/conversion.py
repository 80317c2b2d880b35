"""Amounts in the base currency inside queries: each by the rate of its day, nothing where there is no rate (R6)."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Case, DateField, DecimalField, ExpressionWrapper, Func, Q, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.db.models.lookups import Exact, IsNull
from django.utils import timezone

from . import past, rates
from .money import Money

if TYPE_CHECKING:
    from .entity import Entity
    from .specs import FieldSpec

AMOUNT = DecimalField(max_digits=38, decimal_places=12)


class Converted(Money):
    """A sum of amounts in several currencies, in the base currency."""

    __slots__ = ()


class RateOn(Func):
    """What one unit of a currency was worth on a day: the latest rate not after it."""

    arg_joiner = " AND r.valid_on <= "
    output_field = DecimalField(max_digits=18, decimal_places=8)

    def __init__(self, currency: Any, day: Any) -> None:
        template = f"(SELECT r.rate FROM {rates.source()} r WHERE r.deleted_at IS NULL AND r.currency = %(expressions)s ORDER BY r.valid_on DESC LIMIT 1)"
        super().__init__(currency, day, template=template)


def in_base(amount: Any, currency: Any, day: Any = None) -> Any:
    """An amount as an expression, from those of amount, currency and the day whose rate counts (default: today).

    Only amounts in other currencies ask for a rate.
    """
    rate = today(currency) if day is None else RateOn(currency, Coalesce(day, Value(past.today(), DateField())))
    product = ExpressionWrapper(amount * rate, output_field=AMOUNT)
    return Case(
        When(Exact(currency, Value(rates.base())), then=amount),
        When(IsNull(amount, True), then=Value(None)),
        default=product,
        output_field=AMOUNT,
    )


def today(currency: Any) -> Any:
    """Today's rates: few enough to be written into the query."""
    known = {code: found for code in rates.table() if (found := rates.rate(code)) is not None}
    whens = [When(Exact(currency, Value(code)), then=Value(rate)) for code, rate in sorted(known.items())]
    return Case(*whens, default=Value(None), output_field=DecimalField(max_digits=18, decimal_places=8))


def day_of(entity: "Entity", prefix: str = "") -> Any:
    """The day whose rate counts for the amounts of a record, as an expression: what its entity names, None for today."""
    if not entity.rate_day:
        return None
    spec = entity.fields[entity.rate_day]
    value = spec.expression(prefix)
    return TruncDate(value, tzinfo=timezone.get_current_timezone()) if spec.type.name == "moment" else value


def of_field(entity: "Entity", spec: "FieldSpec") -> Any:
    """An amount of a record in the base currency, as an expression."""
    return in_base(spec.expression(), spec.currency(), day_of(entity))


def of_others(entity: "Entity", spec: "FieldSpec") -> Any:
    """As `of_field`, but nothing for amounts that are in the base currency already: sums of many rows need not add them twice."""
    return Case(
        When(Exact(spec.currency(), Value(rates.base())), then=Value(None)),
        default=of_field(entity, spec),
        output_field=AMOUNT,
    )


def lacks_rate(spec: "FieldSpec", converted: str) -> Q:
    """The rows whose amount has no rate."""
    return Q(IsNull(spec.expression(), False), **{f"{converted}__isnull": True})


def of_record(entity: "Entity", record: Any, money: Money | None) -> Decimal | None:
    """An amount of a record in the base currency, the same as `of_field`; None without a rate."""
    if money is None or money.currency == rates.base():
        return None if money is None else money.amount
    day = entity.fields[entity.rate_day].get(record) if entity.rate_day else None
    return rates.in_base(money, timezone.localdate(day) if isinstance(day, dt.datetime) else day)
