"""Countries and languages with their parties by name: who asked for one read past all names of other scripts (2.7 s at a million)."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

ALIVE = models.Q(deleted_at=None)


class Migration(migrations.Migration):
    """Not in one transaction: people go on writing meanwhile."""

    atomic = False
    dependencies: ClassVar[list[tuple[str, str]]] = [("parties", "0008_trash")]
    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        AddIndexConcurrently(
            "party", models.Index(fields=["kind", name, "sort_key", "id"], name=f"party_{name}_sort", condition=ALIVE)
        )
        for name in ("country", "language")
    ]
