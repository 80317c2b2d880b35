"""The epoch of rights: a number in the database that every change of users, groups or roles renews, so that cached rights end at once."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest

from kith.core import replica
from kith.core.store import update

MICROSECONDS = models.Func(
    template="(extract(epoch FROM clock_timestamp()) * 1000000)::bigint", output_field=models.BigIntegerField()
)


class Epoch(models.Model):
    """One row: the moment of the last change of rights, in microseconds. A count would repeat after a rollback."""

    value = models.BigIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.CheckConstraint(condition=models.Q(pk=1), name="epoch_single")]

    def __str__(self) -> str:
        return str(self.value)


#: What a replica has to know of before anybody reads from it: rights, fields and settings.
replica.state = "SELECT value FROM access_epoch WHERE id = 1"


def bump() -> None:
    """Make every process forget the rights it has cached, when the running transaction commits."""
    Epoch.objects.get_or_create(pk=1)
    Epoch.objects.filter(pk=1).update(value=Greatest(F("value") + 1, MICROSECONDS))


def end_sessions(users: Iterable[Any]) -> None:
    """End all sessions of these users."""
    records = list(users)
    for user in records:
        user.auth_epoch += 1
    if records:
        update(type(records[0]), records, {"auth_epoch"})
