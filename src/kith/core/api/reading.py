"""Requests read with care: size, depth, JSON types, no NUL and no broken Unicode."""

import math
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kith.core.types.base import UNSAFE, wrong

from .problems import BadRequest

MAX_BODY, MAX_DEPTH, MAX_ROWS = 1_048_576, 32, 1000


def body(request: HttpRequest, limit: int = MAX_BODY) -> Any:
    """The JSON body; raises BadRequest that says what is wrong with it."""
    try:
        too_big = int(request.headers.get("Content-Length") or 0) > limit
        raw = b"" if too_big else request.body
    except (RequestDataTooBig, ValueError):
        too_big, raw = True, b""
    if too_big or len(raw) > limit:
        raise BadRequest(_("The body is too large; at most %(limit)d bytes.") % {"limit": limit}, status=413)
    if request.content_type not in ("application/json", "application/merge-patch+json"):
        raise BadRequest(_("Send the body as application/json."), status=415)
    try:
        data = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BadRequest(_("The body is not valid JSON.")) from None
    inspect(data)
    return data


def inspect(data: Any, pointer: str = "", depth: int = 0) -> None:
    """Refuse what no field can hold, naming the place."""
    if depth > MAX_DEPTH:
        raise BadRequest(_("The body is nested too deeply; at most %(limit)d levels.") % {"limit": MAX_DEPTH}, pointer)
    if isinstance(data, str) and UNSAFE.search(data):
        raise BadRequest(
            _("This text holds characters that cannot be stored (NUL or broken Unicode); remove them."), pointer or "/"
        )
    if isinstance(data, float) and not math.isfinite(data):
        raise BadRequest(_("Not a number that can be stored."), pointer or "/")
    if isinstance(data, dict):
        for name, value in data.items():
            inspect(name, pointer, depth + 1)
            inspect(value, f"{pointer}/{name}", depth + 1)
    if isinstance(data, list):
        for position, value in enumerate(data):
            inspect(value, f"{pointer}/{position}", depth + 1)


def record(data: Any, pointer: str = "") -> dict[str, Any]:
    """A JSON object of field values."""
    if not isinstance(data, dict):
        raise BadRequest(_("Expected an object of field values."), pointer or "/")
    return data


def parameters(request: HttpRequest, *known: str) -> None:
    """Refuse query parameters nobody reads: a misspelt filter must not return everything."""
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        raise BadRequest(
            _("Unknown parameter “%(name)s”; there are: %(valid)s.") % {"name": unknown[0], "valid": ", ".join(known)}
        )
    for name, values in request.GET.lists():
        for value in values:
            if UNSAFE.search(value):
                raise BadRequest(
                    _("The parameter “%(name)s” holds characters that cannot be stored; remove them.") % {"name": name}
                )


def whole(data: dict[str, Any], name: str, default: int, least: int, most: int) -> int:
    """A whole number in a body; 7.0 is one."""
    found = data.get(name, default)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
        raise BadRequest(out_of_range(name, least, most), f"/{name}")
    return found


def flag(data: dict[str, Any], name: str) -> bool:
    """True or false in a body; false when it is not there."""
    found = data.get(name, False)
    if not isinstance(found, bool):
        raise BadRequest(wrong(_("true or false")).message, f"/{name}")
    return found


def text(data: dict[str, Any], name: str) -> str:
    """A text in a body; empty when it is not there."""
    found = data.get(name) or ""
    if not isinstance(found, str):
        raise BadRequest(wrong(_("text")).message, f"/{name}")
    return found


def out_of_range(name: str, least: int, most: int) -> str:
    """What is said about a number that is none, or too small or large."""
    text: str = _("“%(name)s” must be a whole number from %(least)d to %(most)d.")
    return text % {"name": name, "least": least, "most": most}


def integer(request: HttpRequest, name: str, default: int, least: int, most: int) -> int:
    """A whole number among the parameters."""
    text = request.GET.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 18 or not least <= int(text) <= most:
        raise BadRequest(out_of_range(name, least, most))
    return int(text)
