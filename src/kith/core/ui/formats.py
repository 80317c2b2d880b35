"""Numbers, money, dates and moments as the reader's language and time zone write them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, cast

from babel import Locale, UnknownLocaleError
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from babel.units import format_unit
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from kith.core import past

type Number = int | float | Decimal
type Day = date | datetime

# English with the day before the month and a 24-hour clock: read alike on both sides of the Atlantic.
LOCALES = {"en": "en_GB", "ru": "ru", "zh-hans": "zh_Hans_CN"}
DASH = Markup("—")


@lru_cache(maxsize=32)
def locale_of(language: str) -> Locale:
    """The Babel locale of a Django language code, English where it is unknown."""
    try:
        return Locale.parse(
            LOCALES.get(language, language), sep="-" if "-" in language and language not in LOCALES else "_"
        )
    except (UnknownLocaleError, ValueError):
        return Locale.parse(LOCALES["en"])


def locale() -> Locale:
    """The locale of the active language."""
    return locale_of(get_language() or "en")


def num(value: Number | None, digits: int | None = None) -> str:
    """A number with the locale's separators; `digits` fixes the decimal places."""
    if value is None:
        return DASH
    pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return babel_numbers.format_decimal(value, format=pattern, locale=locale())


def percent(value: Number | None, digits: int = 0) -> str:
    """A share of one (0.65) as a percentage."""
    if value is None:
        return DASH
    pattern = locale().percent_formats[None].pattern
    return babel_numbers.format_percent(
        value, pattern.replace("0", "0" + ("." + "0" * digits if digits else ""), 1), locale=locale()
    )


def money(value: Any, currency: str = "", *, digits: int | None = None, short: bool = False) -> Markup:
    """An amount with its currency that never breaks over a line; `short` writes 2.1M, 2,1 млн, 214万."""
    if value is None:
        return DASH
    currency = currency or str(getattr(value, "currency", ""))
    amount = getattr(value, "amount", value)
    return _money(get_language() or "en", amount, currency, digits, short)


@lru_cache(maxsize=8192)  # the same cards and rows are shown again and again
def _money(language: str, amount: Number, currency: str, digits: int | None, short: bool) -> Markup:
    return Markup('<span class="money">{}</span>').format(_money_text(language, amount, currency, digits, short))


def money_text(amount: Number, currency: str) -> str:
    """An amount with its currency as plain text."""
    return _money_plain(get_language() or "en", amount, currency)


@lru_cache(maxsize=8192)  # a report says each amount in its table and twice in its chart
def _money_plain(language: str, amount: Number, currency: str) -> str:
    return " ".join(_money_text(language, amount, currency, None, False).split())


def _money_text(language: str, amount: Number, currency: str, digits: int | None, short: bool) -> str:
    if not currency:
        return num(amount, digits)
    magnitude = abs(float(amount))
    if short and magnitude >= 10_000:
        digits = 2 if magnitude >= 1_000_000 else 0
        return babel_numbers.format_compact_currency(amount, currency, locale=locale(), fraction_digits=digits)
    whole = digits is None and amount == int(amount)
    places = 0 if whole else digits
    if places is None:
        return babel_numbers.format_currency(amount, currency, locale=locale())
    pattern = _currency(language, places)
    return str(pattern.apply(amount, locale(), currency=currency, currency_digits=False))


@lru_cache(maxsize=64)
def _currency(language: str, places: int) -> babel_numbers.NumberPattern:
    """How a language writes money with so many decimal places; read once."""
    pattern = locale_of(language).currency_formats["standard"].pattern
    return babel_numbers.parse_pattern(pattern.replace("0.00", "0" + ("." + "0" * places if places else "")))


def local(value: Day) -> Day:
    """A moment in the reader's time zone; a plain date stays as it is."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def day(value: Day | None, style: str = "short") -> str:
    """A date: "25 Nov" this year, "25 Nov 2025" else; styles short, medium, long, full."""
    if value is None:
        return DASH
    here = local(value)
    on = here.date() if isinstance(here, datetime) else here
    if style == "short":
        style = "MMMd" if on.year == timezone.localdate().year else "yMMMd"
    return _dated(get_language() or "en", style, on)


@lru_cache(maxsize=4000)
def _dated(language: str, style: str, on: date) -> str:
    """A date in a language, by a style or a skeleton; a page says the same ones again and again."""
    if style in ("medium", "long", "full"):
        return babel_dates.format_date(on, style, locale=locale_of(language))
    return babel_dates.format_skeleton(style, on, locale=locale_of(language))


def month(value: Day) -> str:
    """A month with its year: "November 2026"."""
    return babel_dates.format_skeleton("yMMMM", local(value), locale=locale())


def clock(value: datetime | None) -> str:
    """Hours and minutes in the reader's time zone."""
    if value is None:
        return DASH
    here = cast(datetime, local(value))
    return _timed(get_language() or "en", here.hour, here.minute)


@lru_cache(maxsize=4000)
def _timed(language: str, hour: int, minute: int) -> str:
    """Hours and minutes in a language."""
    return babel_dates.format_skeleton("Hm", time(hour, minute), tzinfo=None, locale=locale_of(language))


def moment(value: datetime | None) -> Markup:
    """Day and time in a <time> element whose tooltip gives the full date."""
    if value is None:
        return DASH
    at = clock(value)
    return Markup('<time datetime="{}" title="{} {}">{} {}</time>').format(value.isoformat(), day(value, "full"), at, day(value), at)  # fmt: skip


def ago(value: Day | None) -> Markup:
    """How far away a moment is: "yesterday", "12 days ago", "in 3 hours"."""
    if value is None:
        return DASH
    full = f"{day(value, 'long')} {clock(value)}" if isinstance(value, datetime) else day(value, "long")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), full, _distance(value))


def _distance(value: Day) -> str:
    here = local(value)
    today = past.today()
    days = ((here.date() if isinstance(here, datetime) else here) - today).days
    if days == 0 and isinstance(value, datetime):
        return span(value - past.now() if timezone.is_aware(value) else timedelta(0))
    named = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}
    return named.get(days) or span(timedelta(days=days))


def span(span: timedelta) -> str:
    """A length of time with its direction: "in 3 hours", "12 days ago"."""
    if abs(span) < timedelta(minutes=1):
        return _("just now")
    if timedelta(days=1) <= abs(span) < timedelta(days=90):  # "71 days ago" says more than "2 months ago"
        return babel_dates.format_timedelta(span, "day", threshold=1000, add_direction=True, locale=locale())
    return babel_dates.format_timedelta(span, threshold=1.2, add_direction=True, locale=locale())


def length(span: timedelta) -> str:
    """A length of time as people count it: in whole days, below a day in hours, below an hour in minutes."""
    units: tuple[tuple[Literal["day", "hour", "minute"], timedelta], ...] = (
        ("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)),
    )  # fmt: skip
    unit, each = next((pair for pair in units if span >= pair[1]), units[-1])
    return babel_dates.format_timedelta(span // each * each, unit, threshold=1_000_000, locale=locale())


def size(octets: int | None) -> str:
    """A file size in the largest unit that keeps it readable."""
    if octets is None:
        return DASH
    amount, unit = float(octets), "byte"
    for bigger in ("kilobyte", "megabyte", "gigabyte"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, bigger
    return format_unit(
        round(amount, 1 if amount < 10 and unit != "byte" else 0), f"digital-{unit}", "short", locale=locale()
    )
