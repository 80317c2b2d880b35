"""What a typed search asks for: groups that must all be met, each by one of its alternatives."""

import re
from typing import NamedTuple

from .chinese import in_pinyin, one_spelling, reading
from .company import split_legal_form
from .cyrillic import romanise
from .lexemes import (
    DIGITS,
    GRAM,
    LATIN,
    LONGEST_PINYIN,
    LONGEST_WORD,
    PINYIN,
    SOUND,
    bigrams,
    grams,
    han_runs,
    subwords,
)
from .searchtext import body_text
from .skeleton import skeletons
from .spelling import has_marks
from .text import askable, fold, is_cyrillic, is_han

LONGEST_QUERY = 200
MOST_GROUPS = 10
SHORTEST_SOUND_PREFIX = 4
SHORTEST_NUMBER_PREFIX = 3
_PHONE_MARKS = re.compile(r"[+()\[\]/.\-#*\s]+")


class Lexeme(NamedTuple):
    """One stored word to look for, whole or as the beginning of words."""

    text: str
    prefix: bool = False


# All lexemes of an alternative must be there; one alternative of a group; all groups.
Alternative = tuple[Lexeme, ...]
Group = list[Alternative]


def query_terms(query: str) -> list[Group]:
    """Return the groups to AND, each a list of alternatives to OR; [] when nothing is asked.

    A legal form is left out (Romashka LLC finds ООО «Ромашка»); digits are looked for inside
    phones from three digits on; words match as beginnings and by sound.
    """
    typed = askable(query[:LONGEST_QUERY])
    marked = {fold(word): word for word in typed.split() if has_marks(word)}
    folded = fold(typed).replace("~", " ")
    words = [word[:LONGEST_WORD] for word in split_legal_form(folded).core.split()]
    groups: list[Group] = []
    numbers: list[str] = []
    for word in [*words, ""]:
        if word and _is_number(word):
            numbers.append(word)
            continue
        if numbers:
            groups.append(_number(numbers))
            numbers = []
        groups += [[*group, *_sounds(marked.get(word, ""))] for group in _word_groups(word)]
    useful = [list(group) for group in dict.fromkeys(tuple(group) for group in groups if group)]
    return _without_initials(useful)[:MOST_GROUPS]


def tsquery(groups: list[Group]) -> str:
    """Return the groups as text for PostgreSQL's type tsquery ("" asks nothing)."""
    return " & ".join(f"({' | '.join(map(_conjunction, group))})" for group in groups)


def as_whole(groups: list[Group]) -> list[Group]:
    """Return the groups with whole words where they ask for beginnings."""
    return [[tuple(Lexeme(lexeme.text) for lexeme in alternative) for alternative in group] for group in groups]


def body_query(query: str) -> str:
    """Return the query as text for plainto_tsquery('russian', …), Chinese cut into words."""
    return body_text([askable(query[:LONGEST_QUERY])])


def _conjunction(alternative: Alternative) -> str:
    quoted = [_quoted(lexeme.text) + (":*" if lexeme.prefix else "") for lexeme in alternative]
    return quoted[0] if len(quoted) == 1 else f"({' & '.join(quoted)})"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _is_number(word: str) -> bool:
    return _PHONE_MARKS.sub("", word).isdecimal()


def _number(words: list[str]) -> Group:
    """Digits: inside a phone, or the typed words themselves."""
    typed = "".join(words)
    digits = _PHONE_MARKS.sub("", typed)
    if "+" not in typed:
        digits = digits.removeprefix("00")
    plain = [part for word in words for part in subwords(word)]
    found: Group = [tuple(Lexeme(part, len(part) >= SHORTEST_NUMBER_PREFIX) for part in plain)] if plain else []
    if len(digits) >= GRAM:
        found.append(tuple(Lexeme(DIGITS + gram) for gram in dict.fromkeys(grams(digits))))
    elif len(digits) == GRAM - 1:
        found.append((Lexeme(DIGITS + digits, prefix=True),))
    return found


def _word_groups(word: str) -> list[Group]:
    if "@" in word:
        return [[(Lexeme(word.strip("<>,;"), prefix=True),)]]
    parts = subwords(word)
    runs = [run for part in parts for run in han_runs(part)]
    if any(is_han(run[0]) for run in runs):
        return [_han(run) if is_han(run[0]) else _spelled(run) for run in runs]
    if len(parts) < 2:
        return [_spelled(part) for part in parts]
    joined = _spelled("".join(parts))
    apart = tuple(Lexeme(part, prefix=len(part) > 1) for part in parts)
    whole = word.strip("\"'()[]<>,;:!?")
    return [[*joined, apart, (Lexeme(whole, prefix=True),)]]


def _spelled(word: str) -> Group:
    """A word in letters: as typed, in Latin, by sound, as joined pinyin."""
    if len(word) == 1:
        return [(Lexeme(word),)]
    found = [Lexeme(word, prefix=True)]
    if any(map(is_cyrillic, word)):
        found.append(Lexeme(romanise(word), prefix=True))
        found += [Lexeme(spelled) for spelled in (in_pinyin(word),) if spelled]
    if word.isascii() and word.isalpha():
        found.append(Lexeme(PINYIN + one_spelling(word), prefix=True))
    return [*((lexeme,) for lexeme in found), *_sounds(word)]


def _sounds(word: str) -> Group:
    """The sounds of a word as a whole and as a beginning."""
    heard = dict.fromkeys((*skeletons(word), *skeletons(word, complete=False)))
    return [(Lexeme(SOUND + sound, len(sound) >= SHORTEST_SOUND_PREFIX),) for sound in heard if len(sound) > 1]


def _han(run: str) -> Group:
    """Characters: all pairs in a row, or the same pinyin where a name is stored in Latin."""
    found: Group = [tuple(Lexeme(pair) for pair in dict.fromkeys(bigrams(run)))] if len(run) > 1 else [(Lexeme(run),)]
    if 1 < len(run) <= LONGEST_PINYIN:
        found.append((Lexeme(LATIN + one_spelling("".join(reading(run))), prefix=True),))
    return found


def _without_initials(groups: list[Group]) -> list[Group]:
    """Leave out single letters beside words: an initial matches too much to help."""
    longer = [group for group in groups if len(group) > 1 or len(group[0][0].text) > 1 or is_han(group[0][0].text)]
    return longer or groups
