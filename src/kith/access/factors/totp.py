"""Codes of an authenticator app (RFC 6238): six digits, thirty seconds, one step early or late, each good once."""

import base64
import hmac
import os
import time
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.utils import timezone

from kith.core import sealing

from .models import Authenticator

SECONDS, DIGITS, BYTES = 30, 6, 20
DRIFT = (0, -1, 1)  # steps that a clock may be wrong by


def new_secret() -> str:
    """A fresh secret, in the letters that apps take."""
    return base64.b32encode(os.urandom(BYTES)).decode()


def of_secret(secret: str) -> TOTP:
    """The generator of a secret. All apps know SHA-1 only; RFC 6238 keeps it, since nothing here rests on collisions."""
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), SECONDS)  # noqa: S303


def address(user: Any, secret: str) -> str:
    """What the QR code says."""
    return of_secret(secret).get_provisioning_uri(user.email, settings.KITH_COMPANY)


def picture(user: Any, secret: str) -> str:
    """The QR code as a data address of an SVG."""
    import segno  # takes a fifth of a second, and few requests need it

    made: str = segno.make(address(user, secret), error="m", micro=False).svg_data_uri(
        scale=5, dark="#000", light="#fff"
    )
    return made


def code_at(secret: str, step: int) -> str:
    """The code of one step."""
    return of_secret(secret).generate(step * SECONDS).decode()


def step_of(secret: str, code: str) -> int | None:
    """The step whose code this is now, or None."""
    now = int(time.time()) // SECONDS
    found = [now + drift for drift in DRIFT if hmac.compare_digest(code_at(secret, now + drift), code)]
    return found[0] if found else None


def is_code(text: str) -> bool:
    """Whether the text can be a code of an app at all."""
    return len(text) == DIGITS and text.isascii() and text.isdigit()


def use(user: Any, code: str) -> bool:
    """Whether this is a code of the user's app that nobody used before; of two at once, one is right."""
    app = Authenticator.objects.filter(user_id=user.pk).first()
    if app is None or not is_code(code):
        return False
    step = step_of(sealing.read(app, "secret"), code)
    fresh = Authenticator.objects.filter(user_id=user.pk, step__lt=step or 0, secret=app.secret)
    return bool(step and fresh.update(step=step, used_at=timezone.now()))


def keep(user: Any, secret: str, step: int) -> None:
    """Store the app of a user in place of another one; the code that confirmed it is used up."""
    app = Authenticator(user=user, step=step)
    sealing.put(app, "secret", secret)
    Authenticator.objects.update_or_create(
        user=user, defaults={"secret": app.secret, "step": step, "created_at": timezone.now(), "used_at": None}
    )
