"""The moment below which no process lets the clock go."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0007_last_writes")]

    operations = [
        migrations.CreateModel(
            name="ClockFloor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("moment", models.FloatField()),
            ],
        ),
    ]
