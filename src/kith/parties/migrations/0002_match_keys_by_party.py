"""Match keys are found by party and by key: two indexes instead of four, no constraint to check for each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_first")]
    operations = [
        migrations.DeleteModel("MatchKey"),
        migrations.CreateModel(
            name="MatchKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "party", "kind", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=300)),
                (
                    "party",
                    models.ForeignKey(
                        db_index=False,
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="match_keys",
                        to="parties.party",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["key", "kind"], name="matchkey_key")]},
        ),
        migrations.AlterField(
            "contactpoint",
            "normalized",
            models.CharField(
                blank=True, db_index=True, default="", editable=False, max_length=500, verbose_name="normal form"
            ),
        ),
    ]
