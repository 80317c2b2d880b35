"""Company names: the legal form set aside, and the keys by which two names are one company."""

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from .chinese import is_chinese, one_spelling, reading
from .legal_forms import CYRILLIC, HAN, HAN_IN_FRONT, IN_FRONT, LATIN, MOST_WORDS
from .skeleton import skeletons
from .syllables import syllables
from .text import fold

_FORMS = LATIN | CYRILLIC
_LETTERS = re.compile(r"[\W_]+")
_STRAY = " ,;-–—&+/"
_QUOTES = re.compile("[\"'“”„‟«»‹›‘’‚‛`″＂「」『』《》]")
_BRACKETED = re.compile(r"[(（\[【]\s*([^()（）\[\]【】]{1,12}?)\s*[)）\]】]")
SHORTEST_SOUND = 3
MOST_SOUNDS = 4


class CompanyName(NamedTuple):
    """A company's name without its legal form, and the legal form as it was written."""

    core: str
    legal_form: str


@lru_cache(maxsize=20_000)
def split_legal_form(name: str) -> CompanyName:
    """Set the legal form of a name aside: ООО «Ромашка» → Ромашка, ООО.

    Forms in front and behind, several in a row and those in characters (有限公司, 株式会社) are
    known. A name that is nothing but a legal form stays whole.
    """
    core, forms = _without_bracketed(" ".join(name.split()))
    core, behind = _cut_han(core)
    core, around = _cut_words(core)
    core = _trimmed(core)
    if not core:
        return CompanyName(" ".join(name.split()), "")
    return CompanyName(core, " ".join(filter(None, (*around, *behind, *forms))))


@lru_cache(maxsize=20_000)
def company_key(name: str) -> str:
    """Return the normalised name by which incoming data find a company (R10).

    Case, width, spaces, quotes and legal form are ignored; nothing else is, so that a similar
    name never joins. Empty only for an empty name.
    """
    core = split_legal_form(name).core
    plain = unicodedata.normalize("NFKC", _QUOTES.sub("", core)).casefold()
    key = "".join(unicodedata.normalize("NFKC", plain).split())
    return key or "".join(name.casefold().split())


@lru_cache(maxsize=20_000)
def company_sounds(name: str) -> tuple[str, ...]:
    """Return the sounds of a name in any script: Ромашка and Romashka share one.

    Only good for an offer ("possible duplicate"), never for joining.
    """
    core = fold(_QUOTES.sub("", split_legal_form(name).core))
    joined = _LETTERS.sub("", core)
    if is_chinese(joined):
        return (f"p~{one_spelling(''.join(reading(joined)))}",) if len(joined) <= 12 else ()
    words = [skeletons(word)[:2] for word in _LETTERS.sub(" ", core.replace("'", "")).split()]
    mixed = product(*filter(None, words[:8]))
    sounds = ["".join(choice) for choice, _ in zip(mixed, range(MOST_SOUNDS), strict=False)]
    if len(syllables(joined)) > 1:
        sounds.append(f"p~{one_spelling(joined)}")
    return tuple(sound for sound in dict.fromkeys(sounds) if len(sound) >= SHORTEST_SOUND)


def _without_bracketed(name: str) -> tuple[str, list[str]]:
    """Cut a form in brackets: (株), (有限合伙), (publ)."""
    for match in _BRACKETED.finditer(name):
        inside = _joined(match[1])
        if inside in _FORMS or inside in HAN or inside in {"株", "有", "주", "유"}:
            return name.replace(match[0], " ").strip(), [match[1]]
    return name, []


def _cut_han(name: str) -> tuple[str, list[str]]:
    cut: list[str] = []
    while form := next((form for form in HAN if _ends(name, form)), ""):
        cut.insert(0, name[-len(form) :])
        name = name[: -len(form)].rstrip()
    front = next((form for form in HAN_IN_FRONT if fold(name[: len(form)]) == fold(form)), "")
    if front and len(name) > len(front):
        cut.append(name[: len(front)])
        name = name[len(front) :].lstrip()
    return name, cut


def _ends(name: str, form: str) -> bool:
    return len(name) > len(form) and fold(name[-len(form) :]) == fold(form)


def _cut_words(name: str) -> tuple[str, list[str]]:
    """Cut forms in front once and behind as often as they come."""
    words = name.split()
    front: list[str] = []
    behind: list[str] = []
    if size := _size(words, IN_FRONT, at_front=True):
        front, words = words[:size], words[size:]
    while size := _size(words, _FORMS, at_front=False):
        words, behind = words[:-size], words[-size:] + behind
    return " ".join(words), [word.strip(",;") for word in front + behind]


def _size(words: list[str], forms: frozenset[str], *, at_front: bool) -> int:
    """Return how many words at one end are a legal form; never all of them."""
    for size in range(min(MOST_WORDS, len(words) - 1), 0, -1):
        some = words[:size] if at_front else words[-size:]
        rest = words[size:] if at_front else words[:-size]
        if _joined("".join(some)) in forms and _trimmed(" ".join(rest)):
            return size
    return 0


def _joined(text: str) -> str:
    return _LETTERS.sub("", fold(text))


def _trimmed(core: str) -> str:
    """Cut quotes and stray marks at the ends; quotes around parts stay: «А» и «Б»."""
    bare = core.strip(_STRAY)
    while len(bare) > 1 and _QUOTES.match(bare[0]) and _QUOTES.match(bare[-1]) and _is_around(bare[1:-1]):
        bare = bare[1:-1].strip(_STRAY)
    if len(_QUOTES.findall(bare)) == 1 and (_QUOTES.match(bare[0]) or _QUOTES.match(bare[-1])):
        bare = _QUOTES.sub("", bare)
    return bare.strip(_STRAY)


def _is_around(inside: str) -> bool:
    """Do the quotes at both ends belong together? Not if the next quote closes the first one."""
    following = _QUOTES.search(inside)
    return following is None or following.start() == 0 or inside[following.start() - 1].isspace()
