"""parse_name: a name as people type it, divided into its parts.

1. Titles in front and behind are set aside.
2. A name in characters is divided by the known Chinese family names.
3. "Family, Given Middle" is taken at its word, and so is one word in CAPITALS (ZHANG Wei).
4. Words that are Chinese in pinyin or Russian transcription, or have a patronymic, are divided
   by the custom of their culture; what remains is given, middle, family.
"""

from .chinese import is_chinese, latin_readings, may_be_western, split_han, surname_ranks
from .given_names import (
    HAN_TITLES,
    PARTICLES,
    PREFIXES,
    SUFFIXES,
    is_given,
    is_patronymic,
    is_patronymic_of_known,
    looks_family,
)
from .person import FAMILY_FIRST, PersonName
from .text import clean_text, fold, is_cyrillic


def parse_name(text: str | None, language_hint: str = "") -> PersonName:
    """Divide a typed name into its parts; an empty PersonName when there is no text.

    `language_hint` ("ru", "zh", "es" …) decides where the words alone do not.
    Raises Problem for text that cannot be stored.
    """
    cleaned = clean_text(text)
    if cleaned is None:
        return PersonName()
    language = language_hint.replace("_", "-").split("-")[0].lower()
    if is_chinese(cleaned.replace("·", "").replace("•", "")):
        return _han_name(cleaned)
    prefix, words, suffix = _without_titles(cleaned.split())
    given, middle, family = (" ".join(part).strip(" ,") for part in _divided(words, language))
    name = PersonName(given, middle, family, " ".join(prefix), " ".join(suffix))
    return name or PersonName(family=cleaned)


Parts = tuple[list[str], list[str], list[str]]


def _han_name(text: str) -> PersonName:
    title = next((title for title in HAN_TITLES if text.endswith(title) and text != title), "")
    words = text.removesuffix(title).replace("·", " ").replace("•", " ").split()
    if len(words) == 2 and len(words[0]) <= 2 and split_han(words[0] + words[1])[0] == words[0]:
        return PersonName(words[1], "", words[0], "", title)
    if len(words) > 1:
        return PersonName(words[0], " ".join(words[1:-1]), words[-1], "", title)
    family, given = split_han(words[0]) if words else ("", text)
    return PersonName(given, "", family, "", title)


def _without_titles(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    start, end = 0, len(words)
    while start < end - 1 and _title(words[start]) in PREFIXES and _is_title(words[start]):
        start += 1
    while end - 1 > start and _title(words[end - 1]) in SUFFIXES:
        end -= 1
    middle = words[start:end]
    if middle and end < len(words):
        middle[-1] = middle[-1].rstrip(",")
    return words[:start], middle, words[end:]


def _title(word: str) -> str:
    return word.strip(".,").lower()


def _is_title(word: str) -> bool:
    """A one-letter or ambiguous title needs its dot: "M. Durand", but "M Night"."""
    return word.endswith(".") or len(word) > 2 or _title(word) in {"dr", "mr", "ms"}


def _divided(words: list[str], language: str) -> Parts:
    comma = next((index for index, word in enumerate(words) if word.endswith(",")), None)
    if comma is not None:
        family = [word.rstrip(",") for word in words[: comma + 1]]
        rest = [word.strip(",") for word in words[comma + 1 :] if word.strip(",")]
        return _given_middle(rest, family) if rest else _divided(family, language)
    if len(words) == 1:
        return (words, [], []) if is_given(words[0]) else ([], [], words)
    return (
        _by_capitals(words)
        or _by_pinyin(words, language)
        or _by_patronymic(words)
        or _by_slavic_words(words)
        or _by_custom(words, language)
    )


def _given_middle(rest: list[str], family: list[str]) -> Parts:
    patronymic = len(rest) > 1 and is_patronymic(rest[-1].lower())
    if patronymic or (len(rest) > 1 and len(rest[-1].rstrip(".")) == 1):
        return rest[:-1], rest[-1:], family
    return rest, [], family


def _by_capitals(words: list[str]) -> Parts | None:
    loud = [index for index, word in enumerate(words) if len(word) > 2 and word.isupper()]
    if not loud or len(loud) == len(words) or loud not in ([0], [len(words) - 1]):
        return None
    index = loud[0]
    rest = words[:index] + words[index + 1 :]
    if any(word.isupper() and len(word) > 2 for word in rest):
        return None
    word = words[index]
    return _given_middle(rest, [word if _has_small_words(word) else word.capitalize()])


def _has_small_words(word: str) -> bool:
    return any(mark in word for mark in "-'’")


def _by_pinyin(words: list[str], language: str) -> Parts | None:
    tokens = tuple(fold(word) for word in words)
    readings = latin_readings(tokens)
    if not readings or (may_be_western(tokens) and is_given(words[0]) and language != "zh"):
        return None
    ranks = surname_ranks()
    best = min(readings, key=lambda reading: ranks[reading.family])
    if readings[0] is best or language == "zh":
        best = readings[0]
    return (words[1:], [], words[:1]) if best.family_first else (words[:-1], [], words[-1:])


def _by_patronymic(words: list[str]) -> Parts | None:
    lower = [word.lower() for word in words]
    if len(words) == 3 and is_patronymic(lower[2]) and not is_patronymic(lower[1]):
        return words[1:2], words[2:], words[:1]
    if len(words) == 3 and is_patronymic(lower[1]):
        return words[:1], words[1:2], words[2:]
    if len(words) == 4 and lower[3] in {"оглы", "кызы", "ogly", "kyzy"}:
        return words[1:2], words[2:], words[:1]
    if len(words) == 2 and is_given(words[0]) and is_patronymic_of_known(lower[1]):
        return words[:1], words[1:], []
    return None


def _by_slavic_words(words: list[str]) -> Parts | None:
    if len(words) == 3 and all(len(word.rstrip(".")) == 1 for word in words[1:]):
        return words[1:2], words[2:], words[:1]
    if len(words) != 2:
        return None
    first, second = words
    if len(second.rstrip(".")) == 1 < len(first.rstrip(".")):
        return [second], [], [first]
    slavic = any(map(is_cyrillic, first)) or is_given(first) or is_given(second)
    if not slavic or is_given(first):
        return None
    if is_given(second) or (looks_family(first.lower()) and not looks_family(second.lower())):
        return [second], [], [first]
    return None


def _by_custom(words: list[str], language: str) -> Parts:
    if language in FAMILY_FIRST:
        return words[1:], [], words[:1]
    particle = next((at for at, word in enumerate(words) if word.lower() in PARTICLES), None)
    if particle is not None and particle < len(words) - 1:
        return words[: min(1, particle)], words[1:particle], words[particle:]
    if language in {"es", "pt"} and len(words) > 2:
        return words[:1], words[1:-2], words[-2:]
    return words[:1], words[1:-1], words[-1:]
