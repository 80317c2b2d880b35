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
from kith.core.merging import leading
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
    """The problem document of an error of core; anything else is raised again."""
    for kind, said in ANSWERS:
        if isinstance(error, kind):
            return said(error, actor, path)
    raise error


def unreadable(error: BadRequest, _actor: Any, _path: str) -> HttpResponse:
    """400: the request itself."""
    where = [{"pointer": error.pointer, "message": str(error.message)}] if error.pointer else None
    return problem(error.status, "bad-request", _("The request cannot be read"), error.message, where)


def bad_filter(error: BadFilter, _actor: Any, _path: str) -> HttpResponse:
    """400: a condition."""
    return problem(400, "bad-filter", _("The filter cannot be used"), error.message)


def missing(error: Missing, actor: Any, _path: str) -> HttpResponse:
    """404, with the record into which it was merged."""
    found = leading.led_on(actor, error)
    extra: dict[str, Any] = {"merged_into": str(found[2].pk)} if found else {}
    return problem(404, "missing", _("There is no such record, or you may not see it"), **extra)


def forbidden(error: Forbidden, actor: Any, path: str) -> HttpResponse:
    """403, which is a line of the log."""
    ledger.log(actor, "denied", entity=error.right.split(":")[0], title=error.right, path=path[:200])
    fields = field_errors({name: [error.message or _("You may not write this field.")] for name in error.fields})
    return problem(403, "forbidden", _("A right is missing"), error.message, fields, right=error.right)


def refused(error: Refused, _actor: Any, _path: str) -> HttpResponse:
    """422: values, by field."""
    words = " ".join(str(message) for messages in error.errors.values() for message in messages)
    return problem(422, "refused", _("The values are refused"), words, field_errors(error.errors))


def bad_value(error: BadValue, _actor: Any, _path: str) -> HttpResponse:
    """422: a value of no field."""
    return problem(422, "refused", _("The values are refused"), error.message)


def warned(error: Warned, _actor: Any, _path: str) -> HttpResponse:
    """409: facts to confirm."""
    warnings: list[dict[str, Any]] = [
        {"code": one.code, "message": str(one.message), "records": [str(record) for record in one.records]}
        for one in error.warnings
    ]
    words = _("Repeat the request with confirm=%(codes)s to go on.") % {"codes": ",".join(w["code"] for w in warnings)}
    return problem(409, "warned", _("Please confirm"), words, warnings=warnings)


def conflict(error: Conflict, _actor: Any, _path: str) -> HttpResponse:
    """412: what others wrote meanwhile."""
    clashes = [
        {"field": c.field, "theirs": str(c.theirs), "yours": str(c.yours), "by": c.who, "at": c.at}
        for c in error.clashes
    ]
    title = _("Somebody changed the same fields meanwhile")
    return problem(412, "conflict", title, clashes=clashes, version=error.version)


#: The first that fits: some of them are kinds of others.
ANSWERS: tuple[tuple[Any, Callable[[Any, Any, str], HttpResponse]], ...] = (
    (BadRequest, unreadable), (BadFilter, bad_filter), (Missing, missing), (Forbidden, forbidden), (Refused, refused), (BadValue, bad_value),
    ((Unproven, Throttled), lambda error, _actor, _path: not_now(error)), (Warned, warned), (Conflict, conflict),
)  # fmt: skip


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
