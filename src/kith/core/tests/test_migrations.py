"""Models and migrations agree; a database with half of what was replaced is refused; tables that are made at once."""

import pytest
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.state import ModelState, ProjectState

from kith import env
from kith.core import health
from kith.core.migrating import AtOnce, migrate


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_a_database_that_has_had_some_of_the_replaced_migrations_is_refused(monkeypatch):
    monkeypatch.setattr(health, "_passed", set())
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE name IN ('0006_confirmed_requests', '0001_leads_and_deals')"
        )
    with pytest.raises(env.BadSetting, match=r"sales\.0001_leads_and_deals"):
        migrate(verbosity=0)
    assert "sales.0001_leads_and_deals" in health.problems()["migrations"]


def hen_and_egg() -> migrations.Migration:
    def link(to: str) -> models.ForeignKey:
        return models.ForeignKey(to, models.CASCADE, null=True, related_name="+")

    migration = migrations.Migration("0001_hen_and_egg", "yard")
    migration.operations = [
        migrations.CreateModel("Yard", [("id", models.BigAutoField(primary_key=True))]),
        AtOnce(
            [
                migrations.CreateModel("Hen", [("id", models.BigAutoField(primary_key=True)), ("egg", link("Egg"))]),
                migrations.CreateModel("Egg", [("id", models.BigAutoField(primary_key=True)), ("hen", link("Hen"))]),
                migrations.AddField("Yard", "hen", link("Hen")),
            ]
        ),
    ]
    return migration


def tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if name.startswith("yard_")}


@pytest.mark.django_db
def test_tables_made_at_once_point_at_each_other_and_are_taken_back():
    with connection.schema_editor() as editor:
        state = hen_and_egg().apply(ProjectState(), editor)
    hen, egg, yard = (state.apps.get_model("yard", name) for name in ("Hen", "Egg", "Yard"))
    first = egg.objects.create()
    first.hen = yard.objects.create(hen=hen.objects.create(egg=first)).hen
    first.save()
    assert tables() == {"yard_hen", "yard_egg", "yard_yard"}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the tables have checks to come and cannot be dropped
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conname LIKE 'yard%'")
        assert cursor.fetchone() == (3,)
    with connection.schema_editor() as editor:
        hen_and_egg().unapply(ProjectState(), editor)
    assert tables() == set()


def test_models_are_rendered_once_for_all_that_is_made_at_once(monkeypatch):
    render, rendered = ModelState.render, []
    monkeypatch.setattr(ModelState, "render", lambda self, apps: rendered.append(self.name) or render(self, apps))
    state = ProjectState()
    for operation in hen_and_egg().operations:
        operation.state_forwards("yard", state)
        assert set(state.apps.all_models["yard"])
    assert sorted(rendered) == ["Egg", "Hen", "Yard", "Yard"]


def test_what_is_made_at_once_can_be_taken_back_when_all_of_it_can():
    one_way, both_ways = migrations.RunSQL("SELECT 1"), migrations.RunSQL("SELECT 1", "SELECT 1")
    assert AtOnce([both_ways]).reversible and not AtOnce([both_ways, one_way]).reversible
