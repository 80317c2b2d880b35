"""Deleted records stand in an index of their own: for the trash, the tidying of the night and the past whole tables were read."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

DELETED = ~models.Q(deleted_at=None)


class Migration(migrations.Migration):
    """Not in one transaction: people go on writing meanwhile."""

    atomic = False
    dependencies: ClassVar[list[tuple[str, str]]] = [("objects", "0001_custom_objects")]
    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        AddIndexConcurrently(
            "objectkind",
            models.Index(fields=["-deleted_at", "-id"], name="objectkind_trash", condition=DELETED),
        ),
        AddIndexConcurrently(
            "objectrecord",
            models.Index(fields=["kind", "-deleted_at", "-id"], name="objects_trash", condition=DELETED),
        ),
    ]
