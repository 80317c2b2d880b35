"""Stages sort by their position; there are few of them."""

from django.db import migrations

SORT = """
SELECT set_config('kith.changeset', 'stages sort by position', true);
UPDATE processes_stage SET sort_key = left(lpad(position::text, 5, '0') || ' ' || name, 500);
SELECT set_config('kith.changeset', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("processes", "0001_stages_and_moves")]

    operations = [migrations.RunSQL(SORT, migrations.RunSQL.noop)]
