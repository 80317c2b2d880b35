"""Errors as problem+json (RFC 9457): type, title, status, detail, and `errors` with JSON pointers to the fields."""

import random
from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kith.core import ledger, logs
from kith.core.access import NOBODY
from kith.core.errors import BadValue, Busy, Conflict, Forbidden, KithError, Missing, Refused, Unproven, Warned
from kith.core.filters import BadFilter
from kith.core.store import is_busy
from kith.core.throttling import Throttled

View = Callable[..., HttpResponse]


class BadRequest(KithError):
    """The request itself cannot be read: broken JSON, wrong shape, unknown parameter."""

    def __init__(self, message: Any, pointer: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.message, self.pointer, self.status = message, pointer, status


def as_json(data: Any, status: int = 200, **headers: str) -> HttpResponse:
    """A JSON answer."""
    response = HttpResponse(msgspec.json.encode(data), status=status, content_type="application/json")
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def problem(
    status: int, kind: str, title: str, detail: Any = "", errors: list[dict[str, Any]] | None = None, **extra: Any
) -> HttpResponse:
    """A problem document; `kind` is a stable name such as "refused"."""
    body = {
        "type": f"urn:kith:problem:{kind}",
        "title": title,
        "status": status,
        "detail": str(detail),
        "request_id": logs.request_id.get(),
        **extra,
    }
    if errors:
        body["errors"] = errors
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/problem+json")


def field_errors(errors: dict[str, list[Any]], prefix: str = "") -> list[dict[str, Any]]:
    """Errors by field as pointers."""
    return [
        {"pointer": f"{prefix}/{name}" if name else prefix or "/", "field": name, "message": str(message)}
        for name, messages in errors.items()
        for message in messages
    ]


def answer(error: Exception, actor: Any = NOBODY, path: str = "") -> HttpResponse:
    """The problem document of an error of core."""
    if isinstance(error, BadRequest):
        return problem(
            error.status,
            "bad-request",
            _("The request cannot be read"),
            error.message,
            [{"pointer": error.pointer, "message": str(error.message)}] if error.pointer else None,
        )
    if isinstance(error, BadFilter):
        return problem(400, "bad-filter", _("The filter cannot be used"), error.message)
    if isinstance(error, Missing):
        return problem(404, "missing", _("There is no such record, or you may not see it"))
    if isinstance(error, Forbidden):
        ledger.log(actor, "denied", entity=error.right.split(":")[0], title=error.right, path=path[:200])
        return problem(
            403,
            "forbidden",
            _("A right is missing"),
            error.message,
            field_errors({name: [_("You may not write this field.")] for name in error.fields}),
            right=error.right,
        )
    if isinstance(error, Refused):
        return problem(
            422,
            "refused",
            _("The values are refused"),
            " ".join(str(m) for ms in error.errors.values() for m in ms),
            field_errors(error.errors),
        )
    if isinstance(error, BadValue):
        return problem(422, "refused", _("The values are refused"), error.message)
    if isinstance(error, Unproven | Throttled):
        return not_now(error)
    if isinstance(error, Warned):
        warnings: list[dict[str, Any]] = [
            {
                "code": warning.code,
                "message": str(warning.message),
                "records": [str(record) for record in warning.records],
            }
            for warning in error.warnings
        ]
        return problem(
            409,
            "warned",
            _("Please confirm"),
            _("Repeat the request with confirm=%(codes)s to go on.") % {"codes": ",".join(w["code"] for w in warnings)},
            warnings=warnings,
        )
    if isinstance(error, Conflict):
        clashes = [
            {"field": c.field, "theirs": str(c.theirs), "yours": str(c.yours), "by": c.who, "at": c.at}
            for c in error.clashes
        ]
        return problem(
            412, "conflict", _("Somebody changed the same fields meanwhile"), clashes=clashes, version=error.version
        )
    raise error


def overloaded(message: Any, seconds: int = 0) -> HttpResponse:
    """503 with the advice when to come again, not the same one for all."""
    response = problem(503, "overloaded", _("This cannot be done at this moment"), message)
    response.headers["Retry-After"] = soon(seconds)
    return response


def soon(seconds: int = 0) -> str:
    """Some seconds after these, spread so that not all come again at once."""
    return str(seconds + random.randint(1, 4))  # noqa: S311 - no secret


def not_now(error: Unproven | Throttled) -> HttpResponse:
    """What is refused only for now."""
    if isinstance(error, Throttled):
        return problem(429, "throttled", _("Too many tries"), error.message)
    return problem(403, "unproven", _("Prove anew who you are"), error.message)


def guarded(view: View) -> View:
    """Turn errors of core into problem documents."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Busy as error:
            return overloaded(error.message, error.seconds)
        except KithError as error:
            return answer(error, getattr(request, "kith_actor", NOBODY), request.path)
        except OperationalError as error:
            if not is_busy(error):
                raise
            return problem(409, "busy", _("Somebody is changing the same records at this moment; try again"))

    return inner
