"""How far the log of the server was when each user had last written: what a replica must have replayed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0006_sealing_order")]

    operations = [
        migrations.CreateModel(
            name="LastWrite",
            fields=[
                ("user_id", models.UUIDField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
            ],
        ),
    ]
