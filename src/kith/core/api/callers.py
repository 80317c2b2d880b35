"""Who calls: a token (its owner's rights cut to its scopes), or the session of the same browser.

A token comes as `Authorization: Bearer` (RFC 6750) or, from programs that know only name and password, as the password beside
its owner's e-mail (`Basic`, RFC 7617): an app password, which a second factor need not stand in the way of. Nobody is *asked*
for a password in this way, so that no browser learns one; the real password opens nothing here.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from kith.core import access, context, replica, throttling, tokens
from kith.core.access import NOBODY, Actor
from kith.core.entity import registry
from kith.core.middleware import zone_of

from .problems import guarded, problem

View = Callable[..., HttpResponse]
SAFE = ("GET", "HEAD", "OPTIONS")


def shown(request: HttpRequest) -> tuple[str | None, str] | None:
    """The owner's e-mail (None: it is not told) and the token of the Authorization header; None without one."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return None, secret.strip()
    return named(secret.strip()) if scheme.lower() == "basic" else None


def named(credentials: str) -> tuple[str, str]:
    """Name and password of RFC 7617; two empty ones where they cannot be read."""
    try:
        name, _colon, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return name.strip().lower(), secret


def by_token(email: str | None, secret: str) -> Actor:
    """The actor of a token; NOBODY for an unknown, expired, revoked or somebody else's one.

    Guessing is throttled by network. A program that goes on to send a token that has ended guesses nothing, and must not lock its office out.
    """
    throttling.check("secret", address=context.current().ip)
    found = tokens.find(secret)
    if found is None or (email is not None and email != found.user.email.lower()):
        if not tokens.was(secret):
            throttling.take("secret", address=context.current().ip)
        return NOBODY
    now = timezone.now()
    if found.used_at is None or now - found.used_at > timedelta(minutes=1):
        tokens.ApiToken.objects.filter(pk=found.pk).update(used_at=now)
    actor = settled(access.actor_of(found.user_id))
    scopes = frozenset(found.scopes) or frozenset({"*"})
    return replace(
        actor, kind=actor.kind if actor.kind == "anonymous" else "token", token_id=found.pk, scopes=scopes, memo={}
    )


def caller(request: HttpRequest) -> Actor:
    """The actor behind an API request."""
    given = shown(request)
    if given is not None:
        return by_token(*given)
    user: Any = request.user
    if not user.is_authenticated or user.temporary_until:  # with a one-time password one may only choose another
        return NOBODY
    return settled(access.actor_of(user.pk, epoch=getattr(user, "rights_epoch", None)))


def settled(actor: Actor) -> Actor:
    """The actor, or NOBODY while a demanded second factor is missing."""
    return NOBODY if actor.must_enrol else actor


def forged(request: HttpRequest) -> bool:
    """Whether a writing request that a browser may have completed by itself lacks its CSRF token.

    A browser adds cookies, and a name and password that it once got with an address; never a bearer token.
    """
    given = shown(request)
    if request.method in SAFE or (given and given[0] is None):
        return False
    if given:
        return request.headers.get("Sec-Fetch-Site", "none") != "none" or "Origin" in request.headers
    check = CsrfViewMiddleware(lambda _request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, lambda: HttpResponse(), (), {}) is not None


def known_to(actor: Actor, methods: Iterable[str], needs: Mapping[str, str], slug: str) -> str:
    """The methods of an address that the caller may use on some record: nobody is told of others."""
    entity = registry.by_slug(slug) if slug and actor.kind != "anonymous" else None
    return ", ".join(
        name for name in methods if entity is None or name not in needs or access.allowed(actor, entity, needs[name])
    )


def faces_of(slug: str) -> str:
    """The addresses at which the records of a table that several kinds share are written, each as what it is; "" for any other table."""
    entity = registry.by_slug(slug) if slug else None
    return ", ".join(f"/api/v1/{registry.get(face).slug}" for face in entity.access.faces) if entity else ""


def unknown_method(able: str, faces: str) -> HttpResponse:
    """The answer to a method that an address does not know, with those that it does and where else to write."""
    detail = _("Write it as what it is: %(kinds)s.") % {"kinds": faces} if faces else able
    response = problem(405, "method", _("This address does not know that method"), detail)
    response.headers["Allow"] = able
    return response


def api(*methods: str, needs: Mapping[str, str] = {}) -> Callable[[View], View]:
    """An operation of the API: `view(request, actor, …)`; unauthenticated calls get 401, other methods 405.

    `needs` are the rights on the kind of record without which a method is not advertised.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @guarded
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            slug = kwargs.get("slug", "")
            if request.method not in methods or (request.method in needs and faces_of(slug)):
                able = known_to(caller(request), methods, needs, slug)
                return unknown_method(able, faces_of(slug) if request.method in methods else "")
            actor = caller(request)
            if actor.kind == "anonymous" or (forge := forged(request)):
                response = (
                    problem(403, "forged", _("The request lacks its CSRF token"))
                    if actor.kind != "anonymous" and forge
                    else problem(401, "unauthenticated", _("Sign in, or send a token as “Authorization: Bearer …”"))
                )
                response.headers["WWW-Authenticate"] = "Bearer"
                return response
            request.kith_actor = actor  # type: ignore[attr-defined]
            language = (
                translation.get_language_from_request(request)
                if request.headers.get("Accept-Language")
                else actor.language
            )
            came = context.current()
            proved = came.proved if actor.token_id is None else context.unasked
            here = context.through("api", request_id=came.request_id, ip=came.ip, agent=came.agent, proved=proved)
            with here, translation.override(language), timezone.override(zone_of(actor.time_zone)):
                return replica.answered(request, lambda: actor.id, lambda: view(request, actor, *args, **kwargs))

        answer.login_required = False  # type: ignore[attr-defined]
        return answer

    return decorate
