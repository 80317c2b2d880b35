"""Rows are found in the order in which they are sealed: by the transaction that wrote them."""

from django.db import migrations

from kith.core.migrating import PartitionedIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0005_sealing")]

    operations = [
        PartitionedIndex("core_change", "core_change_xact", "xact, id"),
        PartitionedIndex("core_auditevent", "core_auditevent_xact", "xact, id"),
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS core_changeset_xact ON core_changeset (xact, id)",
            "DROP INDEX core_changeset_xact",
        ),
    ]
