"""The epoch of rights: a number in the database that every change of users, groups or roles renews, so that cached rights end at once."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Greatest

from kith.core import replica

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


#: Counted where it stands: of two who end sessions at the same time, neither may write what the other has counted already.
RAISE = """
WITH locked AS (SELECT id FROM access_user WHERE id = ANY(%s) ORDER BY id FOR UPDATE)
UPDATE access_user SET auth_epoch = auth_epoch + 1 FROM locked WHERE access_user.id = locked.id RETURNING access_user.id, auth_epoch
"""


def end_sessions(users: Iterable[Any]) -> None:
    """End all sessions of these users, and links and tokens made before; the records know their new epoch."""
    records = {user.pk: user for user in users}
    if not records:
        return
    with connection.cursor() as cursor:
        cursor.execute(RAISE, [list(records)])
        for key, epoch in cursor.fetchall():
            records[key].auth_epoch = epoch
