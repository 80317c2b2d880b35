"""Pages about the past of a list: the dialog that asks for a day, the differences between two days, why a figure changed."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markupsafe import Markup

from kith.core import access, conditions, deltas, differences, ledger, listing, past, past_rows, titles
from kith.core.access import Actor
from kith.core.differences import ADDED, CHANGED, REMOVED, Differences, Entry
from kith.core.entity import Entity
from kith.core.errors import Missing
from kith.core.filters import BadFilter
from kith.core.money import Money
from kith.core.past import Past
from kith.core.reports.budget import limited
from kith.core.timeline_changes import linked
from kith.core.ui import filter_words, formats, list_page, past_bar
from kith.core.ui.base import actor_of, page
from kith.core.views import LIST, SHAPES, Look, path_of

#: Parameters that say of which moments, not of which rows.
MOMENTS = frozenset({past.NAME, "from", "to", "measure", "part", "within", "at", "after", "before"})


@require_safe
@page
@past.travels
def ask(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The dialog: of which day, or between which two."""
    access.require(actor, entity, "history")
    here = past.current()
    shape = request.GET.get("shape", "")
    action = path_of(entity, shape if shape in SHAPES else LIST)
    context = {
        "action": action, "pairs": pairs(request.GET), "today": timezone.localdate().isoformat(), "chosen": (here.day if here else last_month()).isoformat(),
        "differences": f"/{entity.slug}/differences", "why": f"/{entity.slug}/why",
    }  # fmt: skip
    return render(request, "kith/past_dialog.html", context)


def pairs(params: QueryDict) -> list[tuple[str, str]]:
    """An address without its moments."""
    return [(name, value) for name, values in params.lists() if name not in MOMENTS | {"shape"} for value in values]


def last_month() -> dt.date:
    """The end of the last month, which is asked for most."""
    return timezone.localdate().replace(day=1) - dt.timedelta(days=1)


def asked(request: HttpRequest, entity: Entity, actor: Actor, shape: str = LIST) -> tuple[Look, Past, Past]:
    """The look and both moments that an address asks for; without the second one until now."""
    access.require(actor, entity, "history")
    since = past.of(request.GET.get("from", "") or last_month().isoformat())
    until = past.of(request.GET.get("to", "") or timezone.localdate().isoformat())
    if since.moment > until.moment:
        raise BadFilter(_("The first day must not be after the second one."))
    params = request.GET.copy()
    for name in ("as_of", "shape"):
        params.pop(name, None)
    with past.at(since):  # what the past cannot answer is refused here
        look, _saved = list_page.look_of(request, entity, actor, params, shape=shape)
    return look, since, until


def moments(request: HttpRequest, look: Look, since: Past, until: Past, where: str) -> dict[str, Any]:
    """What both pages say of their moments, and the form that asks for others."""
    found = titles.load(actor_of(request), set(conditions.links_in(look.entity, look.filter)))
    slug = look.entity.slug
    rest = pairs(request.GET)
    query = urlencode([*rest, ("from", since.text), ("to", until.text)])
    return {
        "entity": look.entity, "since": since, "until": until, "since_words": past_bar.words(since), "until_words": past_bar.words(until),
        "pairs": rest, "today": timezone.localdate().isoformat(), "action": f"/{slug}/{where}", "chips": filter_words.chips(look, found), "query": query,
        "at_first": f"?{urlencode({past.NAME: since.text})}", "at_last": suffix(until), "erased": past_bar.erased_words(look.entity, actor_of(request), since), "list_href": f"/{slug}/?{urlencode(rest)}".rstrip("?"),
    }  # fmt: skip


# --- differences ------------------------------------------------------------------------------------------------------


@require_safe
@page
def compare(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """What came, went and changed between two days."""
    look, since, until = asked(request, entity, actor)
    with limited(at_once=True):
        found = differences.of_list(look, actor, since, until)
    ledger.log(actor, "list", entity=entity.label, count=sum(found.counts.values()), query=request.GET.urlencode()[:500], how="differences")  # fmt: skip
    context = moments(request, look, since, until, "differences")
    headings = ((ADDED, _("Came")), (REMOVED, _("Went")), (CHANGED, _("Changed")))
    shown = [(kind, title, found.counts[kind], found.entries[kind]) for kind, title in headings]
    context |= {
        "shown": shown, "is_cut": found.is_cut, "titles_of_lines": titles.load(actor, wanted(found)), "why_href": f"/{entity.slug}/why?{context['query']}",
    }  # fmt: skip
    return render(request, "kith/differences.html", context)


def suffix(when: Past) -> str:
    """What leads to a record as it was at a moment; "" today, when it can be changed."""
    return "" if when.day >= timezone.localdate() else f"?{urlencode({past.NAME: when.text})}"


def wanted(found: Differences) -> set[tuple[str, Any]]:
    """Records that the values name."""
    return links_of([entry for entries in found.entries.values() for entry in entries])


def links_of(entries: list[Entry]) -> set[tuple[str, Any]]:
    """Records that the values of entries name."""
    return {
        pair for entry in entries for pair in linked([(line.spec, line.before, line.after) for line in entry.lines])
    }


# --- why a figure changed ---------------------------------------------------------------------------------------------


@require_safe
@page
def why(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """A figure at two days and the parts of its change; one part opened."""
    look, since, until = asked(request, entity, actor)
    offered = deltas.measures(look, actor)
    first = next((name for name in offered if name != deltas.COUNT), deltas.COUNT)
    figure = deltas.figure_of(look, actor, request.GET.get("measure", first), since, until)
    part = request.GET.get("part", "")
    if part and part not in deltas.PARTS:
        raise Missing("part", part)
    with limited(at_once=True):
        explained = deltas.explain(figure)
        opened = list(deltas.rows(figure, part)) if part else []
    ledger.log(actor, "list", entity=entity.label, count=len(opened), query=request.GET.urlencode()[:500], how="why")
    context = moments(request, look, since, until, "why")
    address = f"/{entity.slug}/why?{context['query']}&{urlencode({'measure': figure.measure})}"
    context |= {
        "explained": explained, "measures": offered, "measure": figure.measure, "part": part, "part_label": deltas.PARTS.get(part, ""), "address": address,
        "show": shower(figure, explained), "rows": drawn(figure, actor, opened), "differences_href": f"/{entity.slug}/differences?{context['query']}",
    }  # fmt: skip
    return render(request, "kith/why_figure.html", context)


def shower(figure: deltas.Figure, explained: deltas.Explained) -> Any:
    """How numbers of the figure are written; `signed` for differences."""

    def show(value: Any, *, signed: bool = False) -> Any:
        text = formats.money(Money(value, explained.currency)) if explained.currency else formats.num(plain(value))
        return Markup("+{}").format(text) if signed and value > 0 else text

    return show


def plain(value: Any) -> Any:
    """A number without the zeros of the database; whole ones as such."""
    return int(value) if value == int(value) else value.normalize()


def drawn(figure: deltas.Figure, actor: Actor, opened: list[deltas.Row]) -> list[dict[str, Any]]:
    """The records of a part: how they are called, what they count for, what was changed by whom."""
    keys = [row.id for row in opened]
    records: dict[Any, Any] = {}
    for when in (figure.since, figure.until):
        found = past_rows.named(figure.entity, listing.rows(figure.at(when), actor, keys=keys)) if keys else ()
        records |= {record.pk: record for record in found}
    lines, _cut = differences.lines_of(figure.entity, actor, figure.since, figure.until, keys=keys)
    entries = [Entry(records[row.id], "update", lines.get(row.id, [])) for row in opened if row.id in records]
    differences.name_authors(entries)
    known = {entry.record.pk: entry for entry in entries}
    found_titles = titles.load(actor, links_of(entries))
    return [{"row": row, "entry": known[row.id], "titles": found_titles} for row in opened if row.id in known]
