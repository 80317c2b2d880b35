"""Records that an undo erased and a redo made anew are found by the day: there are few, and looks at the past leave them out between."""

from django.db import migrations

from kith.core.migrating import PartitionedIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0020_marks_of_custom_fields")]
    operations = [PartitionedIndex("core_change", "core_change_anew", "at", "op = 'create' AND version > 1")]
