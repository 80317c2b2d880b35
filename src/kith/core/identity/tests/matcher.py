"""A tsquery in plain Python, to see what a stored text answers."""

from collections.abc import Iterable

from kith.core.identity.searchquery import Lexeme, query_terms
from kith.core.identity.searchtext import index_tokens


def finds(query: str, names: Iterable[str] = (), phones: Iterable[str] = (), emails: Iterable[str] = ()) -> bool:
    stored = set(index_tokens(names, phones=phones, emails=emails).search_text.split())
    groups = query_terms(query)
    return bool(groups) and all(any(all(_met(x, stored) for x in way) for way in group) for group in groups)


def _met(lexeme: Lexeme, stored: set[str]) -> bool:
    if lexeme.prefix:
        return any(word.startswith(lexeme.text) for word in stored)
    return lexeme.text in stored
