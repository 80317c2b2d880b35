"""Conversion between currencies by the rates of a day; the base currency is that of the own company (KITH_CURRENCY)."""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from decimal import Decimal
from typing import Any

from babel.numbers import list_currencies
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from . import asof, custom_fields, past
from .access import SYSTEM
from .entity import registry
from .money import Money

type Table = dict[str, tuple[list[dt.date], list[Decimal]]]


def base() -> str:
    """The currency in which figures are added up."""
    return str(settings.KITH_CURRENCY)


def table() -> Table:
    """All rates by currency, in the order of their days; read anew when one changes. Of the past, those that were known then."""
    when = past.current()
    if when is None:
        return custom_fields.remembered("rates", load)
    if "rates" not in when.memo:
        when.memo["rates"] = load()
    return when.memo["rates"]  # type: ignore[no-any-return]


def source() -> str:
    """What queries take rates from: the table, or what it held then."""
    entity, when = registry.get("core.exchangerate"), past.current()
    return entity.model._meta.db_table if when is None else asof.written_out(entity, when)


def load() -> Table:
    """Read all rates."""
    found: Table = defaultdict(lambda: ([], []))
    entity, when = registry.get("core.exchangerate"), past.current()
    found_rows = entity.rows(SYSTEM) if when is None else asof.rows(entity, SYSTEM, when)
    rows = found_rows.order_by("valid_on")
    for currency, day, rate in rows.values_list("currency", "valid_on", "rate"):
        found[currency][0].append(day)
        found[currency][1].append(rate)
    return found


def rate(currency: str, day: dt.date | None = None) -> Decimal | None:
    """What one unit was worth on a day (default: today): by the latest rate not after it; None without one (R6)."""
    if currency == base():
        return Decimal(1)
    days, values = table().get(currency, ([], []))
    place = bisect_right(days, day or past.today())
    return values[place - 1] if place else None


def in_base(money: Money | None, day: dt.date | None = None) -> Decimal | None:
    """An amount in the base currency, unrounded; None where there is no amount or no rate."""
    if money is None:
        return None
    found = rate(money.currency, day)
    return None if found is None else money.amount * found


def validate(values: dict[str, Any]) -> dict[str, list[Any]]:
    """A currency that exists and is not the base itself."""
    code = values.get("currency")
    if code is None:
        return {}
    if code not in list_currencies():
        return {"currency": [_("Not the code of a currency, such as USD.")]}
    if code == base():
        return {"currency": [_("This is the base currency; its rate is always 1.")]}
    return {}


def announce() -> None:
    """A rate was written: every process reads anew."""
    custom_fields.announce()
