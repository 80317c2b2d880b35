"""The control for a value, by its type, and what a form posts back for it. Templates draw it with `edit` of kith/edit.html."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.core import get_global
from babel.numbers import get_currency_precision
from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kith.core import access, conditions
from kith.core.access import Actor
from kith.core.cleaning import references
from kith.core.entity import Entity, registry
from kith.core.identity import countries
from kith.core.money import Money
from kith.core.specs import FieldSpec
from kith.core.titles import Titles
from kith.core.types.address import PARTS

Pairs = list[tuple[str, str]]

#: What stands on top of the list of currencies.
COMMON = ("EUR", "USD", "CNY", "RUB", "GBP", "JPY", "CHF")
KINDS = {
    "longtext": "area", "richtext": "area", "formula": "formula", "json": "area", "file": "file", "money": "money", "boolean": "boolean",
    "date": "date", "moment": "moment", "choice": "select", "country": "select", "choices": "boxes",
    "condition": "condition", "link": "combo", "ref": "combo", "tags": "combos", "address": "address",
}  # fmt: skip
MODES = {"number": "decimal", "percent": "decimal", "mail": "email", "phone": "tel", "url": "url"}


#: How apps offer what fits instead of everything: (actor, entity, spec, record or None, many) -> the spec as it is shown.
type Narrowing = Callable[[Actor, Entity, FieldSpec, Any, bool], FieldSpec]
narrowings: list[Narrowing] = []


def narrowed(actor: Actor, entity: Entity, spec: FieldSpec, record: Any = None, *, many: bool = False) -> FieldSpec:
    """A field as it is offered for one record, a new one (None) or a selection of `many`; its name stays."""
    for narrowing in narrowings:
        spec = narrowing(actor, entity, spec, record, many)
    return spec if record is None else conditions.bound(spec, record)


@dataclass(slots=True)
class Control:
    """What the template needs to draw a control."""

    kind: str
    text: str = ""
    mode: str = ""
    options: Pairs = field(default_factory=list)
    chosen: Pairs = field(default_factory=list)
    currency: str = ""
    lookup: str = ""
    create: str = ""
    blank: bool = True
    limit: int | None = None
    condition: Any = None
    #: Parts of an address: name, label, text, most characters.
    parts: list[tuple[str, Any, str, int]] = field(default_factory=list)


def control(spec: FieldSpec, value: Any, titles: Titles | None = None, actor: Actor | None = None) -> Control:
    """The control of a field holding `value`: a Python value, or what somebody typed and could not be saved."""
    kind = KINDS.get(spec.type.name, "input")
    made = Control(
        kind,
        mode=MODES.get(spec.type.name, ""),
        limit=spec.max_length,
        blank=not spec.required or spec.type.is_empty(value),
    )
    if kind in ("combo", "combos"):
        made.chosen = chosen(spec, value, titles or {})
        made.lookup, made.create = addresses(spec, actor)
    elif kind in ("select", "boxes"):
        made.options = options(spec)
        made.chosen = [(str(item), "") for item in (value if isinstance(value, list | tuple) else [value]) if item]
    elif kind == "condition":
        made.condition = condition_editor().of(spec, value, actor)
    elif kind == "boolean":
        made.chosen = [("on", "")] if value in (True, "on", "true") else []
    elif kind == "address":
        made.parts = [(part, label, str((value or {}).get(part) or ""), most) for part, (label, most) in PARTS.items()]
        made.options = _country_options(get_language() or "en")
    elif kind == "money":
        made.text, made.currency = typed_money(value)
        made.options = currencies(made.currency)
    else:
        made.text = typed(spec, value)
    return made


def condition_editor() -> Any:
    """The module of conditions, whose controls are made here."""
    from kith.core.ui import condition_editor

    return condition_editor


def typed(spec: FieldSpec, value: Any) -> str:
    """A value as one would type it; the inverse of the type's `parse`."""
    if value is None or isinstance(value, str):
        return value or ""
    name = spec.type.name
    if name == "moment":
        return f"{timezone.localtime(value):%Y-%m-%dT%H:%M}"
    if name == "json":
        return json.dumps(value, ensure_ascii=False, indent=1)
    if name == "words":
        return ", ".join(value)
    if isinstance(value, Decimal):
        return plain(value)
    return str(value)


def plain(value: Decimal, least: int = 0) -> str:
    """A decimal without needless zeros, but with at least so many places."""
    places = max(least, -int(value.normalize().as_tuple().exponent))
    return f"{value:.{max(0, places)}f}"


def typed_money(value: Any) -> tuple[str, str]:
    """Amount and currency as typed."""
    if isinstance(value, Money):
        whole = value.amount == value.amount.to_integral_value()
        return plain(value.amount, 0 if whole else get_currency_precision(value.currency)), value.currency
    amount, _space, code = str(value or "").rpartition(" ")
    return (
        (amount, code) if amount and len(code) == 3 and code.isalpha() else (str(value or ""), settings.KITH_CURRENCY)
    )


@lru_cache(maxsize=8)
def _currency_codes(base: str) -> tuple[str, ...]:
    now = {
        code
        for used in get_global("territory_currencies").values()
        for code, _from, until, tender in used
        if until is None and tender
    }
    return tuple(dict.fromkeys((base, *COMMON, *sorted(now))))


def currencies(current: str) -> Pairs:
    """Codes of the currencies in use, the usual ones first."""
    codes = _currency_codes(settings.KITH_CURRENCY)
    return [(code, code) for code in (codes if current in codes or not current else (current, *codes))]


def options(spec: FieldSpec) -> Pairs:
    """What can be picked."""
    if spec.type.name == "country":
        return _country_options(get_language() or "en")
    return [(key, capfirst(str(label))) for key, label in spec.choices]


@lru_cache(maxsize=8)
def _country_options(language: str) -> Pairs:
    named = ((code, countries.country_name(code, language)) for code in countries.codes())
    return sorted(named, key=lambda pair: pair[1])


def chosen(spec: FieldSpec, value: Any, titles: Titles) -> Pairs:
    """The records a link points to, with their titles; one that may not be seen keeps its place."""
    pairs = []
    for label, key in references(spec, as_links(spec, value)):
        title = titles.get((label, key))
        shown = f"{label}/{key}" if spec.type.name == "ref" else str(key)
        pairs.append((shown, title.text if title else _("hidden")))
    return pairs


def as_links(spec: FieldSpec, value: Any) -> Any:
    """A value or posted text as ids; what is no id is nothing."""
    try:
        return spec.type.clean(value, spec)
    except Exception:  # posted nonsense is told by the error beside the control
        return None


def addresses(spec: FieldSpec, actor: Actor | None) -> tuple[str, str]:
    """Where records to link to are looked up and, if the actor may, made."""
    if spec.type.name == "ref":
        return "/lookup", ""
    entity = registry.get(spec.target)
    makes = actor is not None and can_make(entity, actor)
    return f"/{entity.slug}/lookup", f"/{entity.slug}/lookup" if makes else ""


def can_make(entity: Entity, actor: Actor) -> bool:
    """Whether a record can be made from its title alone, by this actor."""
    enough = set(entity.required) <= {entity.title} and entity.fields[entity.title].type.name == "text"
    return enough and entity.title in access.writable(actor, entity) and access.allowed(actor, entity, "create")


# --- and back ---------------------------------------------------------------------------------------------------------


def posted(spec: FieldSpec, data: Any) -> Any:
    """What a form sent for one field: text for the type's `parse`, or a list of ids and keys."""
    if spec.type.name in ("tags", "choices"):
        return [item for item in data.getlist(spec.name) if item]
    if spec.type.name == "condition":
        return condition_editor().posted(spec, data)
    if spec.type.name == "address":
        return {part: data.get(spec.name if part == "street" else f"{spec.name}.{part}", "") for part in PARTS}
    sent = data.getlist(spec.name)
    if spec.type.name == "words" and len(sent) > 1:  # ticked in boxes, one by one
        return [item for item in sent if item]
    raw = sent[-1] if sent else ""
    if spec.type.name == "money" and raw.strip():
        return f"{raw.strip()} {data.get(f'{spec.name}.currency', '')}".strip()
    return raw


def posted_values(entity: Entity, names: Iterable[str], data: Any) -> dict[str, Any]:
    """What a form sent, by field; fields that were not in the form are left out."""
    return {name: posted(entity.fields[name], data) for name in names if name in data}


def as_ids(values: Mapping[str, Any]) -> list[uuid.UUID]:
    """The `ids` of a posted selection; broken ones are left out."""
    found = []
    for part in str(values.get("ids", "")).split(","):
        try:
            found.append(uuid.UUID(part))
        except ValueError:
            continue
    return list(dict.fromkeys(found))
