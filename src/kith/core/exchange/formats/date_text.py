"""Dates and times of day as people write them: which notations a text fits, and what it means in one of them."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

#: The order of year, month and day in numbers. Names of months and Chinese signs say the order themselves.
type DateNotation = Literal["ymd", "dmy", "mdy"]
NOTATIONS: tuple[DateNotation, ...] = get_args(DateNotation.__value__)
#: A year of two digits lies at most so far ahead, else in the century before.
YEARS_AHEAD = 10
#: No date is longer; patterns never see more.
MAX_LENGTH = 64

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan январь января янв", "february feb февраль февраля фев февр", "march mar март марта мар",
            "april apr апрель апреля апр", "may май мая", "june jun июнь июня июн", "july jul июль июля июл",
            "august aug август августа авг", "september sep sept сентябрь сентября сен сент", "october oct октябрь октября окт",
            "november nov ноябрь ноября ноя нояб", "december dec декабрь декабря дек",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
YEAR_FIRST = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})([-./ ])(\d{1,2})\2(\d{4}|\d{2})(?:\s?г\.?)?", re.ASCII)
CHINESE = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日?", re.ASCII)
DAY_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-./\s]+([^\W\d_]+)\.?,?[-./\s]+(\d{4}|\d{2})(?:\s?г(?:\.|ода)?)?")
NAME_DAY = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
FORMS = (YEAR_FIRST, YEAR_LAST, CHINESE, DAY_NAME, NAME_DAY)
CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(am|pm|a\.m\.|p\.m\.)?\s?(z|utc|gmt|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
BEFORE_CLOCK = re.compile(r"(?:[T\s]|,\s?)\s*(?=\d{1,2}:\d{2})")


class Day(NamedTuple):
    """Numbers of a date before the notation is known: `fits` are the notations under which it is one."""

    fits: frozenset[DateNotation]
    numbers: tuple[int, int, int]
    #: Whether only numbers were given, so that their order matters.
    is_numeric: bool


EVERY = frozenset(NOTATIONS)
YEAR_FIRST_ONLY: frozenset[DateNotation] = frozenset({"ymd"})


def split_clock(text: str) -> tuple[str, str]:
    """The date and the time of day in a text; the time is empty when there is none."""
    if len(text) <= MAX_LENGTH and (match := BEFORE_CLOCK.search(text)):
        return text[: match.start()].rstrip(), text[match.end() :]
    return text, ""


def day_of(text: str) -> Day | None:
    """What the text may be as a date; None when it has the form of none."""
    if len(text) > MAX_LENGTH:
        return None
    if match := YEAR_FIRST.fullmatch(text):
        year, month, day = (
            (int(part) for part in match.group(1, 3, 4) if part) if match.group(1) else map(int, match.group(5, 6, 7))
        )
        return Day(YEAR_FIRST_ONLY, (year, month, day), is_numeric=True)
    if match := YEAR_LAST.fullmatch(text):
        first, second, year = int(match.group(1)), int(match.group(3)), whole_year(match.group(4))
        orders: tuple[tuple[DateNotation, int], ...] = (("dmy", second), ("mdy", first))
        return Day(
            frozenset(notation for notation, month in orders if 1 <= month <= 12),
            (first, second, year),
            is_numeric=True,
        )
    return named_day(text)


def has_form(text: str) -> bool:
    """Whether the text has the form of a date, existing or not."""
    return len(text) <= MAX_LENGTH and any(form.fullmatch(text) for form in FORMS)


def named_day(text: str) -> Day | None:
    """A date whose month is a word, or that is marked with 年 月 日: the same in every notation."""
    if match := CHINESE.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := DAY_NAME.fullmatch(text):
        day, month, year = int(match.group(1)), MONTHS.get(match.group(2).lower(), 0), whole_year(match.group(3))
    elif match := NAME_DAY.fullmatch(text):
        day, month, year = int(match.group(2)), MONTHS.get(match.group(1).lower(), 0), int(match.group(3))
    else:
        return None
    return Day(EVERY, (year, month, day), is_numeric=False) if month else None


def whole_year(text: str, today: date | None = None) -> int:
    """The year; two digits mean the latest such year that is not far ahead."""
    year = int(text)
    if len(text) > 2:
        return year
    latest = (today or datetime.now(UTC)).year + YEARS_AHEAD
    return latest - (latest - year) % 100


def as_date(day: Day, notation: DateNotation) -> date:
    """The calendar date under a notation; ValueError when there is no such day."""
    first, second, third = day.numbers
    if not day.is_numeric or notation == "ymd":
        return date(first, second, third)
    return date(third, second, first) if notation == "dmy" else date(third, first, second)


def as_clock(text: str) -> time | None:
    """The time of day, with its offset when one is written; None when it is none."""
    match = CLOCK.fullmatch(text.strip())
    if not match:
        return None
    hour, minute, second = int(match.group(1)), int(match.group(2)), int(match.group(3) or 0)
    if half := (match.group(5) or "")[:1].lower():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    microsecond = int((match.group(4) or "0").ljust(6, "0")[:6])
    try:
        return time(hour, minute, second, microsecond, tzinfo=offset(match.group(6)))
    except ValueError:
        return None


@lru_cache(maxsize=64)
def offset(text: str | None) -> timezone | None:
    """The zone of "+03:00", "Z" or "UTC"; ValueError beyond a day."""
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    span = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-span if text[0] == "-" else span)
