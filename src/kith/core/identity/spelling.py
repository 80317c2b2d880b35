"""Sounds of letters: Cyrillic by table, Latin by the spelling habit a word shows."""

import re
from collections.abc import Iterator

from .syllables import is_syllable
from .text import fold

_CYRILLIC = str.maketrans(
    {
        "а": "A", "б": "B", "в": "V", "г": "G", "д": "D", "е": "E", "ё": "E", "ж": "J", "з": "Z",
        "и": "I", "й": "I", "к": "K", "л": "L", "м": "M", "н": "N", "о": "O", "п": "P", "р": "R",
        "с": "S", "т": "T", "у": "U", "ф": "F", "х": "H", "ц": "C", "ч": "Q", "ш": "W", "щ": "W",
        "ъ": "", "ы": "I", "ь": "", "э": "E", "ю": "IU", "я": "IA",
        "і": "I", "ї": "I", "є": "E", "ґ": "G", "ў": "V",
        "ј": "I", "љ": "L", "њ": "N", "ћ": "Q", "ђ": "DJ", "џ": "DJ",
        "ә": "A", "ғ": "G", "қ": "K", "ң": "N", "ө": "O", "ұ": "U", "ү": "U", "һ": "H",
    }
)  # fmt: skip
_UKRAINIAN = re.compile("[іїєґў]")

# Letters with marks that say more than the bare letter.
_MARKED = str.maketrans(
    {
        "č": "ch", "ć": "ch", "š": "sh", "ş": "sh", "ș": "sh", "ž": "zh", "ż": "zh", "ç": "s",
        "ł": "l", "ą": "on", "ę": "en", "ř": "rzh", "đ": "dj", "ț": "ts", "ţ": "ts",
    }
)  # fmt: skip
_MARKS = frozenset(map(chr, _MARKED))
_ENGLISH = {
    "schtsch": "W", "shtsh": "W", "shch": "W", "szcz": "W", "chtch": "W", "shh": "W",
    "tsch": "Q", "tch": "Q", "cz": "Q", "ch": "Q", "sch": "W", "sh": "W", "sz": "W",
    "zh": "J", "kh": "H", "ts": "C", "tz": "C", "ph": "F", "th": "T", "gh": "G",
    "dh": "D", "bh": "B", "wh": "V", "ck": "K", "qu": "KV", "q": "K", "x": "KS", "w": "V",
    "ou": "U", "j": "I", "y": "I", "gue": "GE", "gui": "GI", "ce": "SE", "ci": "SI", "cy": "SI",
    "c": "K", "chr": "KR", "chl": "KL",
}  # fmt: skip
_HABITS = {
    "english": _ENGLISH,
    "hard ch": _ENGLISH | {"ch": "H", "chr": "HR", "chl": "HL"},
    "dj": _ENGLISH | {"j": "DJ"},
    "german": _ENGLISH | {"ch": "H", "chr": "HR", "chl": "HL", "ou": "OU"},
    "polish": _ENGLISH | {"ch": "H", "chr": "HR", "chl": "HL", "rz": "J", "ó": "U", "c": "C",
                          "ce": "CE", "ci": "CI", "cy": "CI", "ck": "CK", "ou": "OU"},
    "slavic": _ENGLISH | {"c": "C", "ce": "CE", "ci": "CI", "cy": "CI"},
    "french": _ENGLISH | {"ch": "W", "j": "J"},
    "pinyin": _ENGLISH | {"ou": "OU"},
}  # fmt: skip
_READERS = {
    habit: re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True)))
    for habit, table in _HABITS.items()
}
_GERMAN = re.compile("sch|tsch|j[aeou]")
_POLISH = re.compile("cz|sz|rz[aeiouy]|[łąęśźżń]|[cs]k[ia]$|wicz$")
_FRENCH = re.compile("tch|cht|ou")
_SLAVIC_C = re.compile("^cv|[aeij]c[eo]v")
_INITIAL_J = re.compile("^j|dj")
_SOFT_S = re.compile("(?<![^aeiout])s(?=[aeioubdglmnrvw])")
_FRENCH_END = re.compile("ine$")
_MUTE_H = re.compile("(?<=[aeiou])h$|(?<=o)h(?=n)")
_MARK = re.compile("[^\x00-\x7f]")
# Nothing in it shows a habit: most words are read in one way.
_PLAIN = re.compile("(?:(?!ou|sk)[abd-ik-vxy0-9])+")


def has_marks(text: str) -> bool:
    """Has the text Latin letters whose marks change the sound (č, š, ż)?"""
    return not text.isascii() and not _MARKS.isdisjoint(text.casefold())


def cyrillic_sounds(word: str) -> list[str]:
    """Return the sounds of a word in lower-case Cyrillic; Ukrainian г is also read as h."""
    word = word.replace("ьо", "ьйо").replace("\u0301", "")
    readings = [word.translate(_CYRILLIC)]
    if _UKRAINIAN.search(word) and "г" in word:
        readings.append(word.replace("г", "х").translate(_CYRILLIC))
    return [reading.upper() for reading in readings]


def latin_sounds(word: str) -> list[str]:
    """Return the sounds of a word in lower-case Latin, the most likely reading first."""
    if _PLAIN.fullmatch(word):
        return [_sounds("pinyin" if is_syllable(word) else "english", word)]
    spelled = fold(word.translate(_MARKED)) if _MARK.search(word) else word
    readings = [_sounds(habit, spelled) for habit in _habits(word, spelled)]
    plain = fold(word)
    if plain != spelled:
        readings.append(_sounds("english", plain))
    if _GERMAN.search(plain) or _has_german_w(plain):
        readings.append(_sounds("german", _SOFT_S.sub("z", plain.replace("z", "ts"))))
    return readings


def _habits(word: str, spelled: str) -> Iterator[str]:
    """Yield the spelling habits to read a word by: first the one it shows, then the usual one."""
    if is_syllable(spelled):
        yield "pinyin"
        return
    if "sch" in spelled:
        yield "german"
    elif _POLISH.search(word):
        yield "polish"
    elif _FRENCH.search(spelled):
        yield "french"
    elif _has_german_w(spelled):
        yield "german"
    yield "english"
    if "ch" in spelled:
        yield "hard ch"
    if _SLAVIC_C.search(spelled):
        yield "slavic"
    if _INITIAL_J.search(spelled):
        yield "dj"


def _has_german_w(word: str) -> bool:
    return "w" in word and "v" not in word and "sh" not in word


def _sounds(habit: str, word: str) -> str:
    if habit == "french":
        word = _FRENCH_END.sub("in", word)
    table = _HABITS[habit]
    word = _MUTE_H.sub("", word)
    return _READERS[habit].sub(lambda match: table[match[0]], word).upper()
