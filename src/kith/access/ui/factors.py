"""One's own second factors on the profile, and the page where a demanded one is set up."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kith.access import profile, sessions
from kith.access.factors import keeping, passkeys, totp
from kith.core import proof, sealing
from kith.core.access import Actor
from kith.core.errors import Refused
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import closing, go, trigger

DRAFT = "_app_draft"  # in the session, sealed: the secret of an app that is being set up


@never_cache
@guarded
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What there is, as a fragment of the profile."""
    return render(request, "access/factors.html", shown(profile.me(actor_of(request))))


def shown(user: Any) -> dict[str, Any]:
    """What the fragment needs."""
    return {"factors": keeping.of(user), "passkeys": passkeys.origin()}


def changed(answer: HttpResponse) -> HttpResponse:
    """The list on the profile is drawn anew."""
    return trigger(answer, **{"factors-changed": {}})


def codes_shown(request: HttpRequest, codes: list[str], done: str) -> HttpResponse:
    """The recovery codes, this once; without new ones only that it is done."""
    if not codes:
        return changed(closing(done))
    return changed(render(request, "access/recovery_codes.html", {"codes": codes, "done": done}))


def others_end(request: HttpRequest, user: Any) -> None:
    """A factor came: whoever else is signed in has not shown it."""
    sessions.end_all(user, but=request.session.session_key or "")


def stay(request: HttpRequest, user: Any) -> None:
    """A factor went, and with it all sessions; this one goes on under a new key."""
    others_end(request, user)
    auth.update_session_auth_hash(request, user)
    sessions.note(request, user)


# --- the authenticator app -----------------------------------------------------------------------------------------


def draft(request: HttpRequest, user: Any) -> str:
    """The secret that is being set up in this session; kept over wrong codes, so that one need not scan again."""
    place = f"session/{user.pk}/app".encode()
    if kept := request.session.get(DRAFT):
        try:
            return sealing.opened(kept, place)
        except sealing.Unreadable:
            pass
    secret = totp.new_secret()
    request.session[DRAFT] = sealing.seal(secret, place)
    return secret


def app_context(user: Any, secret: str, errors: dict[str, Any]) -> dict[str, Any]:
    """What the picture, the key and the field of the first code need."""
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    return {"user": user, "picture": totp.picture(user, secret), "key": " ".join(groups), "errors": errors}


def take_app(request: HttpRequest, actor: Actor, user: Any) -> list[str]:
    """The app whose first code was typed is in use from now on."""
    codes = keeping.add_app(actor, user, draft(request, user), request.POST.get("code", "").replace(" ", "")[:20])
    request.session.pop(DRAFT, None)
    others_end(request, user)
    return codes


@never_cache
@guarded
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """The dialog that sets an app up."""
    proof.demand()
    actor = actor_of(request)
    user = profile.me(actor)
    if request.method == "GET":
        return render(request, "access/app_new.html", app_context(user, draft(request, user), {}))
    try:
        codes = take_app(request, actor, user)
    except Refused as error:
        return render(request, "access/app_new.html", app_context(user, draft(request, user), error.errors), status=422)
    return codes_shown(request, codes, _("The authenticator app is set up."))


@never_cache
@guarded
@require_POST
def app_remove(request: HttpRequest) -> HttpResponse:
    """Do without the app."""
    return removed(request, keeping.remove_app, _("The authenticator app is removed. Other devices were signed out."))


def removed(request: HttpRequest, remove: Callable[..., None], done: str, *more: Any) -> HttpResponse:
    """Take a factor away and stay signed in here."""
    actor = actor_of(request)
    user = profile.me(actor)
    remove(actor, user, *more)
    stay(request, user)
    return changed(closing(done))


# --- passkeys ------------------------------------------------------------------------------------------------------


@never_cache
@guarded
@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """What the browser is to ask a passkey for: to register, or to prove that it is still the reader."""
    user = profile.me(actor_of(request))
    if not passkeys.origin():
        return JsonResponse({}, status=422)
    if request.POST.get("why") == "new":
        proof.demand()
        return JsonResponse(passkeys.ask_new(request, user))
    return JsonResponse(passkeys.ask(request, "proof", user))


def take_passkey(request: HttpRequest, actor: Actor, user: Any) -> list[str]:
    """The passkey that the browser made is in use from now on."""
    name = request.POST.get("name", "").replace("\0", "")
    key = passkeys.registered(request, request.POST.get("passkey", ""), name)
    codes = keeping.add_passkey(actor, user, key)
    others_end(request, user)
    return codes


def key_context(request: HttpRequest, errors: dict[str, Any]) -> dict[str, Any]:
    """What the form of a new passkey needs; its name begins as that of the device."""
    device = sessions.device(request.headers.get("User-Agent", ""))
    return {"passkeys": passkeys.origin(), "name": request.POST.get("name", device), "errors": errors}


@never_cache
@guarded
@require_http_methods(["GET", "POST"])
def passkey_new(request: HttpRequest) -> HttpResponse:
    """The dialog that registers a passkey."""
    proof.demand()
    actor = actor_of(request)
    if request.method == "GET":
        return render(request, "access/passkey_new.html", key_context(request, {}))
    try:
        codes = take_passkey(request, actor, profile.me(actor))
    except Refused as error:
        return render(request, "access/passkey_new.html", key_context(request, error.errors), status=422)
    return codes_shown(request, codes, _("The passkey is registered."))


@never_cache
@guarded
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The dialog that renames a passkey."""
    user = profile.me(actor_of(request))
    context = {"key": keeping.own_passkey(user, key), "errors": {}}
    if request.method == "GET":
        return render(request, "access/passkey_name.html", context)
    try:
        keeping.rename_passkey(user, key, request.POST.get("name", "").replace("\0", ""))
    except Refused as error:
        return render(request, "access/passkey_name.html", context | {"errors": error.errors}, status=422)
    return changed(closing(_("The passkey has a new name.")))


@never_cache
@guarded
@require_POST
def passkey_remove(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Do without a passkey."""
    done = _("The passkey is removed. Other devices were signed out.")
    return removed(request, keeping.remove_passkey, done, key)


# --- recovery codes and the demanded factor ------------------------------------------------------------------------


@never_cache
@guarded
@require_POST
def recovery(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of the old ones."""
    actor = actor_of(request)
    codes = keeping.renew_codes(actor, profile.me(actor))
    return changed(render(request, "access/recovery_codes.html", {"codes": codes, "done": ""}))


@never_cache
@guarded
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """The page on which somebody sets up the second factor that is demanded, before anything else."""
    proof.demand()
    actor = actor_of(request)
    user = profile.me(actor)
    if not actor.must_enrol:
        return go(request, "/profile#factors")
    if request.method == "GET":
        return enrolment(request, user)
    try:
        codes = (take_passkey if request.POST.get("passkey") else take_app)(request, actor, user)
    except Refused as error:
        return enrolment(request, user, error.errors)
    return render(request, "access/factor_first_done.html", {"codes": codes})


def enrolment(request: HttpRequest, user: Any, errors: dict[str, Any] | None = None) -> HttpResponse:
    """The page with both ways."""
    context = key_context(request, errors or {}) | app_context(user, draft(request, user), errors or {})
    return render(request, "access/factor_first.html", context, status=422 if errors else 200)
