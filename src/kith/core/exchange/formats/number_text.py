"""Numbers as people write them: which decimal sign a text fits, and what it means with that sign."""

import re
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

#: The decimal sign. The other of the two groups thousands; spaces and apostrophes always may.
type NumberNotation = Literal[".", ","]
SIGNS: tuple[NumberNotation, ...] = get_args(NumberNotation.__value__)
#: More digits than any quantity has, and than a database column takes.
MAX_LENGTH = 60

SPACES = "\u0020\u00a0\u2009\u202f\u2007"
APOSTROPHES = "'\u2019"
CURRENCY = r"(?:[$€₽£¥₴₸元円₹₩]|руб\.?|р\.|[A-Z]{3})"
MONEY = re.compile(
    rf"(?P<before>{CURRENCY})?[{SPACES}]?(?P<number>[^A-Z$€₽£¥₴₸元円₹₩а-я]+?)[{SPACES}]?(?P<after>{CURRENCY})?"
)
WRAPPED = re.compile(
    r"(?P<open>\()?(?P<sign>[-+−–])?\s?(?P<digits>[0-9][^()%‰]*?|[.,][0-9]+)(?P<trail>[-−])?\s?(?P<percent>%)?(?(open)\))"
)
PLAIN = re.compile(r"\d+", re.ASCII)


def body(sign: str) -> re.Pattern[str]:
    """Digits with this decimal sign: ungrouped, or in groups of three (or, as in India, two and a last three)."""
    other = re.escape("," if sign == "." else ".")
    thousands = "|".join(rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+" for mark in (other, f"[{SPACES}]", f"[{APOSTROPHES}]"))
    groups = rf"{thousands}|[1-9]\d?(?:{other}\d{{2}})+{other}\d{{3}}"
    return re.compile(rf"(?:{groups}|\d*)(?:{re.escape(sign)}\d*)?(?:[eE][-+]?\d{{1,2}})?", re.ASCII)


BODIES: dict[NumberNotation, re.Pattern[str]] = {sign: body(sign) for sign in SIGNS}
GROUPING = str.maketrans("", "", SPACES + APOSTROPHES)


class Written(NamedTuple):
    """A number before its decimal sign is known."""

    digits: str
    is_negative: bool
    is_percent: bool
    fits: frozenset[NumberNotation]


def written(text: str) -> Written | None:
    """What the text may be as a number; None when it has the form of none."""
    if len(text) > MAX_LENGTH or not (match := WRAPPED.fullmatch(text)):
        return None
    digits = match.group("digits").strip()
    fits = frozenset(sign for sign in SIGNS if BODIES[sign].fullmatch(digits))
    if not fits or (match.group("sign") and match.group("trail")):
        return None
    is_negative = bool(match.group("open") or match.group("trail")) != ((match.group("sign") or "+") != "+")
    return Written(digits, is_negative, bool(match.group("percent")), fits)


def as_number(number: Written, sign: NumberNotation) -> Decimal:
    """The exact value with this decimal sign; a percentage stays in hundredths: "15%" is 15."""
    digits = number.digits.translate(GROUPING).replace("," if sign == "." else ".", "").replace(sign, ".")
    value = Decimal(digits)
    return -value if number.is_negative else value
