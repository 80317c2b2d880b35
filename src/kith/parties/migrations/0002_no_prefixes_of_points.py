"""Nobody asks for contact points by the beginning of their normal form: the index for LIKE goes, which each import wrote twice a row."""

from typing import ClassVar

from django.db import migrations

NAME = "parties_contactpoint_normalized_8101ffdc_like"


class Migration(migrations.Migration):
    """Not in one transaction: people go on writing meanwhile."""

    atomic = False
    dependencies: ClassVar = [("parties", "0001_parties")]
    operations: ClassVar = [
        migrations.RunSQL(
            f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}",
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {NAME} ON parties_contactpoint (normalized varchar_pattern_ops)",
        )
    ]
