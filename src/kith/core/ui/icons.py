"""Icons of the sprite."""

from functools import lru_cache

from django.templatetags.static import static
from markupsafe import Markup


@lru_cache(maxsize=1024)
def icon(name: str, css: str = "") -> Markup:
    """An icon of the sprite, hidden from screen readers: the text beside it speaks."""
    return Markup('<svg class="i {}" aria-hidden="true"><use href="{}#i-{}"/></svg>').format(
        css, static("kith/icons.svg"), name
    )
