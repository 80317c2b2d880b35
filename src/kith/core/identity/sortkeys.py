"""Sort keys: texts that sort rightly byte by byte, since the database has no ICU.

Russian ё stands after е (and і, ї, є, ґ, ў after и, е, г, у), accents and case do not matter,
Chinese stands by its pinyin. Latin comes before Cyrillic. Titles and legal forms are skipped.
"""

import re
from functools import lru_cache

from .chinese import is_chinese, reading, split_han, surname_reading
from .company import split_legal_form
from .person import PersonName
from .text import fold, is_han

# The second letter is above every letter of the Russian alphabet.
_AFTER = str.maketrans({"ё": "е\u04ff", "є": "е\u04fe", "ґ": "г\u04ff", "і": "и\u04fe", "ї": "и\u04ff", "ў": "у\u04ff"})
_KEPT = str.maketrans({"ё": "\ue010"})
_GIVEN_BACK = str.maketrans({"\ue010": "ё"})
_NOISE = re.compile(r"[^\w\s]+")


@lru_cache(maxsize=10_000)
def text_key(text: str) -> str:
    """Return the key by which any text sorts."""
    folded = fold(text.casefold().replace("е\u0308", "ё").translate(_KEPT))
    plain = _NOISE.sub("", folded.translate(_GIVEN_BACK).translate(_AFTER))
    if any(map(is_han, plain)):
        plain = _by_pinyin(plain)
    return " ".join(plain.split())


def person_key(name: PersonName) -> str:
    """Return the key by which a person sorts: family name, given name, middle name."""
    if is_chinese(name.family + name.given):
        family, given = (name.family, name.given) if name.family else split_han(name.given)
        sound = " ".join(filter(None, (surname_reading(family), *reading(given))))
        return f"{sound} {fold(family + given)}"
    parts = (name.family or name.given, name.given if name.family else "", name.middle)
    return " ".join(filter(None, map(text_key, parts)))


def company_sort_key(name: str) -> str:
    """Return the key by which a company sorts: its name without legal form and quotes."""
    return text_key(split_legal_form(name).core)


def _by_pinyin(text: str) -> str:
    """Put the pinyin of every character before the text itself, which breaks ties."""
    spelled = [f" {reading(mark)[0]} " if is_han(mark) else mark for mark in text]
    return f"{''.join(spelled)} {''.join(filter(is_han, text))}"
