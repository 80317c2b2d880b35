"""A board shows the first tasks of each status and counts them: without an index each column read all tasks."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("activities", "0003_latest_notes_and_kinds_of_subjects")]
    operations = [
        AddIndexConcurrently(
            "task",
            models.Index(fields=["status", "due_at", "id"], name="task_board", condition=models.Q(deleted_at=None)),
        ),
    ]
