"""What surrounds every page: the menu, the workspace's name, the reader and the reader's taste.

Apps add to the menu with `add_menu(source)`; a source gets the request and returns groups. Counts may be lazy.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import SimpleLazyObject

THEMES = ("light", "dark")  # else what the device says
DENSITIES = ("compact",)  # else comfortable
HTML_LANG = {"zh-hans": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of the sidebar; `key` is the letter after G, `new` the address of a new one and `new_key` its letter after N."""

    slug: str
    label: Any
    icon: str
    url: str
    count: int | None = None
    hot: bool = False
    current: bool = False
    key: str = ""
    new: str = ""
    new_label: Any = ""
    new_key: str = ""


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A titled part of the sidebar; the first one, without a title, is the reader's own work. Low order comes first."""

    title: Any
    items: tuple[MenuItem, ...] = ()
    order: int = 100
    #: Where the order is sent to that the reader gives the items.
    sorts: str = ""


@dataclass(frozen=True, slots=True)
class Taste:
    """How a reader wants pages to look and to listen."""

    theme: str = ""
    density: str = ""
    keys: bool = True
    name: str = ""
    known: bool = field(default=False)


type Source = Callable[[HttpRequest], Iterable[MenuGroup]]
_sources: list[Source] = []


def add_menu(source: Source) -> Source:
    """Register a source of menu groups; usable as a decorator."""
    if source not in _sources:
        _sources.append(source)
    return source


def menu(request: HttpRequest) -> tuple[MenuGroup, ...]:
    """The reader's menu: groups of the same title joined, empty ones dropped, the current page marked."""
    joined: dict[str, MenuGroup] = {}
    for group in sorted((group for source in _sources for group in source(request)), key=lambda group: group.order):
        title = str(group.title)
        known = joined.get(title)
        joined[title] = replace(known, items=known.items + group.items) if known else group
    return tuple(_marked(group, request) for group in joined.values() if group.items)


def _marked(group: MenuGroup, request: HttpRequest) -> MenuGroup:
    return replace(group, items=tuple(replace(item, current=_is_current(item.url, request)) for item in group.items))


def _is_current(url: str, request: HttpRequest) -> bool:
    path = request.path
    if "?" in url:
        return url == f"{path}?view={request.GET.get('view', '')}"
    return path == url if url == "/" else path.startswith(url)


def taste(user: Any) -> Taste:
    """The reader's choices; attributes a user model lacks count as not chosen."""
    if user is None or not user.is_authenticated:
        return Taste()
    theme, density = getattr(user, "theme", ""), getattr(user, "density", "")
    return Taste(
        theme=theme if theme in THEMES else "",
        density=density if density in DENSITIES else "",
        keys=getattr(user, "shortcuts", True) is not False,
        name=str(user),
        known=True,
    )


def beside(request: HttpRequest) -> tuple[int, list[Any]]:
    """How many notifications wait for the reader, and the views that the reader keeps in the sidebar; asked once for a page."""
    from kith.core import notify  # models are not there yet when the settings name this module
    from kith.core.ui.base import actor_of

    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.pk is None:
        return 0, []
    if not hasattr(request, "kith_beside"):
        request.kith_beside = notify.beside(actor_of(request))  # type: ignore[attr-defined]
    return request.kith_beside  # type: ignore[attr-defined, no-any-return]


def flash(request: HttpRequest) -> dict[str, str]:
    """The message that the request before this one left for the next page; it is shown once."""
    found = request.session.pop("toast", None) if hasattr(request, "session") else None
    return found if isinstance(found, dict) else {}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor for base.html and bare.html; nothing is computed unless a template asks."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "menu": SimpleLazyObject(lambda: menu(request)),
        "taste": SimpleLazyObject(lambda: taste(getattr(request, "user", None))),
        "workspace": settings.KITH_COMPANY,
        "lang": HTML_LANG.get(language, language),
        "languages": settings.LANGUAGES,
        "rail": request.COOKIES.get("kith_nav") == "rail",
        "unread": SimpleLazyObject(lambda: beside(request)[0]),
        "flash": SimpleLazyObject(lambda: flash(request)),
    }
