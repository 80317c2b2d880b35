"""International phone numbers as the library reads and checks them, in a fifth of its time: imports ask for very many.

Where it is not plain that the library would say the same, the library itself is asked.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneMetadata,
    PhoneNumber,
    is_valid_number,
    national_significant_number,
)

_WRITTEN = re.compile(r"\+[1-9][0-9 ().\-]{6,24}")
_NOT_DIGIT = re.compile(r"[^0-9]+")
#: The first group in the text of a format.
_FIRST_GROUP = re.compile(r"(\\\d)")


class Pattern(NamedTuple):
    """How numbers of one sort look: their lengths (any, when empty) and their digits."""

    lengths: frozenset[int]
    digits: re.Pattern[str]

    def fits(self, number: str) -> bool:
        """Is it such a number?"""
        return (not self.lengths or len(number) in self.lengths) and self.digits.fullmatch(number) is not None


class Plan(NamedTuple):
    """The numbers of one region: what they begin with (None: unknown), how all of them, mobiles and lines look."""

    leading: re.Pattern[str] | None
    every: Pattern | None
    usual: tuple[Pattern, ...]

    def has(self, number: str) -> bool:
        """Is it certainly a mobile or a line of this region? False says nothing."""
        return self.every is not None and self.every.fits(number) and any(usual.fits(number) for usual in self.usual)


def international(text: str) -> PhoneNumber | None:
    """Return the number after a +; None where the library would find something to strip."""
    if not _WRITTEN.fullmatch(text):
        return None
    parts = _divided(_NOT_DIGIT.sub("", text))
    return PhoneNumber(parts[0], int(parts[1])) if parts else None


def is_plain(digits: str) -> bool:
    """Are the digits after a + certainly those of a mobile or a line, with nothing to strip? False says nothing."""
    parts = _divided(digits)
    return parts is not None and _is_usual(*parts)


def _divided(digits: str) -> tuple[int, str] | None:
    """Return calling code and national number; None where the library would find something to strip."""
    code = next((code for end in (1, 2, 3) if (code := int(digits[:end])) in COUNTRY_CODE_TO_REGION_CODE), None)
    national = digits[len(str(code)) :]
    if code is None or not 5 <= len(national) <= 14 or national[0] == "0":
        return None
    prefix = _trunk_prefix(code)
    return None if prefix and prefix.match(national) else (code, national)


def _is_usual(code: int, national: str) -> bool:
    """Is it certainly a mobile or a line of the region that the number leads to?"""
    plan = next((plan for plan in _plans(code) if plan.leading is None or plan.leading.match(national)), None)
    return plan is not None and plan.has(national)


def is_valid(number: PhoneNumber) -> bool:
    """Is it a number that its country gives out?"""
    return _is_usual(number.country_code or 0, national_significant_number(number)) or is_valid_number(number)


class Shape(NamedTuple):
    """How some numbers of a country are written: what they begin with (None: anything), their digits, and the text of these."""

    leading: re.Pattern[str] | None
    digits: re.Pattern[str]
    written: str


def national(number: PhoneNumber) -> str:
    """Return a number without extension as it is written in its country."""
    digits = national_significant_number(number)
    for shape in _shapes(number.country_code or 0):
        if (shape.leading is None or shape.leading.match(digits)) and shape.digits.fullmatch(digits):
            return shape.digits.sub(shape.written, digits)
    return digits


@lru_cache(maxsize=300)
def _shapes(code: int) -> tuple[Shape, ...]:
    """Return how numbers of a calling code are written, in the order in which the library tries it."""
    region = COUNTRY_CODE_TO_REGION_CODE.get(code, ("",))[0]
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region) if region else None
    return tuple(map(_shape, metadata.number_format)) if metadata is not None else ()


def _shape(form: Any) -> Shape:
    leading = form.leading_digits_pattern
    rule = form.national_prefix_formatting_rule
    written = _FIRST_GROUP.sub(rule, form.format, count=1) if rule else form.format
    return Shape(re.compile(leading[-1]) if leading else None, re.compile(form.pattern), written)


@lru_cache(maxsize=300)
def _trunk_prefix(code: int) -> re.Pattern[str] | None:
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, COUNTRY_CODE_TO_REGION_CODE[code][0])
    prefix = metadata and metadata.national_prefix_for_parsing
    return re.compile(prefix) if prefix else None


@lru_cache(maxsize=300)
def _plans(code: int) -> tuple[Plan, ...]:
    """Return the plans of a calling code in the order in which the library asks them."""
    regions = COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    found = []
    for region in regions:
        metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        if metadata is not None:
            leading = metadata.leading_digits if len(regions) > 1 else None
            usual = tuple(filter(None, map(_pattern, (metadata.mobile, metadata.fixed_line))))
            found.append(Plan(re.compile(leading) if leading else None, _pattern(metadata.general_desc), usual))
    return tuple(found)


def _pattern(description: Any) -> Pattern | None:
    if description is None or not description.national_number_pattern:
        return None
    return Pattern(frozenset(description.possible_length), re.compile(description.national_number_pattern))
