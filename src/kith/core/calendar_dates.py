"""Which dates a calendar goes by: one of the fields of its records, or from one to another; the declared one unless told otherwise.

A look says it in its group: "due_at", "due_at:week", "starts_on:month:ends_on" (date, mode, end), "starts_on::ends_on".
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from . import access
from .filters import BadFilter

if TYPE_CHECKING:
    from .actors import Actor
    from .entity import Entity
    from .specs import FieldSpec
    from .views import Look

#: Dates that every record has: one may look at them, but they make no calendar.
KEPT = frozenset({"created_at", "updated_at"})


def possible(entity: "Entity", actor: "Actor") -> "list[FieldSpec]":
    """Dates and moments that a calendar can go by, custom and worked-out ones too."""
    readable = access.readable(actor, entity)
    return [spec for spec in dated(entity) if spec.name in readable]


def dated(entity: "Entity") -> "list[FieldSpec]":
    """All dates and moments of records of a kind that can be asked for."""
    return [spec for spec in entity.fields.values() if spec.type.name in ("date", "moment") and spec.sortable]


def usual(entity: "Entity", actor: "Actor | None" = None) -> str:
    """The date that a calendar goes by unless told otherwise: the declared one, else the first that can be changed, else the first; "" for none."""
    found = [spec for spec in (dated(entity) if actor is None else possible(entity, actor)) if spec.name not in KEPT]
    first = sorted(found, key=lambda spec: (spec.name != entity.calendar, not spec.editable))
    return first[0].name if first else ""


def ends(entity: "Entity", actor: "Actor", start: "FieldSpec") -> "list[FieldSpec]":
    """Where entries that begin at a date can end: at another one of its kind."""
    return [
        spec for spec in possible(entity, actor) if spec.type is start.type and spec.name not in (start.name, *KEPT)
    ]


def date_of(look: "Look", actor: "Actor") -> "FieldSpec":
    """The date that the calendar goes by; raises BadFilter with those it could."""
    specs = {spec.name: spec for spec in possible(look.entity, actor)}
    if look.axis not in specs:
        raise BadFilter(
            _("“%(field)s” is no date of a calendar; possible are: %(valid)s.")
            % {"field": look.axis, "valid": ", ".join(specs)}
        )
    return specs[look.axis]


def end_of(look: "Look", actor: "Actor") -> "FieldSpec | None":
    """The date that entries end at, if one is chosen; raises BadFilter with those that could be."""
    name = look.option.partition(":")[2]
    if not name:
        return None
    specs = {spec.name: spec for spec in ends(look.entity, actor, date_of(look, actor))}
    if name not in specs:
        text = _("“%(field)s” is no end of a calendar; possible are: %(valid)s.")
        raise BadFilter(text % {"field": name, "valid": ", ".join(specs)})
    return specs[name]


def group_of(start: str, mode: str = "", end: str = "") -> str:
    """The group of a look that says so."""
    return f"{start}:{mode}:{end}".rstrip(":")


def told(entity: "Entity", actor: "Actor", group: str) -> str:
    """The group of a look as far as the actor may read its dates: a shared view must not break by one that is hidden."""
    start, mode, end = (*group.split(":"), "", "")[:3]
    readable = access.readable(actor, entity)
    if start not in readable:
        return usual(entity, actor)
    return group_of(start, mode, end if end in readable else "")
