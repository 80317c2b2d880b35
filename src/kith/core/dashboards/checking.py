"""What is wrong with the tiles of a dashboard: their form, the views they name, the fields of those that they ask for."""

import re
import uuid
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from kith.core.entity import registry
from kith.core.errors import BadValue, Refused
from kith.core.filters import BadFilter
from kith.core.reports.checking import check_report
from kith.core.reports.shape import CHARTS

from . import goals
from .tiles import CHART, COLUMNS, FIGURE, KINDS, LEAST, MOST, MOST_ROWS, NOTE, REGIONS, TALLEST, VIEW

if TYPE_CHECKING:
    from kith.core.access import Actor
    from kith.core.entity import Entity

ID = re.compile(r"[a-z0-9-]{1,40}")
LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)
#: Parts of a tile that are texts, with the most signs each may have.
TEXTS = {"title": 120, "measure": 2000, "by": 200, "chart": 20, "date": 120, "goal": 40, "text": 20_000}
NUMBERS = {"w": (LEAST, COLUMNS), "h": (1, TALLEST), "rows": (1, MOST_ROWS)}
PARTS = frozenset({"id", "kind", "view", "titles", "target", "less", *TEXTS, *NUMBERS})


def check(raw: Any) -> None:
    """Raise BadValue unless this is a list of tiles."""
    if not isinstance(raw, list) or len(raw) > MOST or not all(isinstance(one, dict) for one in raw):
        raise BadValue(_("The tiles are a list of at most %(limit)d objects.") % {"limit": MOST})
    for at, one in enumerate(raw, 1):
        try:
            check_one(one)
        except BadValue as error:
            raise BadValue(_("Tile %(number)d: %(error)s") % {"number": at, "error": error.message}) from None
    if len({one["id"] for one in raw}) < len(raw):
        raise BadValue(_("Two tiles have the same id."))


def check_one(raw: Mapping[str, Any]) -> None:
    """Raise BadValue unless this is a tile."""
    if unknown := sorted(set(map(str, raw)) - PARTS):
        raise BadValue(_("Unknown parts: %(names)s; there are: %(valid)s.") % {"names": ", ".join(unknown)[:200], "valid": ", ".join(sorted(PARTS))})  # fmt: skip
    if not isinstance(raw.get("id"), str) or not ID.fullmatch(raw["id"]):
        raise BadValue(_("Its id is written in small letters, digits and hyphens."))
    if not isinstance(raw.get("kind"), str) or raw["kind"] not in KINDS:
        raise BadValue(_("Its kind is one of: %(valid)s.") % {"valid": ", ".join(KINDS)})
    check_values(raw)
    view = raw.get("view")
    if raw["kind"] == NOTE:
        if view is not None:
            raise BadValue(_("A note shows no view."))
    elif not is_view(view):
        raise BadValue(_("Choose the view that it shows."))


def check_values(raw: Mapping[str, Any]) -> None:
    """Raise BadValue for a value of the wrong type or beyond its limits."""
    for name, most in TEXTS.items():
        value = raw.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > most or "\x00" in value):
            raise BadValue(_("“%(name)s” is a text of at most %(limit)d signs.") % {"name": name, "limit": most})
    for name, (least, most) in NUMBERS.items():
        value = raw.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most):
            raise BadValue(_("“%(name)s” is a whole number from %(least)d to %(most)d.") % {"name": name, "least": least, "most": most})  # fmt: skip
    if not isinstance(raw.get("less", False), bool):
        raise BadValue(_("“less” is true or false."))
    if raw.get("chart") and raw["chart"] not in CHARTS:
        raise BadValue(_("“%(name)s” is no chart; there are: %(valid)s.") % {"name": raw["chart"], "valid": ", ".join(CHARTS)})  # fmt: skip
    check_target(raw.get("target"))
    check_titles(raw.get("titles"))


def check_target(raw: Any) -> None:
    """Raise BadValue unless this is an amount or nothing."""
    if raw is None:
        return
    try:
        number = Decimal(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number.adjusted()) > 20 or len(str(raw)) > 30:
        raise BadValue(_("The target is a number, such as 250000."))


def check_titles(raw: Any) -> None:
    """Raise BadValue unless these are titles by language."""
    good = raw is None or (
        isinstance(raw, dict) and raw.keys() <= LANGUAGES and all(isinstance(text, str) and len(text) <= TEXTS["title"] and "\x00" not in text for text in raw.values())
    )  # fmt: skip
    if not good:
        raise BadValue(_("The titles are texts by language: %(valid)s.") % {"valid": ", ".join(sorted(LANGUAGES))})


def is_view(raw: Any) -> bool:
    """Whether this names a view."""
    if (
        not isinstance(raw, dict)
        or raw.keys() != {"entity", "id"}
        or raw["entity"] != VIEW
        or not isinstance(raw["id"], str)
    ):
        return False
    try:
        return str(uuid.UUID(raw["id"])) == raw["id"]
    except ValueError:
        return False


def require_views(actor: "Actor", raw: Any, before: Any) -> None:
    """Raise Refused where a tile names a view that the actor may not see, or asks one for what it has not.

    What a tile has said before stands, whoever may see it by now.
    """
    known = list(before) if isinstance(before, list) else []
    asked = (
        [one for one in raw if isinstance(one, dict) and one not in known and is_view(one.get("view"))]
        if isinstance(raw, list)
        else []
    )
    if not asked:
        return
    old = {one["view"]["id"] for one in known if one.get("view")}
    keys = {one["view"]["id"] for one in asked}
    found = {str(row.pk): row for row in registry.get(VIEW).rows(actor).filter(pk__in=keys)}
    for one in asked:
        view, at = found.get(one["view"]["id"]), raw.index(one) + 1
        entity = registry.find(view.entity) if view is not None else None
        if entity is None and one["view"]["id"] not in old:
            raise Refused(
                {"tiles": [_("Tile %(number)d: there is no such view, or you may not see it.") % {"number": at}]}
            )
        if entity is not None and (wrong := problem(entity, one)):
            raise Refused({"tiles": [_("Tile %(number)d: %(error)s") % {"number": at, "error": wrong}]})


def problem(entity: "Entity", raw: Mapping[str, Any]) -> Any:
    """What a tile asks of records of a kind that they do not have; empty when it is well."""
    data: dict[str, Any] = {}
    if raw.get("kind") in (FIGURE, CHART, REGIONS):
        data = {
            "m": [raw.get("measure") or "count"],
            "rows": [raw["by"]] if raw.get("by") and raw["kind"] != FIGURE else [],
        }
    try:
        check_report(entity, data)
    except BadFilter as error:
        return error.message
    spec = entity.fields.get(str(raw.get("date")))
    if raw.get("date") and (spec is None or spec.type.name not in ("date", "moment")):
        return _("“%(field)s” is no date of these records.") % {"field": raw["date"]}
    if raw.get("goal") and raw["goal"] not in (valid := goals.about(entity.label)):
        return _("“%(name)s” is no target for these records; there are: %(valid)s.") % {"name": raw["goal"], "valid": ", ".join(valid) or "–"}  # fmt: skip
    return ""
