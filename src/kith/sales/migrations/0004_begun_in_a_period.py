"""Deals that began in a period, for the funnel and for lists by that day; built while people go on writing."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Not in one transaction: PostgreSQL builds such an index outside of any."""

    atomic = False
    dependencies: ClassVar = [("sales", "0003_purpose_of_consent")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "opportunity",
            models.Index(fields=["started_on", "id"], name="opportunity_started", condition=models.Q(deleted_at=None)),
        ),
    ]
