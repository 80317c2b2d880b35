"""What an owner has open, won or lost: each question of my day read all deals of that owner (five times 5 ms at a million)."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

INDEX = models.Index(fields=["owner", "state", "closed_at"], name="opportunity_owner_state")


class Migration(migrations.Migration):
    """Not in one transaction: people go on writing meanwhile."""

    atomic = False
    dependencies: ClassVar[list[tuple[str, str]]] = [("sales", "0006_sorted_by_amount")]
    operations: ClassVar[list[migrations.operations.base.Operation]] = [AddIndexConcurrently("opportunity", INDEX)]
