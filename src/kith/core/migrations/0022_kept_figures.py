"""Figures of reports and grouped lists that are kept ready (decisions/037)."""

import django.contrib.postgres.fields
from django.db import migrations, models

import kith.core.stored.models


class Migration(migrations.Migration):
    dependencies = [("core", "0021_records_made_anew")]

    operations = [
        migrations.AddField(
            "view",
            "is_kept",
            models.BooleanField(
                default=False,
                db_default=False,
                help_text="Keeps the numbers and sums of this report or grouped list beside the records, so that it is there at once however many these are.",
                verbose_name="kept ready",
            ),
        ),
        migrations.CreateModel(
            "KeptReport",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("entity", models.CharField(max_length=60)),
                ("is_ready", models.BooleanField(default=False)),
                ("built_at", models.DateTimeField(null=True)),
                ("folded", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, choices=[("", "none"), ("many", "too many groups")], default="", max_length=20)),
            ],
        ),
        migrations.CreateModel(
            "KeptLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("report", models.UUIDField()),
                ("keys", models.JSONField()),
                ("figures", django.contrib.postgres.fields.ArrayField(base_field=kith.core.stored.models.Numeric(decimal_places=10, max_digits=38), size=None)),
            ],
            options={"indexes": [models.Index(fields=["report"], name="keptline_report")]},
        ),
    ]  # fmt: skip
