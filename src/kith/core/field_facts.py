"""What is wrong with the definition of a custom field: its name, its choices, its limits, and what records hold already."""

import re
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from . import custom_fields, field_usage, patterns
from .access import SYSTEM
from .address_fields import PartSpec
from .changes import author
from .entity import Entity, registry
from .errors import BadValue, Refused
from .types.address import PARTS

NAME = re.compile(r"x_[a-z0-9_]{1,58}")
#: Django takes two underscores for a step inside a path, and one at the end for the beginning of such.
PARTED = re.compile(r"__|_$")
FIXED = ("entity", "name", "kind", "target")
HUES = frozenset({"rose", "orange", "amber", "lime", "green", "teal", "blue", "violet", "plum", "grey"})
#: Kinds of which two records may be asked not to hold the same, which search can find, and which fit a pattern.
UNIQUE = frozenset({"text", "number", "date", "url", "mail", "phone", "link"})
SEARCHED = frozenset({"text", "longtext", "url", "mail", "phone", "words", "address"})
PATTERNED = frozenset({"text", "url", "mail", "phone"})
Errors = dict[str, list[Any]]


def problems(definitions: Entity, record: Any, values: dict[str, Any]) -> Errors:
    """Errors by field of a definition as it would be with these values."""
    names = [spec.name for spec in definitions.fields.values() if spec.columns and not spec.is_bag]
    now = SimpleNamespace(**{name: values[name] if name in values else getattr(record, name, None) for name in names})
    now.options, now.looks, now.translations = now.options or [], now.looks or {}, now.translations or {}
    is_new = bool(record._state.adding)
    errors: Errors = {}
    entity = registry.find(str(now.entity))
    if entity is None or not custom_fields.takes_fields(entity):
        valid = ", ".join(sorted(other.label for other in registry if custom_fields.takes_fields(other)))
        errors["entity"] = [_("Unknown kind of record; there are: %(valid)s.") % {"valid": valid}]
    if not NAME.fullmatch(str(now.name)):
        errors["name"] = [_("The name begins with x_ and has only small Latin letters, digits and underscores.")]
    elif is_new and PARTED.search(str(now.name)):
        errors["name"] = [_("The name has no two underscores side by side and none at its end.")]
    errors |= wrong_choices(now) | wrong_limits(now) | wrong_marks(now)
    for name in FIXED:
        if not is_new and name in values and (values[name] or "") != (getattr(record, name) or ""):
            errors[name] = [_("This cannot change any more; values are stored under it. Define another field.")]
    if entity is None or errors:
        return errors
    if is_new:
        return wrong_name(definitions, entity, now)
    return wrong_values(entity, record, now)


def wrong_name(definitions: Any, entity: Entity, now: Any) -> Errors:
    """A name under which records hold values of another kind already."""
    if taken := taken_parts(entity, now):
        return {"name": [_("“%(name)s” is the name of a part of an address; choose another one.") % {"name": taken}]}
    if not definitions.is_taken(entity, str(now.name), str(now.kind)):
        return {}
    text = _("Records hold values of another kind under this name, from a field that was deleted; choose another name.")
    return {"name": [text]}


def taken_parts(entity: Entity, now: Any) -> str:
    """A name that would be twice: that of a part of an address, or a part of this address that is a field already."""
    parts = [f"{now.name}_{part}" for part in PARTS] if now.kind == "address" else []
    fields = entity.fields
    own = str(now.name) if isinstance(fields.get(str(now.name)), PartSpec) else ""
    return own or next((name for name in parts if name in fields), "")


def wrong_choices(now: Any) -> Errors:
    """Choices that are missing or there twice, and looks that are none."""
    errors: Errors = {}
    if now.kind in ("choice", "choices"):
        folded = [option.casefold() for option in now.options]
        if not now.options:
            errors["options"] = [_("Write at least one choice.")]
        elif len(set(folded)) < len(folded):
            errors["options"] = [_("A choice is there twice.")]
    known = {"hue", "label", *(code for code, _name in settings.LANGUAGES)}
    looks = now.looks if isinstance(now.looks, dict) else {"": ""}
    for key, look in looks.items():
        if key not in now.options or not isinstance(look, dict) or not set(look) <= known:
            text = _("Give for each choice an object with: %(valid)s.") % {"valid": ", ".join(sorted(known))}
            errors["looks"] = [text]
        elif not all(isinstance(text, str) and len(text) <= 120 for text in look.values()):
            errors["looks"] = [_("Expected %(expected)s.") % {"expected": _("text")}]
        elif look.get("hue") and look["hue"] not in HUES:
            errors["looks"] = [_("Unknown colour; there are: %(valid)s.") % {"valid": ", ".join(sorted(HUES))}]
    if now.kind == "link" and registry.find(str(now.target)) is None:
        valid = ", ".join(sorted(other.label for other in registry))
        errors["target"] = [_("Unknown kind of record; there are: %(valid)s.") % {"valid": valid}]
    return errors


def wrong_limits(now: Any) -> Errors:
    """Limits that let nothing through, or that this kind of value does not know."""
    errors: Errors = {}
    if (now.decimals or 0) > 10:
        errors["decimals"] = [_("At most 10 decimal places.")]
    for name in ("minimum", "maximum"):
        if getattr(now, name) is not None and now.kind not in custom_fields.NUMBERS:
            errors[name] = [_("Only numbers have a least and a greatest value.")]
    if None not in (now.minimum, now.maximum) and now.minimum > now.maximum:
        errors["maximum"] = [_("The greatest value is below the least one.")]
    if now.pattern and (wrong := wrong_pattern(now)):
        errors["pattern"] = [wrong]
    return errors


def wrong_pattern(now: Any) -> Any:
    """Why a pattern cannot be used."""
    if now.kind not in PATTERNED:
        return _("Only lines of text can be compared with a pattern.")
    try:
        patterns.machine(now.pattern)
    except patterns.BadPattern as bad:
        return _("This pattern cannot be read at sign %(number)s.") % {"number": bad.at}
    return None


def wrong_marks(now: Any) -> Errors:
    """Marks that this kind of value cannot have, and a first value that is none."""
    errors: Errors = {}
    if now.is_unique and now.kind not in UNIQUE:
        errors["is_unique"] = [_("Values of this kind cannot be unique.")]
    if now.is_indexed and now.kind == "address":
        errors["is_indexed"] = [_("An address as a whole keeps no index.")]
    if now.is_searched and now.kind not in SEARCHED:
        errors["is_searched"] = [_("Search does not find values of this kind.")]
    if now.is_searched and now.is_sensitive:
        errors["is_searched"] = [_("Sensitive values are not found by search.")]
    if now.initial and "kind" not in errors and now.kind and not (errors or wrong_choices(now) or wrong_limits(now)):
        spec = custom_fields.spec_of(SimpleNamespace(**vars(now) | {"initial": ""}))
        try:
            spec.type.parse(now.initial, spec)
        except BadValue as error:
            errors["initial"] = [error.message]
        if now.is_unique:
            errors["initial"] = [_("Unique values cannot be the same in all new records.")]
    return errors


# --- and what records hold ----------------------------------------------------------------------------------------------


def wrong_values(entity: Entity, record: Any, now: Any) -> Errors:
    """Changes that records stand against: choices that they hold, decimals, values that are there twice."""
    errors: Errors = {}
    gone = [option for option in record.options if option not in now.options]
    if gone and now.kind in ("choice", "choices") and (held := holding_any(entity, record, gone)):
        words = {"choices": ", ".join(gone), "count": held}
        errors["options"] = [_("Records hold this: %(choices)s (%(count)s). Change them first, or keep it.") % words]
    elif gone and (wrong := needing(entity, now, gone)):
        errors["options"] = [wrong]
    if (now.decimals or 0) < (record.decimals or 0) and holding(entity, record.name):
        errors["decimals"] = [_("Records hold values with more decimal places; there can only be more.")]
    if now.is_unique and not record.is_unique and (twice := clashes(entity, record.name)):
        words = {"values": ", ".join(f"“{value}”" for value in twice)}
        errors["is_unique"] = [_("Several records hold the same: %(values)s. Make them differ first.") % words]
    if now.is_retired and not record.is_retired and (wrong := in_use(record)):
        errors["is_retired"] = [wrong]
    return errors


def needing(entity: Entity, now: Any, gone: list[str]) -> Any:
    """What needs choices that go, in words: conditions that ask for them, formulas that name them."""
    from .worked_definitions import broken_by  # formulas look at definitions with this module

    if found := field_usage.with_choices(entity, now.name, gone):
        return used_by(", ".join(gone), found)
    return next((texts[0] for texts in broken_by(entity, custom_fields.spec_of(now)).values()), None)


def not_in_use(records: Iterable[Any]) -> None:
    """Refuse to let go of fields that something needs, naming it."""
    for record in records:
        if wrong := in_use(record):
            raise Refused(wrong)


def in_use(record: Any) -> Any:
    """What needs the field of a definition, in words; nothing if it can go."""
    entity = registry.find(record.entity)
    needed = [use for use in field_usage.uses(entity, record.name) if use.needs] if entity else []
    return used_by(record.label, needed) if needed else None


def used_by(field: Any, needed: list[field_usage.Use]) -> Any:
    """That something uses a field, for whoever writes now."""
    words = {"field": field, "uses": field_usage.in_words(author(), needed)}
    return _("“%(field)s” is used by: %(uses)s. Take it out there first.") % words


def holding(entity: Entity, name: str) -> int:
    """How many records hold a value."""
    return int(entity.rows(SYSTEM).filter(custom__has_key=name).count())


def holding_any(entity: Entity, record: Any, options: Iterable[str]) -> int:
    """How many records hold one of these choices, those in the trash as well."""
    from .filter_ops import condition

    spec = custom_fields.spec_of(record)
    asked = condition(entity, spec, "any" if record.kind == "choice" else "has", list(options), SYSTEM)
    return sum(entity.rows(SYSTEM, trashed=trashed).filter(asked).count() for trashed in (False, True))


def clashes(entity: Entity, name: str) -> list[str]:
    """Up to three values that more than one record holds."""
    from .uniqueness import key

    rows = entity.rows(SYSTEM).filter(custom__has_key=name).order_by()
    twice = rows.annotate(same_key=key(name)).values("same_key").annotate(n=Count("pk")).filter(n__gt=1)
    return [row["same_key"] for row in twice[:3]]
