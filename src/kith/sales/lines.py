"""Product lines: a product brings its price and name, and the lines make the opportunity's amount (R63)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import rates, writes
from kith.core.access import SYSTEM
from kith.core.batch import Batch, Item
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.following import follow
from kith.core.money import Money, currency_step, round_to

#: Places of `amount_base`.
BASE_STEP = Decimal("0.0001")


def prepare(batch: Batch) -> None:
    """A product brings its list price and name."""
    wanting = [item for item in batch.items if item.values.get("product") and brings(item)]
    keys = {item.values["product"] for item in wanting}
    products = {product.pk: product for product in registry.get("catalogue.product").rows(SYSTEM).filter(pk__in=keys)}
    for item in wanting:
        if product := products.get(item.values["product"]):
            if item.values.get("price") is None and product.price is not None:
                item.values["price"] = Money(product.price, product.price_currency)
            item.values["name"] = item.values.get("name") or product.name


def brings(item: Item) -> bool:
    """Whether the product of a line is a new one."""
    return item.is_new or bool(item.values["product"] != item.record.product_id)


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """A product or a description; one currency in an opportunity."""
    named = [
        values.get(name, getattr(record, attribute))
        for name, attribute in (("product", "product_id"), ("name", "name"))
    ]
    if not any(named):
        return {"product": [_("Choose a product or describe what it is.")]}
    price, opportunity = values.get("price"), values.get("opportunity", record.opportunity_id)
    if price is not None and opportunity:
        others = lines_of([opportunity]).exclude(pk=record.pk).exclude(price=None)
        if taken := others.exclude(price_currency=price.currency).values_list("price_currency", flat=True).first():
            return {"price": [one_currency(taken)]}
        if rates.rate(price.currency) is None:
            return {"price": [no_rate(price.currency)]}
    return {}


def no_rate(currency: str) -> str:
    """That an amount cannot be converted, and what to do (R6)."""
    return _("There is no exchange rate for %(currency)s yet; enter one in the settings.") % {"currency": currency}


def one_currency(taken: str) -> Any:
    """What is said about a second currency in an opportunity."""
    return _("The other lines are in %(currency)s; use the same currency.") % {"currency": taken}


def lines_of(keys: Any) -> Any:
    """The lines of opportunities."""
    return registry.get("sales.opportunityline").rows(SYSTEM).filter(opportunity__in=list(keys))


def derive(batch: Batch) -> None:
    """The opportunity's amount is the sum of its lines; without any it is again what was entered."""
    if batch.operation in ("undo", "purge", "with_whole"):
        return
    keys = {item.record.opportunity_id for item in batch.items}
    keys |= {item.before["opportunity"] for item in batch.items if item.before.get("opportunity")}
    entity = registry.get("sales.opportunity")
    records = writes.lock(entity, keys)
    sums = sums_of(keys)  # after the locks: what somebody else has just saved counts
    items = []
    for record in records:
        amount = sums.get(record.pk, entity.fields["entered_amount"].get(record))
        items.append(Item(record, {"amount": amount, "amount_base": in_base(amount, record.closed_at)}))
    follow(entity, items)


def in_base(amount: Money | None, closed_at: dt.datetime | None) -> Decimal | None:
    """An amount in the base currency of the day of closing, else of today."""
    found = rates.in_base(amount, timezone.localdate(closed_at) if closed_at else None)
    return None if found is None else round_to(found, BASE_STEP)


def sums_of(keys: Collection[UUID]) -> dict[UUID, Money]:
    """Σ quantity × price less discount of the lines of each opportunity, rounded once (R162)."""
    sums: dict[UUID, Decimal] = defaultdict(Decimal)
    currencies: dict[UUID, str] = {}
    rows = lines_of(keys).exclude(price=None)
    for key, quantity, price, currency, discount in rows.values_list(
        "opportunity", "quantity", "price", "price_currency", "discount"
    ):
        if currencies.setdefault(key, currency) != currency:
            raise Refused({"price": [one_currency(currencies[key])]})
        sums[key] += total(quantity, price, discount)
    return {key: Money(round_to(sum_, currency_step(currencies[key])), currencies[key]) for key, sum_ in sums.items()}


def total(quantity: Decimal, price: Decimal, discount: Decimal) -> Decimal:
    """What a line comes to, unrounded."""
    return quantity * price * (100 - discount) / 100


def wrong_amount(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """With product lines the amount is their sum; another one cannot be entered."""
    if "amount" not in values or record._state.adding:
        return {}
    if values["amount"] == registry.get("sales.opportunity").fields["amount"].get(record):
        return {}
    asked = sums_of([record.pk]).get(record.pk)
    if asked is None or asked == values["amount"]:
        return {}
    return {"amount": [_("The amount is the sum of the product lines, %(sum)s; change the lines.") % {"sum": asked}]}
