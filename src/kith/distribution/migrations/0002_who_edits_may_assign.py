"""Whoever could edit a record could give it away: existing roles keep that, by the right that is now asked for."""

from typing import Any

from django.db import migrations

from kith.core.ids import uuid7


def give(apps: Any, schema_editor: Any) -> None:
    """A twin of every item about editing."""
    rule = apps.get_model("access", "PolicyRule")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kith.changeset', 'migration', true)")
    twins = list(rule.objects.filter(operation="edit", deleted_at=None))
    for twin in twins:
        twin.pk, twin.operation, twin.external_ids = uuid7(), "assign", []
        twin._state.adding = True
    rule.objects.bulk_create(twins)


def take(apps: Any, schema_editor: Any) -> None:
    """The right is not known before this migration."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kith.changeset', 'migration', true)")
    apps.get_model("access", "PolicyRule").objects.filter(operation="assign").delete()


class Migration(migrations.Migration):
    dependencies = [("distribution", "0001_assignment_rules_and_pools"), ("access", "0005_shares_by_kind_of_record")]
    operations = [migrations.RunPython(give, take)]
