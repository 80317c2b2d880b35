"""Control totals of each night."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0014_merged")]

    operations = [
        migrations.CreateModel(
            name="ControlTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                ("entity", models.CharField(max_length=60)),
                ("measure", models.CharField(max_length=80)),
                ("dimension", models.CharField(default="", max_length=60)),
                ("value", models.CharField(default="", max_length=80)),
                ("currency", models.CharField(default="", max_length=3)),
                ("total", models.DecimalField(decimal_places=10, max_digits=38)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("found", models.DecimalField(decimal_places=10, max_digits=38, null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("state", models.CharField(default="", max_length=10)),
            ],
            options={
                "ordering": ["-day", "entity", "measure", "value"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "differs")), fields=["day"], name="controltotal_differs")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "entity", "measure", "value", "currency"), name="core_controltotal_line"
                    )
                ],
            },
        ),
    ]
