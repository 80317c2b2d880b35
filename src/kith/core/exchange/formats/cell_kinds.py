"""What a single cell may be: a date in which notations, a number with which decimal signs, a boolean, money, a code."""

from datetime import date, datetime
from typing import NamedTuple

from . import date_text, number_text
from .date_text import NOTATIONS, DateNotation
from .number_text import SIGNS, NumberNotation
from .parse import FALSE, TRUE
from .table import Cell

WORDS = TRUE | FALSE
#: What the first character of a date or number can be; anything else is text at once.
TELLING = (
    frozenset("0123456789+-−–(.,$€₽£¥₴₸₹₩")
    | {name[0] for name in date_text.MONTHS}
    | {name[0].upper() for name in date_text.MONTHS}
)


class Found(NamedTuple):
    """What one cell may be."""

    dates: frozenset[DateNotation]
    numbers: frozenset[NumberNotation]
    #: Whether the order of day and month, or the decimal sign, makes a difference to this cell.
    depends_on_order: bool = False
    depends_on_sign: bool = False
    #: More that was seen: clock, boolean, percent, money, code (digits that are no quantity).
    marks: frozenset[str] = frozenset()


NO_DATES: frozenset[DateNotation] = frozenset()
NO_NUMBERS: frozenset[NumberNotation] = frozenset()
ALL_DATES, ALL_SIGNS = frozenset(NOTATIONS), frozenset(SIGNS)


TEXT = Found(NO_DATES, NO_NUMBERS)


def look(text: str) -> Found:
    """What a text cell may be."""
    marks = {"boolean"} if text.casefold() in WORDS else set()
    if text[0] not in TELLING:
        return Found(NO_DATES, NO_NUMBERS, marks=frozenset(marks)) if marks else TEXT
    day_text, clock = date_text.split_clock(text)
    day = date_text.day_of(day_text)
    dates = frozenset(notation for notation in day.fits if is_day(day, notation)) if day else NO_DATES
    if dates and clock:
        dates, marks = (dates, marks | {"clock"}) if date_text.as_clock(clock) else (NO_DATES, marks)
    money = number_text.MONEY.fullmatch(text) if len(text) <= number_text.MAX_LENGTH else None
    number = number_text.written(money.group("number") if money else text)
    if number:
        has_currency = money and (money.group("before") or money.group("after"))
        is_code = len(text) > 1 and number_text.PLAIN.fullmatch(text) and (text[0] == "0" or len(text) > 15)
        marks |= {
            name
            for name, holds in (("percent", number.is_percent), ("money", has_currency), ("code", is_code))
            if holds
        }
    if not (dates or number or marks):
        return TEXT
    return Found(
        dates,
        number.fits if number else NO_NUMBERS,
        bool(day and day.is_numeric),
        bool(number and has_sign(number.digits)),
        frozenset(marks),
    )


def is_day(day: date_text.Day, notation: DateNotation) -> bool:
    """Whether the date exists in this notation, in a year that people write."""
    try:
        return 1000 <= date_text.as_date(day, notation).year <= 2999
    except ValueError:
        return False


def has_sign(digits: str) -> bool:
    """Whether a point or comma stands in the number."""
    return "." in digits or "," in digits


def look_typed(cell: Cell) -> Found:
    """What a cell of a spreadsheet is; its type leaves nothing to guess."""
    if isinstance(cell, bool):
        return Found(NO_DATES, NO_NUMBERS, marks=frozenset({"boolean"}))
    if isinstance(cell, datetime):
        return Found(ALL_DATES, frozenset(), marks=frozenset({"clock"}))
    if isinstance(cell, date):
        return Found(ALL_DATES, frozenset())
    return Found(frozenset(), ALL_SIGNS, marks=frozenset({"boolean"}) if cell in (0, 1) else frozenset())
