"""Pinyin syllables: which Latin words can be Chinese, and how they divide."""

from functools import lru_cache

_FINALS = {
    "": "a o e ai ei ao ou an en ang eng er yi ya yo ye yao you yan yin yang ying yong wu wa wo "
    "wai wei wan wen wang weng yu yue yuan yun",
    "b": "a o ai ei ao an en ang eng i ie iao ian in ing u",
    "p": "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
    "m": "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
    "f": "a o ei ou an en ang eng u",
    "d": "a e ai ei ao ou an en ang eng ong i ie iao iu ian ing u uo ui uan un",
    "t": "a e ai ao ou an ang eng ong i ie iao ian ing u uo ui uan un",
    "n": "a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan v ve",
    "l": "a e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve",
    "g": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "k": "a e ai ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "h": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "j": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "q": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "x": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "zh": "a e i ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "ch": "a e i ai ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "sh": "a e i ai ei ao ou an en ang eng u ua uo uai ui uan un uang",
    "r": "e i ao ou an en ang eng ong u uo ui uan un",
    "z": "a e i ai ei ao ou an en ang eng ong u uo ui uan un",
    "c": "a e i ai ao ou an en ang eng ong u uo ui uan un",
    "s": "a e i ai ao ou an en ang eng ong u uo ui uan un",
}
# ü is written v, u, yu or ü; passports write lyu.
_SPELLED_V = {"lv", "nv", "lve", "nve", "lue", "nue", "lyu", "nyu", "lu", "nu"}
SYLLABLES = {initial + final for initial, finals in _FINALS.items() for final in finals.split()} | _SPELLED_V
LONGEST = 6


def is_syllable(word: str) -> bool:
    """Is the lower-case word exactly one syllable of pinyin?"""
    return word in SYLLABLES


@lru_cache(maxsize=10_000)
def syllables(word: str) -> tuple[str, ...]:
    """Divide a lower-case word into syllables of pinyin, the longest first; () when it is none.

    An apostrophe or a hyphen divides: xi'an is not xian.
    """
    parts = word.replace("-", "'").split("'")
    found = [_divided(part) for part in parts]
    return sum(found, ()) if all(found) else ()


def _divided(word: str) -> tuple[str, ...]:
    if len(word) > 4 * LONGEST:
        return ()
    for length in range(min(LONGEST, len(word)), 0, -1):
        head, tail = word[:length], word[length:]
        if head in SYLLABLES:
            rest = _divided(tail) if tail else ()
            if rest or not tail:
                return head, *rest
    return ()
