"""The epoch of rights: a counter in the database that every change of users, groups or roles raises, so that cached rights end at once."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models import F

from kith.core.store import update


class Epoch(models.Model):
    """One row: how often rights have changed."""

    value = models.BigIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.CheckConstraint(condition=models.Q(pk=1), name="epoch_single")]

    def __str__(self) -> str:
        return str(self.value)


def bump() -> None:
    """Make every process forget the rights it has cached, when the running transaction commits."""
    Epoch.objects.get_or_create(pk=1)
    Epoch.objects.filter(pk=1).update(value=F("value") + 1)


def end_sessions(users: Iterable[Any]) -> None:
    """End all sessions of these users."""
    records = list(users)
    for user in records:
        user.auth_epoch += 1
    if records:
        update(type(records[0]), records, {"auth_epoch"})
