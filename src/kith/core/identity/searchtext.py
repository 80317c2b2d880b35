"""What is stored so that a record is found: lexemes of names and contacts, words of bodies.

`search_text` is stored word for word: array_to_tsvector(string_to_array(search_text, ' ')); no
parser may cut it. `search_body` is ordinary text for to_tsvector('russian', …) in which Chinese
words are set apart. `searchquery` makes the questions that fit.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from .chinese import han_readings, in_pinyin, is_chinese, latin_readings, one_spelling
from .lexemes import LATIN, LONGEST_WORD, PINYIN, han_runs, phone_lexemes, sounds, subwords, word_lexemes
from .spelling import has_marks
from .text import LONGEST_REMEMBERED, fold, fold_long, is_han

# A tsvector holds one megabyte.
LONGEST_BODY = 200_000


class SearchText(NamedTuple):
    """The two texts stored with a record for search."""

    search_text: str
    search_body: str


def index_tokens(
    names: Iterable[str] = (),
    *,
    bodies: Iterable[str] = (),
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
) -> SearchText:
    """Return what to store so that a record is found by names, phones (as stored), e-mails and text."""
    found: dict[str, None] = {}
    for name in names:
        found.update(dict.fromkeys(name_lexemes(name)))
    for phone in phones:
        found.update(dict.fromkeys(phone_lexemes(phone)))
    for email in emails:
        found.update(dict.fromkeys(mail_lexemes(email)))
    return SearchText(" ".join(found), body_text(bodies))


def name_lexemes(name: str) -> tuple[str, ...]:
    """Return the lexemes of one name of a person, a company or anything else."""
    return _remembered(name) if len(name) <= LONGEST_REMEMBERED else _name_lexemes(name)


def _name_lexemes(name: str) -> tuple[str, ...]:
    folded = fold(name).replace("~", " ")
    found: dict[str, None] = {}
    tokens = tuple(word[:LONGEST_WORD] for word in folded.split())
    for word in tokens:
        found.update(dict.fromkeys(word_lexemes(word)))
    if has_marks(name):
        found.update(dict.fromkeys(sound for word in name.split() for sound in sounds(word[:LONGEST_WORD])))
    for read in latin_readings(tokens):
        found.update(dict.fromkeys((PINYIN + read.family + read.given, LATIN + read.family + read.given)))
        found.update(dict.fromkeys(map(in_pinyin, tokens)))
    if is_chinese(folded):
        found.update(dict.fromkeys(_han_name_lexemes("".join(tokens))))
    found.pop("", None)
    return tuple(found)


#: Given and family names repeat themselves.
_remembered = lru_cache(maxsize=20_000)(_name_lexemes)


def _han_name_lexemes(name: str) -> tuple[str, ...]:
    """Family and given name in pinyin, the family name with its special reading: 单 is shan."""
    family, given = han_readings(name)
    if not family:
        return ()
    family, given = one_spelling(family), one_spelling(given)
    return family, given, PINYIN + family + given


def mail_lexemes(email: str) -> tuple[str, ...]:
    """Return the lexemes of an address: whole, local part, domain, and the words of each."""
    address = "".join(fold_long(email).replace("~", "").split())[: 3 * LONGEST_WORD]
    local, _, domain = address.partition("@")
    words = [word[:LONGEST_WORD] for word in subwords(local)]
    spoken = [sound for word in subwords(local) if len(word) > 3 for sound in sounds(word[:LONGEST_WORD])]
    return tuple(dict.fromkeys(filter(None, (address, local, domain, *words, *_domain_words(domain), *spoken))))


@lru_cache(maxsize=5_000)
def _domain_words(domain: str) -> tuple[str, ...]:
    """The words of a domain, which many addresses share."""
    return tuple(word[:LONGEST_WORD] for word in subwords(domain))


def body_text(bodies: Iterable[str]) -> str:
    """Return folded texts, Chinese cut into words, ready for to_tsvector."""
    text = " ".join(bodies)[:LONGEST_BODY]
    return _segmented(fold_long(text)) if text else ""


def _segmented(text: str) -> str:
    if text.isascii():
        return text
    runs = (f" {_chinese_words(run)} " if is_han(run[0]) else run for run in han_runs(text))
    return " ".join("".join(runs).split())


def _chinese_words(run: str) -> str:
    # Here, because it takes 30 MB that an installation without Chinese does not need.
    import rjieba

    return " ".join(rjieba.cut_for_search(run))
