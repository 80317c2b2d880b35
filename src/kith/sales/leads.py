"""The rules of a lead: about whom it is, when it has to be answered, why it came to nothing."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import access, writes
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch, Item
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.following import follow
from kith.core.pipeline import Outcome, now
from kith.core.staged import State
from kith.processes.book import book

from . import preferences, scoring, working
from .opportunities import territories, value, wrong_reasons

UNQUALIFIED = "unqualified"
PARTIES = {"person": "parties.person", "company": "parties.company"}


def prepare(batch: Batch) -> None:
    """Moments, title, territory of the party; by whom it was recognised."""
    for item in batch.items:
        if item.is_new and not item.values.get("received_at"):
            item.values["received_at"] = item.extra.get("since") or now()  # at the latest
        clock(item)
        by_hand(item)
    titles(batch.items)
    scoring.prepare(batch)
    territories(batch)
    own_contacts(batch)


def of(item: Item, name: str) -> Any:
    """The value a field of a lead will have."""
    return value(item, name, "sales.lead")


def clock(item: Item) -> None:
    """Until when it is to be answered: so many working hours after it came (setting `lead.response_hours`)."""
    hours = preferences.get("lead.response_hours")
    if "received_at" in item.values:
        item.values["respond_by"] = (
            working.after(item.values["received_at"], hours) if hours and item.values["received_at"] else None
        )


def by_hand(item: Item) -> None:
    """A party that somebody chooses was chosen by hand."""
    for name in PARTIES:
        if name in item.values and not item.is_new and item.values[name] != getattr(item.record, f"{name}_id"):
            item.values[f"{name}_by"] = "chosen" if item.values[name] else None


def titles(items: Iterable[Item]) -> None:
    """A lead without a subject is called like its company, else its person (R12)."""
    wanting = [item for item in items if item.is_new and not item.values.get("name")]
    for label, name in (("parties.person", "person"), ("parties.company", "company")):
        keys = {item.values[name] for item in wanting if item.values.get(name)}
        known = dict(registry.get(label).rows(SYSTEM).filter(pk__in=keys).values_list("pk", "name")) if keys else {}
        for item in wanting:
            if item.values.get(name) in known:
                item.values["name"] = known[item.values[name]][:200]


def own_contacts(batch: Batch) -> None:
    """Note leads whose person has the e-mail of their owner; `validate` refuses them (R14)."""
    asked = [
        item
        for item in batch.items
        if {"owner", "person"} & item.values.keys() and of(item, "owner") and of(item, "person")
    ]
    people = {of(item, "person") for item in asked}
    owners = {of(item, "owner") for item in asked}
    mails = addresses("parties.person", people) if asked else {}
    own = addresses("access.user", owners) if asked else {}
    for item in asked:
        mail = mails.get(of(item, "person"))
        item.record.is_own_contact = bool(mail) and mail == own.get(of(item, "owner"))


def addresses(label: str, keys: Iterable[UUID]) -> dict[UUID, str]:
    """E-mail addresses by record."""
    rows = registry.get(label).rows(SYSTEM).filter(pk__in=list(keys)).values_list("pk", "email")
    return {key: mail.lower() for key, mail in rows if mail}


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """A lead is about a person or a company, never about its owner; an unqualified one has a reason."""

    def will_be(name: str) -> Any:
        return values[name] if name in values else registry.get("sales.lead").fields[name].get(record)

    errors: dict[str, list[Any]] = {}
    if not will_be("company") and not will_be("person"):
        errors["person"] = [_("Name a person or a company.")]
    if getattr(record, "is_own_contact", False):
        errors["owner"] = [_("The owner cannot be the lead's own contact.")]
    if will_be("state") == "lost" and not values.keys().isdisjoint(("state", "reasons", "reason_text")):
        errors |= wrong_reasons(UNQUALIFIED, will_be("process"), will_be("reasons") or (), will_be("reason_text"))
    return errors


def derive(batch: Batch) -> None:
    """The score follows; provisional parties belong to who owns their lead."""
    scoring.derive(batch)
    if batch.operation in ("create", "edit"):
        hand_over([item for item in batch.items if not item.is_new and "owner" in item.after])


def hand_over(items: Sequence[Item]) -> None:
    """Give the provisional parties that a lead's former owner had to its new owner; those of others stay theirs."""
    for name, label in PARTIES.items():
        owners = {key: item for item in items if (key := getattr(item.record, f"{name}_id"))}
        entity = registry.get(label)
        known = entity.rows(SYSTEM).filter(pk__in=owners, status="provisional")
        follow(
            entity,
            [
                Item(party, {"owner": owners[party.pk].record.owner_id})
                for party in writes.lock(entity, known.values_list("pk", flat=True))
                if party.owner_id == owners[party.pk].before.get("owner")
            ],
        )


# --- what people do ----------------------------------------------------------------------------------------------------


def answered(actor: Actor, leads: Sequence[Any]) -> Outcome:
    """Stop the clock of leads by hand; those answered before stay as they are."""
    keys = [lead.pk for lead in leads if lead.first_response_at is None]
    return writes.update_many(
        actor, registry.get("sales.lead"), keys, {"first_response_at": timezone.now()}, kind="answer"
    )


def recycle(actor: Actor, leads: Sequence[Any]) -> Outcome:
    """Put open leads back for later: on hold and without an owner."""

    def waiting(lead: Any) -> dict[str, Any]:
        course = book().course(lead.process_id)
        stages = course.of_kind(State.HOLD) if course else ()
        if not stages:
            raise Refused({"stage": [_("The process of this lead has no stage in which it can wait.")]})
        return {"stage": stages[0].pk}

    entity = registry.get("sales.lead")
    keys = [lead.pk for lead in leads if lead.state == State.OPEN]
    with change_set(actor, kind="recycle", entity=entity.label):
        outcome = writes.update_many(actor, entity, keys, waiting)
        # Whoever works a lead may put it back, also without the right to give leads to others.
        items = [Item(lead, {"owner": None}) for lead in outcome.records if lead.owner_id]
        follow(entity, items)
        hand_over(items)
    return outcome


def activate(actor: Actor, leads: Sequence[Any]) -> int:
    """Make the provisional parties of leads known ones: "create contact" (R11); returns how many."""
    made = 0
    with change_set(actor, kind="activate", entity="sales.lead"):
        for lead in leads:
            access.fetch(registry.get("sales.lead"), actor, lead.pk, "edit")
            made += activate_parties(lead)
    return made


def activate_parties(lead: Any) -> int:
    """Make the provisional person and company of a lead active, and the person work there (R42)."""
    made = 0
    for name, label in PARTIES.items():
        key = getattr(lead, f"{name}_id")
        party = registry.get(label).rows(SYSTEM).filter(pk=key, status="provisional").first() if key else None
        if party is not None:
            writes.save(SYSTEM, party, {"status": "active"})
            made += 1
    return made
