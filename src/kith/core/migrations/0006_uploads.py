"""Uploads that wait for a record to take them."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0005_custom_fields_and_imports")]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"indexes": [models.Index(fields=["at"], name="upload_age")]},
        ),
    ]
