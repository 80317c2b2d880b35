"""Signing in and out, whatever page or dialog asks: throttled, rotated, written to the log."""

from typing import Any

from django.contrib import auth
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core import ledger, throttling
from kith.core.access import NOBODY, SYSTEM, Actor, actor_of
from kith.core.context import current
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ui.base import actor_of as request_actor
from kith.core.ui.base import is_htmx
from kith.core.ui.respond import go

from . import second_step, sessions
from .factors import passkeys, proving

FEW = 5  # tries left from which the page begins to tell


def sign_in(request: HttpRequest, email: str, password: str) -> bool:
    """Begin a session, or wait for the second factor and answer False.

    Raises Throttled or Refused, the same for an unknown address, a wrong password and a closed account.
    """
    try:
        left = throttling.take("secret", account=email, address=current().ip)
    except throttling.Throttled:
        failed(email, "throttled")
        raise
    user: Any = auth.authenticate(request, username=email, password=password)
    if user is None:
        failed(email, "wrong")
        raise Refused(refusal(left))
    throttling.forgive("secret", account=email, address=current().ip)
    if user.second_factor:
        second_step.hold(request, user)
        return False
    begin(request, user, "password")
    return True


def prove_second(request: HttpRequest, user: Any, code: str) -> None:
    """Begin the session of a user whose password was right, by a code. Raises Throttled or Refused."""
    try:
        how = proving.prove(user, code)
    except (throttling.Throttled, Refused) as error:
        failed(user.email, "second factor throttled" if isinstance(error, throttling.Throttled) else "second factor")
        raise
    begin(request, user, f"password, {how}")


def by_passkey(request: HttpRequest, why: str, answer: str, user: Any | None = None) -> None:
    """Begin a session by a passkey: "alone", or as the "second" factor of a user whose password was right."""
    try:
        owner = passkeys.proven(request, why, answer, user)
    except (throttling.Throttled, Refused) as error:
        failed(
            user.email if user else "", "passkey throttled" if isinstance(error, throttling.Throttled) else "passkey"
        )
        raise
    begin(request, owner, "passkey" if user is None else "password, passkey")


def begin(request: HttpRequest, user: Any, how: str) -> None:
    """A new session for a user whose identity is proven; the old key is void."""
    second_step.forget(request)
    auth.login(request, user)
    request.session.cycle_key()
    sessions.note(request, user)
    ledger.log(actor_of(user.pk), "login", entity="access.user", record_id=user.pk, title=str(user), how=how)


def refusal(left: int) -> str:
    """Why nobody was signed in, and how many tries are left once they are few."""
    text = _("That e-mail and password do not match.")
    tries = ngettext("%(num)s try left.", "%(num)s tries left.", left) % {"num": left}
    return f"{text} {tries}" if left <= FEW else text


def failed(email: str, reason: str) -> None:
    """Write a failed try to the log, with the account it was aimed at."""
    known = registry.get("access.user").rows(SYSTEM).filter(email__iexact=email.strip()).first()
    ledger.log(
        NOBODY,
        "login_failed",
        entity="access.user",
        record_id=known.pk if known else None,
        title=email.strip()[:200],
        reason=reason,
    )


def sign_out(request: HttpRequest, actor: Actor) -> None:
    """End the present session."""
    if actor.id:
        ledger.log(actor, "logout", entity="access.user", record_id=actor.id, title=actor.name)
        sessions.SignIn.objects.filter(digest=sessions.digest(request.session.session_key or "")).delete()
    auth.logout(request)


RENEW, ENROL = "/password/renew", "/profile/factors/first"
#: What is needed on the way, beside the page itself.
ON_THE_WAY = {RENEW: ("/proof",), ENROL: ("/proof", "/profile/factors/options")}


def first_step(request: HttpRequest) -> str:
    """Where the reader has to go before anything else, "" for nowhere."""
    if getattr(request.user, "temporary_until", None):
        return RENEW
    return ENROL if request_actor(request).must_enrol else ""


class LoginRequired(LoginRequiredMiddleware):
    """Asks strangers to sign in; a fragment gets 401, and the page opens the sign-in dialog over itself.

    Who came in with a one-time password may only choose another one, or leave; who lacks a demanded second factor may only
    set it up.
    """

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Stop strangers and those who have to do something first."""
        answer: HttpResponseBase | None = super().process_view(request, view, args, kwargs)
        if answer is not None or not getattr(view, "login_required", True):
            return answer
        first = first_step(request)
        return go(request, first) if first and request.path not in (first, *ON_THE_WAY[first]) else None

    def handle_no_permission(self, request: HttpRequest, view: Any) -> HttpResponse:  # type: ignore[override]
        """401 for htmx, a redirect for the browser."""
        return HttpResponse(status=401) if is_htmx(request) else super().handle_no_permission(request, view)
