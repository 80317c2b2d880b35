"""Error answers: a whole page for the browser, a message beside the work for htmx. urls.py names these as handlers."""

import sys
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import loader
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from kith.core import logs
from kith.core.api.problems import problem, soon
from kith.core.entity import registry
from kith.core.store import comes_of_loss
from kith.core.ui.respond import is_htmx, toast

MESSAGES = {
    400: lambda: _("That request cannot be read"),
    403: lambda: _("You may not do that."),
    404: lambda: _("That no longer exists, or you may not see it."),
    409: lambda: _("Somebody else changed this meanwhile."),
    422: lambda: _("This cannot be saved as it is."),
    429: lambda: _("Too many requests. Wait a moment."),
    500: lambda: _("Something broke on our side"),
    503: lambda: _("Kith is not ready"),
}


PAGES = {409: 400, 422: 400, 429: 400}
#: Names of problem documents, for programs.
API_KINDS = {400: "bad-request", 403: "forbidden", 404: "missing", 429: "throttled", 500: "broken", 503: "unavailable"}


def answer(request: HttpRequest, status: int, message: Any = "", **context: Any) -> HttpResponse:
    """The answer for `status`: page, 'nothing swapped plus a toast' when htmx asks, a problem document for programs."""
    if request.path.startswith("/api/"):
        return problem(status, API_KINDS.get(status, "refused"), MESSAGES[status](), message)
    if is_htmx(request):
        return toast(HttpResponse(status=status), message or MESSAGES[status](), tone="bad")
    context |= {"reason": message, "request_id": logs.request_id.get()}
    return HttpResponse(
        loader.render_to_string(f"kith/errors/{PAGES.get(status, status)}.html", context, request), status=status
    )


def busy(request: HttpRequest, message: Any, seconds: int = 0) -> HttpResponse:
    """503 with the advice when to come again."""
    response = answer(request, 503, message, busy=True)
    response.headers["Retry-After"] = soon(seconds)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400"""
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403: names the missing right and who can grant it, when the exception knows."""
    right = getattr(exception, "right", "")
    return answer(
        request, 403, getattr(exception, "message", ""), right=right, grantors=getattr(exception, "grantors", ())
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404: hidden and absent look the same; who left out the slash at the end of a page is led there."""
    if address := with_slash(request):
        return redirect(address)
    return answer(request, 404)


def with_slash(request: HttpRequest) -> str:
    """The address with a slash at its end, where there is a page of that address; else nothing.

    Of kinds of record that an administrator made it tells nobody that they exist.
    """
    path = f"{request.path_info}/"
    if (
        request.method not in ("GET", "HEAD")
        or is_htmx(request)
        or path.endswith("//")
        or path.startswith(("//", "/api/"))
    ):
        return ""
    try:
        slug = resolve(path).kwargs.get("slug")
    except Resolver404:
        return ""
    entity = registry.by_slug(slug) if slug else None
    if slug and (entity is None or entity.model._meta.apps is not apps):
        return ""
    return f"{request.path}/" + (f"?{query}" if (query := request.META.get("QUERY_STRING")) else "")


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500; 503 when it is only that the database is away: nothing was written, and a repetition may succeed."""
    error = sys.exc_info()[1]
    status = 503 if error and comes_of_loss(error) else 500
    response = answer(request, status)
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response
