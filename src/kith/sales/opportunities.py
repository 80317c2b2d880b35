"""The rules of an opportunity: probability, amounts, closing and opening again (R54-R62)."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import rates, writes
from kith.core.access import SYSTEM
from kith.core.batch import Batch, Item
from kith.core.entity import registry
from kith.core.following import follow
from kith.core.money import Money
from kith.core.staged import CLOSED
from kith.core.store import maker
from kith.processes.book import book
from kith.processes.entities.process import Process

from . import lines, preferences, scoring

#: What a closing says; an opportunity that is opened again forgets it, its outcome keeps it.
OUTCOME = ("actual_amount", "reasons", "reason_text", "competitor", "lesson")
HUNDRED = Decimal(100)
#: Clocks of other programs may be a little ahead.
SKEW = dt.timedelta(minutes=5)
#: What every open opportunity needs where forecasts are made (R61).
FORECAST_NEEDS = {
    "amount": _("Forecasts are made here: enter the expected amount."),
    "closes_on": _("Forecasts are made here: enter the expected close."),
}


def prepare(batch: Batch) -> None:
    """Probability, amounts and outcome follow stage, lines and rates."""
    entries(batch.items)
    scoring.prepare(batch)
    for item in batch.items:
        begin(item)
        outcome(item)
        probability(item)
        convert(item)
    territories(batch)


def value(item: Item, name: str, label: str = "sales.opportunity") -> Any:
    """The value a field will have."""
    if name in item.values:
        return item.values[name]
    return None if item.is_new else registry.get(label).fields[name].get(item.record)


def typed(item: Item, name: str) -> bool:
    """Whether a field is given a value that it does not have."""
    given = item.values.get(name)
    return given is not None and (
        item.is_new or given != registry.get("sales.opportunity").fields[name].get(item.record)
    )


def state(item: Item) -> str:
    """The state the opportunity will be in."""
    return str(value(item, "state") or "open")


def begin(item: Item) -> None:
    """It began on the day it was entered, unless said otherwise (R165); when it was further before that, nobody has said."""
    if item.is_new and not item.values.get("started_on"):
        today, known = timezone.localdate(), [value(item, "closed_at"), value(item, "stage_at")]
        earlier = any(moment and timezone.localdate(moment) < today for moment in known)
        item.values["started_on"] = None if earlier else today


def entries(items: list[Item]) -> None:
    """What is entered as amount is kept beside it: it holds again when the last product line goes (R63)."""
    for item in items:
        if "amount" in item.values and (item.is_new or item.values["amount"] != value_before(item, "amount")):
            item.values["entered_amount"] = item.values["amount"]


def value_before(item: Item, name: str) -> Any:
    """The value a field has now."""
    return registry.get("sales.opportunity").fields[name].get(item.record)


def outcome(item: Item) -> None:
    """Closing asks for the actual amount, won by default the expected one, lost none; opening again clears the outcome (R57-R60)."""
    if "state" not in item.values or (not item.is_new and item.values["state"] == item.record.state):
        return
    if not item.is_new and item.record.state in CLOSED:
        forget(item)
    if state(item) in CLOSED and value(item, "actual_amount") is None:
        item.values["actual_amount"] = value(item, "amount") if state(item) == "won" else zero(item)


def forget(item: Item) -> None:
    """What the former closing said stays with its outcome only; straight to another result may say something new."""
    kept = [name for name in OUTCOME if state(item) in CLOSED and typed(item, name)]
    item.values |= {name: [] if name == "reasons" else None for name in OUTCOME if name not in kept}
    if not typed(item, "probability"):
        item.values["probability_mode"] = "automatic"


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
        fixed = item.values["probability_auto"] = result_of(stage.kind)
        item.values["probability_mode"] = "automatic"
        if not typed(item, "probability"):  # another one is refused by `validate`
            item.values["probability"] = fixed
        return
    automatic = value(item, "score") if uses_score(stage.process_id) else stage.probability
    item.values["probability_auto"] = automatic
    if typed(item, "probability"):
        item.values.setdefault("probability_mode", "manual")
    elif "probability" in item.values and item.values["probability"] is None:
        item.values["probability_mode"] = "automatic"
    if (value(item, "probability_mode") or "automatic") == "automatic":
        item.values["probability"] = automatic


def result_of(state: str) -> Decimal:
    """The probability of what is over."""
    return HUNDRED if state == "won" else Decimal(0)


def uses_score(process: UUID) -> bool:
    """Whether the automatic probability of a process is the score."""
    course = book().course(process)
    return course is not None and course.process.probability_source == Process.Probability.SCORE


def convert(item: Item) -> None:
    """The amount in the base currency: of the day of closing for closed ones, of today for open ones."""
    if not item.is_new and item.values.keys().isdisjoint(("amount", "state", "closed_at")):
        return
    item.values["amount_base"] = lines.in_base(value(item, "amount"), value(item, "closed_at"))


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
    """It is about a company or a person; what is needed for the forecast is there; closing is complete; lines rule the amount."""

    def will_be(name: str) -> Any:
        return values[name] if name in values else registry.get("sales.opportunity").fields[name].get(record)

    errors: dict[str, list[Any]] = {}
    if not will_be("company") and not will_be("person"):
        errors["company"] = [_("Name a company or a person.")]
    if will_be("state") in CLOSED:
        errors |= wrong_closing(values, will_be)
    elif (record._state.adding or values.keys() & FORECAST_NEEDS.keys()) and preferences.get("sales.forecasting"):
        errors |= {name: [text] for name, text in FORECAST_NEEDS.items() if will_be(name) is None}
    if values.get("amount") and values.get("amount_base", ...) is None:
        errors["amount"] = [lines.no_rate(values["amount"].currency)]
    errors |= wrong_days(values.get("started_on"), will_be("closed_at"))
    if values.get("forecast_category") == "closed" and will_be("state") not in CLOSED:
        errors["forecast_category"] = [_("Only what is won counts as closed.")]
    return errors or lines.wrong_amount(record, values)


def wrong_days(started_on: dt.date | None, closed_at: dt.datetime | None) -> dict[str, list[Any]]:
    """What is wrong with the day of the beginning that is entered: it lies after the close."""
    if started_on is None or closed_at is None or started_on <= timezone.localdate(closed_at):
        return {}
    return {
        "started_on": [
            _("It began after it was closed, on %(day)s; correct one of the two days.")
            % {"day": timezone.localdate(closed_at)}
        ]
    }


def wrong_closing(values: dict[str, Any], will_be: Any) -> dict[str, list[Any]]:
    """What is wrong with how it ended: another probability than its result, a day to come, reasons (R56-R59)."""
    errors: dict[str, list[Any]] = {}
    if values.get("probability") not in (None, result_of(will_be("state"))):
        errors["probability"] = [_("What is won has 100 %, what is lost 0 %; open it again to enter another one.")]
    if "closed_at" in values and will_be("closed_at") > timezone.now() + SKEW:
        errors["closed_at"] = [_("It cannot be closed on a day to come.")]
    if not values.keys().isdisjoint(("state", "reasons", "reason_text")):
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
    closed = [item for item in batch.items if item.record.state in CLOSED]
    closing = [item for item in closed if item.is_new or "state" in item.after]
    entity = registry.get("sales.closeoutcome")
    make = maker(entity.model)
    follow(entity, [Item(make(), told(item.record), is_new=True) for item in closing])
    amend(
        [item for item in closed if item not in closing and not item.after.keys().isdisjoint((*OUTCOME, "closed_at"))]
    )
    scoring.derive(batch)


def told(record: Any) -> dict[str, Any]:
    """What an outcome keeps of a closed opportunity."""
    specs = registry.get("sales.opportunity").fields
    kept = {name: specs[name].get(record) for name in OUTCOME}
    closed_on = timezone.localdate(record.closed_at)
    return kept | {"opportunity": record.pk, "result": str(record.state), "closed_on": closed_on}


def amend(items: list[Item]) -> None:
    """Bring the latest outcome of each to what its opportunity says now."""
    if not items:
        return
    entity = registry.get("sales.closeoutcome")
    records = {item.record.pk: item.record for item in items}
    rows = entity.rows(SYSTEM).filter(opportunity__in=records).order_by("created_at", "pk")
    latest = {row.opportunity_id: row.pk for row in rows}
    follow(entity, [Item(row, told(records[row.opportunity_id])) for row in writes.lock(entity, latest.values())])
