"""The rows of a list as HTML: one pass over records and columns, five hundred cells in a few milliseconds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from kith.core import access, askable, conditions, freshness, linked, past, titles
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.specs import FieldSpec
from kith.core.titles import Titles
from kith.core.ui import values
from kith.core.ui.record_rights import holds
from kith.core.views import Look

#: Types that read as secondary text; names of people and things stand in full colour.
QUIET = frozenset(
    {"text", "mail", "phone", "url", "date", "moment", "country", "longtext", "richtext", "words", "link"}
)
ENDS = frozenset({"money", "number", "percent", "date", "moment"})
MARKS = frozenset({"choice", "choices", "boolean", "tags"})
ALL, NONE = "all", "none"
#: No value of a group.
NOWHERE = object()


@dataclass(slots=True)
class Column:
    """One column: its field, its class, and whether its cells can be edited."""

    spec: FieldSpec
    css: str = ""
    editable: bool = False
    is_head: bool = False
    width: int | None = None

    @property
    def name(self) -> str:
        """The field's name."""
        return self.spec.name

    @property
    def label(self) -> str:
        """The heading."""
        return capfirst(str(self.spec.label))


@dataclass(slots=True)
class Sheet:
    """How rows are drawn: the entity, its columns, what links are called, which rows may be edited."""

    entity: Entity
    columns: list[Column]
    titles: Titles = field(default_factory=dict)
    edits: str = NONE
    picture: str | None = None
    selects: bool = True
    head: str = ""
    #: What the addresses of records end in.
    suffix: str = ""
    #: Said in every row.
    select_words: str = field(default_factory=lambda: _("Select %(what)s"))

    #: Fields that are stale, by record, and what they say about themselves.
    old: Mapping[Any, frozenset[str]] = field(default_factory=dict)
    old_words: dict[str, str] = field(default_factory=dict)

    def age(self, records: Sequence[Any]) -> None:
        """Find what is stale among the values that the rows show."""
        self.old = freshness.stale(self.entity, records, [column.name for column in self.columns])
        counts = freshness.months(self.entity) if self.old else {}
        self.old_words = {name: freshness.words(self.entity.fields[name], count) for name, count in counts.items()}

    @property
    def specs(self) -> list[FieldSpec]:
        """The fields of the columns."""
        return [column.spec for column in self.columns]

    @property
    def width(self) -> int:
        """Number of table columns."""
        return len(self.columns) + self.selects


def sheet(look: Look, actor: Actor, *, selects: bool = True) -> Sheet:
    """The sheet of a look for an actor; what records are known by comes first."""
    entity = look.entity
    names = [name for name in askable.columns(look) if linked.find(entity, name) is not None]
    first = entity.list_columns[0]
    if first in access.readable(actor, entity):
        names = [first, *(name for name in names if name != first)]
    edited = look.as_of is None and access.allowed(actor, entity, "edit")
    writable = access.writable(actor, entity) if edited else frozenset[str]()
    columns = [
        Column(spec, editable=name in writable, width=look.widths.get(name))
        for name in names
        if (spec := linked.find(entity, name)) is not None
    ]
    mark(columns)
    return Sheet(
        entity, columns, edits=edits(entity, actor) if writable else NONE, picture=picture(entity),
        selects=selects and look.as_of is None, suffix=suffix(look),
    )  # fmt: skip


def suffix(look: Look) -> str:
    """What the addresses of the records of a look end in: those of the past lead to what they were."""
    return f"?{urlencode({past.NAME: look.as_of.text})}" if look.as_of else ""


def mark(columns: list[Column]) -> None:
    """Classes of the columns: alignment, and their places in the two-line rows of a phone (k1 to k4)."""
    places = {"k1": columns[0].name}
    rest = [column.spec for column in columns[1:]]
    for place, kinds in (("k4", MARKS), ("k3", ENDS), ("k2", QUIET)):
        free = (spec.name for spec in rest if spec.type.name in kinds and spec.name not in places.values())
        if (name := next(free, None)) is not None:
            places[place] = name
    by_name = {name: place for place, name in places.items()}
    for at, column in enumerate(columns):
        kind = column.spec.type
        css = [
            by_name.get(column.name, ""),
            "n" if kind.align == "end" else "mute" if kind.name in QUIET and at else "",
        ]
        column.is_head = at == 0
        column.css = " ".join(filter(None, (["rowh pin pin2", *css] if at == 0 else css)))


def picture(entity: Entity) -> str | None:
    """Whether rows carry initials: round for people, square for what else can be called or written to."""
    kinds = {spec.type.name for spec in entity.declared.values()}
    if {"phone", "mail"} & kinds:
        people = {
            "given_name",
            "birth_date",
            "time_zone",
        } & entity.declared.keys() and "legal_name" not in entity.declared
        return "" if people else "org"
    return None


def edits(entity: Entity, actor: Actor) -> str:
    """Which rows may be edited: all, none, or those that `may_edit` of the page's query marks."""
    condition = access.predicate(entity, actor, "edit")
    return ALL if not condition else NONE if condition == access.NOTHING else "some"


def edit_marks(entity: Entity, actor: Actor) -> dict[str, Any]:
    """The annotation that marks the rows an actor may edit, where that differs from row to row."""
    if edits(entity, actor) != "some":
        return {}
    return {"may_edit": holds(access.compiled(entity, actor, "edit"))}


def marks_of(look: Look, actor: Actor) -> dict[str, Any]:
    """The same for a look; what was cannot be edited."""
    return {} if look.as_of else edit_marks(look.entity, actor)


# --- drawing ----------------------------------------------------------------------------------------------------------


def rows(
    sheet: Sheet, records: Iterable[Any], headings: Mapping[Any, str] | None = None, group: Any = None, keys: Mapping[Any, str] | None = None,
) -> Markup:  # fmt: skip
    """All rows; `headings` holds the row above each group, by the value that `group(record)` gives; `keys` says by what each hides its rows."""
    pieces: list[str] = []
    current: Any = NONE
    if sheet.entity.fresh and not sheet.suffix:  # of the past nothing is stale today
        records = list(records)
        sheet.age(records)
    for record in records:
        if headings is not None and (value := group(record)) != current:
            current = value
            pieces.append(headings.get(value, ""))
        pieces.append(row(sheet, record, keys[current] if keys else number_of(headings, current)))
    return values.markup("".join(pieces))


def number_of(headings: Mapping[Any, str] | None, value: Any) -> str:
    """The group's number, by which its heading hides and shows its rows."""
    return "" if not headings or value not in headings else str(list(headings).index(value))


def row(sheet: Sheet, record: Any, group: str = "") -> str:
    """One row."""
    key = record.pk
    address = f"/{sheet.entity.face_of(record).slug}/{key}/{sheet.suffix}"
    editable = sheet.edits == ALL or (sheet.edits != NONE and getattr(record, "may_edit", False))
    edit = f"/{sheet.entity.slug}/{key}/field/" if editable else ""
    cells = "".join(cell(sheet, column, record, address, edit) for column in sheet.columns)
    box = select_cell(sheet, key, head_text(sheet, sheet.columns[0].spec, record)) if sheet.selects else ""
    inside = f' data-in="{group}"' if group else ""
    peek = "" if sheet.suffix else f' data-peek="{address}peek"'
    return f'<tr id="row-{key}" data-row="{key}" data-href="{address}"{peek}{inside}>{box}{cells}</tr>'


def select_cell(sheet: Sheet, key: Any, name: str) -> str:
    """The box that selects a row."""
    label = escape(sheet.select_words % {"what": name})
    return f'<td class="sel pin"><input type="checkbox" name="ids" value="{key}" data-one aria-label="{label}" id="sel-{key}"></td>'


def cell(sheet: Sheet, column: Column, record: Any, address: str, edit: str) -> str:
    """One cell in its read state."""
    spec = column.spec
    if column.is_head:
        return head_cell(sheet, column, record, address)
    inner = content(sheet, conditions.bound(spec, record), spec.get(record), address)
    if spec.name in sheet.old.get(record.pk, ()):
        inner = values.faded(values.markup(inner), sheet.old_words[spec.name])
    how = f' data-edit="{edit}{spec.name}?edit=1&amp;in=list"' if edit and column.editable else ""
    fit = " fit" if column.width else ""
    return f'<td class="{column.css}{fit}" data-column="{spec.name}"{how}>{inner}</td>'


def content(sheet: Sheet, spec: FieldSpec, value: Any, address: str) -> str:
    """What stands in a cell."""
    if spec.type.is_empty(value):
        return values.EMPTY
    if spec.type.name == "file":
        return values.download(spec, address)
    return values.SHOW.get(spec.type.name, values.text)(spec, value, sheet.titles, True)


def head_cell(sheet: Sheet, column: Column, record: Any, address: str) -> str:
    """The first cell: the link to the record."""
    text = head_text(sheet, column.spec, record)
    if sheet.picture is None:
        inner = f'<a href="{address}">{escape(text)}</a>'
    else:
        inner = values.titled(text, address, getattr(record, "hue", ""), sheet.picture)
    return (
        f'<th scope="row" class="{column.css}{" fit" if column.width else ""}" data-column="{column.name}">{inner}</th>'
    )


def head_text(sheet: Sheet, spec: FieldSpec, record: Any) -> str:
    """What the record is called in its first cell."""
    if hasattr(record, "translations"):
        return str(record)
    return titles.text(spec, spec.get(record), sheet.titles) or _("Untitled")
