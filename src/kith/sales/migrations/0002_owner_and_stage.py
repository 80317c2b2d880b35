"""The columns of a board of those who see a part of the records; built while people go on writing."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Not in one transaction: PostgreSQL builds such an index outside of any."""

    atomic = False
    dependencies: ClassVar = [("sales", "0001_leads_and_deals")]
    operations: ClassVar = [
        AddIndexConcurrently("lead", models.Index(fields=["owner", "stage"], name="lead_owner_stage")),
        AddIndexConcurrently("opportunity", models.Index(fields=["owner", "stage"], name="opportunity_owner_stage")),
    ]
