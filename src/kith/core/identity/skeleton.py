"""Skeleton: how a word sounds, so that Иванов, Ivanov, Iwanow and Ivanoff are one word.

1. Cyrillic letters become sounds by a table; Latin words are read with the spelling habits
   they show (English, German, Polish, French): longest group of letters first.
2. Both then pass the same reductions: -yev = -ev, iy = y = i, ё = e, doubled letters, -off = -ov.
Sounds are capital letters until the end: Q = ч, W = ш and щ, J = ж, C = ц, H = х, I = и, й and y.
A word can be read in more than one way (ch, j, z); `skeletons` returns them all.
"""

import re
from functools import lru_cache

from .spelling import cyrillic_sounds, latin_sounds
from .text import fold, is_cyrillic

MOST_READINGS = 4
_VOWEL = "AEIOU"
_JOINED = (
    (re.compile("[WS]Q"), "W"),
    (re.compile("T[SC]"), "C"),
    (re.compile("TQ"), "Q"),
    (re.compile("DT"), "T"),
    (re.compile("I+"), "I"),
    (re.compile("I(?=E)"), ""),
    (re.compile("IO(?!$)"), "E"),
    (re.compile(f"(?<=[^{_VOWEL}])I(?=U)"), ""),
    (re.compile("(?<=[QWJ])O"), "E"),
    (re.compile("(?<=[AOUE])E+"), ""),
    (re.compile(r"([A-Z])\1+"), r"\1"),
)
_ENDINGS = (
    (re.compile("(?<=[OE])F$"), "V"),
    (re.compile("(?<=[TD])ER$"), "R"),
    (re.compile("(?<=[TD])RE$"), "R"),
)
#: No other letter ends what a rule of _ENDINGS is about.
_LAST = frozenset("FRE")
#: Whether any of the rules of _JOINED has something to do: most words have nothing.
_HAS_WORK = re.compile("[WS]Q|T[SCQ]|DT|I[IEOU]|[QWJ]O|[AOUE]E|([A-Z])\\1")
_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=50_000)
def skeletons(word: str, complete: bool = True) -> tuple[str, ...]:
    """Return the ways a word can sound, the most likely first; () when it has no letters.

    `complete=False` is for a word still being typed: no rule about endings is applied.
    At most MOST_READINGS are returned.
    """
    raw = word.casefold()
    sounds = cyrillic_sounds(raw) if any(map(is_cyrillic, raw)) else latin_sounds(raw)
    readings = dict.fromkeys(_reduced(sound, complete) for sound in sounds)
    readings.pop("", None)
    return tuple(readings)[:MOST_READINGS]


def skeleton(word: str) -> str:
    """Return the most likely sound of a word, "" when it has no letters."""
    return next(iter(skeletons(word)), "")


def _reduced(sounds: str, complete: bool) -> str:
    for pattern, replacement in _JOINED if _HAS_WORK.search(sounds) else ():
        sounds = pattern.sub(replacement, sounds)
    for pattern, replacement in _ENDINGS if complete and sounds[-1:] in _LAST else ():
        sounds = pattern.sub(replacement, sounds)
    lower = sounds.lower()
    return lower if lower.isascii() and lower.isalnum() else _NOT_WORD.sub("", fold(lower))
