"""The pages of a forgotten password, and the address that password managers look for."""

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kith.access import passwords, profile, sessions
from kith.access.accounts import set_password
from kith.core import throttling
from kith.core.context import current
from kith.core.errors import Refused
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go

from .outside import outside

HELP = _("At least 12 characters; a short sentence is easy to remember.")
KEPT = "_password_link"  # the token moves from the address into the session, so that it is not sent on as a referrer


@outside
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer never tells whether the account exists."""
    if request.method == "GET":
        return render(request, "kith/password_reset.html", {"email": ""})
    email = request.POST.get("email", "").strip()[:254]
    if "@" not in email:
        return render(
            request,
            "kith/password_reset.html",
            {"email": email, "error": _("Enter the e-mail address of your account.")},
            status=422,
        )
    passwords.ask(email)
    return render(request, "kith/password_reset.html", {"sent": True})


@outside
@never_cache
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address."""
    request.session[KEPT] = token
    return HttpResponseRedirect("/password/choose")


@outside
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose a new password by a link."""
    token = request.session.get(KEPT, "")
    context = {"valid": is_good(token), "help": HELP}
    if request.method == "GET" or not context["valid"]:
        return render(request, "kith/password_reset_confirm.html", context)
    try:
        done = passwords.choose(token, request.POST.get("password", "")[:1000])
    except Refused as error:
        return render(
            request, "kith/password_reset_confirm.html", context | {"errors": error.errors["password"]}, status=422
        )
    request.session.pop(KEPT, None)
    return render(request, "kith/password_reset_confirm.html", {"done": done is not None})


def is_good(token: str) -> bool:
    """Whether a link still works; trying many is throttled."""
    throttling.check("secret", address=current().ip)
    good = passwords.user_of(token) is not None
    if not good:
        throttling.take("secret", address=current().ip)
    return good


@never_cache
@guarded
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def renew(request: HttpRequest) -> HttpResponse:
    """After signing in with a one-time password: choose one's own. The session goes on."""
    actor = actor_of(request)
    context = {"valid": True, "help": HELP}
    if request.method == "GET":
        return render(request, "kith/password_reset_confirm.html", context)
    user = profile.me(actor)
    try:
        set_password(actor, user, request.POST.get("password", "")[:1000], how="own")
    except Refused as error:
        return render(
            request, "kith/password_reset_confirm.html", context | {"errors": error.errors["password"]}, status=422
        )
    auth.update_session_auth_hash(request, user)
    sessions.note(request, user)
    return go(request, "/")


@outside
@require_safe
def well_known(request: HttpRequest) -> HttpResponse:
    """`/.well-known/change-password`: where a signed-in user changes the password."""
    return HttpResponseRedirect("/profile#password" if request.user.is_authenticated else "/password/reset")
