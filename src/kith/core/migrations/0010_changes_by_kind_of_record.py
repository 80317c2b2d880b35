"""What was changed since a day is found by kind of record; creations, the bulk of the ledger, are not in the way."""

from django.db import migrations

from kith.core.migrating import PartitionedIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0009_reports_of_views")]

    operations = [PartitionedIndex("core_change", "core_change_later", "entity, at", "op <> 'create'")]
