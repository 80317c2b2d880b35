"""Names and addresses of objects: made from what people write, refused where something else has them."""

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from kith.core.entities.field_definition import name_for

KEY = re.compile(r"[a-z][a-z0-9_]{0,38}[a-z0-9]|[a-z]")
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
HUES = ("rose", "orange", "amber", "lime", "green", "teal", "blue", "violet", "plum", "grey")
SPRITE = Path(__file__).parent.parent / "core" / "static" / "kith" / "icons.svg"


def key_for(text: str) -> str:
    """A key from a name: "Rental contract" → rental_contract; other scripts are transliterated."""
    key = name_for(text).removeprefix("x_").lstrip("0123456789_")[:40].rstrip("_")
    return key or "object"


def slug_for(text: str) -> str:
    """An address from a name."""
    return key_for(text).replace("_", "-")


@lru_cache(maxsize=1)
def icons() -> tuple[str, ...]:
    """The icons of the sprite, by name."""
    return tuple(sorted(re.findall(r'<symbol id="i-([a-z0-9-]+)"', SPRITE.read_text(encoding="utf-8"))))


@lru_cache(maxsize=1)
def taken() -> frozenset[str]:
    """First words of addresses that pages of Kith have already."""
    words = {word for pattern in get_resolver().url_patterns for word in first_words(pattern)}
    return frozenset({*words, settings.STATIC_URL.strip("/").partition("/")[0]})


def first_words(pattern: URLPattern | URLResolver) -> list[str]:
    """The first word of an address, of all addresses below where it has none of its own."""
    word = str(pattern.pattern).partition("/")[0]
    if isinstance(pattern, URLResolver) and not word:
        return [found for inner in pattern.url_patterns for found in first_words(inner)]
    return [] if "<" in word else [word]
