"""What a single cell may be: a date in which notations, a number with which decimal signs, a boolean, money, a code."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

from . import date_text, number_text
from .date_text import NOTATIONS, DateNotation
from .number_text import SIGNS, NumberNotation
from .parse import FALSE, TRUE
from .table import Cell

WORDS = TRUE | FALSE
LONGEST_WORD = max(map(len, WORDS))
#: What the first character of a date or number in digits can be.
TELLING = frozenset("0123456789+-−–(.,$€₽£¥₴₸₹₩")
#: Digits that make no difference to the form of a text become one; a leading zero does make one.
SHAPE = str.maketrans("12345678", "99999999")
#: Longer numbers are accounts and cards, not quantities; so are phone numbers, which start with a plus.
LONGEST_QUANTITY = 15


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What one cell may be. There is one object for each combination, so that cells can be counted by it."""

    dates: frozenset[DateNotation]
    numbers: frozenset[NumberNotation]
    #: Whether the order of day and month, or the decimal sign, makes a difference to this cell.
    depends_on_order: bool
    depends_on_sign: bool
    #: More that was seen: clock, boolean, percent, money, code (digits that are no quantity).
    marks: frozenset[str]


NO_DATES: frozenset[DateNotation] = frozenset()
NO_NUMBERS: frozenset[NumberNotation] = frozenset()
NO_MARKS: frozenset[str] = frozenset()
ALL_DATES, ALL_SIGNS = frozenset(NOTATIONS), frozenset(SIGNS)


@cache
def found(
    dates: frozenset[DateNotation] = NO_DATES,
    numbers: frozenset[NumberNotation] = NO_NUMBERS,
    marks: frozenset[str] = NO_MARKS,
    *,
    depends_on_order: bool = False,
    depends_on_sign: bool = False,
) -> Found:
    """The one object for these findings; there are a few hundred combinations at most."""
    return Found(dates, numbers, depends_on_order, depends_on_sign, marks)


TEXT = found()
BOOLEAN = found(marks=frozenset({"boolean"}))


def look(text: str) -> Found:
    """What a text cell may be."""
    if len(text) > date_text.MAX_LENGTH:
        return TEXT
    if len(text) <= LONGEST_WORD and text.casefold() in WORDS:
        return look_digits(text, is_word=True) if text[0] in TELLING else BOOLEAN
    if text[0] in TELLING:
        return of_shape(text.translate(SHAPE)) or look_digits(text)
    return look_named(text) if text[-1].isdecimal() else TEXT


def look_named(text: str) -> Found:
    """What a text that starts with a letter and ends in a digit may be: "May 6, 2024", with or without a time of day."""
    day_text, clock = date_text.split_clock(text)
    day = date_text.named_day(day_text)
    if day is None or not is_day(day, "ymd") or (clock and date_text.as_clock(clock) is None):
        return TEXT
    return found(ALL_DATES, marks=frozenset({"clock"}) if clock else NO_MARKS)


@lru_cache(maxsize=20_000)
def of_shape(shape: str) -> Found | None:
    """What all texts of this shape are; None when the digits matter, as they do to a date."""
    day_text, _clock = date_text.split_clock(shape)
    return None if date_text.has_form(day_text) else look_digits(shape)


def look_digits(text: str, *, is_word: bool = False) -> Found:
    """What a text that starts like a date or number may be."""
    day_text, clock = date_text.split_clock(text)
    day = date_text.day_of(day_text)
    dates = frozenset(notation for notation in day.fits if is_day(day, notation)) if day else NO_DATES
    marks = {"boolean"} if is_word else set()
    if dates and clock:
        dates, marks = (dates, {"clock"}) if date_text.as_clock(clock) else (NO_DATES, marks)
    money = number_text.MONEY.fullmatch(text)
    number = number_text.written(money.group("number") if money else text)
    if number is None:
        return found(dates, marks=frozenset(marks), depends_on_order=bool(dates and day and day.is_numeric))
    has_currency = money and (money.group("before") or money.group("after"))
    flags = (("percent", number.is_percent), ("money", has_currency), ("code", is_code(text)))
    return found(
        dates,
        number.fits,
        frozenset(marks | {name for name, holds in flags if holds}),
        depends_on_order=bool(dates and day and day.is_numeric),
        depends_on_sign="." in number.digits or "," in number.digits,
    )


def is_code(text: str) -> bool:
    """Whether digits are an account, an article or a phone number rather than a quantity."""
    digits = text.removeprefix("+")
    if len(digits) < 2 or not number_text.PLAIN.fullmatch(digits):
        return False
    return digits[0] == "0" or len(digits) > LONGEST_QUANTITY or len(digits) < len(text)


def is_day(day: date_text.Day, notation: DateNotation) -> bool:
    """Whether the date exists in this notation, in a year that people write."""
    try:
        return 1000 <= date_text.as_date(day, notation).year <= 2999
    except ValueError:
        return False


def look_typed(cell: Cell) -> Found:
    """What a cell of a spreadsheet is; its type leaves nothing to guess."""
    if isinstance(cell, bool):
        return BOOLEAN
    if isinstance(cell, datetime):
        return found(ALL_DATES, marks=frozenset({"clock"}))
    if isinstance(cell, date):
        return found(ALL_DATES)
    return found(numbers=ALL_SIGNS, marks=BOOLEAN.marks if cell in (0, 1) else NO_MARKS)
