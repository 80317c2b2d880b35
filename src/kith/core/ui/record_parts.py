"""What a record page is made of: head, highlights, sections of fields; templates only draw it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from markupsafe import Markup

from kith.core import access, freshness, layouts
from kith.core.access import Actor
from kith.core.entity import Entity, Section, registry
from kith.core.field_rules import KEPT, PLAIN, State
from kith.core.specs import FieldSpec
from kith.core.titles import Titles
from kith.core.ui import field_states
from kith.core.ui.values import USER, faded, show

#: Records of these icons are people: their picture is round.
ROUND = frozenset({"users", "user-round", "id-card"})
LARGE = frozenset({"longtext", "richtext", "formula", "json", "condition"})


@dataclass(frozen=True, slots=True)
class Row:
    """One field as it stands in a section; `edit` is the address of its editor, `why` says why there is none."""

    spec: FieldSpec
    html: Markup
    edit: str = ""
    why: str = ""
    history: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A section with its rows."""

    number: int
    title: Any
    rows: list[Row]
    open: bool
    edit: str = ""


@dataclass(slots=True)
class Head:
    """The top of the page."""

    title: str
    badges: list[Markup] = field(default_factory=list)
    website: Markup | None = None
    place: str = ""
    clock: str = ""
    above: tuple[str, Markup] | None = None
    #: The customers and other records it is about: icon and link.
    about: list[tuple[str, Markup]] = field(default_factory=list)
    mail: str = ""
    phone: str = ""
    photo: str = ""


def address(entity: Entity, record: Any, rest: str = "") -> str:
    """The address of a record, or of something below it."""
    return f"/{entity.slug}/{record.pk}/{rest}"


def shown_specs(entity: Entity, actor: Actor) -> list[FieldSpec]:
    """Fields of the sections and of the strip that the actor may read."""
    allowed, laid = access.readable(actor, entity), layouts.of(entity, actor)
    names = dict.fromkeys(
        [
            *(name for section in laid.sections for name in section.names),
            *laid.strip,
            "owner",
            upper_link(entity),
        ]
    )
    return [entity.fields[name] for name in names if name in allowed]


def blocks(entity: Entity, actor: Actor, record: Any, titles: Titles, *, may: frozenset[str]) -> list[Block]:
    """The sections with what the actor may read."""
    made = []
    old = freshness.told(entity, record, access.readable(actor, entity))
    for number, section in enumerate(layouts.of(entity, actor).sections):
        rows = section_rows(entity, actor, record, section, titles, may=may, old=old)
        if rows:
            edit = address(entity, record, f"edit?section={number}") if any(row.edit for row in rows) else ""
            made.append(Block(number, section.title, rows, section.open, edit))
    return made


def section_rows(
    entity: Entity,
    actor: Actor,
    record: Any,
    section: Section,
    titles: Titles,
    *,
    may: frozenset[str],
    old: Mapping[str, str],
) -> list[Row]:
    """The rows of one section."""
    allowed, writable = access.readable(actor, entity), access.writable(actor, entity)
    states = field_states.of_record(entity, actor, record)
    return [
        row_of(
            entity,
            record,
            entity.fields[name],
            titles,
            may=may,
            writable=name in writable,
            told=told,
            old=old.get(name, ""),
        )
        for name in section.names
        if name in allowed and (told := states.get(name, PLAIN)).is_shown
    ]


def row_of(
    entity: Entity,
    record: Any,
    spec: FieldSpec,
    titles: Titles,
    *,
    may: frozenset[str],
    writable: bool,
    told: State = PLAIN,
    old: str = "",
) -> Row:
    """One row; `old` is what a stale value says about itself."""
    html = show(spec, spec.get(record), record, titles)
    if old:
        html = faded(html, old)
    history = address(entity, record, f"history/{spec.name}") if "history" in may and spec.columns else ""
    if told.is_locked and "edit" in may and writable:
        return Row(spec, html, why=str(told.words("locked", KEPT)), history=history)
    if "edit" in may and writable and spec.type.name != "file":
        return Row(spec, html, edit=address(entity, record, f"field/{spec.name}?edit=1"), history=history)
    why = (
        ""
        if "edit" not in may or spec.type.name == "file"
        else _("Kith keeps this value; it follows from others.")
        if not (spec.editable and spec.columns)
        else _("Your roles let you read this, not change it.")
    )
    return Row(spec, html, why=why, history=history)


def strip(entity: Entity, actor: Actor, record: Any, titles: Titles) -> list[tuple[str, Markup]]:
    """The figures under the head: label and value."""
    allowed = access.readable(actor, entity)
    specs = [entity.fields[name] for name in layouts.of(entity, actor).strip if name in allowed]
    return [(str(capfirst(str(spec.label))), figure(spec, record, titles)) for spec in specs]


def figure(spec: FieldSpec, record: Any, titles: Titles) -> Markup:
    """A value under the head; a long text ends in dots, for which it needs an element of its own."""
    shown = show(spec, spec.get(record), record, titles, cell=spec.type.name in ("date", "moment", "link"))
    return Markup("<span>{}</span>").format(shown) if spec.type.name == "text" else shown


def head(entity: Entity, actor: Actor, record: Any, titles: Titles) -> Head:
    """Title, marks and the few facts that say who this is."""
    allowed = access.readable(actor, entity)
    specs = [spec for name, spec in entity.fields.items() if name in allowed]
    made = Head(
        str(record),
        badges=badges(
            layouts.of(entity, actor).sections, record, [spec for spec in specs if spec.type.name == "choice"]
        ),
    )
    if (spec := first(specs, "url", record)) is not None:
        made.website = show(spec, spec.get(record))
    made.place = ", ".join(
        filter(
            None,
            (
                entity.fields[name].type.text(entity.fields[name].get(record), entity.fields[name])
                for name in ("city", "country")
                if name in allowed
            ),
        )
    )
    made.clock = clock_there(record) if "time_zone" in allowed else ""
    if upper_link(entity) in allowed and (above := entity.fields[upper_link(entity)].get(record)):
        spec = entity.fields[upper_link(entity)]
        made.above = (str(capfirst(str(spec.label))), show(spec, above, record, titles))
    made.about = about(entity, [spec for spec in specs if spec.name in entity.list_columns], record, titles)
    made.mail, made.phone = reach(entity, actor, record).values()
    made.photo = (
        address(entity, record, "file/photo?inline=1") if "photo" in allowed and getattr(record, "photo", None) else ""
    )
    return made


def about(entity: Entity, specs: Iterable[FieldSpec], record: Any, titles: Titles) -> list[tuple[str, Markup]]:
    """The first two records with a story of their own that the columns of its list link to, as icon and link."""
    links = [spec for spec in specs if spec.type.name == "link" and spec.target not in (USER, entity.label)]
    found = [(registry.get(spec.target), spec) for spec in links if spec.get(record)]
    return [(other.icon, show(spec, spec.get(record), record, titles)) for other, spec in found if other.has_timeline][
        :2
    ]


def upper_link(entity: Entity) -> str:
    """The link to the record of the same kind that stands above, "" where there is none."""
    return entity.tree or next(
        (spec.name for spec in entity.declared.values() if spec.type.name == "link" and spec.target == entity.label), ""
    )


def badges(sections: Sequence[Section], record: Any, choices: Sequence[FieldSpec]) -> list[Markup]:
    """The first choices of the first section: how it stands with this record."""
    names = sections[0].names if sections else ()
    return [show(spec, spec.get(record)) for spec in choices if spec.name in names and spec.get(record)][:2]


def first(specs: Iterable[FieldSpec], kind: str, record: Any) -> FieldSpec | None:
    """The first field of a kind that has a value."""
    return next((spec for spec in specs if spec.type.name == kind and spec.get(record)), None)


def reach(entity: Entity, actor: Actor, record: Any) -> dict[str, str]:
    """The first readable mail address and phone number: where one can write and call."""
    allowed = access.readable(actor, entity)
    specs = [spec for name, spec in entity.fields.items() if name in allowed]
    return {kind: value_of(first(specs, kind, record), record) for kind in ("mail", "phone")}


def value_of(spec: FieldSpec | None, record: Any) -> str:
    """The value of a text field, "" for none."""
    return str(spec.get(record) or "") if spec else ""


def clock_there(record: Any) -> str:
    """The time of day where the record is, when that differs from the reader's."""
    try:
        zone = ZoneInfo(record.time_zone)
    except (ZoneInfoNotFoundError, ValueError, AttributeError):
        return ""
    there, here = timezone.now().astimezone(zone), timezone.localtime()
    return f"{there:%H:%M}" if there.utcoffset() != here.utcoffset() and isinstance(there, datetime) else ""
