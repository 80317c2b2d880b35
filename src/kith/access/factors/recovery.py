"""Recovery codes: ten at a time, shown once, each good once; 25 letters hold so much chance that a plain hash keeps them safe."""

import hashlib
import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone

from .models import RecoveryCode

CODES, GROUPS, GROUP = 10, 5, 5
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike; 25 of them are 123 bits


def new_code() -> str:
    """A fresh code in groups that can be read."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(GROUP)) for _group in range(GROUPS))


def digest(code: str) -> str:
    """What is kept of a code, however it is spaced or written."""
    return hashlib.sha256("".join(filter(str.isalnum, code.lower())).encode()).hexdigest()


def renew(user: Any) -> list[str]:
    """New codes in place of all earlier ones."""
    codes = [new_code() for _number in range(CODES)]
    with transaction.atomic():
        forget(user)
        RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=digest(code)) for code in codes)
    return codes


def use(user: Any, code: str) -> bool:
    """Whether this is a code of the user that nobody used before; of two at once, one is right."""
    found = RecoveryCode.objects.filter(user_id=user.pk, digest=digest(code), used_at=None)
    return bool(found.update(used_at=timezone.now()))


def left(user: Any) -> int:
    """How many codes are not used yet."""
    return RecoveryCode.objects.filter(user_id=user.pk, used_at=None).count()


def forget(user: Any) -> None:
    """Remove all codes of a user."""
    RecoveryCode.objects.filter(user_id=user.pk).delete()
