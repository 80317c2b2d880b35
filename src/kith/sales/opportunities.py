"""The rules of an opportunity: probability, amounts, closing and opening again (R54-R62)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import rates
from kith.core.access import SYSTEM
from kith.core.entity import Batch, Item, registry
from kith.core.following import follow
from kith.core.money import Money
from kith.core.staged import CLOSED
from kith.core.store import maker
from kith.processes.book import book
from kith.processes.entities.process import Process

#: What a closing says; an opportunity that is opened again forgets it, its outcome keeps it.
OUTCOME = ("actual_amount", "reasons", "reason_text", "competitor", "lesson")
HUNDRED = Decimal(100)


def prepare(batch: Batch) -> None:
    """Probability, amounts and outcome follow stage and rates."""
    for item in batch.items:
        begin(item)
        outcome(item)
        probability(item)
        convert(item)
    territories(batch)


def value(item: Item, name: str) -> Any:
    """The value a field will have."""
    if name in item.values:
        return item.values[name]
    return None if item.is_new else registry.get("sales.opportunity").fields[name].get(item.record)


def state(item: Item) -> str:
    """The state the opportunity will be in."""
    return str(value(item, "state") or "open")


def begin(item: Item) -> None:
    """It began on the day it was entered, unless said otherwise (R165)."""
    if item.is_new and not item.values.get("started_on"):
        item.values["started_on"] = timezone.localdate()


def outcome(item: Item) -> None:
    """Closing asks for the actual amount, won by default the expected one, lost none; opening again clears the outcome (R57-R60)."""
    entering = "state" in item.values and (item.is_new or item.values["state"] != item.record.state)
    if not entering:
        return
    if state(item) not in CLOSED:
        if not item.is_new and item.record.state in CLOSED:
            item.values |= dict.fromkeys(OUTCOME) | {"reasons": [], "probability_mode": "automatic"}
        return
    if item.values.get("actual_amount") is None:
        item.values["actual_amount"] = value(item, "amount") if state(item) == "won" else zero(item)


def zero(item: Item) -> Money:
    """Nothing, in the currency of the opportunity."""
    amount = value(item, "amount")
    return Money(Decimal(0), amount.currency if amount else rates.base())


def probability(item: Item) -> None:
    """The automatic probability is the stage's or the score; by hand it stays until told otherwise; closed is 100 or 0 (R54-R56)."""
    stage = book().stage(value(item, "stage"))
    if stage is None:
        return
    if stage.kind in CLOSED:
        item.values["probability"] = item.values["probability_auto"] = HUNDRED if stage.kind == "won" else Decimal(0)
        item.values["probability_mode"] = "automatic"
        return
    automatic = by_score(item) if uses_score(stage.process_id) else stage.probability
    item.values["probability_auto"] = automatic
    typed = "probability" in item.values and item.values["probability"] is not None
    if typed and (item.is_new or item.values["probability"] != item.record.probability):
        item.values.setdefault("probability_mode", "manual")
    if (value(item, "probability_mode") or "automatic") == "automatic":
        item.values["probability"] = automatic


def uses_score(process: UUID) -> bool:
    """Whether the automatic probability of a process is the score."""
    course = book().course(process)
    return course is not None and course.process.probability_source == Process.Probability.SCORE


def by_score(item: Item) -> Decimal | None:
    """The score, as a probability."""
    return None if item.is_new else item.record.score


def convert(item: Item) -> None:
    """The amount in the base currency: of the day of closing for closed ones, of today for open ones."""
    if not item.is_new and item.values.keys().isdisjoint(("amount", "state", "closed_at")):
        return
    closed = value(item, "closed_at")
    item.values["amount_base"] = rates.in_base(value(item, "amount"), timezone.localdate(closed) if closed else None)


def territories(batch: Batch) -> None:
    """A new opportunity lies in the territory of its company, else of its contact."""
    wanting = [item for item in batch.items if item.is_new and not item.values.get("territory")]
    for label, name in (("parties.person", "person"), ("parties.company", "company")):
        keys = {item.values[name] for item in wanting if item.values.get(name)}
        known = territories_of(label, keys) if keys else {}
        for item in wanting:
            party = item.values.get(name)
            if party in known:
                item.values["territory"] = known[party]


def territories_of(label: str, keys: Iterable[UUID]) -> dict[UUID, UUID]:
    """The territory of each party that has one."""
    rows = registry.get(label).rows(SYSTEM).filter(pk__in=keys).exclude(territory=None)
    return dict(rows.values_list("pk", "territory_id"))


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """It is about a company or a person; reasons fit to the result."""

    def will_be(name: str) -> Any:
        return values[name] if name in values else registry.get("sales.opportunity").fields[name].get(record)

    errors: dict[str, list[Any]] = {}
    if not will_be("company") and not will_be("person"):
        errors["company"] = [_("Name a company or a person.")]
    if will_be("state") in CLOSED and not values.keys().isdisjoint(("state", "reasons", "reason_text")):
        errors |= wrong_reasons(will_be("state"), will_be("process"), will_be("reasons") or (), will_be("reason_text"))
    return errors


def wrong_reasons(result: str, process: UUID, keys: Iterable[UUID], text: str | None) -> dict[str, list[Any]]:
    """What is wrong with the reasons of a result: none for one lost, those of another result or process, a missing text (R58)."""
    rows = list(registry.get("sales.reason").rows(SYSTEM).filter(pk__in=list(keys)))
    if result != "won" and not rows:
        return {"reasons": [_("Name at least one reason.")]}
    if any(reason.result != result or not fits(reason, process) for reason in rows):
        return {"reasons": [_("Choose reasons that fit to the result.")]}
    if not text and (asking := next((reason for reason in rows if reason.needs_text), None)):
        return {"reason_text": [_("“%(reason)s” asks for a text.") % {"reason": asking}]}
    return {}


def fits(reason: Any, process: UUID) -> bool:
    """Whether a reason is a general one or one of this process, in whatever edition."""
    own, asked = book().course(reason.process_id), book().course(process)
    return own is None or (asked is not None and own.process.series == asked.process.series)


def derive(batch: Batch) -> None:
    """A closed opportunity leaves an outcome; one changed afterwards changes the latest."""
    if batch.operation not in ("create", "edit"):
        return
    closing = [item for item in batch.items if item.record.state in CLOSED and (item.is_new or "state" in item.after)]
    entity = registry.get("sales.closeoutcome")
    make = maker(entity.model)
    follow(entity, [Item(make(), told(item.record), is_new=True) for item in closing])


def told(record: Any) -> dict[str, Any]:
    """What an outcome keeps of an opportunity just closed."""
    specs = registry.get("sales.opportunity").fields
    kept = {name: specs[name].get(record) for name in OUTCOME}
    closed_on = timezone.localdate(record.closed_at)
    return kept | {"opportunity": record.pk, "result": str(record.state), "closed_on": closed_on}
