"""API tokens: `kith_` and 256 random bits; only their SHA-256 is stored; rights are the owner's, cut to the scopes.

A token belongs to the epoch of its owner: what ends the owner's sessions (a new password, factors taken away, a closed
account) ends the token too, in the same moment.
"""

import hashlib
import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from . import clock
from .ids import uuid7

PREFIX = "kith_"


class ApiToken(models.Model):
    """A key to the API for one user or service."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    shown = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    epoch = models.PositiveIntegerField()
    scopes = ArrayField(models.CharField(max_length=120), default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new token is of the present epoch of its owner."""
        self.epoch = self.epoch or self.user.auth_epoch
        super().save(*args, **kwargs)


def digest(secret: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """A fresh token; shown once and never stored."""
    return PREFIX + secrets.token_urlsafe(32)


def find(secret: str) -> ApiToken | None:
    """The valid token of this secret, or None."""
    return living().filter(digest=digest(secret)).select_related("user").first()


def was(secret: str) -> bool:
    """Whether this secret is, or was, a token: whoever has it did not guess."""
    return ApiToken.objects.filter(digest=digest(secret)).exists()


def living() -> "models.QuerySet[ApiToken]":
    """Tokens that open something now."""
    return ApiToken.objects.filter(
        models.Q(expires_at=None) | models.Q(expires_at__gt=clock.moment()),
        revoked_at=None,
        user__is_active=True,
        user__deleted_at=None,
        user__auth_epoch=models.F("epoch"),
    )
