"""A board shows the first companies of each status and counts them: without an index each column read all parties."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("parties", "0003_links_of_parties_indexed_once")]
    operations = [
        AddIndexConcurrently(
            "party",
            models.Index(
                fields=["kind", "status", "sort_key", "id"], name="party_board", condition=models.Q(deleted_at=None)
            ),
        ),
    ]
