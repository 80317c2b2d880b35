"""Chinese syllables in Russian spelling (Palladius): Чжан Вэй is Zhang Wei."""

from functools import lru_cache

from .syllables import SYLLABLES

_INITIALS = {
    "zh": "чж", "ch": "ч", "sh": "ш", "b": "б", "p": "п", "m": "м", "f": "ф", "d": "д", "t": "т",
    "n": "н", "l": "л", "g": "г", "k": "к", "h": "х", "j": "цз", "q": "ц", "x": "с", "r": "ж",
    "z": "цз", "c": "ц", "s": "с",
}  # fmt: skip
_FINALS = {
    "a": "а", "o": "о", "e": "э", "ai": "ай", "ei": "эй", "ao": "ао", "ou": "оу", "an": "ань",
    "en": "энь", "ang": "ан", "eng": "эн", "ong": "ун", "er": "эр", "i": "и", "ia": "я",
    "ie": "е", "iao": "яо", "iu": "ю", "ian": "янь", "in": "инь", "iang": "ян", "ing": "ин",
    "iong": "юн", "u": "у", "ua": "уа", "uo": "о", "uai": "уай", "ui": "уй", "uan": "уань",
    "un": "унь", "uang": "уан", "v": "юй", "ve": "юэ", "ue": "юэ",
}  # fmt: skip
_SOFT_U = {"u": "юй", "uan": "юань", "un": "юнь", "ue": "юэ"}
_WHOLE = {
    "yi": "и", "ya": "я", "ye": "е", "yao": "яо", "you": "ю", "yan": "янь", "yin": "инь",
    "yang": "ян", "ying": "ин", "yong": "юн", "wu": "у", "wa": "ва", "wo": "во", "wai": "вай",
    "wei": "вэй", "wan": "вань", "wen": "вэнь", "wang": "ван", "weng": "вэн", "yu": "юй",
    "yue": "юэ", "yuan": "юань", "yun": "юнь", "hui": "хуэй", "zi": "цзы", "ci": "цы",
    "si": "сы",
}  # fmt: skip
_HISSING = "jqx"


@lru_cache(maxsize=20_000)
def pinyin_of(word: str) -> tuple[str, ...]:
    """Return the syllables of pinyin a Cyrillic word spells, () when it spells none."""
    table = _table()
    for length in range(min(6, len(word)), 0, -1):
        head, tail = word[:length], word[length:]
        if head in table:
            rest = pinyin_of(tail) if tail else ()
            if rest or not tail:
                return table[head], *rest
    return ()


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for syllable in [*sorted(SYLLABLES - {"lu", "nu", "lyu", "nyu", "lue", "nue"}), "lu", "nu"]:
        table.setdefault(_russian(syllable), syllable)
    table.pop("", None)
    return table


def _russian(syllable: str) -> str:
    if syllable in _WHOLE:
        return _WHOLE[syllable]
    initial = next((head for head in _INITIALS if syllable.startswith(head)), "")
    final = syllable[len(initial) :]
    finals = _FINALS | _SOFT_U if initial and initial in _HISSING else _FINALS
    return _INITIALS.get(initial, "") + finals[final] if final in finals else ""
