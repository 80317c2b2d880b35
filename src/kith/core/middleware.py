"""What every request and every answer passes: an id for the logs, safe headers, session age, the reader's language."""

import ipaddress
import re
import uuid
from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from kith.core import clock, context, logs, proof, wording

Answer = Callable[[HttpRequest], HttpResponse]
GIVEN_ID = re.compile(r"[\w.-]{1,64}")
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
}


def request_id(answer: Answer) -> Answer:
    """Take X-Request-ID from the proxy or make one; logs carry it and the answer returns it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        name = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        logs.request_id.set(name)  # not reset after the answer: Django logs a 404 later
        response = answer(request)
        response.headers["X-Request-ID"] = name
        return response

    return middleware


def door(answer: Answer) -> Answer:
    """Note through which door the request came and from where; log and ledger take it from there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        origin = "api" if request.path.startswith("/api/") else "ui"
        agent = request.headers.get("User-Agent", "")[:300]
        here = {"request_id": logs.request_id.get(), "ip": client_ip(request), "agent": agent}
        with context.through(origin, **here, proved=lambda: proof.is_fresh(request)):
            return answer(request)

    return middleware


def client_ip(request: HttpRequest) -> str:
    """The address of the client; X-Forwarded-For counts only as far as our own proxies wrote it."""
    given = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    found = given[-proxies] if proxies and len(given) >= proxies else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(found))
    except ValueError:
        return ""


def safe_headers(answer: Answer) -> Answer:
    """Headers that every answer carries, errors and files too; private pages are never stored by anybody."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        for name, value in SAFE_HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store, private")
            patch_vary_headers(response, ("Cookie", "HX-Request"))
        return response

    return middleware


def session_age(answer: Answer) -> Answer:
    """End a session after 7 days; renew its 12 idle hours, but write at most once in ten minutes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        session, now = request.session, int(clock.now())
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and "_auth_user_id" in session:
            is_idle = (
                now - session.get("_seen", now) > settings.SESSION_COOKIE_AGE
            )  # the database asks a clock that may be set back
            if is_idle or now - session.setdefault("_since", now) > settings.SESSION_MOST_AGE:
                session.flush()
            elif now - session.get("_seen", 0) > 600:
                session["_seen"] = now
        return answer(request)

    return middleware


def personal(answer: Answer) -> Answer:
    """Speak the reader's language and time zone: the profile's, else the browser's, else the installation's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None
        asked = _asked_language(request) if user is None else ""
        language = asked or getattr(user, "language", "") or translation.get_language_from_request(request)
        zone = zone_of(getattr(user, "time_zone", ""))
        with translation.override(language), timezone.override(zone), wording.read_by(_reader(request)):
            response = answer(request)
        response.headers.setdefault("Content-Language", language)
        if asked:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                31_536_000,
                samesite="Lax",
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=True,
            )
        patch_vary_headers(response, ("Accept-Language",))
        return response

    return middleware


def _reader(request: HttpRequest) -> wording.Reader | None:
    """Whose words a page speaks, once it is known who asks; programs get those of the declaration."""
    return None if request.path.startswith("/api/") else lambda: getattr(request, "kith_actor", None)


def _asked_language(request: HttpRequest) -> str:
    """The language that a visitor picked on a page outside the shell (?lang=ru), if we speak it."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name, or the installation's when it is empty or unknown."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
