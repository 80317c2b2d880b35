"""Product lines: a product brings its price and name, and the lines make the opportunity's amount (R63)."""

from collections import defaultdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core import rates, writes
from kith.core.access import SYSTEM
from kith.core.entity import Batch, Item, registry
from kith.core.following import follow
from kith.core.money import Money, currency_step, round_to


def prepare(batch: Batch) -> None:
    """A product brings its list price and name."""
    wanting = [item for item in batch.items if item.is_new and item.values.get("product")]
    keys = {item.values["product"] for item in wanting}
    products = {product.pk: product for product in registry.get("catalogue.product").rows(SYSTEM).filter(pk__in=keys)}
    for item in wanting:
        if product := products.get(item.values["product"]):
            if item.values.get("price") is None and product.price is not None:
                item.values["price"] = Money(product.price, product.price_currency)
            item.values["name"] = item.values.get("name") or product.name


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
            return {"price": [_("The other lines are in %(currency)s; use the same currency.") % {"currency": taken}]}
    return {}


def lines_of(keys: Any) -> Any:
    """The lines of opportunities."""
    return registry.get("sales.opportunityline").rows(SYSTEM).filter(opportunity__in=list(keys))


def derive(batch: Batch) -> None:
    """The opportunity's amount is the sum of its lines; without any it stays as it was."""
    if batch.operation in ("undo", "purge", "with_whole"):
        return
    keys = {item.record.opportunity_id for item in batch.items}
    keys |= {item.before["opportunity"] for item in batch.items if item.before.get("opportunity")}
    sums = sums_of(keys)
    entity = registry.get("sales.opportunity")
    items = [
        Item(record, {"amount": sums[record.pk], "amount_base": rates.in_base(sums[record.pk])})
        for record in writes.lock(entity, [key for key in keys if key in sums])
        if record.is_open
    ]
    follow(entity, items)


def sums_of(keys: set[UUID]) -> dict[UUID, Money]:
    """Σ quantity × price less discount of the lines of each opportunity, rounded once (R162)."""
    sums: dict[UUID, Decimal] = defaultdict(Decimal)
    currencies: dict[UUID, str] = {}
    rows = lines_of(keys).exclude(price=None)
    for key, quantity, price, currency, discount in rows.values_list(
        "opportunity", "quantity", "price", "price_currency", "discount"
    ):
        sums[key] += quantity * price * (100 - discount) / 100
        currencies[key] = currency
    return {key: Money(round_to(total, currency_step(currencies[key])), currencies[key]) for key, total in sums.items()}
