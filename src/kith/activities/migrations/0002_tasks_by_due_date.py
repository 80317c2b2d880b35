"""Lists of tasks are sorted by due date: without an index each page sorted all tasks."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("activities", "0001_first")]
    operations = [
        AddIndexConcurrently(
            "task", models.Index(fields=["due_at", "id"], name="task_due", condition=models.Q(deleted_at=None))
        ),
    ]
