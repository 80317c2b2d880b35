"""The template environment: our templates, gettext, formats of the reader's language, and small helpers."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.text import capfirst
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from kith.core.ui import compiled, editors, formats, list_totals, values
from kith.core.ui.icons import icon
from kith.core.ui.names import hue_of, initials


def environment(**options: Any) -> Environment:
    """What TEMPLATES names as OPTIONS["environment"]."""
    options["loader"] = FileSystemLoader(template_folders())
    options["bytecode_cache"] = compiled.kept(Path(__file__))
    options["extensions"] = [
        "jinja2.ext.i18n",
        "jinja2.ext.do",
        "jinja2.ext.loopcontrols",
        *options.get("extensions", ()),
    ]
    env = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, **{k: v for k, v in options.items() if k != "autoescape"}
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    env.globals.update(GLOBALS, gettext=said, _=said, same_for_all=same_for_all(env))
    env.filters.update(FILTERS)
    return env


def same_for_all(env: Environment) -> Callable[[str], Markup]:
    """Draws templates that are the same on every page: they get no context, so nothing of a reader can be in them; once per language."""

    @lru_cache(maxsize=64)
    def drawn(language: str, name: str) -> Markup:
        return Markup(env.get_template(name).render())  # noqa: S704 - a template of ours, escaped by itself

    def same(name: str) -> Markup:
        if env.auto_reload:  # a developer changes it
            drawn.cache_clear()
        return drawn(translation.get_language() or "", name)

    return same


def template_folders() -> list[Path]:
    """The templates folder of every app that has one, in the order of INSTALLED_APPS."""
    folders = [Path(app.path) / "templates" for app in apps.get_app_configs()]
    return [folder for folder in folders if folder.is_dir()]


def said(text: str, /, **values: Any) -> Markup:
    """A text in the reader's language, with values that are escaped; as the i18n extension has it, but a page says hundreds of them."""
    found = translated(translation.get_language() or "", text)
    if not values and "%" not in found:
        return found
    shown = {name: value if isinstance(value, int | float) else escape(value) for name, value in values.items()}
    return Markup(str(found) % shown)  # noqa: S704 - escaped above


@lru_cache(maxsize=20_000)
def translated(language: str, text: str) -> Markup:
    """What a text of ours is in the active language, which `language` names."""
    return Markup(translation.gettext(text))  # noqa: S704 - texts are our own


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a route by its name."""
    return reverse(name, args=args, kwargs=kwargs)


def attributes(**pairs: Any) -> Markup:
    """HTML attributes from keywords: `hx_get="/x"` becomes hx-get; None and False are left out, True has no value."""
    given = (
        (escape(key.rstrip("_").replace("_", "-")), value)
        for key, value in pairs.items()
        if value is not None and value is not False
    )
    pieces = (key if value is True else f'{key}="{escape(value)}"' for key, value in given)
    return Markup(" ".join(pieces))  # noqa: S704 - escaped above


def capitalised(text: Any) -> Any:
    """With a capital first letter; a lazy text is read now, since a template uses it several times."""
    return capfirst(str(text) if isinstance(text, Promise) else text)


GLOBALS: dict[str, Any] = {
    "static": static,
    "url": url,
    "icon": icon,
    "i": icon,
    "attrs": attributes,
    "initials": initials,
    "hue_of": hue_of,
    "language": translation.get_language,
    "show_value": values.show,
    "faded": values.faded,
    "today": timezone.localdate,
    "control_of": editors.control,
    "sum_words": list_totals.amount,
    "sum_foot": list_totals.foot,
}
FILTERS: dict[str, Any] = {
    "num": formats.num,
    "percent": formats.percent,
    "money": formats.money,
    "day": formats.day,
    "clock": formats.clock,
    "moment": formats.moment,
    "ago": formats.ago,
    "size": formats.size,
    "lasting": formats.length,
    "capfirst": capitalised,
    "initials": initials,
    "hue": hue_of,
}
