"""API tokens: `kith_` and 256 random bits; only their SHA-256 is stored; rights are the owner's, cut to the scopes."""

import hashlib
import secrets
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from .ids import uuid7

PREFIX = "kith_"


class ApiToken(models.Model):
    """A key to the API for one user or service."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    shown = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=120), default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name


def digest(secret: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """A fresh token; shown once and never stored."""
    return PREFIX + secrets.token_urlsafe(32)


def find(secret: str) -> ApiToken | None:
    """The valid token of this secret, or None."""
    found = ApiToken.objects.filter(
        digest=digest(secret), revoked_at=None, user__is_active=True, user__deleted_at=None
    ).first()
    return None if found is None or (found.expires_at and found.expires_at < timezone.now()) else found
