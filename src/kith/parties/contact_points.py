"""Contact points themselves: normal forms (R17-R21), one primary of each kind (R15), and what the party shows of them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core import settings_store
from kith.core.access import SYSTEM
from kith.core.batch import Batch, Item
from kith.core.entity import registry
from kith.core.identity import mails, phones, urls
from kith.core.identity.problems import Problem

from . import faces, matching, primaries

SHOWN = {"email": "email", "phone": "phone", "site": "website"}
#: How much the columns of the card hold.
FITTING = {"email": 254, "phone": 60, "website": 500}
WRONG = {
    "email": _("Not an e-mail address; it needs one @ with a name before and a domain after it."),
    "site": _("Not a valid web address; allowed: http, https."),
    "phone": _("A phone number has at least one digit."),
}


def normal_form(kind: str, value: str, country: str = "") -> str:
    """The form by which two points are equal; "" when the value cannot be of this kind."""
    if kind == "phone":
        return (
            phones.normalise(value, country or settings_store.get("default_country")).stored
            if any(map(str.isdigit, value))
            else ""
        )
    if kind not in ("email", "site"):
        return " ".join(value.casefold().split())
    try:
        return mails.normal_form(value) if kind == "email" else urls.normalise_url(value)
    except Problem:
        return ""


def is_valid(point: Any) -> bool:
    """Whether a point can be primary: not known as invalid, and in its time."""
    return not point.invalid_reason and primaries.is_current(point)


def prepare(batch: Batch) -> None:
    """Normal form of new values; what is shown and stored is that form, the display name of a mail becomes its label."""
    from . import contact  # contact writes points

    written = [item for item in batch.items if {"value", "kind"} & item.values.keys() and merged(item, "value")]
    numbers = [item for item in written if merged(item, "kind") == "phone"]
    owners = faces.parties({party for item in numbers if (party := merged(item, "party"))}) if numbers else {}
    countries = contact.reading_countries(list(owners.values()))
    for item in written:
        kind, typed = merged(item, "kind") or "email", merged(item, "value")
        form = normal_form(kind, typed, countries.get(merged(item, "party"), ""))
        item.values["normalized"] = form
        if kind == "email" and form and not merged(item, "label"):
            item.values["label"] = mails.parse_mail(typed).name[:40]
        if form and kind != "messenger":
            item.values["value"] = form
    mark_first(batch)


def mark_first(batch: Batch) -> None:
    """Mark new points that are the first of their kind at their party."""
    new = [item for item in batch.items if item.is_new and not item.values.get("is_primary")]
    if not new:
        return
    points = (
        registry.get("parties.contactpoint")
        .rows(SYSTEM)
        .filter(party__in={item.values.get("party") for item in new} - {None})
    )
    taken = {(point.party_id, point.kind) for point in points if is_valid(point)}
    taken |= {
        (item.values.get("party"), item.values.get("kind") or "email")
        for item in batch.items
        if item.values.get("is_primary")
    }
    for item in new:
        group = (item.values.get("party"), item.values.get("kind") or "email")
        later = primaries.Span(*map(item.values.get, ("valid_from", "valid_to", "invalid_reason")))
        if group not in taken and is_valid(later):
            item.values["is_primary"] = True
            taken.add(group)


def merged(item: Item, name: str) -> Any:
    """What the field will hold: ids for links."""
    return item.values[name] if name in item.values else item_value(item.record, name)


def item_value(point: Any, name: str) -> Any:
    """What a point holds in a field: the id for a link."""
    return point.party_id if name == "party" else getattr(point, name)


def validate(point: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """A value of its kind, in the order of time; only a valid point can be marked."""
    now = {
        name: values[name] if name in values else getattr(point, name)
        for name in ("kind", "value", "valid_from", "valid_to", "invalid_reason")
    }
    kind = now["kind"] or "email"
    errors: dict[str, list[Any]] = {}
    if now["value"] and not values.get("normalized", point.normalized):
        errors["value"] = [WRONG[kind]]
    field = SHOWN.get(kind)
    if field and len(now["value"] or "") > FITTING[field]:
        errors["value"] = [
            _("Too long: %(count)d characters; at most %(limit)d fit.")
            % {"count": len(now["value"]), "limit": FITTING[field]}
        ]
    later = primaries.Span(now["valid_from"], now["valid_to"], now["invalid_reason"])
    if not primaries.in_order(later):
        errors["valid_to"] = [_("The last day lies before the first one.")]
    elif values.get("is_primary") and not point.is_primary and not is_valid(later):
        errors["is_primary"] = [_("Only a valid contact point can be the primary one.")]
    return errors


def derive(batch: Batch) -> None:
    """One primary of each kind (R15); the party shows it, is found by all points and recognised by them."""
    if batch.operation == "with_whole":
        return
    keys = primaries.wholes(batch, "party")
    if batch.operation == "purge":
        # Points that came with their party are erased with it.
        born = {key: party.created_at for key, party in faces.parties(keys).items()}
        keys = {
            item.record.party_id for item in batch.items if born.get(item.record.party_id) != item.record.created_at
        }
    owners = faces.locked(keys)
    shown = {} if batch.operation in primaries.BY_LEDGER else settle(owners, batch)
    faces.copy(owners, shown, renew=True)
    matching.refresh(owners.values())


def settle(keys: Collection[UUID], batch: Batch | None = None) -> dict[UUID, dict[str, Any]]:
    """Settle the primaries of parties; returns what each party has to show."""
    entity = registry.get("parties.contactpoint")
    points = primaries.live_parts(entity, "party", keys, batch)
    best = primaries.settle(
        entity, points, lambda point: (point.party_id, point.kind), primaries.marked(batch) if batch else (), is_valid
    )
    return {
        key: {field: found.value if (found := best.get((key, kind))) else None for kind, field in SHOWN.items()}
        for key in keys
    }
