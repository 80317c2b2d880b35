"""Tokens belong to the epoch of their owner: those that exist, to the present one. Jobs know whether who asked had proved who it is."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_ledger_by_kind_of_record"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("apitoken", "epoch", models.PositiveIntegerField(default=1), preserve_default=False),
        migrations.RunSQL(
            "UPDATE core_apitoken t SET epoch = u.auth_epoch FROM access_user u WHERE u.id = t.user_id",
            migrations.RunSQL.noop,
        ),
        migrations.AddField("jobrun", "proved", models.BooleanField(default=True, editable=False)),
    ]
