"""Kept roll-ups: the same values as worked out ones after every door, orders and conditions along an index, no change of the record."""

from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.utils import timezone

from kith.core import changes, custom_fields, listing, undo, worked_out, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.exchange.tests.import_help import columns, imported
from kith.core.field_jobs import check_rollups, index_fields
from kith.core.filters import compile_filter, from_json, term
from kith.core.jobs_models import JobRun
from kith.core.ledger import Change, ChangeSet
from kith.core.merging.merge import merge
from kith.core.money import Money
from kith.core.stored import building, checking
from kith.core.stored.models import RollupStore, RollupValue
from kith.core.testing.people import make_people
from kith.core.tests.test_rollups import company, deal, fresh, rollup, worth  # noqa: F401 - a fixture
from kith.core.views import Look
from kith.privacy import erasing
from kith.sales.jobs import convert_some

pytestmark = pytest.mark.django_db
BIG = {"field": "budget", "op": "gt", "value": "12"}


def kept(how="count", value="", **values):
    """A kept roll-up, built."""
    made = rollup(how, value, is_indexed=True, **values)
    index_fields()
    return made


def stored(made):
    """Its values as they stand in the table: by record, number, day or moment."""
    return {row.record_id: next((value for value in (row.number, row.day, row.moment) if value is not None), None) for row in RollupValue._base_manager.filter(field_id=made.pk)}  # fmt: skip


def same(made):
    """Whether all kept values are those that are worked out, with one for each record there is."""
    entity = registry.get(made.entity)
    keys = [key for trashed in (False, True) for key in entity.rows(SYSTEM, trashed=trashed).values_list("pk", flat=True)]  # fmt: skip
    assert made.pk in building.ready(worked_out.book())
    assert set(stored(made)) == set(keys)
    return not checking.differ(worked_out.book(), (made.entity, made.name), made.pk, keys)


def test_every_door_keeps_them():
    north, south, deals = company(), company("Sud SA"), registry.get("sales.opportunity")
    made = kept(decimals=0, condition=BIG)
    assert stored(made) == {north.pk: 0, south.pk: 0}

    def now():
        found = stored(made)
        assert same(made)
        return found[north.pk], found[south.pk]

    one, two = deal(north, 20), deal(north, 30)
    assert now() == (2, 0)
    writes.save(SYSTEM, one, {"budget": {"amount": "5", "currency": "EUR"}})
    assert now() == (1, 0)
    writes.save(SYSTEM, two, {"company": south.pk})
    assert now() == (0, 1)
    writes.delete(SYSTEM, deals, [two.pk])
    assert now() == (0, 0)
    writes.restore(SYSTEM, deals, [two.pk])
    assert now() == (0, 1)
    writes.update_many(SYSTEM, deals, [one.pk, two.pk], {"budget": {"amount": "50", "currency": "EUR"}, "company": north.pk})  # fmt: skip
    assert now() == (2, 0)
    undo.undo(SYSTEM, ChangeSet.objects.latest("at").pk)
    assert now() == (0, 1)
    writes.create_many(SYSTEM, deals, [{"name": f"Deal {n}", "company": south.pk, "budget": {"amount": str(n), "currency": "EUR"}} for n in range(40)])  # fmt: skip
    assert now() == (0, 1 + 27)
    merge(SYSTEM, registry.get("parties.company"), [north.pk, south.pk], survivor=north.pk)
    assert now() == (28, 0)
    undo.undo(SYSTEM, ChangeSet.objects.filter(kind="merge").latest("at").pk)
    assert now() == (0, 28)
    writes.delete(SYSTEM, deals, [two.pk])
    writes.purge(SYSTEM, deals, [two])
    assert now() == (0, 27)
    writes.delete(SYSTEM, registry.get("parties.company"), [company("West").pk])
    assert same(made)
    gone = company("Ost AG")
    assert gone.pk in stored(made)
    writes.delete(SYSTEM, registry.get("parties.company"), [gone.pk])
    writes.purge(SYSTEM, registry.get("parties.company"), [gone])
    assert same(made)
    assert gone.pk not in stored(made)


def test_imports_and_their_undo_keep_them():
    north = company()
    made = kept(decimals=0)
    file = "Name,Company\n" + "".join(f"Deal {at},{north.pk}\n" for at in range(40))
    outcome = imported("sales.opportunity", file, columns(Name="name", Company="company"))
    assert (stored(made), same(made)) == ({north.pk: 40}, True)
    undo.undo(SYSTEM, outcome.changeset)
    assert (stored(made), same(made)) == ({north.pk: 0}, True)


def test_erasing_keeps_them_and_a_face_has_values_of_its_own_only():
    eva, people = make_people().actors.eva, registry.get("parties.person")
    person = writes.create(SYSTEM, people, {"family_name": "Lind", "phone": "+4769184077", "email": "lind@example.org"})
    company(phone="+4769184078")
    made = kept(entity="parties.person", source="parties.contactpoint", link="party", decimals=0)
    assert stored(made) == {person.pk: 2}
    company("Sud SA", phone="+4769184079")
    erasing.erase(eva, people, writes.save(SYSTEM, person, {"status": "deceased"}).pk, reason="asked for")
    assert same(made)
    assert sum(stored(made).values()) == 0


def test_amounts_in_the_currency_of_the_company_follow_the_rates():
    rates, record = registry.get("core.exchangerate"), company()
    made = kept("sum", "amount_base", decimals=0)
    writes.create(SYSTEM, rates, {"currency": "USD", "valid_on": "2020-01-01", "rate": "0.5"})
    key = deal(record, amount={"amount": "10", "currency": "USD"}).pk
    assert stored(made) == {record.pk: 5}
    writes.create(SYSTEM, rates, {"currency": "USD", "valid_on": "2020-01-02", "rate": "0.7"})
    assert convert_some([key]) == 1
    assert (stored(made), same(made)) == ({record.pk: 7}, True)


def test_a_kept_value_is_no_change_of_the_record():
    record = company()
    made = kept(decimals=0)
    before = registry.get("parties.company").rows(SYSTEM).values("version", "updated_at", "custom").get()
    lines = Change.objects.filter(record_id=record.pk).count()
    deal(record)
    assert stored(made) == {record.pk: 1}
    assert registry.get("parties.company").rows(SYSTEM).values("version", "updated_at", "custom").get() == before
    assert Change.objects.filter(record_id=record.pk).count() == lines


def test_what_is_taken_back_takes_the_value_back():
    record = company()
    made = kept(decimals=0)
    with pytest.raises(Refused), changes.change_set(SYSTEM):
        deal(record)
        raise Refused("no")
    assert (stored(made), same(made)) == ({record.pk: 0}, True)


def test_inside_a_change_set_readers_see_what_it_has_written():
    record = company()
    kept(decimals=0)
    with changes.change_set(SYSTEM):
        deal(record)
        assert worth(record) == 1
        entity = registry.get("parties.company")
        assert entity.rows(SYSTEM).filter(compile_filter(entity, term("x_rolled:gt:0"), SYSTEM)).count() == 1


def test_all_kinds_of_values_after_random_writes():
    dice, deals = Random(32), registry.get("sales.opportunity")
    companies = [company(f"Company {at}").pk for at in range(4)]
    ways = (("count", ""), ("sum", "budget"), ("avg", "budget"), ("min", "closes_on"), ("max", "created_at"), ("sum", "number(budget) / 3 + length(name)"), ("avg", "percent(number(budget) / 7)"))  # fmt: skip
    made = [rollup(how, value, name=f"x_kept_{at}", label=f"Kept {at}", is_indexed=True, decimals=at % 3, condition=BIG if at % 2 else {}) for at, (how, value) in enumerate(ways)]  # fmt: skip
    assert index_fields() == {"built": 7, "dropped": 0}
    there = []
    for _turn in range(24):
        money = {"amount": str(dice.randint(1, 99)), "currency": dice.choice(("EUR", "EUR", "EUR", "USD"))}
        values = {"company": dice.choice(companies), "budget": dice.choice((money, None)), "closes_on": f"2026-12-{dice.randint(10, 30)}"}  # fmt: skip
        what = dice.choice(("create", "create", "edit", "trash", "restore", "undo"))
        if what == "create" or not there:
            there.append(writes.create(SYSTEM, deals, {"name": "D" * dice.randint(1, 9), **values}).pk)
        elif what == "edit":
            writes.update_many(SYSTEM, deals, dice.sample(there, min(3, len(there))), values)
        elif what == "undo":
            undo.undo(SYSTEM, ChangeSet.objects.filter(undone_by=None, kind__in=("bulk", "delete")).order_by("-at").values_list("pk", flat=True).first() or ChangeSet.objects.latest("at").pk)  # fmt: skip
        else:
            (writes.delete if what == "trash" else writes.restore)(SYSTEM, deals, [dice.choice(there)])
    assert all(same(one) for one in made)
    assert any(value for one in made for value in stored(one).values())


def test_formulas_count_with_all_digits():
    record = company()
    made = kept("avg", "number(budget)", decimals=1)
    writes.create(SYSTEM, registry.get("core.formulafield"), {"entity": "parties.company", "label": "F", "name": "x_times", "formula": "number(x_rolled) * 3", "decimals": 6})  # fmt: skip
    for amount in (1, 1, 2):
        deal(record, amount)
    assert stored(made) == {record.pk: Decimal("1.3")}
    assert (str(worth(record)), str(worth(record, "x_times"))) == ("1.3", "4.000000")


def test_amounts_keep_their_currency_and_mixed_ones_give_nothing():
    record = company()
    kept("sum", "budget")
    deal(record, 10, "USD")
    assert worth(record) == Money(Decimal(10), "USD")
    deal(record, 1, "EUR")
    assert worth(record) is None


# --- lists --------------------------------------------------------------------------------------------------------------


def asked(condition):
    entity = registry.get("parties.company")
    rows = entity.rows(SYSTEM).filter(compile_filter(entity, term(condition), SYSTEM))
    return sorted(rows.values_list("name", flat=True))


def test_conditions_are_those_of_worked_out_values():
    made, records = kept("min", "closes_on", name="x_first", label="First"), [company(f"C{at}") for at in range(4)]
    other = kept("sum", "budget", name="x_sum", label="Sum")
    for at, record in enumerate(records[1:]):
        deal(record, at * 10, closes_on=f"2026-11-0{at + 1}")
    questions = ("x_first:empty", "x_first:filled", "x_first:on:2026-11-02", "x_first:before:2026-11-02", "x_first:after:2026-11-01", "x_sum:gt:5", "x_sum:le:10", "x_sum:is:10", "x_sum:is:0", "x_sum:between:1,20", "x_sum:empty", "x_sum.currency:any:EUR")  # fmt: skip
    found = [asked(one) for one in questions]
    RollupStore._base_manager.filter(pk__in=[made.pk, other.pk]).update(is_ready=False)
    custom_fields.forget()
    assert found == [asked(one) for one in questions]
    assert found[:2] == [["C0"], ["C1", "C2", "C3"]]
    entity = registry.get("sales.opportunity")
    for is_ready in (False, True):
        RollupStore._base_manager.update(is_ready=is_ready)
        custom_fields.forget()
        rows = entity.rows(SYSTEM).filter(compile_filter(entity, from_json({"field": "company.x_sum", "op": "ge", "value": "10"}), SYSTEM))  # fmt: skip
        assert rows.count() == 2


@pytest.mark.parametrize("sort", ["x_first", "-x_first", "x_count", "-x_count"])
def test_pages_in_order_are_those_of_worked_out_values(sort):
    kept("min", "closes_on", name="x_first", label="First")
    kept(name="x_count", label="Count", decimals=0)
    for at in range(7):
        record = company(f"C{at}")
        for day in range(at % 4):
            deal(record, closes_on=f"2026-11-{10 + at % 3 + day}")
    entity = registry.get("parties.company")

    def walked():
        look, names = Look(entity, columns=("name", "x_first", "x_count"), sort=(sort,)), []
        page = listing.page(look, SYSTEM, size=2)
        while True:
            names += [record.name for record in page.records]
            if not page.after:
                return names
            page = listing.page(look, SYSTEM, after=page.after, size=2)

    found = walked()
    RollupStore._base_manager.update(is_ready=False)
    custom_fields.forget()
    assert found == walked()
    assert sorted(found) == [f"C{at}" for at in range(7)]


def test_orders_and_conditions_use_the_index():
    companies, deals = registry.get("parties.company"), registry.get("sales.opportunity")
    kept(name="x_count", label="Count", decimals=0)
    made = writes.create_many(SYSTEM, companies, [{"name": f"Company {number}"} for number in range(400)])
    writes.create_many(SYSTEM, deals, [{"name": "D", "company": record.pk} for record in made[:200] for _one in range(2)])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE parties_party; ANALYZE core_rollupvalue; SET LOCAL enable_seqscan = off")
    look = Look(companies, columns=("name", "x_count"), sort=("-x_count",))
    keys = listing.ordering.order(companies, look.sort, SYSTEM)
    filled = listing.ordering.stretches(listing.rows(look, SYSTEM), companies, keys, SYSTEM)[0]
    plan = filled.within(None)[:50].explain()
    assert "rollupvalue_number" in plan, plan
    assert "Sort" not in plan, plan
    rows = companies.rows(SYSTEM).filter(compile_filter(companies, term("x_count:gt:1"), SYSTEM)).order_by()
    assert "rollupvalue_" in rows.explain()
    assert rows.count() == 200


# --- definitions --------------------------------------------------------------------------------------------------------


def test_switching_on_and_off_and_changes_of_the_definition():
    record = company()
    made = rollup(decimals=0)
    assert not JobRun.objects.filter(name="core.index_fields").exists()
    deal(record, 10)
    deal(record, 20)
    writes.save(SYSTEM, made, {"is_indexed": True})
    assert JobRun.objects.filter(name="core.index_fields").count() == 1
    assert (building.states(), worth(record)) == ({made.pk: "missing"}, 2)
    assert index_fields() == {"built": 1, "dropped": 0}
    assert (building.states(), stored(made)) == ({made.pk: "ready"}, {record.pk: 2})
    writes.save(SYSTEM, made, {"condition": BIG})
    assert (building.states(), worth(record), stored(made)) == ({made.pk: "missing"}, 1, {record.pk: 2})
    assert (index_fields(), stored(made)) == ({"built": 1, "dropped": 0}, {record.pk: 1})
    writes.save(SYSTEM, made, {"label": "Renamed"})
    assert index_fields() == {"built": 0, "dropped": 0}
    writes.save(SYSTEM, made, {"is_indexed": False})
    assert worth(record) == 1
    assert (index_fields(), stored(made), building.there()) == ({"built": 0, "dropped": 1}, {}, set())
    writes.save(SYSTEM, made, {"is_indexed": True})
    index_fields()
    writes.delete(SYSTEM, registry.get("core.rollupfield"), [made.pk])
    assert (index_fields(), stored(made), building.there()) == ({"built": 0, "dropped": 1}, {}, set())


def test_a_formula_that_it_counts_with_changes_it():
    record = company()
    formula = writes.create(SYSTEM, registry.get("core.formulafield"), {"entity": "sales.opportunity", "label": "F", "name": "x_f", "formula": "number(budget)", "decimals": 0})  # fmt: skip
    made = kept("sum", "x_f", decimals=0)
    deal(record, 10)
    assert stored(made) == {record.pk: 10}
    writes.save(SYSTEM, formula, {"formula": "number(budget) * 2"})
    assert (building.states()[made.pk], worth(record)) == ("missing", 20)
    index_fields()
    assert (building.states()[made.pk], stored(made)) == ("ready", {record.pk: 20})
    writes.save(SYSTEM, formula, {"formula": "days_between(closes_on, today())"})
    index_fields()
    assert (building.states()[made.pk], stored(made)) == ("missing", {})


REFUSED = [
    ({"condition": {"field": "closes_on", "op": "next", "value": "30 days"}}, "as days pass"), ({"condition": {"field": "closes_on", "op": "before", "value": "today"}}, "as days pass"),
    ({"condition": {"field": "created_at", "op": "after", "value": "2026-01-01"}}, "time zone"), ({"condition": {"field": "company.employees_count", "op": "ge", "value": "5"}}, "no stored field"),
    ({"how": "sum", "value": "budget", "in_base": True}, "rates"), ({"how": "max", "value": "date(created_at)"}, "time zone"), ({"how": "sum", "value": "days_between(closes_on, today())"}, "today()"),
    ({"how": "sum", "value": "company.employees_count"}, "no stored field"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "words"), REFUSED)
def test_what_changes_by_itself_is_refused_with_the_reason(values, words):
    with pytest.raises(Refused) as refused:
        rollup(is_indexed=True, **values)
    assert words in str(refused.value.errors["is_indexed"][0])
    assert not registry.get("core.rollupfield").rows(SYSTEM).exists()
    assert rollup(**values)


def test_the_nightly_comparison_finds_a_wrong_value_and_it_is_read_no_more():
    record = company()
    made = kept(decimals=0)
    deal(record)
    assert (check_rollups(), checking.problem()) == ({"differ": {}}, "")
    with changes.maintenance("maintenance"):
        RollupValue._base_manager.update(number=9)
    assert "parties.company x_rolled (1)" in checking.problem()
    assert check_rollups() == {"differ": {"parties.company x_rolled": 1}}
    assert (worth(record), building.states()[made.pk]) == (1, "missing")
    index_fields()
    assert (stored(made), check_rollups()) == ({record.pk: 1}, {"differ": {}})


def test_after_migrations_sql_that_is_no_more_that_of_the_definition_is_not_run():
    record = company()
    made = kept(decimals=0)
    building.rest()
    assert building.states() == {made.pk: "ready"}
    with changes.maintenance("maintenance"):
        RollupStore._base_manager.update(print="of an older Kith", touched_insert="SELECT fresh.gone_column FROM fresh")
    building.rest()
    custom_fields.forget()
    deal(record)
    assert (worth(record), building.states()) == (1, {made.pk: "missing"})
    assert check_rollups() == {"differ": {}}
    assert JobRun.objects.filter(name="core.index_fields").exists()
    index_fields()
    assert (stored(made), building.states()) == ({record.pk: 1}, {made.pk: "ready"})


def test_the_past_is_worked_out():
    record = company()
    kept(decimals=0)
    deal(record)
    entity = registry.get("parties.company")
    assert entity.fields["x_rolled"].kept is not None
    with listing.past.at(listing.past.of(timezone.localdate().isoformat())):
        assert "core_rollupvalue" not in str(entity.rows(SYSTEM).annotate(v=entity.fields["x_rolled"].expression()).query)  # fmt: skip


def test_who_may_not_read_the_parts_does_not_read_the_kept_value():
    spec = worked_out.book().plain("parties.company")
    assert "x_rolled" not in spec
    kept("sum", "budget")
    found = registry.get("parties.company").fields["x_rolled"]
    assert ("sales.opportunity", "budget") in found.needs
    assert "sales.opportunity" in found.gathers
