"""How people are called: the display name from the parts, parts from a whole name, the order of lists (R12)."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch, Item
from kith.core.identity.naming import parse_name
from kith.core.identity.person import PersonName, display
from kith.core.identity.phones import format_for
from kith.core.identity.sortkeys import person_key, text_key

#: Fields of the record by part of a PersonName.
PARTS = {
    "given_name": "given",
    "middle_name": "middle",
    "family_name": "family",
    "prefix": "prefix",
    "suffix": "suffix",
}
DECIDING = frozenset({*PARTS, "native_name", "language", "status", "email", "phone"})
LONGEST_PART, LONGEST_NAME = {"prefix": 40, "suffix": 40}, 300


def prepare(batch: Batch) -> None:
    """Set the display name of people whose parts are new or change; divide a whole name that came without parts."""
    for item in batch.items:
        if not item.is_new and DECIDING.isdisjoint(item.values):
            continue
        name = parts(item)
        if not name and (whole := value(item, "native_name")):
            name = parse_name(whole, value(item, "language"))
            item.values.update(divided(name))
        shown = (shown_as(name, value(item, "language")) or value(item, "native_name") or stand_in(item))[:LONGEST_NAME]
        if item.is_new or shown != item.record.name:
            item.values["name"] = shown


def value(item: Item, field: str) -> str:
    """What the text field will hold."""
    return str((item.values[field] if field in item.values else getattr(item.record, field)) or "")


def parts(item: Item) -> PersonName:
    """The name that the record will have."""
    return PersonName(**{part: value(item, field) for field, part in PARTS.items()})


def divided(name: PersonName) -> dict[str, str]:
    """The filled parts of a name by field; none if one does not fit into its column."""
    found = {field: text for field, part in PARTS.items() if (text := getattr(name, part))}
    return found if all(len(text) <= LONGEST_PART.get(field, 120) for field, text in found.items()) else {}


def split(text: str, language: str = "") -> dict[str, str]:
    """Fields of a person for a whole name as people type it: what lookups and imports use."""
    return divided(parse_name(text, language))


def shown_as(name: PersonName, language: str) -> str:
    """The display name in the order of the person's language; without a family name the patronymic stays."""
    if name.given and name.middle and not name.family:
        return f"{name.given} {name.middle}"
    return display(name, language) if name else ""


def stand_in(item: Item) -> str:
    """What a provisional person without any name is called: the e-mail before "@", else the phone (R12, R13)."""
    if value(item, "status") != "provisional":
        return ""
    return value(item, "email").partition("@")[0] or format_for(value(item, "phone"))


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """A person needs a name; a birth lies in the past."""
    errors: dict[str, list[Any]] = {}
    if not values.get("name", record.name):
        errors["family_name"] = [_("A person needs a name: given name, family name or the name in own script.")]
    born = values.get("birth_date")
    if born and born > timezone.localdate():
        errors["birth_date"] = [_("A birth date cannot lie in the future.")]
    return errors


def sort_text(record: Any) -> str:
    """By family name, then given name."""
    name = PersonName(record.given_name, record.middle_name, record.family_name)
    return person_key(name) if name else text_key(record.name)
