import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The constraint goes: a note that an undo erased comes back under its id. No row is touched."""

    dependencies = [("activities", "0002_reactions_and_replies")]

    operations = [
        migrations.AlterField(
            model_name="reaction",
            name="note",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="activities.note",
            ),
        ),
    ]
