"""Chinese names: where the family name ends, how it is read, and its pinyin in any order."""

import re
from functools import lru_cache
from typing import NamedTuple

from .palladius import pinyin_of
from .surnames import READINGS
from .syllables import LONGEST, syllables
from .text import HAN, fold, is_cyrillic, words

LONGEST_NAME = 6
_HAN_ONLY = re.compile(rf"\s*(?:{HAN}\s*)+")
# Latin names of other peoples that happen to divide into syllables of pinyin.
_ALSO_WESTERN = words(
    "anna nina lina dina mina yana dana hana hanna lena lana nana mila mike luke jane lisa linda "
    "wanda dan ben ken sasha masha misha dasha pasha nadia tania tanya sonia sofia lili lilian "
    "maya mia ida ian ana ella emma eva ada asa mona rita rina sara hera lea leo noa noah "
    "diana liliana milena elena helena lara zara yulia julia daria maria polina marina karina "
    "kate nate pete jade june rose luna dean sean juan ivan alan"
)


def is_chinese(text: str) -> bool:
    """Is the text written in Chinese characters only (spaces and middle dots apart)?"""
    return not text.isascii() and _HAN_ONLY.fullmatch(text) is not None


def split_han(name: str) -> tuple[str, str]:
    """Divide a name in characters into family and given name: 欧阳娜娜 → 欧阳, 娜娜.

    A given name alone is returned as ("", name).
    """
    plain = fold(name)
    if len(plain) > 2 and plain[:2] in READINGS:
        return name[:2], name[2:]
    if len(plain) > 1 and plain[0] in READINGS:
        return name[:1], name[1:]
    return "", name


def is_family(characters: str) -> bool:
    """Is it a Chinese family name in characters?"""
    return fold(characters) in READINGS


@lru_cache(maxsize=20_000)
def reading(characters: str) -> tuple[str, ...]:
    """Return the pinyin of Chinese characters without tones, one element per character."""
    # Here, because it takes 50 MB that an installation without Chinese does not need.
    from pypinyin import Style, lazy_pinyin

    return tuple(lazy_pinyin(fold(characters), style=Style.NORMAL))


def surname_reading(characters: str) -> str:
    """Return the pinyin of a family name: 单 is shan, 曾 is zeng, 尉迟 is yuchi."""
    plain = fold(characters)
    return READINGS.get(plain) or "".join(reading(plain))


def han_readings(name: str) -> tuple[str, str]:
    """Return the pinyin of the family and of the given name of a name in characters."""
    family, given = split_han(name)
    return surname_reading(family) if family else "", "".join(reading(given))


@lru_cache(maxsize=1)
def surname_ranks() -> dict[str, int]:
    """Return the pinyin of every family name with its place by frequency, 0 the first."""
    ranks: dict[str, int] = {}
    for rank, pinyin in enumerate(READINGS.values()):
        ranks.setdefault(pinyin, rank)
    return ranks


class Reading(NamedTuple):
    """A way to read words as a Chinese name; `family_first` tells where the family name stood."""

    family: str
    given: str
    family_first: bool


@lru_cache(maxsize=20_000)
def latin_readings(tokens: tuple[str, ...]) -> tuple[Reading, ...]:
    """Return the ways to read folded words as a Chinese name, () when they are none.

    Zhang Wei, Wei Zhang, Wang Xiao Ming, Xiao-Ming Wang, Чжан Вэй. Two when both ends can be
    the family name; family first comes first.
    """
    words = [_syllables(token) for token in tokens]
    if not 2 <= len(words) <= 4 or not all(words) or sum(map(len, words)) > LONGEST_NAME - 1:
        return ()
    head, tail = one_spelling("".join(words[0])), one_spelling("".join(words[-1]))
    found = []
    if head in surname_ranks():
        found.append(Reading(head, one_spelling("".join(sum(words[1:], ()))), True))
    if tail in surname_ranks():
        found.append(Reading(tail, one_spelling("".join(sum(words[:-1], ()))), False))
    return tuple(found)


def may_be_western(tokens: tuple[str, ...]) -> bool:
    """Is one of the words also a given name of another people (Anna Li)?"""
    return any(token in _ALSO_WESTERN or is_cyrillic(token[:1] or " ") for token in tokens)


def _syllables(word: str) -> tuple[str, ...]:
    if len(word) > LONGEST_NAME * LONGEST:
        return ()
    return pinyin_of(word) if is_cyrillic(word[:1] or " ") else syllables(word)


def in_pinyin(word: str) -> str:
    """Return the pinyin of a word in Russian spelling (чжан → zhang), "" of any other word."""
    return one_spelling("".join(_syllables(word))) if is_cyrillic(word[:1] or " ") else ""


def one_spelling(pinyin: str) -> str:
    """Return pinyin with ü written in one way: lyu, lü and lv are lv."""
    return pinyin.replace("lyu", "lv").replace("nyu", "nv").replace("ü", "v")
