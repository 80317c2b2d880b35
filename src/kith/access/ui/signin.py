"""The pages of signing in and out; `?dialog=1` is the same form over a page whose session has ended."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kith.access import second_step
from kith.access.factors import passkeys
from kith.access.signin import by_passkey, prove_second, sign_in, sign_out
from kith.core.errors import Refused
from kith.core.throttling import Throttled
from kith.core.ui.base import actor_of, refusal_text
from kith.core.ui.respond import go, trigger

from .outside import outside


@outside
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for e-mail and password or a passkey, or take them."""
    if request.method == "GET" and request.user.is_authenticated:
        return go(request, target(request))
    if request.method == "GET":
        return form(request)
    try:
        return take(request)
    except Throttled as error:
        return form(request, error.message, 429)
    except Refused as error:
        return form(request, refusal_text(error), 422)


def take(request: HttpRequest) -> HttpResponse:
    """Sign in with what was sent, or go on to the second factor."""
    if answer := request.POST.get("passkey"):
        by_passkey(request, "alone", answer)
        return arrived(request)
    email, password = (request.POST.get(name, "").replace("\0", "") for name in ("login", "password"))
    if not email.strip() or not password:
        raise Refused(_("Enter your e-mail address and your password."))
    if sign_in(request, email[:254], password[:1000]):
        return arrived(request)
    if "dialog" in request.GET:
        return second_form(request)
    wanted = target(request, "")
    return go(request, f"/login/factor?{urlencode({'next': wanted})}" if wanted else "/login/factor")


def arrived(request: HttpRequest) -> HttpResponse:
    """Signed in: to where the reader wanted."""
    return resumed(request) if "dialog" in request.GET else go(request, target(request))


@outside
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of the user whose password was right, or take it."""
    user = second_step.held(request)
    if user is None:
        return (
            form(request, _("That took too long. Sign in anew."), 422)
            if "dialog" in request.GET
            else go(request, "/login")
        )
    if request.method == "GET":
        return second_form(request)
    try:
        if answer := request.POST.get("passkey"):
            by_passkey(request, "second", answer, user)
        else:
            prove_second(request, user, request.POST.get("code", "")[:100].replace("\0", ""))
    except Throttled as error:
        return second_form(request, error.message, 429)
    except Refused as error:
        return second_form(request, refusal_text(error), 422)
    return arrived(request)


def second_form(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    """The page or the dialog that asks for the second factor."""
    dialog = "dialog" in request.GET
    context = {"error": error, "next": target(request, ""), "passkeys": passkeys.origin()}
    template = "access/factor_dialog.html" if dialog else "access/factor.html"
    return render(request, template, context, status=422 if dialog and error else status)


@outside
@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser is to ask a passkey for, before signing in: whoever holds one, or the user whose password was right."""
    user = second_step.held(request) if request.POST.get("why") == "second" else None
    if not passkeys.origin() or (request.POST.get("why") == "second" and user is None):
        return JsonResponse({}, status=422)
    return JsonResponse(passkeys.ask(request, "second" if user else "alone", user))


def form(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    """The page or the dialog; htmx swaps in a dialog only with 422."""
    dialog = "dialog" in request.GET
    context: dict[str, Any] = {
        "login": request.POST.get("login", ""),
        "error": error,
        "next": target(request, ""),
        "can_reset": True,
        "passkeys": passkeys.origin(),
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
