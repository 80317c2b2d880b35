"""A calendar of any kind of record as an iCalendar file (RFC 5545), for programs that subscribe to addresses: a saved view, a date.

GET /api/v1/tasks/calendar.ics?view=<id>&by=due_at — with a token as the app password. From 90 days ago to 400 days ahead.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kith.core import calendars, ledger, listing
from kith.core.access import Actor
from kith.core.api import reading
from kith.core.api.callers import api
from kith.core.api.views import chosen_view, entity_of
from kith.core.calendar_dates import group_of
from kith.core.calendar_spans import overlapping
from kith.core.entity import Entity
from kith.core.filter_ops import day_after, in_days
from kith.core.specs import FieldSpec
from kith.core.views import CALENDAR, Look, from_address

PARAMETERS = ("view", "f", "filter", "q", "by", "until")
BACK, AHEAD = dt.timedelta(days=90), dt.timedelta(days=400)
MOST, LINE = 5000, 75
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@api("GET")
def calendar(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """The records of a view at their dates; without `by` at the date of the view, else at that of their kind's calendar."""
    entity = entity_of(slug, actor)
    reading.parameters(request, *PARAMETERS)
    data = request.GET.copy()
    if by := data.get("by", ""):
        data["group"] = group_of(by, end=data.get("until", ""))
    look = from_address(entity, actor, data, chosen_view(request, actor, entity), CALENDAR, everything=True)
    spec, end = calendars.date_of(look, actor), calendars.end_of(look, actor)
    records = events(look, actor, spec, end)
    ledger.log(actor, "list", entity=entity.label, count=len(records), query=look.query(), how="calendar")
    name = str(look.saved) if look.saved is not None else str(capfirst(str(entity.plural)))
    body = "".join(folded(line) for line in lines(entity, spec, end, records, name))
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'inline; filename="{entity.slug}.ics"'
    return answer


def events(look: Look, actor: Actor, spec: FieldSpec, end: FieldSpec | None) -> list[Any]:
    """The records between the two ends, the earliest first; at most 5000."""
    today = timezone.localdate()
    first, after = today - BACK, today + AHEAD
    within = in_days(spec, first, after) if end is None else overlapping(spec, end, first, after)
    found = calendars.with_day(listing.rows(look, actor).filter(within), spec)
    return list(calendars.sorted_by(listing.whole(found, look.entity), calendars.day_order(spec))[:MOST])


def lines(entity: Entity, spec: FieldSpec, end: FieldSpec | None, records: Iterable[Any], name: str) -> Iterator[str]:
    """The lines of the file."""
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kith//Kith//EN", "CALSCALE:GREGORIAN")
    yield f"X-WR-CALNAME:{name.translate(ESCAPED)}"
    for record in records:
        address = f"{settings.BASE_URL.rstrip('/')}/{entity.face_of(record).slug}/{record.pk}/"
        yield from ("BEGIN:VEVENT", f"UID:{record.pk}@{entity.label}.kith")
        yield f"DTSTAMP:{moment(record.updated_at)}"
        yield from span(spec.get(record), None if end is None else end.get(record))
        yield f"SUMMARY:{(str(record) or _('Untitled')).translate(ESCAPED)}"
        yield from (f"URL:{address}", f"SEQUENCE:{record.version - 1}", f"LAST-MODIFIED:{moment(record.updated_at)}")
        yield from ("TRANSP:TRANSPARENT", "END:VEVENT") if not isinstance(spec.get(record), dt.datetime) else ("END:VEVENT",)  # fmt: skip
    yield "END:VCALENDAR"


def span(value: Any, end: Any = None) -> Iterator[str]:
    """When it is: a moment, or a whole day; until a later moment, or the end of a later day."""
    lasts = end is not None and end > value
    if isinstance(value, dt.datetime):
        yield f"DTSTART:{moment(value)}"
        yield from [f"DTEND:{moment(end)}"] if lasts else []
    else:
        yield f"DTSTART;VALUE=DATE:{plain(value)}"
        after = day_after(end) if lasts else None  # nothing comes after the last day there is
        yield from [f"DTEND;VALUE=DATE:{plain(after)}"] if after is not None else []


def plain(value: dt.date) -> str:
    """A day in eight digits; `%Y` gives the year 987 only three."""
    return value.isoformat().replace("-", "")


def moment(value: dt.datetime) -> str:
    """A moment in universal time."""
    there = value.astimezone(dt.UTC)
    return f"{plain(there.date())}T{there:%H%M%S}Z"


def folded(line: str) -> str:
    """A line of at most 75 octets, the rest on lines that begin with a space; no sign is cut in two."""
    made, room = [""], LINE
    for sign in line:
        size = len(sign.encode())
        if size > room:
            made.append(" ")
            room = LINE - 1
        made[-1] += sign
        room -= size
    return "\r\n".join(made) + "\r\n"
