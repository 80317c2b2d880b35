"""One value edited where it is read: in a cell of a list (`in=list`) or in a row of the record page.

GET gives the read state, `?edit=1` the editor. POST saves: 422 is the editor with what was typed and why it was refused,
409 the editor with what somebody else wrote meanwhile, or with facts to confirm.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kith.core import access, freshness, linked, titles, writes
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.cleaning import references
from kith.core.entity import Entity
from kith.core.errors import Conflict, Forbidden, Missing, Refused, Warned
from kith.core.field_rules import KEPT, NOT_SHOWN, PLAIN, State
from kith.core.filters import BadFilter
from kith.core.specs import FieldSpec
from kith.core.ui import asking, editors, field_states, list_rows, values
from kith.core.ui.base import record_page
from kith.core.ui.respond import into, toast, trigger
from kith.core.ui.values import markup
from kith.core.views import from_address, saved_views


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a record, where it is shown and by whom it is read."""

    request: HttpRequest
    entity: Entity
    actor: Actor
    record: Any
    spec: FieldSpec

    @property
    def in_list(self) -> bool:
        """Whether it is a cell of a list."""
        return self.request.GET.get("in") == "list"

    @property
    def address(self) -> str:
        """Where the value is read and saved."""
        suffix = "?in=list" if self.in_list else ""
        return f"/{self.entity.slug}/{self.record.pk}/field/{self.spec.name}{suffix}"

    @property
    def element(self) -> str:
        """The id of the element that holds it."""
        return f"cell-{self.record.pk}-{self.spec.name}" if self.in_list else f"field-{self.spec.name}"

    @property
    def told(self) -> State:
        """What the rules of the field say of this record."""
        return field_states.of_record(self.entity, self.actor, self.record).get(self.spec.name, PLAIN)

    @property
    def may_edit(self) -> bool:
        """Whether this actor may change this field of this record."""
        mine = self.spec.name in access.writable(self.actor, self.entity)
        return (
            mine
            and self.told.is_shown
            and not self.told.is_locked
            and access.may(self.entity, self.actor, self.record.pk, "edit")
        )


@require_http_methods(["GET", "POST"])
@record_page()
def field(request: HttpRequest, entity: Entity, actor: Actor, record: Any, name: str) -> HttpResponse:
    """Read, edit or save one field."""
    if name not in access.readable(actor, entity):
        raise Missing(entity.label, name)
    place = Place(request, entity, actor, record, entity.field(name))
    if request.method == "POST":
        return save(place)
    if request.GET.get("edit") and place.may_edit:
        return editor(place, place.spec.get(record))
    if request.GET.get("edit"):
        raise Forbidden(access.right(entity, "edit"), why_not(place))
    return read(place)


def why_not(place: Place) -> str:
    """Why a value cannot be edited, and who could."""
    if not place.spec.editable or not place.spec.columns:
        return _("“%(field)s” is kept by Kith itself and follows other values.") % {"field": place.spec.label}
    if place.told.is_locked:
        return str(place.told.words("locked", KEPT))
    if not place.told.is_shown:
        return str(place.told.words("shown", NOT_SHOWN))
    return _("You may read “%(field)s” but not change it; the owner or an administrator can.") % {
        "field": place.spec.label
    }


# --- read -------------------------------------------------------------------------------------------------------------


def read(place: Place) -> HttpResponse:
    """The value as it stands."""
    if place.in_list:
        return HttpResponse(cell(place))
    return render(place.request, "kith/field_row.html", row_context(place))


def row_context(place: Place) -> dict[str, Any]:
    """What the row of a record page needs."""
    found = titles.for_records(place.actor, [place.spec], [place.record])
    edits = place.may_edit
    return {
        "spec": place.spec, "value": place.spec.get(place.record), "old": freshness.told(place.entity, place.record, [place.spec.name]).get(place.spec.name, ""), "record": place.record, "titles": found, "edit": f"{place.address}?edit=1" if edits else "",
        "why": "" if edits else why_not(place),
        "history": f"/{place.entity.slug}/{place.record.pk}/history/{place.spec.name}" if place.spec.columns and access.allowed(place.actor, place.entity, "history") else "",
    }  # fmt: skip


def cell(place: Place) -> str:
    """The cell in its read state."""
    sheet = sheet_of(place)
    column = next(
        (column for column in sheet.columns if column.name == place.spec.name),
        list_rows.Column(place.spec, editable=True),
    )
    sheet.titles = titles.for_records(place.actor, [place.spec], [place.record])
    sheet.age([place.record])
    edit = f"/{place.entity.slug}/{place.record.pk}/field/" if place.may_edit else ""
    return markup(
        list_rows.cell(
            sheet, column, place.record, f"/{place.entity.face_of(place.record).slug}/{place.record.pk}/", edit
        )
    )


def whole_row(place: Place, record: Any) -> str:
    """The row of the list after a change."""
    sheet = sheet_of(place)
    linked.load(place.actor, sheet.specs, [record])
    sheet.titles = titles.for_records(place.actor, [column.spec for column in sheet.columns], [record])
    record.may_edit = place.may_edit
    sheet.age([record])
    return markup(list_rows.row(sheet, record))


def sheet_of(place: Place) -> list_rows.Sheet:
    """The columns of the list that the reader looks at, from the address of the page."""
    query = QueryDict(urlsplit(place.request.headers.get("HX-Current-URL", "")).query)
    try:
        look = from_address(place.entity, place.actor, query, saved_views(place.entity, place.actor))
    except BadFilter:
        look = from_address(place.entity, place.actor, QueryDict())
    return list_rows.sheet(look, place.actor)


# --- edit -------------------------------------------------------------------------------------------------------------


def editor(
    place: Place,
    value: Any,
    *,
    errors: Any = (),
    version: int | None = None,
    note: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The control with the value in it. `note` is what has to be decided before it can be saved."""
    spec = editors.narrowed(place.actor, place.entity, place.spec, place.record)
    spec = field_states.offered(spec, place.told)
    wanted = references(spec, editors.as_links(spec, value)) if spec.type.names_records else []
    context = {
        "spec": spec, "value": value, "errors": errors, "titles": titles.load(place.actor, wanted), "actor": place.actor, "entity": place.entity, "id": f"e-{spec.name}",
        "version": place.record.version if version is None else version, "save": place.address, "cancel": place.address, "element": place.element, "note": note or {},
        "wide": editors.KINDS.get(spec.type.name) in ("area", "boxes", "combos", "money", "condition", "address"),
    }  # fmt: skip
    template = "kith/cell_edit.html" if place.in_list else "kith/field_edit.html"
    response = render(place.request, template, context, status=status)
    return into(response, f"#{place.element}", "outerHTML") if status >= 400 else response


def save(place: Place) -> HttpResponse:
    """Store what was typed over the version it was typed over."""
    raw = editors.posted(place.spec, place.request.POST)
    version = place.request.POST.get("version", "")
    if asked := ask(place, raw):
        return asked
    try:
        with change_set(place.actor, entity=place.entity.label, whole=True) as changes:
            record = writes.save(
                place.actor,
                place.record,
                {place.spec.name: raw},
                typed=True,
                version=int(version) if version.isdecimal() else None,
                confirm=place.request.POST.getlist("confirm"),
            )
        return saved(place, record, f"/undo/{changes.id}" if changes.counts else "")
    except Refused as refused:
        return ask(place, raw, refused) or editor(place, raw, errors=all_messages(refused, place.spec.name), status=422)
    except Conflict as conflict:
        clash = conflict.clashes[0]
        return editor(place, raw, version=conflict.version, note={"clash": clash, "theirs": theirs(place)}, status=409)
    except Warned as warned:
        return editor(place, raw, note={"warnings": warned.warnings}, status=409)


def ask(place: Place, raw: Any, refused: Refused | None = None) -> HttpResponse | None:
    """The dialog with what a value still needs, if an app has one."""
    return asking.ask(place.request, place.entity, place.actor, place.record, {place.spec.name: raw}, refused)


def all_messages(refused: Refused, name: str) -> list[Any]:
    """The messages of a refusal; those of other fields with their names."""
    return [
        message if field in (name, "") else f"{field}: {message}"
        for field, messages in refused.errors.items()
        for message in messages
    ]


def theirs(place: Place) -> Any:
    """What the others wrote, as it would be shown."""
    fresh = access.fetch(place.entity, place.actor, place.record.pk)
    return values.show(place.spec, place.spec.get(fresh), fresh, titles.for_records(place.actor, [place.spec], [fresh]))


def saved(place: Place, record: Any, undo: str) -> HttpResponse:
    """The read state after saving; a message offers undo when something changed."""
    fresh = Place(place.request, place.entity, place.actor, record, place.spec)
    if fresh.in_list:
        response = trigger(HttpResponse(whole_row(fresh, record)), **{"totals-changed": {}})
    else:
        response = trigger(
            render(place.request, "kith/field_row.html", row_context(fresh) | {"saved": True}),
            **{"field-saved": {"field": place.spec.name}},
        )
    return toast(response, _("Saved"), undo=undo) if undo else response
