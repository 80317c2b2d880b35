"""Kinds of numbers: whole, decimal, percent, money, boolean; exact, never binary floats (R4)."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel.numbers import format_currency, format_decimal, get_decimal_symbol, get_group_symbol, list_currencies
from django.conf import settings
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from ..errors import BadValue
from ..money import Money
from .base import ORDER_OPS, FieldType, tidy, wrong

if TYPE_CHECKING:
    from ..specs import FieldSpec

PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
#: How exact numbers stand in JSON.
EXACT = r"^-?[0-9]+(\.[0-9]+)?$"
TRUE = frozenset(["1", "true", "yes", "y", "on", "да", "истина", "д", "+", "x", "是", "对", "✓"])
FALSE = frozenset(["0", "false", "no", "n", "off", "нет", "ложь", "н", "-", "否", "不"])


def locale() -> str:
    """The reader's locale for Babel."""
    return to_locale(get_language() or "en")


def decimal_from_text(text: str) -> Decimal:
    """A number as people write it in their language: groups and decimal sign of the locale, or plain with a point."""
    compact = re.sub(r"[\s\u00a0\u202f']", "", text).replace("−", "-")
    if not PLAIN.fullmatch(compact):
        compact = compact.replace(get_group_symbol(locale()).strip() or " ", "").replace(
            get_decimal_symbol(locale()), "."
        )
    if not PLAIN.fullmatch(compact):
        raise BadValue(_("Not a number; write digits, for example 1250.50."))
    return Decimal(compact)


class Number(FieldType):
    """A decimal number; without decimals it is whole."""

    name = "number"
    ops = ORDER_OPS
    align = "end"
    schema = {"type": "string", "pattern": EXACT}  # binary floats of a reader would lose digits
    given = {"type": ["number", "string"]}
    bag_cast = "numeric"

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
            raise wrong(_("a number"))
        if isinstance(value, str) and not PLAIN.fullmatch(value.strip()):
            raise BadValue(_("Not a number; write digits, for example 1250.50."))
        return self.fit(Decimal(str(value).strip()), spec)

    def fit(self, number: Decimal, spec: "FieldSpec") -> Any:
        """`number` within the limits and at the step of the field."""
        if not number.is_finite() or number.adjusted() > 40:
            raise BadValue(_("Not a number that can be stored."))
        try:
            number = (
                number.quantize(Decimal(1).scaleb(-spec.decimals), rounding=ROUND_HALF_UP) if spec.decimals else number
            )
        except InvalidOperation:
            raise BadValue(_("Not a number that can be stored.")) from None
        if not spec.decimals and number != number.to_integral_value():
            raise BadValue(_("Expected a whole number."))
        if spec.minimum is not None and number < spec.minimum:
            raise BadValue(_("Too small; the least value is %(limit)s.") % {"limit": spec.minimum})
        if spec.maximum is not None and number > spec.maximum:
            raise BadValue(_("Too large; the greatest value is %(limit)s.") % {"limit": spec.maximum})
        return number if spec.decimals else int(number)

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        tidied = tidy(text, 100)
        return None if tidied is None else self.fit(decimal_from_text(tidied), spec)

    def dump(self, value: Any, spec: "FieldSpec") -> Any:
        return format(value, "f") if isinstance(value, Decimal) else value

    def load(self, raw: Any, spec: "FieldSpec") -> Any:
        return None if raw is None else Decimal(str(raw)) if spec.decimals else int(raw)

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return "" if value is None else written(value, str(locale()))

    def cell(self, value: Any, spec: "FieldSpec") -> Any:
        return value


@lru_cache(maxsize=4096)
def written(value: Any, language: str) -> str:
    """A number in the notation of a language; lists repeat many of them."""
    return str(format_decimal(value, locale=language))


class Percent(Number):
    """A share in percent: 12.5 means 12.5 %."""

    name = "percent"

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        return super().parse(text.replace("%", ""), spec)

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return "" if value is None else f"{super().text(value, spec)} %"


class MoneyType(Number):
    """An amount with its currency; JSON: {"amount": "12.50", "currency": "EUR"}."""

    name = "money"
    schema = {
        "type": "object",
        "required": ["amount", "currency"],
        "properties": {
            "amount": {"type": "string", "pattern": EXACT},
            "currency": {"type": "string", "minLength": 3, "maxLength": 3},
        },
    }
    #: An amount alone is one in the currency of the company.
    given = {
        "type": ["number", "string", "object"],
        "additionalProperties": False,
        "properties": {"amount": {"type": ["number", "string", "null"]}, "currency": {"type": ["string", "null"]}},
    }

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, Money):
            value = {"amount": value.amount, "currency": value.currency}
        if not isinstance(value, dict):
            value = {"amount": value, "currency": settings.KITH_CURRENCY}
        if set(value) - {"amount", "currency"}:
            raise wrong(_("an amount and a currency"))
        amount = super().clean(value.get("amount"), spec)
        return None if amount is None else Money(amount, self.currency(value.get("currency") or settings.KITH_CURRENCY))

    def currency(self, code: Any) -> str:
        """`code` as a known ISO 4217 code."""
        if not isinstance(code, str) or code.upper() not in list_currencies():
            raise BadValue(_("Unknown currency; write its three-letter code, for example EUR."))
        return code.upper()

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        tidied = tidy(text, 100)
        if tidied is None:
            return None
        code = re.search(r"[A-Za-z]{3}", tidied)
        symbol = next(
            (
                c
                for s, c in {"€": "EUR", "₽": "RUB", "$": "USD", "£": "GBP", "¥": "CNY", "元": "CNY"}.items()
                if s in tidied
            ),
            None,
        )
        amount = self.fit(decimal_from_text(re.sub(r"[A-Za-z€₽$£¥元]", "", tidied)), spec)
        return Money(amount, self.currency(code.group() if code else symbol or settings.KITH_CURRENCY))

    def dump(self, value: Any, spec: "FieldSpec") -> Any:
        return None if value is None else {"amount": format(value.amount, "f"), "currency": value.currency}

    def load(self, raw: Any, spec: "FieldSpec") -> Any:
        return None if raw is None else Money(Decimal(raw["amount"]), raw["currency"])

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return "" if value is None else str(format_currency(value.amount, value.currency, locale=locale()))

    def cell(self, value: Any, spec: "FieldSpec") -> Any:
        return None if value is None else value.amount


class Boolean(FieldType):
    """Yes or no."""

    name = "boolean"
    ops = ("is",)
    schema = {"type": "boolean"}
    bag_cast = "boolean"

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None and not spec.required:
            return spec.default
        if not isinstance(value, bool):
            raise wrong(_("true or false"))
        return value

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        word = (tidy(text, 100) or "").casefold()
        if word in TRUE:
            return True
        if word in FALSE or not word:
            return False
        raise BadValue(_("Expected yes or no."))

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return "" if value is None else str(_("yes")) if value else str(_("no"))

    def cell(self, value: Any, spec: "FieldSpec") -> Any:
        return value

    def is_empty(self, value: Any) -> bool:
        return value is None
