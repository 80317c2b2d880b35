"""The log is found by kind of record alone."""

from django.db import migrations

from kith.core.migrating import PartitionedIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0006_uploads")]

    operations = [PartitionedIndex("core_auditevent", "core_auditevent_entity", "entity, at DESC, id DESC")]
