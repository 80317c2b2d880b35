"""The calendar of an entity: its page, and moving an entry to another day or time."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kith.core import calendars, past
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.entity import Entity
from kith.core.ui import calendar_page, formats, lists
from kith.core.ui.base import page, record_page
from kith.core.ui.respond import toast, trigger


@require_GET
@page
@past.travels
def show(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The calendar; for htmx what changed of it."""
    return lists.shown(request, entity, actor, gather)


def gather(request: HttpRequest, entity: Entity, actor: Actor) -> calendar_page.CalendarPage:
    """The calendar that a request asks for."""
    return calendar_page.gather(request, *calendar_page.look_of(request, entity, actor), actor)


@require_POST
@record_page()
def move(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Put an entry on another day, or at another time of day; the calendar then loads anew."""
    look, _saved = calendar_page.look_of(request, entity, actor)
    spec, version = calendars.date_of(look, actor), request.POST.get("version", "")
    end = calendars.end_of(look, actor)
    grabbed = calendars.day_of(request.POST["from"]) if end is not None and request.POST.get("from") else None
    with change_set(actor, entity=entity.label) as changes:
        moved = calendars.move(
            actor, record, spec, calendars.day_of(request.POST.get("day", "")), calendars.moment_of(request.POST.get("time", "")),
            version=int(version) if version.isdecimal() and len(version) < 10 else None, end=end, grabbed=grabbed,
        )  # fmt: skip
    response = trigger(HttpResponse(status=204), **{"refresh-list": {}})
    words = _("Moved to %(when)s") % {"when": when_words(spec.get(moved))}
    return toast(response, words, undo=f"/undo/{changes.id}") if changes.counts else response


def when_words(value: Any) -> str:
    """A date, or a date with its time."""
    return f"{formats.day(value)} {formats.clock(value)}" if hasattr(value, "hour") else formats.day(value)
