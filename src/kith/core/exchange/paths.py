"""Paths: the places of an entity that a column can go to — its fields, those of its parts, fields by which a link is found.

name                        a field
owner.email                 a link, found by a field of its target; owner alone is found by id, external id, e-mail or name
subject[companies]          a reference to a record of that kind
address[shipping].city      a field of a part; the word in brackets tells parts of one kind apart and, where it is one of
                            the choices of the part's `kind`, sets it: contactpoint[phone 2].value
employment.company          a link of a part
x_delivery.city             a part of an address
id, full_name               the id of the record; a whole name that is divided into its parts
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from kith.core import cleaning
from kith.core.address_fields import filled
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue
from kith.core.specs import FieldSpec, renamed
from kith.core.types import TYPES
from kith.core.types.address import PARTS

PATH = re.compile(r"(?P<head>[a-z_][a-z0-9_]*)(?:\[(?P<selector>[^\]]{1,40})\])?(?:\.(?P<rest>.+))?")
ID = FieldSpec(name="id", label=_("id"), type=TYPES["text"], editable=False)
FULL_NAME = FieldSpec(name="full_name", label=_("full name"), type=TYPES["text"], max_length=300)
#: Kinds of parts and values that come in another way.
LEFT_OUT = ("file",)


@dataclass(frozen=True, slots=True)
class Part:
    """Records that are parts of the imported one: `link` is their link to it."""

    entity: Entity
    link: str
    selector: str = ""

    @property
    def kind(self) -> str:
        """The choice of `kind` that the selector stands for, "" if none."""
        spec = self.entity.fields.get("kind")
        word = (
            self.selector.rsplit(" ", 1)[0] if self.selector[-1:].isdigit() and " " in self.selector else self.selector
        )
        return word if spec is not None and word in dict(spec.choices) else ""


@dataclass(frozen=True, slots=True)
class Target:
    """One place: the field, in which part if any, and by which field of its target a link is found ("" = by whatever tells)."""

    path: str
    spec: FieldSpec
    part: Part | None = field(default=None)
    by: str = ""
    #: Words that the write itself understands, such as the key of a stage.
    is_spoken: bool = False
    #: The part of an address that it is.
    piece: str = ""

    @property
    def is_link(self) -> bool:
        """Whether the value is found among other records."""
        return self.spec.type.names_records and not self.is_spoken


def parts_of(entity: Entity) -> dict[str, Part]:
    """Parts of an entity by the last word of their label: "address", "employment"."""
    return {part.label.rsplit(".", 1)[1]: Part(part, link) for part, link in whole(entity)}


def whole(entity: Entity) -> Iterator[tuple[Entity, str]]:
    """Parts with their link, in the order of the related lists, then the others."""
    order = [item.entity for item in entity.relations]
    yield from sorted(
        entity.parts, key=lambda pair: order.index(pair[0].label) if pair[0].label in order else len(order)
    )


def resolve(entity: Entity, path: str) -> Target:
    """The place that a path names; BadValue lists what there is."""
    found = PATH.fullmatch(path)
    head, selector, rest = found.group("head", "selector", "rest") if found else (path, "", "")
    if special := special_field(entity, path):
        return Target(path, special)
    if head in entity.fields:
        return in_entity(entity, path, head, selector or "", rest or "")
    part = parts_of(entity).get(head)
    if part is None or not rest:
        raise BadValue(
            _("“%(path)s” is no field; there are: %(valid)s.")
            % {"path": path, "valid": ", ".join((*fields_to_fill(entity), *parts_of(entity)))}
        )
    inner = resolve(part.entity, rest)
    if inner.part is not None or special_field(part.entity, rest) or inner.spec.name == part.link:
        raise BadValue(_("“%(path)s” cannot be imported; it follows from other fields.") % {"path": path})
    return Target(path, inner.spec, Part(part.entity, part.link, selector or ""), inner.by)


def in_entity(entity: Entity, path: str, name: str, selector: str, by: str) -> Target:
    """A field of the entity itself."""
    spec = entity.fields[name]
    if not can_be_filled(spec):
        raise BadValue(_("“%(path)s” cannot be imported; it follows from other fields.") % {"path": path})
    if spec.type.name == "ref":
        subject = registry.by_slug(selector) or registry.find(selector)
        if subject is None:
            raise BadValue(_("Say what “%(path)s” refers to, for example %(path)s[companies].") % {"path": path})
        spec = renamed(spec, target=subject.label)
    if spec.type.name == "address" and by in PARTS:
        return Target(path, filled(spec, by), piece=by)
    if by and not (spec.type.names_records and (by == "id" or by in registry.get(spec.target).fields)):
        raise BadValue(_("“%(path)s” is no field by which a record can be found.") % {"path": path})
    return Target(path, spec, by=by, is_spoken=not by and name in cleaning.spoken(entity))


def can_be_filled(spec: FieldSpec) -> bool:
    """Whether an import may fill a field."""
    return bool((spec.editable or spec.imported) and spec.columns and spec.type.name not in LEFT_OUT)


def special_field(entity: Entity, path: str) -> FieldSpec | None:
    """Places that are no fields: the id, and a whole name where names have parts."""
    if path == "id":
        return ID
    return (
        FULL_NAME
        if path == "full_name" and {"given_name", "family_name"} <= entity.fields.keys() and path not in entity.fields
        else None
    )


def fields_to_fill(entity: Entity) -> list[str]:
    """Names of the fields that an import may fill."""
    return [name for name, spec in entity.fields.items() if can_be_filled(spec)]
