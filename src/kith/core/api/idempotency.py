"""Idempotency-Key: a POST repeated with the same key within 24 hours gets the first answer and has no second effect."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from .problems import BadRequest, problem

KEPT = timedelta(hours=24)


class IdempotencyKey(models.Model):
    """One key of one caller: what was asked, and the answer once there is one."""

    id = models.BigAutoField(primary_key=True)
    actor_id = models.UUIDField()
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, default="")
    body = models.BinaryField(default=b"")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["actor_id", "key"], name="idempotency_once")
        ]

    def __str__(self) -> str:
        return self.key


def once(request: HttpRequest, actor: Any, act: Callable[[], HttpResponse]) -> HttpResponse:
    """`act()`, or the answer it gave before under the same key; 422 for another body."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return act()
    if len(key) > 255 or not key.isprintable():
        raise BadRequest(_("Idempotency-Key must be printable and at most 255 characters long."))
    digest = hashlib.sha256(request.path.encode() + b"\0" + request.body).hexdigest()
    # Key, act and answer are one transaction: a second request waits for the first, and a crash leaves no key behind.
    with transaction.atomic():
        IdempotencyKey.objects.filter(actor_id=actor.id, key=key, created_at__lt=timezone.now() - KEPT).delete()
        IdempotencyKey.objects.bulk_create(
            [IdempotencyKey(actor_id=actor.id, key=key, digest=digest)], ignore_conflicts=True
        )
        row = IdempotencyKey.objects.get(actor_id=actor.id, key=key)
        if row.status is not None:
            return repeated(row, digest)
        response = act()
        row.status, row.content_type, row.body = (
            response.status_code,
            response.headers["Content-Type"],
            response.content,
        )
        row.save(update_fields=["status", "content_type", "body"])
    return response


def repeated(row: IdempotencyKey, digest: str) -> HttpResponse:
    """The stored answer."""
    if row.digest != digest:
        return problem(
            422,
            "idempotency",
            _("This Idempotency-Key was used for another request"),
            _("Send a new key, or the first request exactly as it was."),
        )
    response = HttpResponse(bytes(row.body), status=row.status, content_type=row.content_type)
    response.headers["Idempotent-Replay"] = "true"
    return response
