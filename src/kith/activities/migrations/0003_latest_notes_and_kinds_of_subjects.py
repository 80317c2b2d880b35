"""Lists of notes begin with the latest; rights ask for tasks and notes by the kind of record they are about."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("activities", "0002_tasks_by_due_date")]
    operations = [
        AddIndexConcurrently(
            "note", models.Index(fields=["-created_at", "-id"], name="note_latest", condition=models.Q(deleted_at=None))
        ),
        *(
            AddIndexConcurrently(name, models.Index(fields=["subject_entity"], name=f"{name}_about"))
            for name in ("attachment", "note", "task")
        ),
    ]
