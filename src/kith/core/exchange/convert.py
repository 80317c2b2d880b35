"""Cells to values: each column has one reader, made once for its field, notation and rules; what cannot be read says why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kith.core.errors import BadValue
from kith.core.money import Money
from kith.core.specs import FieldSpec
from kith.core.types import TYPES
from kith.core.types.base import tidy

from .formats import lists, parse
from .formats.errors import Unparsable
from .formats.messages import explain
from .formats.table import Cell
from .mapping import ColumnMap
from .paths import Target

type Read = Callable[[Cell], Any]
#: How cells of a kind are read: (field, column) -> reader.
MAKERS: dict[str, Callable[[FieldSpec, ColumnMap], Read]] = {
    "date": lambda _spec, given: guarded(lambda cell: parse.parse_date(cell, given.dates or "ymd")),
    "moment": lambda _spec, given: moments(given),
    "number": lambda _spec, given: guarded(lambda cell: parse.parse_number(cell, given.numbers or ".")),
    "percent": lambda _spec, given: guarded(lambda cell: parse.parse_number(cell, given.numbers or ".")),
    "money": lambda _spec, given: guarded(lambda cell: amount(cell, given)),
    "boolean": lambda _spec, _given: guarded(parse.parse_bool),
    "choice": lambda spec, _given: one_of(spec),
    "choices": lambda spec, given: many(given, one_of(spec)),
    "tags": lambda _spec, given: many(given, checked),
    "words": lambda _spec, given: many(given, checked),
    "condition": lambda spec, _given: lambda cell: spec.type.parse(text_of(cell), spec),
    "address": lambda spec, _given: lambda cell: spec.type.parse(text_of(cell), spec),
    "json": lambda spec, _given: lambda cell: TYPES["json"].parse(text_of(cell), spec),
}
LANGUAGES = ("en", "ru", "zh-hans")
SYMBOLS = {
    "€": "EUR",
    "₽": "RUB",
    "$": "USD",
    "£": "GBP",
    "¥": "CNY",
    "元": "CNY",
    "₴": "UAH",
    "₸": "KZT",
    "₹": "INR",
    "руб": "RUB",
    "руб.": "RUB",
    "р.": "RUB",
}
#: So many different texts of a column are remembered with their value.
REMEMBERED = 5_000
DATES, NUMBERS = frozenset({"date", "moment"}), frozenset({"number", "percent", "money"})


@dataclass(slots=True)
class Reader:
    """Reads the value of one place from the cells of a row; None is an empty cell."""

    target: Target
    map: ColumnMap
    at: tuple[int, ...]
    column: str
    read: Read
    currency_at: int | None = None
    memory: dict[str, Any] = field(default_factory=dict)

    def value(self, cells: Sequence[Cell]) -> Any:
        """The value; BadValue says what is wrong with the cell."""
        cell = self.cell(cells)
        if cell is None or cell == "":
            return None
        if self.currency_at is not None:
            return with_currency(self.read(cell), text_of(cells[self.currency_at]))
        if type(cell) is not str or self.read is plain_text:
            return self.read(cell)
        found = self.memory.get(cell, self)
        if found is self:
            found = self.read(cell)
            if len(self.memory) < REMEMBERED:
                self.memory[cell] = found
        return found

    def cell(self, cells: Sequence[Cell]) -> Cell:
        """The cell, or cells joined, after the steps of the mapping."""
        if not self.at:
            return self.map.constant
        if len(self.at) > 1:
            cell: Cell = self.map.join.join(filter(None, (text_of(cells[at]) for at in self.at)))
        else:
            cell = cells[self.at[0]]
        if isinstance(cell, str):
            cell = cell.strip()
        if not (self.map.change or self.map.values):
            return cell
        text = stepped(text_of(cell), self.map.change)
        return self.map.values.get(text, text)


def reader(target: Target, given: ColumnMap, columns: Sequence[str]) -> Reader:
    """The reader of a place; BadValue for a column that the file does not have."""
    unknown = [name for name in given.columns if name not in columns]
    if unknown:
        raise BadValue(
            _("The file has no column “%(column)s”; it has: %(valid)s.")
            % {"column": unknown[0], "valid": ", ".join(columns)}
        )
    check_steps(given.change)
    at = tuple(columns.index(name) for name in given.columns)
    beside = columns.index(given.currency) if target.spec.type.name == "money" and given.currency in columns else None
    plain = given if beside is None else msgspec.structs.replace(given, currency="")
    return Reader(target, given, at, ", ".join(given.columns), read_of(target, plain), beside)


def read_of(target: Target, given: ColumnMap) -> Read:
    """How a cell becomes a value of the field."""
    kind = target.spec.type.name
    if kind in MAKERS:
        return MAKERS[kind](target.spec, given)
    return link_text(given) if target.is_link else plain_text


def link_text(given: ColumnMap) -> Read:
    """The text by which another record is found."""
    return lambda cell: given.prefix + checked(text_of(cell)) or None


def many(given: ColumnMap, single: Read) -> Read:
    """Several items in one cell."""
    return lambda cell: [given.prefix + single(word) for word in words(cell)]


def moments(given: ColumnMap) -> Read:
    """Moments in the zone of whoever imports."""
    zone = timezone.get_current_timezone()
    return guarded(lambda cell: parse.parse_moment(cell, given.dates or "ymd", zone))


def plain_text(cell: Cell) -> Any:
    """The cell as text."""
    return text_of(cell) or None


def guarded(read: Read) -> Read:
    """The reader with the format's own errors in words."""

    def safe(cell: Cell) -> Any:
        try:
            return read(cell)
        except Unparsable as error:
            raise BadValue(str(explain(error))) from None

    return safe


def amount(cell: Cell, given: ColumnMap) -> Any:
    """An amount with the currency beside it, else the one of the mapping, else the installation's."""
    found = parse.parse_amount(cell, given.numbers or ".")
    if found is None:
        return None
    written = found.currency
    return Money(
        found.number, SYMBOLS.get(written.lower(), written.upper()) or given.currency or settings.KITH_CURRENCY
    )


def with_currency(value: Any, code: str) -> Any:
    """An amount in the currency of another column."""
    return value if value is None or not code else Money(value.amount, SYMBOLS.get(code, code.upper()))


def one_of(spec: FieldSpec) -> Read:
    """A choice by its key or by its label in any language."""
    keys = {key.casefold(): key for key, _label in spec.choices}
    for language in LANGUAGES:
        with translation.override(language):
            for key, label in spec.choices:
                keys.setdefault(str(label).casefold(), key)

    def read(cell: Cell) -> Any:
        text = checked(text_of(cell))
        if not text:
            return None
        if (key := keys.get(text.casefold())) is None:
            raise BadValue(
                _("“%(text)s” is none of the choices; there are: %(valid)s.")
                % {"text": text[:60], "valid": ", ".join(str(label) for _key, label in spec.choices)}
            )
        return key

    return read


def words(cell: Cell) -> list[str]:
    """The items of a list in one cell."""
    return lists.split(text_of(cell))


def text_of(cell: Cell) -> str:
    """A cell of any type as text."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f") if cell == cell.to_integral_value() else format(cell, "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def checked(text: Any) -> str:
    """Text that may be asked of the database."""
    return tidy(text, 10_000) or ""


def parent(text: str, _sign: str) -> str:
    """ "/3/1/2/" → "/3/1/", "a/b" → "a", "/" → ""."""
    closing = "/" if text.endswith("/") else ""
    head, slash, _last = text.rstrip("/").rpartition("/")
    return head + closing if slash else ""


STEPS: dict[str, Callable[[str, str], str]] = {
    "parent": parent,
    "before": lambda text, sign: text.split(sign, 1)[0] if sign else text,
    "after": lambda text, sign: text.split(sign, 1)[-1] if sign else text,
    "lower": lambda text, _sign: text.lower(),
    "upper": lambda text, _sign: text.upper(),
}


def check_steps(steps: Sequence[str]) -> None:
    """BadValue for a step that does not exist."""
    for step in steps:
        if step.partition(":")[0] not in STEPS:
            raise BadValue(
                _("There is no step “%(step)s”; there are: %(valid)s.") % {"step": step, "valid": ", ".join(STEPS)}
            )


def stepped(text: str, steps: Sequence[str]) -> str:
    """The text after all steps."""
    for step in steps:
        name, _colon, sign = step.partition(":")
        text = STEPS[name](text, sign)
    return text
