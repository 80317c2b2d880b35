"""All addresses that there are, and how their parameters are filled."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


def routes(patterns: Any = None, before: str = "") -> Iterator[str]:
    """All addresses, as patterns."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern)


ALL = list(dict.fromkeys(routes()))


def filled(route: str, **given: str) -> str:
    """An address with values for its parameters; unknown ids where none are given."""

    def value(found: re.Match[str]) -> str:
        kind, name = found[1] or "str", found[2]
        return (kind != "int" and given.get(name)) or {"uuid": str(uuid.uuid4()), "int": "1"}.get(kind, "status")

    return "/" + PARAMETER.sub(value, route)
