"""Operators: which kinds of values they join, and the SQL of it. A percentage is a share: 10 % of 50 is 5."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from .reading import COMPARISONS, NEGATIVE, Call
from .terms import FIELDS, KINDS, NUMERIC, Making, Sql, Term, expect, made, nothing, remedy, term, text_of, wrong

TEXTUAL = ("text", "number", "percent", "money", "date")
#: (left, sign, right) -> the kind of the result and its SQL, for everything but amounts in two currencies.
ARITHMETIC: dict[tuple[str, str, str], tuple[str, str]] = {
    **{(kind, sign, kind): (kind, f"{{}} {sign} {{}}") for kind in ("number", "percent") for sign in "+-"},
    ("number", "*", "number"): ("number", "{} * {}"),
    ("number", "*", "percent"): ("number", "{} * {} * 0.01"),
    ("percent", "*", "number"): ("number", "{} * {} * 0.01"),
    ("percent", "*", "percent"): ("percent", "{} * {} * 0.01"),
    ("money", "*", "number"): ("money", "{} * {}"),
    ("number", "*", "money"): ("money", "{} * {}"),
    ("money", "*", "percent"): ("money", "{} * {} * 0.01"),
    ("percent", "*", "money"): ("money", "{} * {} * 0.01"),
    ("number", "/", "number"): ("number", "kith_over({}, {})"),
    ("percent", "/", "percent"): ("number", "kith_over({}, {})"),
    ("percent", "/", "number"): ("percent", "kith_over({}, {})"),
    ("number", "/", "percent"): ("number", "kith_over({} * 100, {})"),
    ("money", "/", "number"): ("money", "kith_over({}, {})"),
    ("money", "/", "percent"): ("money", "kith_over({} * 100, {})"),
    ("date", "+", "number"): ("date", "kith_days_on({}, {})"),
    ("date", "-", "number"): ("date", "kith_days_on({}, -{})"),
    ("date", "-", "date"): ("number", "({} - {})::numeric"),
}


def arithmetic(call: Call, given: list[Term]) -> Term:
    """+ - * /"""
    left, right = given
    if "empty" in (left.kind, right.kind):
        raise wrong(call, _("nothing can be reckoned with “empty”; leave it out."))
    if (left.kind, right.kind) == ("money", "money") and call.name in "+-":
        return alike("money", f"{{}} {call.name} {{}}", left, right)
    if (left.kind, right.kind) == ("money", "money") and call.name == "/":
        return alike("number", "kith_over({}, {})", left, right)
    found = ARITHMETIC.get((left.kind, call.name, right.kind))
    if found is None:
        raise wrong(call, _("“%(sign)s” does not join %(left)s and %(right)s. %(remedy)s") % {
            "sign": call.name, "left": KINDS[left.kind], "right": KINDS[right.kind], "remedy": advice(call.name, left.kind, right.kind),
        })  # fmt: skip
    kind, pattern = found
    money = next((part for part in given if part.kind == "money"), None)
    return term(kind, pattern, left, right, currency=money.currency if money else None, more=money.size if money else 0)


def advice(sign: str, left: str, right: str) -> object:
    """What somebody may have meant."""
    if "text" in (left, right):
        return _("Texts are joined by “&”.") if sign == "+" else _("Reckon with numbers only.")
    if "moment" in (left, right):
        return remedy("moment", ("date",))
    if "money" in (left, right) and "number" in (left, right):
        return remedy("number", ("money",))
    return remedy(left, (right,)) or remedy(right, (left,))


def alike(kind: str, pattern: str, left: Term, right: Term) -> Term:
    """Two amounts joined where their currencies are the same, nothing elsewhere."""

    def sql(prefix: str) -> Sql:
        (one, mine), (two, other) = left.money(prefix), right.money(prefix)
        whole = Sql(pattern, one, two, output_field=FIELDS["money"])
        return Sql("kith_alike({}, {}, {})", whole, mine, other, output_field=FIELDS[kind])

    def currency(prefix: str) -> Sql:
        return Sql("kith_same({}, {})", left.money(prefix)[1], right.money(prefix)[1], output_field=FIELDS["text"])

    return made(kind, sql, (left, right), currency if kind == "money" else None, left.size + right.size)


def negative(call: Call, given: list[Term]) -> Term:
    """-a"""
    part = expect(call, given, 0, *NUMERIC)
    return term(part.kind, "-{}", part, currency=part.currency, more=part.size if part.currency else 0)


def compared(call: Call, given: list[Term]) -> Term:
    """= <> < <= > >="""
    left, right = given
    if "empty" in (left.kind, right.kind):
        raise wrong(call, _("whether something is empty is asked by is_empty(…)."))
    if left.kind != right.kind or left.kind == "link":
        raise wrong(call, _("%(left)s and %(right)s cannot be compared. %(remedy)s") % {
            "left": KINDS[left.kind], "right": KINDS[right.kind], "remedy": advice(call.name, left.kind, right.kind),
        })  # fmt: skip
    if left.kind in ("text", "boolean") and call.name not in ("=", "<>"):
        raise wrong(call, _("%(kind)s can only be equal or not: use = or <>.") % {"kind": KINDS[left.kind]})
    for one, other, at in ((left, right, 1), (right, left, 0)):
        known(call, one, other, at)
    if left.kind == "money":
        return alike("boolean", f"{{}} {call.name} {{}}", left, right)
    return term("boolean", f"{{}} {call.name} {{}}", left, right)


def known(call: Call, choice: Term, written: Term, at: int) -> None:
    """Refuse to compare a choice with something that it cannot be."""
    if choice.choices and isinstance(written.literal, str) and written.literal not in choice.choices:
        raise wrong(call.given[at], _("“%(text)s” is none of the choices; there are: %(valid)s.") % {"text": written.literal, "valid": ", ".join(choice.choices)})  # fmt: skip


def logical(call: Call, given: list[Term]) -> Term:
    """and, or"""
    left, right = (expect(call, given, at, "boolean") for at in (0, 1))
    return term("boolean", f"{{}} {call.name.upper()} {{}}", left, right)


def negated(call: Call, given: list[Term]) -> Term:
    """not"""
    return term("boolean", "NOT {}", expect(call, given, 0, "boolean"))


def joined(call: Call, given: list[Term]) -> Term:
    """a & b: empty parts are left out; nothing but empty parts is empty."""
    parts = [as_text(expect(call, given, at, *TEXTUAL)) for at in range(len(given))]
    pattern = " || ".join(["COALESCE({}, '')"] * len(parts))
    return term("text", f"NULLIF({pattern}, '')", *parts)


def as_text(part: Term) -> Term:
    """A value as text: numbers without needless zeros, dates as 2026-11-27, amounts with their currency."""
    if part.kind == "money":
        return money_text(part)
    patterns = {
        "number": "trim_scale({})::text",
        "percent": "trim_scale({})::text || '%%'",
        "date": "to_char({}, 'YYYY-MM-DD')",
    }
    return part if part.kind == "text" else term("text", patterns[part.kind], part)


def money_text(part: Term) -> Term:
    """An amount as text."""

    def sql(prefix: str) -> Sql:
        amount, currency = part.money(prefix)
        return Sql("trim_scale({})::text || ' ' || {}", amount, text_of(lambda _prefix: currency)(prefix), output_field=FIELDS["text"])  # fmt: skip

    return made("text", sql, (part,), more=part.size)


OPERATORS: dict[str, Callable[[Call, list[Term]], Term]] = {
    **dict.fromkeys("+-*/", arithmetic), **dict.fromkeys((sign for sign in COMPARISONS if sign != "!="), compared),
    NEGATIVE: negative, "and": logical, "or": logical, "not": negated, "&": joined,
}  # fmt: skip

__all__ = ["OPERATORS", "Making", "as_text", "nothing"]
