"""Dates and moments, by rules.md R3."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from babel.dates import format_date, format_datetime, get_date_format
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..errors import BadValue
from .base import FieldType, tidy, wrong
from .numbers import locale

if TYPE_CHECKING:
    from ..specs import FieldSpec

DATE_OPS = ("on", "before", "after", "between", "last", "next", "this", "empty", "filled")


def typed_date(text: str) -> dt.date:
    """A date as typed: ISO, or day and month in the order of the reader's language."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        pass
    parts = [part for part in text.replace("/", ".").replace("-", ".").replace(" ", ".").split(".") if part]
    pattern = get_date_format("short", locale=locale()).pattern
    order = sorted("ymd", key=lambda sign: pattern.lower().index(sign))
    try:
        numbers = dict(zip(order, (int(part) for part in parts), strict=True))
        year = numbers["y"] + (2000 if numbers["y"] < 70 else 1900 if numbers["y"] < 100 else 0)
        return dt.date(year, numbers["m"], numbers["d"])
    except (ValueError, KeyError, OverflowError):
        raise BadValue(
            _("Not a date; write it like %(example)s.")
            % {"example": format_date(dt.date(2026, 11, 27), "short", locale=locale())}
        ) from None


class Date(FieldType):
    """A calendar date without a time zone; a moment keeps its date exactly as written (R3)."""

    name = "date"
    ops = DATE_OPS
    schema = {"type": "string", "format": "date"}
    bag_cast = "text"  # ISO text sorts correctly and, unlike ::date, can be indexed

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        if not isinstance(value, str):
            raise wrong(_("a date (YYYY-MM-DD)"))
        try:
            date = dt.date.fromisoformat(value.strip()[:10])
            dt.datetime.fromisoformat(value.strip())
        except ValueError:
            raise BadValue(_("Not a date; write it as YYYY-MM-DD.")) from None
        return date

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        tidied = tidy(text, 100)
        return None if tidied is None else typed_date(tidied)

    def dump(self, value: Any, spec: "FieldSpec") -> Any:
        return None if value is None else value.isoformat()

    def load(self, raw: Any, spec: "FieldSpec") -> Any:
        return None if raw is None else dt.date.fromisoformat(raw)

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return "" if value is None else str(format_date(value, "medium", locale=locale()))

    def cell(self, value: Any, spec: "FieldSpec") -> Any:
        return value


class Moment(Date):
    """An instant; stored in UTC, shown and typed in the reader's time zone."""

    name = "moment"
    schema = {"type": "string", "format": "date-time"}

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                value = dt.datetime.fromisoformat(value.strip())
            except ValueError:
                raise BadValue(_("Not a date with time; write it like 2026-11-27T14:30:00+01:00.")) from None
        if not isinstance(value, dt.datetime):
            raise wrong(_("a date with time"))
        # A day at either end, so that the moment exists in every time zone.
        if not 1 < value.toordinal() - dt.date.min.toordinal() < dt.date.max.toordinal() - 2:
            raise BadValue(_("Not a date that can be stored."))
        return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        tidied = tidy(text, 100)
        if tidied is None:
            return None
        try:
            value = dt.datetime.fromisoformat(tidied)
        except ValueError:
            day, _space, clock = tidied.partition(" ")
            try:
                value = dt.datetime.combine(typed_date(day), dt.time.fromisoformat(clock.strip() or "00:00"))
            except ValueError:
                raise BadValue(_("Not a time; write it like 14:30.")) from None
        return self.clean(value if value.tzinfo else timezone.make_aware(value), spec)

    def load(self, raw: Any, spec: "FieldSpec") -> Any:
        return None if raw is None else dt.datetime.fromisoformat(raw)

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return "" if value is None else str(format_datetime(timezone.localtime(value), "medium", locale=locale()))

    def cell(self, value: Any, spec: "FieldSpec") -> Any:
        return None if value is None else timezone.localtime(value).replace(tzinfo=None, microsecond=0)
