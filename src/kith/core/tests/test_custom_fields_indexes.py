"""Indexes of custom fields: built when a field is often filtered, used by the filters, dropped afterwards; unique ones hold at once."""

import json
from argparse import Namespace

import pytest
from django.db import ProgrammingError, connection
from django.db.models import Count
from psycopg.errors import InsufficientPrivilege

from kith.core import custom_fields, field_indexes, ordering, uniqueness, writes
from kith.core.access import SYSTEM
from kith.core.entities.field_definition import FieldDefinition
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.field_jobs import index_fields, reindex_field
from kith.core.filters import compile_filter, term
from kith.core.jobs_models import JobRun
from kith.core.tests.test_custom_fields_walk import define

pytestmark = pytest.mark.django_db
#: A condition of each kind that an index has to serve.
ASKED = {
    "text": ("contains:heron", "is:heron", "starts:her"), "longtext": ("contains:heron",), "richtext": ("contains:heron",), "number": ("gt:12", "between:1,2", "is:3"),
    "money": ("ge:99",), "percent": ("lt:7",), "date": ("on:2026-03-04", "before:2026-03-04", "last:30 days"), "moment": ("after:2026-03-01",), "boolean": ("is:true",),
    "choice": ("any:alpha",), "choices": ("has:beta",), "words": ("has:green",), "link": ("any:019a0000-0000-7000-8000-000000000000",), "url": ("contains:heron",),
    "mail": ("is:heron@example.org",), "phone": ("starts:+47",), "country": ("any:NO",),
}  # fmt: skip


def plan(condition):
    companies = registry.get("parties.company")
    rows = companies.rows(SYSTEM).filter(compile_filter(companies, term(condition), SYSTEM)).order_by()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.values_list("pk").explain()


@pytest.mark.parametrize("kind", [str(kind) for kind in FieldDefinition.Kind if kind != "address"])
def test_filters_of_every_kind_use_the_index(kind):
    define(kind, is_indexed=True)
    companies = registry.get("parties.company")
    writes.create_many(SYSTEM, companies, [{"name": f"Company {number}"} for number in range(400)])
    index_fields()
    for asked in ASKED[kind]:
        assert "kithx_" in plan(f"x_{kind}:{asked}"), plan(f"x_{kind}:{asked}")


@pytest.mark.parametrize("kind", ["choice", "number"])
def test_orders_use_the_index_and_sort_nothing(kind):
    field = define(kind, is_indexed=True, **({"options": ["alpha", "beta", "gamma"]} if kind == "choice" else {}))
    companies = registry.get("parties.company")
    values = ("alpha", "beta", "gamma") if kind == "choice" else ("1", "2", "3")
    writes.create_many(SYSTEM, companies, [{"name": f"Company {number}", field.name: values[number % 3]} for number in range(400)], typed=True)  # fmt: skip
    index_fields()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT n_distinct FROM pg_stats WHERE tablename LIKE 'kithx_%'")
        assert cursor.fetchall() == [(3,)]  # the planner knows how many values there are
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    for sort in (field.name, f"-{field.name}"):
        keys = ordering.order(companies, (sort,), SYSTEM)
        plan = ordering.stretches(companies.rows(SYSTEM), companies, keys, SYSTEM)[0].within(None)[:50].explain()
        assert "kithx_" in plan and "Sort" not in plan, plan
    if kind == "choice":
        runs = JobRun.objects.filter(name="core.index_fields").count()
        writes.save(SYSTEM, field, {"options": ["gamma", "alpha", "beta"]})
        assert JobRun.objects.filter(name="core.index_fields").count() == runs + 1
        assert index_fields() == {"built": 1, "dropped": 1}


def test_switching_on_and_off_asks_for_the_job_and_the_index_comes_and_goes():
    field = define("text")
    assert not JobRun.objects.filter(name="core.index_fields").exists()
    writes.save(SYSTEM, field, {"is_indexed": True})
    assert JobRun.objects.filter(name="core.index_fields").count() == 1
    assert field_indexes.states() == {field.pk: "missing"}
    assert index_fields() == {"built": 4, "dropped": 0}  # two indexes, and what the planner is told of both
    assert (index_fields(), field_indexes.states()) == ({"built": 0, "dropped": 0}, {field.pk: "ready"})
    writes.save(SYSTEM, field, {"is_indexed": False})
    assert (index_fields(), field_indexes.there()) == ({"built": 0, "dropped": 4}, {})
    writes.save(SYSTEM, field, {"is_indexed": True})
    index_fields()
    writes.delete(SYSTEM, registry.get("core.fielddefinition"), [field.pk])
    assert (index_fields()["dropped"], JobRun.objects.filter(name="core.index_fields").count()) == (4, 4)


@pytest.mark.parametrize(
    ("kind", "values", "asked"),
    [
        ("number", ("1", "2"), "between:2,3"),
        ("date", ("2026-01-01", "2026-02-01"), "after:2026-01-15"),
        ("text", ("blue heron", "red kite"), "contains:heron"),
    ],
)
def test_the_planner_knows_how_many_a_condition_finds(kind, values, asked):
    """Of an index with a condition it takes nothing over, and guessed five of a thousand."""
    field = define(kind, is_indexed=True)
    companies = registry.get("parties.company")
    writes.create_many(SYSTEM, companies, [{"name": f"Company {number}", field.name: values[number % 2]} for number in range(1000)], typed=kind == "text")  # fmt: skip
    index_fields()
    rows = companies.rows(SYSTEM).filter(compile_filter(companies, term(f"{field.name}:{asked}"), SYSTEM)).order_by()
    (found,) = json.loads(rows.values_list("pk").explain(format="json"))
    assert rows.count() == 500 and 400 <= found["Plan"]["Plan Rows"] <= 600


@pytest.mark.parametrize("kind", ["choice", "money"])
def test_the_planner_knows_how_many_groups_there_are(kind):
    """Also of a field that is not often filtered; it took each record for a group of its own."""
    field = define(kind)
    assert JobRun.objects.filter(name="core.index_fields").count() == 1
    companies = registry.get("parties.company")
    values = [{"amount": "5", "currency": code} for code in ("EUR", "CNY")] if kind == "money" else ["alpha", "beta"]
    writes.create_many(SYSTEM, companies, [{"name": f"Company {number}", field.name: values[number % 2]} for number in range(1000)])  # fmt: skip
    assert (index_fields(), field_indexes.states()) == ({"built": 1, "dropped": 0}, {})
    asked = custom_fields.spec_of(field).currency() if kind == "money" else custom_fields.spec_of(field).expression()
    (found,) = json.loads(companies.rows(SYSTEM).order_by().values(place=asked).annotate(n=Count("pk")).explain(format="json"))  # fmt: skip
    assert found["Plan"]["Plan Rows"] <= 3
    writes.delete(SYSTEM, registry.get("core.fielddefinition"), [field.pk])
    assert (index_fields()["dropped"], field_indexes.there()) == (1, {})


def test_a_role_that_owns_no_tables_is_not_told_of_what_no_index_needs(monkeypatch):
    define("choice")

    def build(_one):
        raise ProgrammingError from InsufficientPrivilege("must be owner of table parties_party")

    monkeypatch.setattr(field_indexes, "build", build)
    assert index_fields()["dropped"] == 0 and field_indexes.is_settled()


def test_a_field_may_be_called_as_what_is_told_to_the_planner():
    field = define("number", is_indexed=True, name="x_spread_1")
    index_fields()
    writes.save(SYSTEM, field, {"is_indexed": False})
    assert (index_fields()["dropped"], field_indexes.there()) == (2, {})


def test_words_of_a_field_are_found_once_it_is_searched():
    field = define("text")
    companies = registry.get("parties.company")
    record = writes.create(SYSTEM, companies, {"name": "A", "x_text": "heron"})
    assert "heron" not in companies.rows(SYSTEM).get().search_text
    writes.save(SYSTEM, field, {"is_searched": True})
    run = JobRun.objects.get(name="core.reindex_field")
    assert run.arguments == {"entity": "parties.company", "name": "x_text"}
    assert reindex_field(**run.arguments) == {"records": 1}
    assert "heron" in companies.rows(SYSTEM).get(pk=record.pk).search_text
    assert companies.rows(SYSTEM).get(pk=record.pk).version == 1  # no change of what it says
    writes.save(SYSTEM, field, {"is_searched": False})
    reindex_field(**run.arguments)
    assert "heron" not in companies.rows(SYSTEM).get(pk=record.pk).search_text


def test_a_unique_index_says_the_same_as_the_lock(monkeypatch):
    define("text", is_unique=True)
    index_fields()
    companies = registry.get("parties.company")
    assert field_indexes.field_of(registry.get("parties.company"), next(iter(field_indexes.there()))) == "x_text"
    writes.create(SYSTEM, companies, {"name": "A", "x_text": "heron"})
    spec = companies.fields["x_text"]
    monkeypatch.setattr(uniqueness, "check", lambda *_given: None)  # as a process that does not know of the mark yet
    with pytest.raises(Refused) as refused:
        writes.create(SYSTEM, companies, {"name": "B", "x_text": "Heron"})
    assert (list(refused.value.errors), spec.unique, companies.rows(SYSTEM).count()) == (["x_text"], True, 1)


def test_the_command_builds_what_the_role_of_kith_may_not(capsys):
    from kith.core.commands import fields

    define("text", is_indexed=True)
    assert fields.run(Namespace(step="index", dry_run=True)) == 0
    assert capsys.readouterr().out.splitlines() == ["parties.company x_text: missing"] * 4
    assert fields.run(Namespace(step="index", dry_run=False)) == 0
    assert capsys.readouterr().out.splitlines()[0] == "Built: 4, dropped: 0."


def test_a_role_that_owns_no_tables_is_told_who_can(monkeypatch):
    define("text", is_indexed=True)

    def build(_one):
        raise ProgrammingError from InsufficientPrivilege("must be owner of table parties_party")

    monkeypatch.setattr(field_indexes, "build", build)
    with pytest.raises(Refused, match="kith fields index"):
        index_fields()
