"""Functions: how they are called, what they say of themselves on the page, and their SQL."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import list_currencies
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import conversion, rates

from .operators import TEXTUAL, as_text, joined
from .reading import Call
from .terms import FIELDS, NUMERIC, Making, Sql, Term, constant, count, expect, made, nothing, same_kind, term, wrong

type Build = Callable[[Call, list[Term]], Term]
MANY = 100
MAX_PLACES = 10
DAYS = ("date", "moment")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language, as it is found on the page."""

    build: Build
    signature: str
    about: Any
    example: str


FUNCTIONS: dict[str, Function] = {}


def function(signature: str, about: Any, example: str) -> Callable[[Build], Build]:
    """Add a function under the name that its signature begins with."""

    def add(build: Build) -> Build:
        FUNCTIONS[signature.partition("(")[0]] = Function(build, signature, about, example)
        return build

    return add


def kept(pattern: str, part: Term, *more: Term) -> Term:
    """A value of the same kind, an amount in its currency."""
    return term(part.kind, pattern, part, *more, currency=part.currency, more=part.size if part.currency else 0)


# --- what depends on something ------------------------------------------------------------------------------------------


def cases(kind: str, pairs: list[tuple[Term, Term]], default: Term) -> Term:
    """The value beside the first condition that holds."""
    pattern = "CASE " + "WHEN {} THEN {} " * len(pairs) + "ELSE {} END"
    parts = [part for pair in pairs for part in pair] + [default]
    if kind != "money":
        return term(kind, pattern, *parts)

    def currency(prefix: str) -> Sql:
        found = [part.sql(prefix) if part.kind != "money" else part.money(prefix)[1] for part in parts]
        return Sql(pattern, *found, output_field=FIELDS["text"])

    return term(kind, pattern, *parts, currency=currency, more=sum(part.size for part in parts))


@function("if(condition, value, otherwise)", _("The second value where the condition holds, else the third."), 'if(employees_count > 100, "large", "small")')  # fmt: skip
def either(call: Call, given: list[Term]) -> Term:
    """if(…)"""
    count(call, 2, 3)
    if len(given) == 2:
        given = [*given, constant("empty", None)]
        call = Call(call.at, call.length, call.name, (*call.given, call))
    kind, values = same_kind(call, given, (1, 2))
    return cases(kind, [(expect(call, given, 0, "boolean"), values[1])], values[2])


@function("case(condition, value, …, otherwise)", _("The value beside the first condition that holds, else the last one."), 'case(discount > 20%, "A", discount > 10%, "B", "C")')  # fmt: skip
def first_case(call: Call, given: list[Term]) -> Term:
    """case(…)"""
    count(call, 3, MANY)
    odd = len(given) % 2
    kind, values = same_kind(call, given, [*range(1, len(given), 2), *([len(given) - 1] if odd else [])])
    pairs = [(expect(call, given, at, "boolean"), values[at + 1]) for at in range(0, len(given) - odd, 2)]
    return cases(kind, pairs, values[len(given) - 1] if odd else nothing(kind))


@function("choose(value, key, result, …, otherwise)", _("The result beside the key that the value equals, else the last one."), 'choose(tier, "A", 3, "B", 2, 1)')  # fmt: skip
def chosen(call: Call, given: list[Term]) -> Term:
    """choose(…)"""
    from .operators import compared

    count(call, 3, MANY)
    even = len(given) % 2 == 0
    kind, values = same_kind(call, given, [*range(2, len(given), 2), *([len(given) - 1] if even else [])])
    pairs = [
        (compared(Call(call.given[at].at, call.given[at].length, "=", (call.given[0], call.given[at])), [given[0], given[at]]), values[at + 1])
        for at in range(1, len(given) - even, 2)
    ]  # fmt: skip
    return cases(kind, pairs, values[len(given) - 1] if even else nothing(kind))


@function("coalesce(value, …)", _("The first of the values that is not empty."), "coalesce(phone, email)")
def coalesced(call: Call, given: list[Term]) -> Term:
    """coalesce(…)"""
    count(call, 1, MANY)
    kind, values = same_kind(call, given, range(len(given)))
    parts = list(values.values())
    return cases(kind, [(term("boolean", "{} IS NOT NULL", part), part) for part in parts[:-1]], parts[-1]) if len(parts) > 1 else parts[0]  # fmt: skip


@function("is_empty(value)", _("Whether there is no value."), "is_empty(email)")
def is_empty(call: Call, given: list[Term]) -> Term:
    """is_empty(…)"""
    count(call, 1)
    return term("boolean", "{} IS NULL", given[0])


# --- numbers ------------------------------------------------------------------------------------------------------------


@function("round(number, decimals)", _("Rounded to so many decimals, halves away from zero; to whole ones without them."), "round(employees_count / 3, 1)")  # fmt: skip
def rounded(call: Call, given: list[Term]) -> Term:
    """round(…)"""
    count(call, 1, 2)
    places = Decimal(0) if len(given) == 1 else given[1].literal
    if not isinstance(places, Decimal) or places != int(places) or not 0 <= places <= MAX_PLACES:
        raise wrong(call.given[1], _("the decimals are a number from 0 to %(limit)d, written down.") % {"limit": MAX_PLACES})  # fmt: skip
    return kept(f"round({{}}, {int(places)})", expect(call, given, 0, *NUMERIC))


@function("floor(number)", _("The next whole number below."), "floor(discount)")
def floor(call: Call, given: list[Term]) -> Term:
    """floor(…)"""
    count(call, 1)
    return kept("floor({})", expect(call, given, 0, *NUMERIC))


@function("ceil(number)", _("The next whole number above."), "ceil(employees_count / 10)")
def ceiling(call: Call, given: list[Term]) -> Term:
    """ceil(…)"""
    count(call, 1)
    return kept("ceil({})", expect(call, given, 0, *NUMERIC))


@function("abs(number)", _("The number without its sign."), "abs(budget - amount)")
def absolute(call: Call, given: list[Term]) -> Term:
    """abs(…)"""
    count(call, 1)
    return kept("abs({})", expect(call, given, 0, *NUMERIC))


def extreme(name: str) -> Build:
    """min or max."""

    def build(call: Call, given: list[Term]) -> Term:
        count(call, 2, MANY)
        kind, values = same_kind(call, given, range(len(given)))
        if kind not in ("number", "percent", "date", "moment"):
            expect(call, given, 0, "number", "percent", "date", "moment")
        return term(kind, f"{name}({', '.join(['{}'] * len(given))})", *values.values())

    return build


function("min(value, …)", _("The least of numbers, percentages or dates; empty ones are left out."), "min(employees_count, 100)")(extreme("LEAST"))  # fmt: skip
function("max(value, …)", _("The greatest of numbers, percentages or dates; empty ones are left out."), "max(closes_on, today())")(extreme("GREATEST"))  # fmt: skip


@function("number(value)", _("The plain number of an amount or a percentage: 0.125 of 12.5 %."), "number(credit_limit) / 1000")  # fmt: skip
def plain(call: Call, given: list[Term]) -> Term:
    """number(…)"""
    count(call, 1)
    part = expect(call, given, 0, *NUMERIC)
    return term("number", "{} * 0.01" if part.kind == "percent" else "{}", part)


@function("percent(number)", _("The percentage that a share is: 0.125 is 12.5 %."), "percent(amount / budget)")
def percentage(call: Call, given: list[Term]) -> Term:
    """percent(…)"""
    count(call, 1)
    return term("percent", "{} * 100", expect(call, given, 0, "number"))


@function("money(number, currency)", _("An amount in a currency, by its three letters."), 'money(employees_count * 50, "EUR")')  # fmt: skip
def amount(call: Call, given: list[Term]) -> Term:
    """money(…)"""
    count(call, 2)
    code = given[1].literal
    if not isinstance(code, str) or code not in list_currencies():
        raise wrong(call.given[1], _('the currency is written as three letters in quotation marks, such as "EUR".'))
    return term("money", "{}", expect(call, given, 0, "number"), currency=constant("text", code).sql, more=1)


@function("in_base(money)", _("The amount in the currency of the company, by today's rate; empty without a rate."), "in_base(amount) + in_base(budget)")  # fmt: skip
def converted(call: Call, given: list[Term]) -> Term:
    """in_base(…)"""
    count(call, 1)
    part = expect(call, given, 0, "money")

    def sql(prefix: str) -> Any:
        found, currency = part.money(prefix)
        return Sql("{}::numeric", conversion.in_base(found, currency), output_field=FIELDS["money"])

    base: Making = lambda _prefix: constant("text", rates.base()).sql("")  # noqa: E731 - one of two expressions
    return made("money", sql, (part,), base, 3 * part.size)


# --- texts --------------------------------------------------------------------------------------------------------------


@function("length(text)", _("How many characters a text has."), "length(name)")
def length(call: Call, given: list[Term]) -> Term:
    """length(…)"""
    count(call, 1)
    return term("number", "char_length({})::numeric", expect(call, given, 0, "text"))


@function("lower(text)", _("The text in small letters."), "lower(email)")
def lower(call: Call, given: list[Term]) -> Term:
    """lower(…)"""
    count(call, 1)
    return term("text", "lower({})", expect(call, given, 0, "text"))


@function("upper(text)", _("The text in capital letters."), "upper(left(name, 3))")
def upper(call: Call, given: list[Term]) -> Term:
    """upper(…)"""
    count(call, 1)
    return term("text", "upper({})", expect(call, given, 0, "text"))


@function("left(text, count)", _("So many characters from the beginning."), "left(name, 1)")
def left(call: Call, given: list[Term]) -> Term:
    """left(…)"""
    count(call, 2)
    return term("text", "NULLIF(kith_left({}, {}), '')", expect(call, given, 0, "text"), expect(call, given, 1, "number"))  # fmt: skip


@function("right(text, count)", _("So many characters from the end."), "right(phone, 4)")
def right(call: Call, given: list[Term]) -> Term:
    """right(…)"""
    count(call, 2)
    return term("text", "NULLIF(kith_right({}, {}), '')", expect(call, given, 0, "text"), expect(call, given, 1, "number"))  # fmt: skip


@function("contains(text, part)", _("Whether the part stands in the text, in small or capital letters."), 'contains(name, "gmbh")')  # fmt: skip
def contains(call: Call, given: list[Term]) -> Term:
    """contains(…)"""
    count(call, 2)
    return term("boolean", "strpos(lower({}), lower({})) > 0", *(expect(call, given, at, "text") for at in (0, 1)))


@function("concat(value, …)", _("The values joined to one text; empty ones are left out. The same as “&”."), 'concat(name, " (", city, ")")')  # fmt: skip
def concatenated(call: Call, given: list[Term]) -> Term:
    """concat(…)"""
    count(call, 1, MANY)
    return joined(call, given)


@function("text(value)", _("A number, an amount or a date as text."), 'text(employees_count) & " people"')
def as_a_text(call: Call, given: list[Term]) -> Term:
    """text(…)"""
    count(call, 1)
    return as_text(expect(call, given, 0, *TEXTUAL))


# --- days ---------------------------------------------------------------------------------------------------------------


def day_of(part: Term) -> Term:
    """The day of a moment where the reader is."""
    if part.kind == "date":
        return part
    return made("date", lambda prefix: TruncDate(part.sql(prefix), tzinfo=timezone.get_current_timezone()), (part,))


@function("today()", _("The day on which it is read."), "today() - hired_on")
def today(call: Call, _given: list[Term]) -> Term:
    """today(…)"""
    count(call, 0)
    return Term("date", lambda _prefix: Sql("{}::date", constant("date", timezone.localdate()).sql(""), output_field=FIELDS["date"]))  # fmt: skip


@function("now()", _("The moment at which it is read."), "updated_at < now()")
def now(call: Call, _given: list[Term]) -> Term:
    """now(…)"""
    count(call, 0)
    return Term("moment", lambda _prefix: Sql("{}::timestamptz", constant("moment", timezone.now()).sql(""), output_field=FIELDS["moment"]))  # fmt: skip


@function("date(value)", _('The day of a moment, or a day written as "2026-11-27".'), 'date("2026-11-27")')
def day(call: Call, given: list[Term]) -> Term:
    """date(…)"""
    count(call, 1)
    if isinstance(given[0].literal, str):
        try:
            found = dt.date.fromisoformat(given[0].literal)
        except ValueError:
            raise wrong(call.given[0], _('a day is written like "2026-11-27".')) from None
        return Term("date", lambda _prefix: Sql("{}::date", constant("date", found).sql(""), output_field=FIELDS["date"]))  # fmt: skip
    return day_of(expect(call, given, 0, "moment", "date"))


@function("days_between(from, to)", _("Days from one day to another; below zero when it lies before."), "days_between(created_at, today())")  # fmt: skip
def days_between(call: Call, given: list[Term]) -> Term:
    """days_between(…)"""
    count(call, 2)
    first, second = (day_of(expect(call, given, at, *DAYS)) for at in (0, 1))
    return term("number", "({} - {})::numeric", second, first)


@function("add_days(date, days)", _("The day so many days later, or earlier below zero."), "add_days(today(), 14)")
def add_days(call: Call, given: list[Term]) -> Term:
    """add_days(…)"""
    count(call, 2)
    return term("date", "kith_days_on({}, {})", day_of(expect(call, given, 0, *DAYS)), expect(call, given, 1, "number"))  # fmt: skip


@function("add_months(date, months)", _("The same day so many months later; the last day of a month that is shorter."), "add_months(created_at, 12)")  # fmt: skip
def add_months(call: Call, given: list[Term]) -> Term:
    """add_months(…)"""
    count(call, 2)
    return term("date", "kith_months_on({}, {})", day_of(expect(call, given, 0, *DAYS)), expect(call, given, 1, "number"))  # fmt: skip


def part_of_day(field: str) -> Build:
    """year, month, day or weekday."""

    def build(call: Call, given: list[Term]) -> Term:
        count(call, 1)
        return term("number", f"EXTRACT({field} FROM {{}})", day_of(expect(call, given, 0, *DAYS)))

    return build


function("year(date)", _("The year of a day."), "year(created_at)")(part_of_day("YEAR"))
function("month(date)", _("The month of a day, from 1 to 12."), "month(created_at)")(part_of_day("MONTH"))
function("day(date)", _("The day of the month, from 1 to 31."), "day(created_at)")(part_of_day("DAY"))
function("weekday(date)", _("The day of the week, from 1 for Monday to 7 for Sunday."), "weekday(created_at)")(part_of_day("ISODOW"))  # fmt: skip
