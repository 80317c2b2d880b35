"""Formulas a second time, in plain Python over values in memory; it shares the tree with the compiler to SQL and nothing else.

Nothing is None. A percentage is a Share, an amount a Sum with its currency; comparisons with nothing are nothing, `and` and
`or` are those of three values.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from kith.core.formulas.reading import Call, Literal, Name, Tree

EXACT = Context(prec=4000, rounding=ROUND_HALF_UP, Emax=10**6, Emin=-(10**6))
HUNDREDTH, LONGEST = Decimal("0.01"), Decimal(10) ** 18


@dataclass(frozen=True)
class Share:
    """A percentage, in percent."""

    value: Decimal


@dataclass(frozen=True)
class Sum:
    """An amount of money."""

    value: Decimal
    currency: str


type Row = Mapping[str, Any]


def evaluate(tree: Tree, row: Row) -> Any:
    """The value of a part for a row, whose values stand under the paths of its fields."""
    if isinstance(tree, Literal):
        return Share(tree.value) if tree.kind == "percent" else tree.value
    if isinstance(tree, Name):
        return row[tree.path]
    assert isinstance(tree, Call)
    if tree.name in LAZY:
        return LAZY[tree.name](tree.given, row)
    given = [evaluate(part, row) for part in tree.given]
    if tree.name in FORGIVING:
        return FORGIVING[tree.name](*given)
    return None if any(value is None for value in given) else STRICT[tree.name](*given)


def shown(value: Any, decimals: int = 2) -> Any:
    """A result as the field gives it."""
    if isinstance(value, Share):
        return bounded(value.value, decimals)
    if isinstance(value, Sum):
        found = bounded(value.value, 4)
        return None if found is None else Sum(found, value.currency)
    if isinstance(value, Decimal):
        return bounded(value, decimals)
    return (value[:300] or None) if isinstance(value, str) else value


def bounded(value: Decimal, decimals: int) -> Decimal | None:
    """A number rounded, nothing when it is too long."""
    return None if abs(value) >= LONGEST else rounded(value, decimals)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-decimals), context=EXACT)


# --- numbers ------------------------------------------------------------------------------------------------------------


def as_share(value: Any) -> Any:
    """The plain number behind a percentage or an amount."""
    if isinstance(value, Share):
        return EXACT.multiply(value.value, HUNDREDTH)
    return value.value if isinstance(value, Sum) else value


def mapped(one: Any, change: Callable[[Decimal], Decimal]) -> Any:
    """The same kind of value with another number."""
    if isinstance(one, Share):
        return Share(change(one.value))
    return Sum(change(one.value), one.currency) if isinstance(one, Sum) else change(one)


def added(one: Any, other: Any, sign: int = 1) -> Any:
    """a + b, a - b"""
    if isinstance(one, dt.date):
        return (Decimal((one - other).days)) if isinstance(other, dt.date) else later(one, other * sign)
    if isinstance(one, Sum):
        return Sum(EXACT.add(one.value, other.value * sign), one.currency) if one.currency == other.currency else None
    if isinstance(one, Share):
        return Share(EXACT.add(one.value, other.value * sign))
    return EXACT.add(one, other * sign)


def multiplied(one: Any, other: Any) -> Any:
    """a * b"""
    if isinstance(one, Share) and isinstance(other, Share):
        return Share(EXACT.multiply(EXACT.multiply(one.value, other.value), HUNDREDTH))
    if isinstance(one, Sum):
        return Sum(EXACT.multiply(one.value, as_share(other)), one.currency)
    if isinstance(other, Sum):
        return multiplied(other, one)
    return EXACT.multiply(as_share(one), as_share(other))


def over(one: Decimal, other: Decimal) -> Decimal | None:
    """A quotient to ten places."""
    return None if other == 0 else rounded(EXACT.divide(rounded(one, 20), other), 10)


def divided(one: Any, other: Any) -> Any:
    """a / b"""
    if isinstance(one, Sum) and isinstance(other, Sum):
        return over(one.value, other.value) if one.currency == other.currency else None
    if isinstance(one, Share) and isinstance(other, Share):
        return over(one.value, other.value)
    top, bottom = (one.value if isinstance(one, Share | Sum) else one), other
    if isinstance(other, Share):
        top, bottom = EXACT.multiply(top, Decimal(100)), other.value
    found = over(top, bottom)
    return None if found is None else Sum(found, one.currency) if isinstance(one, Sum) else Share(found) if isinstance(one, Share) else found  # fmt: skip


def compared(sign: str) -> Callable[[Any, Any], bool | None]:
    """= <> < <= > >="""

    def compare(one: Any, other: Any) -> bool | None:
        if isinstance(one, Sum) and one.currency != other.currency:
            return None
        if isinstance(one, Sum | Share):
            one, other = one.value, other.value
        return bool({"=": one == other, "<>": one != other} [sign] if sign in ("=", "<>") else {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[sign])  # fmt: skip

    return compare


def conjunction(one: bool | None, other: bool | None) -> bool | None:
    """a and b"""
    return False if one is False or other is False else None if one is None or other is None else True


def disjunction(one: bool | None, other: bool | None) -> bool | None:
    """a or b"""
    return True if one or other else None if one is None or other is None else False


# --- texts and days -----------------------------------------------------------------------------------------------------


def written(value: Any) -> str:
    """A value as text."""
    if isinstance(value, Sum):
        return f"{written(value.value)} {value.currency}"
    if isinstance(value, Share):
        return f"{written(value.value)}%"
    if isinstance(value, Decimal):
        return format(value.normalize(EXACT) + 0 if value else Decimal(0), "f")
    return value.isoformat() if isinstance(value, dt.date) else value


def joined(*parts: Any) -> str | None:
    """a & b"""
    return "".join(written(part) for part in parts if part is not None) or None


def whole(count: Decimal) -> int:
    """So many signs."""
    return int(min(max(count.to_integral_value(ROUND_FLOOR, EXACT), Decimal(0)), Decimal(1000)))


def day(value: Any) -> dt.date:
    """The day of a moment here; a day that is written down."""
    if isinstance(value, str):
        return dt.date.fromisoformat(value)
    return timezone.localdate(value) if isinstance(value, dt.datetime) else value


def later(value: Any, days: Decimal) -> dt.date | None:
    """A day so many days later."""
    try:
        return day(value) + dt.timedelta(days=int(days.to_integral_value(ROUND_FLOOR, EXACT)))
    except OverflowError:
        return None


def months_later(value: Any, months: Decimal) -> dt.date | None:
    """A day so many months later."""
    count, start = months.to_integral_value(ROUND_FLOOR, EXACT), day(value)
    if not 12 <= start.year * 12 + start.month - 1 + count <= 119999:
        return None
    return start + relativedelta(months=int(count))


def chosen(given: tuple[Tree, ...], row: Row) -> Any:
    """choose(value, key, result, …)"""
    value, rest = evaluate(given[0], row), given[1:]
    while len(rest) > 1:
        key = evaluate(rest[0], row)
        if value is not None and key is not None and compared("=")(value, key):
            return evaluate(rest[1], row)
        rest = rest[2:]
    return evaluate(rest[0], row) if rest else None


def first_case(given: tuple[Tree, ...], row: Row) -> Any:
    """case(condition, value, …), and if"""
    while len(given) > 1:
        if evaluate(given[0], row):
            return evaluate(given[1], row)
        given = given[2:]
    return evaluate(given[0], row) if given else None


LAZY: dict[str, Callable[[tuple[Tree, ...], Row], Any]] = {"if": first_case, "case": first_case, "choose": chosen}
FORGIVING: dict[str, Callable[..., Any]] = {
    "and": conjunction, "or": disjunction, "not": lambda one: None if one is None else not one, "&": joined, "concat": joined,
    "coalesce": lambda *given: next((one for one in given if one is not None), None), "is_empty": lambda one: one is None,
    "min": lambda *given: min((one for one in given if one is not None), default=None, key=lambda one: as_share(one)),
    "max": lambda *given: max((one for one in given if one is not None), default=None, key=lambda one: as_share(one)),
}  # fmt: skip
STRICT: dict[str, Callable[..., Any]] = {
    "+": added, "-": lambda one, other: added(one, other, -1), "*": multiplied, "/": divided, "\u2212": lambda one: mapped(one, lambda n: -n),
    **{sign: compared(sign) for sign in ("=", "<>", "<", "<=", ">", ">=")},
    "round": lambda one, places=Decimal(0): mapped(one, lambda n: rounded(n, int(places))), "floor": lambda one: mapped(one, lambda n: n.to_integral_value(ROUND_FLOOR, EXACT)),
    "ceil": lambda one: mapped(one, lambda n: n.to_integral_value(ROUND_CEILING, EXACT)), "abs": lambda one: mapped(one, EXACT.abs), "number": as_share,
    "percent": lambda one: Share(EXACT.multiply(one, Decimal(100))), "money": lambda one, code: Sum(one, code),
    "length": lambda text: Decimal(len(text)), "lower": str.lower, "upper": str.upper, "left": lambda text, count: text[: whole(count)] or None,
    "right": lambda text, count: text[max(0, len(text) - whole(count)) :] or None, "contains": lambda text, part: part.lower() in text.lower(), "text": written,
    "date": day, "days_between": lambda one, other: Decimal((day(other) - day(one)).days), "add_days": later, "add_months": months_later, "today": timezone.localdate,
    "year": lambda one: Decimal(day(one).year), "month": lambda one: Decimal(day(one).month), "day": lambda one: Decimal(day(one).day),
    "weekday": lambda one: Decimal(day(one).isoweekday()),
}  # fmt: skip
