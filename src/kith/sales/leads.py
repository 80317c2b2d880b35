"""The rules of a lead: about whom it is, when it has to be answered, why it came to nothing."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core.entity import Batch, registry
from kith.core.pipeline import now

from . import scoring
from .opportunities import territories, wrong_reasons

UNQUALIFIED = "unqualified"


def prepare(batch: Batch) -> None:
    """A new lead was received now, unless said otherwise, and lies in the territory of its party."""
    for item in batch.items:
        if item.is_new and not item.values.get("received_at"):
            item.values["received_at"] = now()
    scoring.prepare(batch)
    territories(batch)


def derive(batch: Batch) -> None:
    """The score follows from what is written."""
    scoring.derive(batch)


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """A lead is about a person or a company; an unqualified one has a reason."""

    def will_be(name: str) -> Any:
        return values[name] if name in values else registry.get("sales.lead").fields[name].get(record)

    errors: dict[str, list[Any]] = {}
    if not will_be("company") and not will_be("person"):
        errors["person"] = [_("Name a person or a company.")]
    if will_be("state") == "lost" and not values.keys().isdisjoint(("state", "reasons", "reason_text")):
        errors |= wrong_reasons(UNQUALIFIED, will_be("process"), will_be("reasons") or (), will_be("reason_text"))
    return errors
