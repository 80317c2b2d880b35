"""The profile: how the reader is called and spoken to, looks of the pages, password, sessions, tokens."""

import uuid
from typing import Any
from zoneinfo import available_timezones

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kith.access import profile, sessions, tokens
from kith.access.entities.user import TASTE, User
from kith.core.errors import Missing, Refused
from kith.core.throttling import Throttled
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go, toast

from . import factors


@never_cache
@guarded
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the profile, or save the personal settings."""
    if request.method == "GET":
        return show(request)
    typed = {name: request.POST.get(name, "") for name in ("name", "language", "time_zone")}
    typed |= {name: request.POST[name] for name in ("theme", "density") if name in request.POST}
    try:
        profile.save(actor_of(request), typed | {"shortcuts": "shortcuts" in request.POST})
    except Refused as error:
        return show(request, status=422, typed=typed, errors=error.errors)
    return go(request, "/profile?saved=1")


def show(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page with whatever a form wants to say."""
    user = profile.me(actor_of(request))
    context = {
        "user": user, "User": User, "zones": sorted(available_timezones()), "lines": sessions.lines(user, request.session.session_key or ""),
        **factors.shown(user), "tokens": tokens.of_user(user), "scopes_in_words": tokens.in_words,
        "typed": {}, "errors": {}, "saved": "saved" in request.GET, "changed": "changed" in request.GET,
    }  # fmt: skip
    return render(request, "access/profile.html", context | more, status=status)


@guarded
@require_POST
def taste(request: HttpRequest) -> HttpResponse:
    """Store the theme, the density or the use of shortcuts, as the pages send them."""
    values: dict[str, Any] = {name: request.POST[name] for name in TASTE if name in request.POST}
    if not values:
        raise Refused(_("Name a theme, a density or shortcuts."))
    profile.save(actor_of(request), values)
    return HttpResponse(status=204)


@never_cache
@guarded
@sensitive_post_parameters("old", "password")
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; all other sessions end, this one goes on under a new key."""
    try:
        user = profile.change_password(
            actor_of(request), request.POST.get("old", "")[:1000], request.POST.get("password", "")[:1000]
        )
    except Refused as error:
        return show(
            request,
            status=422,
            errors={f"{name}_password" if name == "old" else name: found for name, found in error.errors.items()},
        )
    except Throttled as error:
        return show(request, status=429, errors={"old_password": [error.message]})
    sessions.end_all(user, but=request.session.session_key or "")
    auth.update_session_auth_hash(request, user)
    sessions.note(request, user)
    return go(request, "/profile?changed=1#password")


@guarded
@require_POST
def end_session(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """End one of one's other sessions."""
    user = profile.me(actor_of(request))
    if not sessions.end(user, key):
        raise Missing("session", str(key))
    return toast(fragment(request, user), _("That device is signed out."))


@guarded
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one."""
    user = profile.me(actor_of(request))
    sessions.end_all(user, but=request.session.session_key or "")
    return toast(fragment(request, user), _("All other devices are signed out."))


def fragment(request: HttpRequest, user: Any) -> HttpResponse:
    """The list of sessions anew."""
    return render(request, "access/sessions.html", {"lines": sessions.lines(user, request.session.session_key or "")})
