"""Deleted records stand in an index of their own: for the trash, the tidying of the night and the past whole tables were read."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

MODELS = ("group", "role", "share", "user")
DELETED = ~models.Q(deleted_at=None)


class Migration(migrations.Migration):
    """Not in one transaction: people go on writing meanwhile."""

    atomic = False
    dependencies: ClassVar[list[tuple[str, str]]] = [("access", "0003_factors")]
    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        AddIndexConcurrently(name, models.Index(fields=["-deleted_at", "-id"], name=f"{name}_trash", condition=DELETED))
        for name in MODELS
    ]
