"""Rights ask for shares by the kind of record they open."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("access", "0004_one_time_password")]
    operations = [AddIndexConcurrently("share", models.Index(fields=["subject_entity"], name="share_about"))]
