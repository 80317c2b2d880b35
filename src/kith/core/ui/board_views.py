"""The board of an entity: its page, further cards of a column, sums of long ones, and moving a card."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kith.core import access, axes, boards, ledger, past, titles
from kith.core.access import Actor
from kith.core.axes import Axis, Column
from kith.core.boards import Lane
from kith.core.changes import change_set
from kith.core.entity import Entity
from kith.core.errors import Refused, Warned
from kith.core.ui import asking, board_page, cards, editors, list_rows, lists
from kith.core.ui.base import page, record_page
from kith.core.ui.respond import closing, target_of, toast, trigger


@require_GET
@page
@past.travels
def show(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The board; for htmx what changed of it."""
    return lists.shown(request, entity, actor, gather)


def gather(request: HttpRequest, entity: Entity, actor: Actor) -> board_page.BoardPage:
    """The board that a request asks for."""
    return board_page.gather(request, *board_page.look_of(request, entity, actor), actor)


@require_GET
@page
@past.travels
def more(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The next cards of a column, in place of the button that asked for them."""
    axis = axis_of(request, entity, actor)
    column, deck = axis.column(request.GET.get("column", "")), board_page.deck_of(axis)
    records, after = boards.more(
        axis, column, request.GET.get("after", ""),
        extra=list_rows.marks_of(axis.look, actor), shown=[deck.head, *deck.specs],
    )  # fmt: skip
    deck.titles = titles.load(actor, cards.wanted(deck, records))
    ledger.log(actor, "list", entity=entity.label, count=len(records), query=request.GET.urlencode()[:500])
    lane = Lane(column, axis.columns.index(column), after=after)
    context = {
        "cards": cards.cards(deck, column, records), "more": board_page.more_address(axis.look, lane),
        "at": lane.at, "left": 0, "label": column.label,
    }  # fmt: skip
    return render(request, "kith/board_cards.html", context)


@require_GET
@page
@past.travels
def totals(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """What stands over the columns of a board with very many rows, asked for after the page is shown."""
    axis = axis_of(request, entity, actor)
    found = boards.whole_totals(axis)
    heads = [board_page.head(axis, column, total) for column, total in zip(axis.columns, found, strict=True)]
    sums = board_page.over_all(found, weighs=axis.weight is not None)
    return render(request, "kith/board_totals.html", {"heads": heads, "sums": sums})


def axis_of(request: HttpRequest, entity: Entity, actor: Actor) -> Axis:
    """The axis of the board that the address names."""
    look, _saved = board_page.look_of(request, entity, actor)
    return axes.axis_of(look, actor)


# --- moving -----------------------------------------------------------------------------------------------------------


@require_POST
@record_page()
def move(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Move a card to another column; what is missing for that is asked for in a dialog."""
    axis = axis_of(request, entity, actor)
    column, version = axis.column(request.POST.get("column", "")), request.POST.get("version", "")
    names = [name for name in request.POST.getlist("asked") if name in access.writable(actor, entity)]
    typed = editors.posted_values(entity, names, request.POST)
    wanted = {axis.spec.name: column.value}
    if not names and (asked := asking.ask(request, entity, actor, record, wanted)):
        return asked
    try:
        with change_set(actor, entity=entity.label, whole=True) as changes:
            moved = axis.move(
                record, column, version=int(version) if version.isdecimal() and len(version) < 10 else None,
                values=typed, confirm=request.POST.getlist("confirm"),
            )  # fmt: skip
    except Refused as refused:
        if asked := asking.ask(request, entity, actor, record, wanted, refused):
            return asked
        fields = [name for name in refused.errors if name in access.writable(actor, entity) and name != axis.spec.name]
        if not fields:
            raise
        return ask(request, axis, record, column, list(dict.fromkeys((*names, *fields))), typed, errors=refused.errors)
    except Warned as warned:
        return ask(request, axis, record, column, names, typed, warnings=warned.warnings)
    return answer(request, axis, record, moved, column, f"/undo/{changes.id}" if changes.counts else "")


def ask(
    request: HttpRequest, axis: Axis, record: Any, column: Column, names: list[str], typed: dict[str, Any], *,
    errors: Any = None, warnings: Any = (),
) -> HttpResponse:  # fmt: skip
    """The dialog with just the fields that a move needs, or the facts to confirm."""
    specs = [axis.entity.fields[name] for name in names]
    context = {
        "title": _("%(what)s: to “%(column)s”") % {"what": record, "column": column.label}, "address": request.get_full_path(), "record": record,
        "column": column, "version": request.POST.get("version", ""), "specs": specs, "errors": errors or {}, "warnings": warnings, "actor": axis.actor,
        "values": {spec.name: typed.get(spec.name, spec.get(record)) for spec in specs}, "titles": titles.for_records(axis.actor, specs, [record]),
        "entity": axis.entity,
    }  # fmt: skip
    response = render(request, "kith/board_ask.html", context, status=422 if errors else 409)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#modal", "innerHTML"
    return response


def answer(request: HttpRequest, axis: Axis, before: Any, moved: Any, column: Column, undo: str) -> HttpResponse:
    """The card in its new column, both headings, and where the card stands there; a dialog makes the board load anew."""
    text = _("Moved to “%(column)s”") % {"column": column.label}
    if target_of(request) == "modal":
        return closing(text, undo=undo, **{"refresh-list": {}})
    stands, after = boards.neighbour(axis, column, moved.pk)
    deck = board_page.deck_of(axis)
    moved.may_edit = access.may(axis.entity, axis.actor, moved.pk, "edit")
    deck.titles = titles.for_records(axis.actor, [deck.head, *deck.specs], [moved])
    columns = [one for one in axis.columns if one.key in (axis.key_of(before), column.key)]
    heads = [
        board_page.head(axis, one, total)
        for one, total in zip(columns, boards.totals(axis, columns, fresh=True), strict=True)
    ]
    card = cards.cards(deck, column, [moved]) if stands else ""
    response = render(request, "kith/board_moved.html", {"card": card, "heads": heads})
    detail = {"id": str(moved.pk), "column": column.key, "after": str(after or ""), "stands": stands}
    trigger(response, **{"card-moved": detail})
    words = text if stands else _("Moved to “%(column)s”; the conditions hide it now.") % {"column": column.label}
    return toast(response, words, undo=undo) if undo else response
