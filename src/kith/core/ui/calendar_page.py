"""Everything a calendar shows: the days of a month, week or day with their rows, drawn as entries that can be moved."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from babel import Locale
from babel.dates import format_date, format_interval, get_day_names
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from markupsafe import Markup, escape

from kith.core import access, calendars, conditions, past, titles
from kith.core.access import Actor
from kith.core.calendar_dates import ends, group_of
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
    #: The date that entries last until, where one is chosen.
    end: FieldSpec | None = None
    days: list[Day] = field(default_factory=list)
    template = "kith/calendar.html"

    @property
    def mode(self) -> str:
        """Month, week or day."""
        return self.period.mode

    @property
    def feed(self) -> str:
        """The address of the file with this calendar, for programs that subscribe: as the view has it, with the conditions of now written out."""
        view = [("view", self.look.view_id)] if self.look.saved is not None else []
        kept = parse_qsl(self.query, keep_blank_values=True)
        asked = [(name, value) for name, value in kept if name in ("f", "filter", "q") and (value or name == "f")]
        until = [("until", self.end.name)] if self.end is not None else []
        pairs = [*view, ("by", self.spec.name), *until, *(asked if self.look.is_changed or not view else [])]
        return f"/api/v1/{self.entity.slug}/calendar.ics?{urlencode(pairs)}"

    @property
    def suffix(self) -> str:
        """What the addresses of its records end in."""
        return list_rows.suffix(self.look)

    @property
    def is_timed(self) -> bool:
        """Whether entries have a time of day."""
        return self.spec.type.name == "moment"

    @property
    def may_move(self) -> bool:
        """Whether the reader may move some entries at all."""
        return self.look.as_of is None and calendars.moves(self.entity, self.actor, self.spec, self.end)

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
        choices = [
            (capfirst(str(spec.label)), spec.name, self.at(group=group_of(spec.name, self.option)))
            for spec in calendars.possible(self.entity, self.actor)
        ]
        return menu_items(sorted(choices, key=lambda item: item[0].casefold()), self.spec.name)

    @property
    def date_label(self) -> str:
        """The date that the calendar goes by."""
        return capfirst(str(self.spec.label))

    @property
    def option(self) -> str:
        """The mode as the address has it."""
        return self.look.option.partition(":")[0]

    @property
    def until(self) -> str:
        """The name of the date that entries last until."""
        return self.end.name if self.end is not None else ""

    @property
    def end_menu(self) -> Markup:
        """Dates that entries can last until, as menu items; none where there is no other date."""
        found = ends(self.entity, self.actor, self.spec)
        names = [(capfirst(str(spec.label)), spec.name) for spec in found]
        choices = [(_("One day only"), ""), *sorted(names, key=lambda item: item[0].casefold())]
        return (
            menu_items(
                [(text, name, self.at(group=group_of(self.spec.name, self.option, name))) for text, name in choices],
                self.until,
            )
            if found
            else Markup()
        )

    @property
    def end_label(self) -> str:
        """The date that entries last until."""
        return capfirst(str(self.end.label)) if self.end is not None else _("One day only")

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
            {"label": words[mode], "href": self.at(group=group_of(self.spec.name, mode, self.until)), "current": mode == self.mode, "key": mode[0].upper()}
            for mode in reversed(MODES)
        ]  # fmt: skip

    def list_of(self, day: dt.date) -> str:
        """The list of the rows of one day."""
        on = Test(self.spec.name, "on", day.isoformat())
        if self.end is None:
            return self._list(on)
        one = dt.timedelta(days=1)
        lasts = Group("any", (on, Test(self.end.name, "after", (day - one).isoformat())))
        return self._list(Test(self.spec.name, "before", (day + one).isoformat()), lasts)

    @property
    def undated(self) -> str:
        """The list of the rows that stand on no day."""
        return self._list(Test(self.spec.name, "empty"))

    def _list(self, *tests: Test | Group) -> str:
        now = self.look.filter
        kept = now.nodes if isinstance(now, Group) and now.mode == "all" else (now,)
        look = replace(self.look, shape=LIST, group="", sort=(self.spec.name,), filter=Group("all", (*kept, *tests)))
        return f"{look.path}?{look.query()}"

    @cached_property
    def may_make(self) -> bool:
        """Whether the reader may make records with the date of the calendar."""
        writable = self.spec.name in access.writable(self.actor, self.entity)
        return self.look.as_of is None and writable and access.allowed(self.actor, self.entity, "create")

    def new_at(self, day: dt.date, clock: dt.time | None = None) -> str:
        """The form of a new record on a day; empty where none can be made."""
        if not self.may_make:
            return ""
        value = f"{day.isoformat()}T{clock or calendars.MORNING:%H:%M}" if self.is_timed else day.isoformat()
        return f"/{self.entity.slug}/new?{urlencode({self.spec.name: value})}"

    # --- days -----------------------------------------------------------------------------------------------------

    @property
    def drawn(self) -> Iterator[dict[str, Any]]:
        """The days for the template."""
        today, here = past.today(), formats.locale()
        limit = shown_in(self.mode)
        for day in self.days:
            shown = day.records[: limit if day.count <= limit else max(1, limit - 1)]
            weekday, full = words_of(here, day.date)
            yield {
                "date": day.date, "number": str(day.date.day), "weekday": weekday,
                "full": full, "is_today": day.date == today, "is_out": self.period.is_outside(day.date),
                "is_off": day.date.weekday() > 4, "entries": self.entries(shown, day.date), "left": day.count - len(shown), "count": day.count, "list": self.list_of(day.date) if day.count > len(shown) else "",
                "new": self.new_at(day.date), "placed": self.placed(shown, day.date) if self.mode != MONTH and self.is_timed else "",
                "now": now_mark(self.hours[0]) if not self.look.as_of and day.date == today and self.mode != MONTH and self.is_timed else None,
            }  # fmt: skip

    @property
    def hours(self) -> range:
        """The hours that a week or day shows: the working day, and whatever lies outside."""
        if not self.is_timed:
            return range(0)
        taken = [
            timezone.localtime(self.spec.get(record)).hour
            for day in self.days
            for record in day.records
            if self.begins(record, day.date)
        ]
        return range(min([FIRST_HOUR, *taken]), max([LAST_HOUR, *(hour + 1 for hour in taken)]))

    @property
    def hour_words(self) -> list[str]:
        """The hours beside the grid."""
        return [f"{hour:02}:00" for hour in self.hours]

    def begins(self, record: Any, date: dt.date) -> bool:
        """Whether an entry begins on a day, not before."""
        return calendars.local_day(self.spec.get(record)) == date

    def entries(self, records: Iterable[Any], date: dt.date) -> Markup:
        """Entries one under the other."""
        return values.markup("".join(entry(self, record, date) for record in records))

    def placed(self, records: list[Any], date: dt.date) -> Markup:
        """Entries at their times, side by side where they meet; what began before stands at the top."""
        first = self.hours[0] * 60
        starts = [timezone.localtime(self.spec.get(record)) for record in records]
        minutes = [at.hour * 60 + at.minute if at.date() == date else first for at in starts]
        spots = placed(minutes, first=first)
        return values.markup(
            "".join(entry(self, record, date, spot) for record, spot in zip(records, spots, strict=True))
        )


@lru_cache(maxsize=2000)
def words_of(locale: Locale, day: dt.date) -> tuple[str, str]:
    """A day as the weekday in short, and in full."""
    return format_date(day, "ccc", locale=locale), capfirst(format_date(day, "full", locale=locale))


def now_mark(first: int) -> int | None:
    """The quarter of an hour that it is, counted from the first hour; None before it."""
    now = timezone.localtime()
    quarter = (now.hour - first) * 4 + now.minute // 15
    return quarter if quarter >= 0 else None


def entry(made: CalendarPage, record: Any, date: dt.date, spot: Placed | None = None) -> str:
    """One entry on one of its days: a link to the record that can be moved."""
    entity, spec = made.entity, made.spec
    href = f"/{entity.face_of(record).slug}/{record.pk}/"
    head = entity.fields[entity.title]
    name = (
        str(record)
        if hasattr(record, "translations")
        else titles.text(head, head.get(record), made.titles) or _("Untitled")
    )
    begins = made.begins(record, date)
    clock = formats.clock(spec.get(record)) if made.is_timed and begins else ""
    hue, over = state_of(made, record)
    css = (
        "evt nw"
        + (" is-done" if over else "")
        + ("" if begins else " is-on")
        + (" goes-on" if goes_on(made, record, date) else "")
    )
    place = f' data-at="{spot.at}" data-lane="{spot.lane}" data-lanes="{spot.lanes}"' if spot else ""
    fixed = "" if made.may_move and getattr(record, "may_edit", made.sheet.edits == list_rows.ALL) else " data-fixed"
    peek = "" if made.look.as_of else f' data-peek="{href}peek"'
    time = f"<span>{escape(clock)}</span>" if clock else ""
    return (
        f'<a class="{css}" href="{href}{made.suffix}" id="evt-{record.pk}{"" if begins else f"-{date}"}" data-evt="{record.pk}"{peek} data-version="{record.version}" data-clock="{clock}" '
        f'data-name="{escape(name)}" data-h="{hue}" draggable="false"{place}{fixed}>{time}<b>{escape(name)}</b></a>'
    )


def goes_on(made: CalendarPage, record: Any, date: dt.date) -> bool:
    """Whether an entry lasts beyond a day."""
    last = None if made.end is None else made.end.get(record)
    return last is not None and calendars.local_day(last) > date


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
    spec, end, day = (
        calendars.date_of(look, actor),
        calendars.end_of(look, actor),
        calendars.day_of(request.GET.get("on", "")),
    )
    period = calendars.period_of(calendars.mode_of(look), day)
    specs, sheet = shown_specs(look, actor), list_rows.sheet(look, actor)
    marks = {} if look.as_of else list_rows.edit_marks(look.entity, actor)
    days = calendars.days(look, actor, spec, period, extra=marks, shown=specs, each=shown_in(period.mode), end=end)
    records = [record for day in days for record in day.records]
    found = titles.load(actor, titles.wanted(specs, records) | set(conditions.links_in(look.entity, look.filter)))
    page = Page(records, count=sum(day.count for day in days))
    made = CalendarPage(
        look.entity, actor, look, saved, page, sheet, found, spec=spec, period=period, days=days, end=end
    )
    list_page.log(actor, made)
    return made


def look_of(request: HttpRequest, entity: Any, actor: Actor) -> tuple[Look, list[Any]]:
    """The look of a calendar's address."""
    return list_page.look_of(request, entity, actor, shape=CALENDAR)
