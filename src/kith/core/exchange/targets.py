"""The places a column may go to, with names for people: what the chooser of the wizard offers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue
from kith.core.specs import FieldSpec
from kith.core.types.address import PARTS

from .guess import SHY
from .guess import headers as headers_of
from .paths import Part, Target, fields_to_fill, parts_of, resolve, special_field

MOST_FOUND = 40
#: Stands for "define a custom field for this column".
KEEP = "+"


@dataclass(frozen=True, slots=True)
class Offer:
    """One place."""

    path: str
    text: str
    group: str
    words: str


def offers(entity: Entity, actor: Actor) -> Iterator[Offer]:
    """All places that the actor may fill: own fields, then those of parts."""
    writable = access.givable(actor, entity)
    for name in fields_to_fill(entity):
        spec = entity.fields[name]
        if name in writable and name not in SHY and spec.type.name != "ref":
            yield offer(entity, name, spec, linked_to(spec))
            yield from (
                offer(entity, f"{name}.{part}", spec) for part in (PARTS if spec.type.name == "address" else ())
            )
    if special := special_field(entity, "full_name"):
        yield offer(entity, "full_name", special)
    yield Offer("id", _("Kith id"), "", "id kith")
    for name, part in parts_of(entity).items():
        if access.allowed(actor, part.entity, "create"):
            yield from offers_of_part(entity, name, part)


def offer(entity: Entity, path: str, spec: FieldSpec, group: str = "") -> Offer:
    """The offer of one field."""
    text = name_of(entity, path)
    return Offer(path, text, group, " ".join([text, group, spec.name, *headers_of(spec)]).casefold())


def linked_to(spec: FieldSpec) -> str:
    """What a link leads to, in words: a field may be called "of"."""
    return str(capfirst(str(registry.get(spec.target).plural))) if spec.type.name == "link" else ""


def offers_of_part(entity: Entity, name: str, part: Part) -> Iterator[Offer]:
    """Fields of a part, for each of its kinds and for a second one."""
    group = str(capfirst(str(part.entity.plural)))
    kind = part.entity.fields.get("kind")
    selectors = (
        [selector for key, _label in kind.choices for selector in (key, f"{key} 2")] if kind is not None else ["", "2"]
    )
    for field in fields_to_fill(part.entity):
        spec = part.entity.fields[field]
        if field == "kind":  # the brackets of a path set it already
            yield offer(entity, f"{name}.kind", spec, group)
            continue
        if field in (part.link, "tags", "owner", "org_unit") or field in SHY or spec.type.name == "ref":
            continue
        for selector in (
            ["", *selectors] if kind is not None and not (spec.required and field == part.entity.title) else selectors
        ):
            yield offer(entity, f"{name}[{selector}].{field}" if selector else f"{name}.{field}", spec, group)


def name_of(entity: Entity, path: str) -> str:
    """A place in words: "City (address, shipping 2)"."""
    try:
        target = resolve(entity, path)
    except BadValue:
        return path
    if target.path == "id":
        return _("Kith id")
    return in_words(target)


def in_words(target: Target) -> str:
    """A resolved place in words."""
    label = str(capfirst(str(target.spec.label)))
    if target.by:
        label = f"{label}: {by_name(target)}"
    if target.part is None:
        return label
    words = [str(target.part.entity.name)]
    if kind := target.part.kind:
        words.append(str(dict(target.part.entity.fields["kind"].choices)[kind]))
    number = target.part.selector.rsplit(" ", 1)[-1]
    if number.isdigit():
        words.append(number)
    return f"{label} ({', '.join(words)})"


def by_name(target: Target) -> str:
    """The field by which a link is found, in words."""
    return _("id") if target.by == "id" else str(registry.get(target.spec.target).fields[target.by].label)


def search(entity: Entity, actor: Actor, text: str) -> list[Offer]:
    """Places whose names hold all words."""
    asked = text.casefold().split()
    return [each for each in offers(entity, actor) if all(word in each.words for word in asked)][:MOST_FOUND]


def as_options(found: list[Offer]) -> list[dict[str, Any]]:
    """Places as options of the chooser."""
    return [{"value": each.path, "text": each.text, "sub": each.group} for each in found]
