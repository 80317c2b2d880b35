"""Pages of the shell rendered for a reader who is no row of the database."""

from datetime import timedelta
from typing import Any
from unittest import mock

from django.template import loader
from django.test import RequestFactory
from django.utils import timezone, translation

from kith.core.ui import shell
from kith.core.ui.shell import MenuGroup, MenuItem

LANGUAGES = ("en", "ru", "zh-hans")


class Reader:
    """Nadia, signed in."""

    is_authenticated = True
    pk = None
    theme = density = ""

    def __str__(self) -> str:
        return "Nadia Brandt"


def menu(request: Any) -> list[MenuGroup]:
    """A small menu with a letter for everything."""
    home = MenuItem("home", "My day", "sun", "/", key="H")
    companies = MenuItem(
        "companies", "Companies", "building-2", "/companies/", 1284, key="C", new="/companies/new", new_key="C"
    )
    return [MenuGroup("Customers", (companies,)), MenuGroup("", (home,), order=0)]


def render(template: str, language: str = "en", path: str = "/companies/", **context: Any) -> str:
    """A template as the reader gets it."""
    request = RequestFactory().get(path)
    request.user = Reader()
    known, shell._sources[:] = list(shell._sources), [menu]
    try:
        with (
            translation.override(language),
            mock.patch.object(shell, "beside", return_value=(3, [])),
        ):  # no database here
            return loader.render_to_string(template, context, request)
    finally:
        shell._sources[:] = known


def components(language: str = "en") -> str:
    """The component sheet."""
    now = timezone.now()
    return render("kith/components.html", language, now=now, yesterday=now - timedelta(days=1))


def login(language: str = "en", **context: Any) -> str:
    """The sign-in page after a failure."""
    given = {"login": "nadia@meridian.example", "error": "Try again.", "can_reset": True, "days": 14} | context
    return render("kith/login.html", language, "/login", **given)
