"""Cells to values under the notation that was confirmed for their column; what does not fit is Unparsable, never guessed."""

from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from . import date_text, number_text
from .date_text import DateNotation
from .errors import Unparsable
from .number_text import NumberNotation
from .table import Cell

TRUE = frozenset(
    ["1", "true", "t", "yes", "y", "on", "да", "д", "истина", "+", "x", "х", "v", "✓", "✔", "√", "是", "对", "真", "有"]
)
FALSE = frozenset(
    ["0", "false", "f", "no", "n", "off", "нет", "н", "ложь", "-", "–", "—", "否", "不", "错", "假", "无"]
)
#: How much of a wrong cell an error repeats.
SHOWN = 60


class Amount(NamedTuple):
    """A number and the currency that stood beside it, as written; empty when none did."""

    number: Decimal
    currency: str


def parse_date(cell: Cell, notation: DateNotation) -> date | None:
    """A calendar date; a time of day beside it is dropped without any shift of zone (R3). None for an empty cell."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if not text:
        return None
    day, clock = date_text.split_clock(text)
    if clock and date_text.as_clock(clock) is None:
        raise Unparsable("date_unreadable", text=text[:SHOWN])
    return date_under(day, notation)


def date_under(text: str, notation: DateNotation) -> date:
    """The date in a text without time of day."""
    day = date_text.day_of(text)
    if day is None:
        raise Unparsable("date_without_year" if text.startswith("--") else "date_unreadable", text=text[:SHOWN])
    if notation not in day.fits:
        raise Unparsable("date_other_notation", text=text[:SHOWN], notation=notation)
    try:
        return date_text.as_date(day, notation)
    except ValueError:
        raise Unparsable("date_impossible", text=text[:SHOWN]) from None


def parse_moment(cell: Cell, notation: DateNotation, zone: tzinfo) -> datetime | None:
    """An instant: with its own offset when one is written, else in `zone`; midnight when only a date is given."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=zone)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=zone)
    text = text_of(cell)
    if not text:
        return None
    day, clock_text = date_text.split_clock(text)
    clock = date_text.as_clock(clock_text or "0:00")
    if clock is None:
        raise Unparsable("moment_unreadable", text=text[:SHOWN])
    moment = datetime.combine(date_under(day, notation), clock)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def parse_number(cell: Cell, notation: NumberNotation) -> Decimal | None:
    """An exact number; "15%" is 15, "(1,200)" is -1200. None for an empty cell, which is not 0 (R150)."""
    if isinstance(cell, Decimal | int) and not isinstance(cell, bool):
        return Decimal(cell)
    text = text_of(cell)
    if not text:
        return None
    found = number_text.written(text)
    if found is None:
        raise Unparsable("number_unreadable", text=text[:SHOWN])
    if notation not in found.fits:
        raise Unparsable("number_other_notation", text=text[:SHOWN], sign=notation)
    try:
        return number_text.as_number(found, notation)
    except InvalidOperation:
        raise Unparsable("number_unreadable", text=text[:SHOWN]) from None


def parse_amount(cell: Cell, notation: NumberNotation) -> Amount | None:
    """A number with the currency beside it: "1 200,50 ₽", "USD 5", "$5"."""
    text = text_of(cell)
    match = number_text.MONEY.fullmatch(text)
    if not match or isinstance(cell, int | Decimal):
        number = parse_number(cell, notation)
        return None if number is None else Amount(number, "")
    if match.group("before") and match.group("after"):
        raise Unparsable("number_unreadable", text=text[:SHOWN])
    number = parse_number(match.group("number"), notation)
    return None if number is None else Amount(number, match.group("before") or match.group("after") or "")


def parse_bool(cell: Cell) -> bool | None:
    """Yes or no in English, Russian or Chinese, or 1 and 0. None for an empty cell."""
    if isinstance(cell, bool):
        return cell
    word = text_of(cell).casefold()
    if not word:
        return None
    if word in TRUE or word in FALSE:
        return word in TRUE
    raise Unparsable("boolean_unreadable", text=word[:SHOWN])


def text_of(cell: Cell) -> str:
    """The cell as text without spaces around it."""
    return "" if cell is None else str(cell).strip()
