"""The ledger is found by kind of record alone; built partition by partition, as on tables that people go on writing to."""

from django.db import migrations

from kith.core.migrating import PartitionedIndex


class Migration(migrations.Migration):
    atomic = False
    replaces = [("core", "0007_log_by_kind_of_record"), ("core", "0010_changes_by_kind_of_record")]
    dependencies = [("core", "0002_framework")]
    operations = [
        PartitionedIndex("core_auditevent", "core_auditevent_entity", "entity, at DESC, id DESC"),
        # what was changed since a day; creations, the bulk of the ledger, are not in the way
        PartitionedIndex("core_change", "core_change_later", "entity, at", "op <> 'create'"),
    ]
