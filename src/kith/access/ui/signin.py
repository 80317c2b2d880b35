"""The pages of signing in and out; `?dialog=1` is the same form over a page whose session has ended."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kith.access.signin import sign_in, sign_out
from kith.core.errors import Refused
from kith.core.throttling import Throttled
from kith.core.ui.base import actor_of
from kith.core.ui.respond import go, trigger

from .outside import outside


@outside
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for e-mail and password, or take them."""
    if request.method == "GET" and request.user.is_authenticated:
        return go(request, target(request))
    if request.method == "GET":
        return form(request)
    email, password = (request.POST.get(name, "").replace("\0", "") for name in ("login", "password"))
    if not email.strip() or not password:
        return form(request, _("Enter your e-mail address and your password."), 422)
    try:
        sign_in(request, email[:254], password[:1000])
    except Throttled as error:
        return form(request, error.message, 429)
    except Refused as error:
        return form(request, str(error.errors[""][0]), 422)
    return resumed(request) if "dialog" in request.GET else go(request, target(request))


def form(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    """The page or the dialog; htmx swaps in a dialog only with 422."""
    dialog = "dialog" in request.GET
    context: dict[str, Any] = {
        "login": request.POST.get("login", ""),
        "error": error,
        "next": target(request, ""),
        "can_reset": True,
    }
    template = "kith/login_dialog.html" if dialog else "kith/login.html"
    return render(request, template, context, status=422 if dialog and error else status)


def resumed(request: HttpRequest) -> HttpResponse:
    """The session goes on: the page behind the dialog repeats what it was doing with the new CSRF token."""
    return trigger(HttpResponse(status=204), **{"signed-in": {"token": get_token(request)}})


def target(request: HttpRequest, otherwise: str = "/") -> str:
    """Where to go after signing in: only a place of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    good = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if good and not wanted.startswith("/login") else otherwise


@outside
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    sign_out(request, actor_of(request))
    return go(request, "/login")
