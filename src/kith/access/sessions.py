"""Where a user is signed in: Django's sessions with the address and browser they began in; listed and ended one by one.

Only the SHA-256 of a session key is kept here, so that reading this table opens no session.
"""

import datetime as dt
import hashlib
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.http import HttpRequest
from django.utils import timezone

from kith.core.context import current
from kith.core.ids import uuid7

KEYS = "SELECT session_key FROM django_session WHERE expire_date > %s AND encode(sha256(convert_to(session_key, 'UTF8')), 'hex') = ANY(%s)"
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("YaBrowser", "Yandex"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


class SignIn(models.Model):
    """One sign-in of a user in one browser."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ip = models.CharField(max_length=45, default="")
    agent = models.CharField(max_length=300, default="")

    def __str__(self) -> str:
        return f"{self.ip} {self.agent}"


@dataclass(frozen=True, slots=True)
class Line:
    """A session as its owner sees it."""

    id: uuid.UUID
    device: str
    ip: str
    since: dt.datetime
    seen_at: dt.datetime
    is_current: bool


def digest(key: str) -> str:
    """What is kept of a session key."""
    return hashlib.sha256(key.encode()).hexdigest()


def note(request: HttpRequest, user: Any) -> None:
    """Remember where the session that has just begun runs."""
    if not request.session.session_key:
        request.session.save()
    here = current()
    known = {"user": user, "ip": here.ip, "agent": here.agent[:300], "created_at": timezone.now()}
    SignIn.objects.update_or_create(digest=digest(request.session.session_key or ""), defaults=known)


def alive(digests: list[str]) -> dict[str, Any]:
    """Django's sessions that have not ended, by digest."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [timezone.now(), digests])
        found = [row[0] for row in cursor.fetchall()]
    return {digest(stored.session_key): stored for stored in Session.objects.filter(session_key__in=found)}


def lines(user: Any, key: str = "") -> list[Line]:
    """The living sessions of a user, the present one (of session key `key`) first."""
    known = list(SignIn.objects.filter(user=user))
    stored = alive([item.digest for item in known])
    found = [
        line(item, stored[item.digest], digest(key))
        for item in known
        if item.digest in stored and is_valid(user, stored[item.digest])
    ]
    return sorted(found, key=lambda line: (not line.is_current, -line.seen_at.timestamp()))


def is_valid(user: Any, stored: Any) -> bool:
    """Whether the session was begun under the user's present password and epoch."""
    return bool(stored.get_decoded().get("_auth_user_hash") == user.get_session_auth_hash())


def line(item: SignIn, stored: Any, present: str) -> Line:
    """One session for the list."""
    seen = stored.get_decoded().get("_seen")
    moment = dt.datetime.fromtimestamp(seen, dt.UTC) if seen else item.created_at
    return Line(
        item.pk, device(item.agent), item.ip, item.created_at, max(moment, item.created_at), item.digest == present
    )


def device(agent: str) -> str:
    """Browser and system in two words."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (browser, system))) or re.sub(r"[^\w ./-]", "", agent)[:40] or "?"


def end(user: Any, key: uuid.UUID) -> bool:
    """End one session of the user; False when it is not there."""
    item = SignIn.objects.filter(user=user, pk=key).first()
    if item is None:
        return False
    remove([item])
    return True


def end_all(user: Any, *, but: str = "") -> int:
    """End all sessions of the user, except the one of session key `but`; how many lived."""
    items = list(SignIn.objects.filter(user=user).exclude(digest=digest(but) if but else ""))
    return remove(items)


def remove(items: list[SignIn]) -> int:
    """Delete sessions in both tables; how many lived."""
    living = alive([item.digest for item in items])
    Session.objects.filter(session_key__in=[stored.session_key for stored in living.values()]).delete()
    SignIn.objects.filter(pk__in=[item.pk for item in items]).delete()
    return len(living)


def forget_old() -> int:
    """Remove what belongs to sessions that ended by themselves."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    old = SignIn.objects.filter(created_at__lt=timezone.now() - dt.timedelta(seconds=settings.SESSION_MOST_AGE))
    return old.delete()[0]
