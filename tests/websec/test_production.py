"""As on a server with https: Django's own checks are silent, and cookies belong to this host alone."""

import json
import os
import subprocess
import sys

PRODUCTION = {
    "BASE_URL": "https://crm.example.org",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtps://kith:secret@mail.example.org",
    "KITH_PROCESS": "command",
}
LOOK = """
import django, json
django.setup()
from django.conf import settings
from django.core import checks
from django.http import HttpResponse
from django.test import RequestFactory
from kith.core import middleware
found = [f"{m.id} {m.msg}" for m in checks.run_checks(include_deployment_checks=True) if not m.is_silenced()]
request = RequestFactory().get("/login?lang=ru", secure=True)
request.user = type("Nobody", (), {"is_authenticated": False})()
answer = middleware.personal(lambda request: HttpResponse())(request)
print(json.dumps({"found": found, "session": settings.SESSION_COOKIE_NAME, "secure": settings.SESSION_COOKIE_SECURE,
  "httponly": settings.SESSION_COOKIE_HTTPONLY, "samesite": settings.SESSION_COOKIE_SAMESITE, "path": settings.SESSION_COOKIE_PATH,
  "domain": settings.SESSION_COOKIE_DOMAIN, "csrf": settings.CSRF_USE_SESSIONS, "language": answer.cookies.output(header=""),
  "hsts": settings.SECURE_HSTS_SECONDS, "silenced": settings.SILENCED_SYSTEM_CHECKS, "forwarded_host": settings.USE_X_FORWARDED_HOST}))
"""


def look(**more: str) -> dict[str, object]:
    """The settings and checks of a process of its own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kith.settings", **more}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # of the tests
    answer = subprocess.run([sys.executable, "-c", LOOK], env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout.splitlines()[-1])


def test_with_https() -> None:
    seen = look(**PRODUCTION)
    assert seen["found"] == []
    assert (seen["session"], seen["secure"], seen["httponly"]) == ("__Host-kith", True, True)
    assert (seen["samesite"], seen["path"], seen["domain"], seen["csrf"]) == ("Lax", "/", None, True)
    language = str(seen["language"])
    assert language.strip().startswith("__Host-kith-language=ru")
    assert (
        all(word in language for word in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/")) and "Domain" not in language
    )
    assert seen["hsts"] == 31_536_000 and seen["forwarded_host"] is False
    assert seen["silenced"] == ["security.W005", "security.W021"]


def test_without_https_the_checks_speak() -> None:
    """Else their silence above would mean nothing."""
    seen = look(BASE_URL="http://localhost:8000")
    assert {str(line).split()[0] for line in seen["found"]} >= {"security.W004", "security.W008", "security.W012"}  # type: ignore[union-attr]
    assert seen["session"] == "kith_session"
