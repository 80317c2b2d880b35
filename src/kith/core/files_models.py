"""Upload: a stored file that waits for a record to take it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Upload(models.Model):
    """Noted when a ticket is given out, forgotten when a record takes the file; erased with its bytes when none does."""

    key = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="upload_age")]

    def __str__(self) -> str:
        return self.key
