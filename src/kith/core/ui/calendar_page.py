"""Everything a calendar shows: the days of a month, week or day with their rows, drawn as entries that can be moved."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date, format_interval, get_day_names
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from markupsafe import Markup, escape

from kith.core import access, calendars, conditions, titles
from kith.core.access import Actor
from kith.core.calendars import DAY, MODES, MONTH, WEEK, Day, Period
from kith.core.filters import Group, Test
from kith.core.listing import Page
from kith.core.specs import FieldSpec
from kith.core.ui import formats, list_page, list_rows, values
from kith.core.ui.calendar_lanes import Placed, placed
from kith.core.ui.list_page import ListPage, menu_items
from kith.core.views import CALENDAR, LIST, Look

#: Entries of a day in a month; the others are behind "+n more".
SHOWN = 3
#: The hours that a week shows when nothing lies outside them.
FIRST_HOUR, LAST_HOUR = 8, 18


@dataclass
class CalendarPage(ListPage):
    """A calendar as it is shown to one actor."""

    spec: FieldSpec = field(kw_only=True)
    period: Period = field(kw_only=True)
    days: list[Day] = field(default_factory=list)
    template = "kith/calendar.html"

    @property
    def mode(self) -> str:
        """Month, week or day."""
        return self.period.mode

    @property
    def is_timed(self) -> bool:
        """Whether entries have a time of day."""
        return self.spec.type.name == "moment"

    @property
    def may_move(self) -> bool:
        """Whether the reader may move some entries at all."""
        return calendars.moves(self.entity, self.actor, self.spec)

    # --- words ----------------------------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        """ "November 2026", "23–29 Nov 2026", "Tuesday, 24 November 2026"."""
        here, on = formats.locale(), self.period.on
        if self.mode == MONTH:
            return capfirst(formats.month(on))
        if self.mode == DAY:
            return capfirst(format_date(on, "full", locale=here))
        return str(format_interval(self.period.start, self.period.end - dt.timedelta(days=1), "yMMMd", locale=here))

    @property
    def week_words(self) -> str:
        """ "Week 48"."""
        return _("Week %(number)s") % {"number": self.period.on.isocalendar().week} if self.mode == WEEK else ""

    @property
    def zone(self) -> str:
        """The reader's time zone in short."""
        return timezone.localtime().tzname() or ""

    @property
    def weekdays(self) -> list[str]:
        """Names of the days of the week, in the order of the calendar."""
        names = get_day_names("abbreviated", "stand-alone", formats.locale())
        return [names[day.weekday()] for day in self.period.days[:7]]

    @property
    def date_menu(self) -> Markup:
        """Dates that the calendar can go by, as menu items."""
        option = f":{self.look.option}" if self.look.option else ""
        choices = [
            (capfirst(str(spec.label)), spec.name, self.at(group=f"{spec.name}{option}"))
            for spec in calendars.possible(self.entity, self.actor)
        ]
        return menu_items(sorted(choices, key=lambda item: item[0].casefold()), self.spec.name)

    @property
    def date_label(self) -> str:
        """The date that the calendar goes by."""
        return capfirst(str(self.spec.label))

    # --- addresses ------------------------------------------------------------------------------------------------

    def at(self, day: dt.date | None = None, **changes: Any) -> str:
        """The address of this calendar around another day."""
        base = self.href(**changes)
        return f"{base}{'&' if '?' in base else '?'}on={(day or self.period.on).isoformat()}"

    @property
    def modes(self) -> list[dict[str, Any]]:
        """Day, week, month."""
        words = {
            DAY: pgettext("calendar", "Day"),
            WEEK: pgettext("calendar", "Week"),
            MONTH: pgettext("calendar", "Month"),
        }
        return [
            {"label": words[mode], "href": self.at(group=f"{self.spec.name}:{mode}"), "current": mode == self.mode, "key": mode[0].upper()}
            for mode in reversed(MODES)
        ]  # fmt: skip

    def list_of(self, day: dt.date) -> str:
        """The list of the rows of one day."""
        return self._list(Test(self.spec.name, "on", day.isoformat()))

    @property
    def undated(self) -> str:
        """The list of the rows that stand on no day."""
        return self._list(Test(self.spec.name, "empty"))

    def _list(self, test: Test) -> str:
        now = self.look.filter
        kept = now.nodes if isinstance(now, Group) and now.mode == "all" else (now,)
        look = replace(self.look, shape=LIST, group="", sort=(self.spec.name,), filter=Group("all", (*kept, test)))
        return f"{look.path}?{look.query()}"

    def new_at(self, day: dt.date, clock: dt.time | None = None) -> str:
        """The form of a new record on a day; empty where none can be made."""
        writable = self.spec.name in access.writable(self.actor, self.entity)
        if not writable or not access.allowed(self.actor, self.entity, "create"):
            return ""
        value = f"{day.isoformat()}T{clock or calendars.MORNING:%H:%M}" if self.is_timed else day.isoformat()
        return f"/{self.entity.slug}/new?{urlencode({self.spec.name: value})}"

    # --- days -----------------------------------------------------------------------------------------------------

    @property
    def drawn(self) -> Iterator[dict[str, Any]]:
        """The days for the template."""
        today, here = timezone.localdate(), formats.locale()
        limit = shown_in(self.mode)
        for day in self.days:
            shown = day.records[: limit if day.count <= limit else max(1, limit - 1)]
            yield {
                "date": day.date, "number": str(day.date.day), "weekday": format_date(day.date, "ccc", locale=here),
                "full": capfirst(format_date(day.date, "full", locale=here)), "is_today": day.date == today, "is_out": self.period.is_outside(day.date),
                "is_off": day.date.weekday() > 4, "entries": self.entries(shown), "left": day.count - len(shown), "count": day.count, "list": self.list_of(day.date),
                "new": self.new_at(day.date), "day": self.at(day.date, group=f"{self.spec.name}:{DAY}"), "placed": self.placed(shown) if self.mode != MONTH and self.is_timed else "",
                "now": now_mark(self.hours[0]) if day.date == today and self.mode != MONTH and self.is_timed else None,
            }  # fmt: skip

    @property
    def hours(self) -> range:
        """The hours that a week or day shows: the working day, and whatever lies outside."""
        if not self.is_timed:
            return range(0)
        taken = [timezone.localtime(self.spec.get(record)).hour for day in self.days for record in day.records]
        return range(min([FIRST_HOUR, *taken]), max([LAST_HOUR, *(hour + 1 for hour in taken)]))

    @property
    def hour_words(self) -> list[str]:
        """The hours beside the grid."""
        return [f"{hour:02}:00" for hour in self.hours]

    def entries(self, records: Iterable[Any]) -> Markup:
        """Entries one under the other."""
        return values.markup("".join(entry(self, record) for record in records))

    def placed(self, records: list[Any]) -> Markup:
        """Entries at their times, side by side where they meet."""
        starts = [timezone.localtime(self.spec.get(record)) for record in records]
        spots = placed([(at.hour * 60 + at.minute) for at in starts], first=self.hours[0] * 60)
        return values.markup("".join(entry(self, record, spot) for record, spot in zip(records, spots, strict=True)))


def now_mark(first: int) -> int | None:
    """The quarter of an hour that it is, counted from the first hour; None before it."""
    now = timezone.localtime()
    quarter = (now.hour - first) * 4 + now.minute // 15
    return quarter if quarter >= 0 else None


def entry(made: CalendarPage, record: Any, spot: Placed | None = None) -> str:
    """One entry: a link to the record that can be moved."""
    entity, spec = made.entity, made.spec
    href = f"/{entity.face_of(record).slug}/{record.pk}/"
    head = entity.fields[entity.title]
    name = (
        str(record)
        if hasattr(record, "translations")
        else titles.text(head, head.get(record), made.titles) or _("Untitled")
    )
    clock = formats.clock(spec.get(record)) if made.is_timed else ""
    hue, over = state_of(made, record)
    css = "evt nw" + (" is-done" if over else "")
    place = f' data-at="{spot.at}" data-lane="{spot.lane}" data-lanes="{spot.lanes}"' if spot else ""
    fixed = "" if made.may_move and getattr(record, "may_edit", made.sheet.edits == list_rows.ALL) else " data-fixed"
    time = f"<span>{escape(clock)}</span>" if clock else ""
    return (
        f'<a class="{css}" href="{href}" id="evt-{record.pk}" data-evt="{record.pk}" data-peek="{href}peek" data-version="{record.version}" data-clock="{clock}" '
        f'data-name="{escape(name)}" data-h="{hue}" draggable="false"{place}{fixed}>{time}<b>{escape(name)}</b></a>'
    )


def state_of(made: CalendarPage, record: Any) -> tuple[str, bool]:
    """The hue of an entry, by what its board would say, and whether it is over."""
    name = made.entity.board
    if not name or name not in access.readable(made.actor, made.entity):
        return "teal", False
    spec = made.entity.fields[name]
    value = spec.get(record)
    if spec.type.name == "link":
        title = made.titles.get((spec.target, value))
        return (title.hue if title else "") or "teal", False
    return spec.hues.get(value, "grey"), value in made.entity.closed


def shown_specs(look: Look, actor: Actor) -> list[FieldSpec]:
    """What entries are drawn from."""
    names = [
        look.entity.title,
        *([look.entity.board] if look.entity.board in access.readable(actor, look.entity) else []),
    ]
    return [look.entity.fields[name] for name in names]


def shown_in(mode: str) -> int:
    """How many entries of a day are shown."""
    return SHOWN if mode == MONTH else calendars.PER_DAY


def gather(request: HttpRequest, look: Look, saved: list[Any], actor: Actor) -> CalendarPage:
    """The calendar that a request asks for."""
    spec, day = calendars.date_of(look, actor), calendars.day_of(request.GET.get("on", ""))
    period = calendars.period_of(calendars.mode_of(look), day)
    specs, sheet = shown_specs(look, actor), list_rows.sheet(look, actor)
    marks = list_rows.edit_marks(look.entity, actor)
    days = calendars.days(look, actor, spec, period, extra=marks, shown=specs, each=shown_in(period.mode))
    records = [record for day in days for record in day.records]
    found = titles.load(actor, titles.wanted(specs, records) | set(conditions.links_in(look.entity, look.filter)))
    page = Page(records, count=sum(day.count for day in days))
    made = CalendarPage(look.entity, actor, look, saved, page, sheet, found, spec=spec, period=period, days=days)
    list_page.log(actor, made)
    return made


def look_of(request: HttpRequest, entity: Any, actor: Actor) -> tuple[Look, list[Any]]:
    """The look of a calendar's address."""
    return list_page.look_of(request, entity, actor, shape=CALENDAR)
