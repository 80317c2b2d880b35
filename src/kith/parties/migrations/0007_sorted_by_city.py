"""The different cities with their parties by name: "contains Самара" gathered 60,000 parties by its letters (290 ms at a million)."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

INDEX = models.Index(
    fields=["kind", "city", "sort_key", "id"], name="party_city_sort", condition=models.Q(deleted_at=None)
)


class Migration(migrations.Migration):
    """Not in one transaction: people go on writing meanwhile."""

    atomic = False
    dependencies: ClassVar[list[tuple[str, str]]] = [("parties", "0006_sorted_by_owner")]
    operations: ClassVar[list[migrations.operations.base.Operation]] = [AddIndexConcurrently("party", INDEX)]
