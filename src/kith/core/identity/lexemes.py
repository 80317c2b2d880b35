"""Lexemes: the search words of one word, made the same way when storing and when asking.

Plain words stand as they are folded; k~ marks a sound, p~ pinyin without spaces or its initials,
l~ a Chinese name written in Latin or Cyrillic, in pinyin, t~ four digits of a phone. No typed word contains "~", so they never collide.
"""

import re
from functools import lru_cache
from itertools import pairwise

from .chinese import one_spelling, reading
from .cyrillic import romanise
from .phones import phone_search_forms
from .skeleton import skeletons
from .syllables import syllables
from .text import fold, is_cyrillic, is_han

SOUND, PINYIN, LATIN, DIGITS = "k~", "p~", "l~", "t~"
GRAM = 4
LONGEST_WORD = 100
LONGEST_PINYIN = 8
_WORDS = re.compile(r"[^\W_]+")
_HAN_OR_NOT = re.compile("([\u3400-\u4dbf\u4e00-\u9fff〇\U00020000-\U000323af]+)")


def subwords(word: str) -> tuple[str, ...]:
    """Return the parts of a folded word between marks, apostrophes left out: o'brien → obrien."""
    return tuple(_WORDS.findall(word.replace("'", "")))


def han_runs(word: str) -> list[str]:
    """Cut a folded word where characters and other letters meet: abc公司 → abc, 公司."""
    return [part for part in _HAN_OR_NOT.split(word) if part] if any(map(is_han, word)) else [word]


@lru_cache(maxsize=50_000)
def word_lexemes(word: str) -> tuple[str, ...]:
    """Return the lexemes to store for one folded word of a name."""
    found: dict[str, None] = {}
    for part in subwords(word):
        for run in han_runs(part):
            found.update(dict.fromkeys(_han_lexemes(run) if is_han(run[0]) else _spelled(run)))
    if len(parts := subwords(word)) > 1:
        found["".join(parts)] = None
        found.update(dict.fromkeys(SOUND + sound for sound in skeletons("".join(parts))[:2]))
    return tuple(found)


def phone_lexemes(stored: str) -> tuple[str, ...]:
    """Return the lexemes to store for one phone as it is stored: every four digits in a row."""
    found: list[str] = []
    for form in phone_search_forms(stored):
        found += [DIGITS + form[start : start + GRAM] for start in range(len(form) - GRAM + 2)] or [DIGITS + form]
    return tuple(dict.fromkeys(found))


def grams(digits: str) -> list[str]:
    """Return every four digits in a row."""
    return [digits[start : start + GRAM] for start in range(len(digits) - GRAM + 1)]


def bigrams(run: str) -> list[str]:
    """Return every two characters in a row."""
    return [one + other for one, other in pairwise(run)]


def stored_pieces(text: str, *, is_phone: bool = False) -> list[str]:
    """Return what every stored search text holds whose word or phone holds `text`: phones lie there by four digits, Chinese by pairs."""
    if is_phone:
        return (grams(text) or [text]) if text.isdecimal() else []
    runs = han_runs(fold(text))
    return [piece for run in runs for piece in ((bigrams(run) or [run]) if is_han(run[0]) else [run])]


def sounds(word: str) -> tuple[str, ...]:
    """Return the lexemes of the sounds of a whole word that has letters."""
    return tuple(SOUND + sound for sound in skeletons(word)) if len(word) > 1 and not word.isdigit() else ()


def _spelled(word: str) -> list[str]:
    found = [word]
    if any(map(is_cyrillic, word)):
        found.append(romanise(word))
    elif len(syllables(word)) > 1:
        found.append(LATIN + one_spelling(word))
    return [*found, *sounds(word)]


def _han_lexemes(run: str) -> list[str]:
    """Return characters, pairs, syllables, and for a name its joined pinyin and initials."""
    spoken = [one_spelling(syllable) for syllable in reading(run)]
    found = [*run, *bigrams(run), *spoken]
    for syllable in spoken:
        if "v" in syllable:
            found += [syllable.replace("v", "u"), syllable.replace("v", "yu")]
    if 1 < len(run) <= LONGEST_PINYIN:
        found += [PINYIN + "".join(spoken), PINYIN + "".join(syllable[0] for syllable in spoken)]
    return found
