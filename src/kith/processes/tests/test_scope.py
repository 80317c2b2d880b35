"""Processes for products, categories and departments: the nearest one is where a record begins, another one is refused (B5)."""

import json
from types import SimpleNamespace

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.exchange import importing
from kith.core.exchange.mapping import ColumnMap, Mapping
from kith.core.staged import State, Step
from kith.core.testing import factory
from kith.processes import book, differences, editions, shipped, transferring

STEPS = (Step("new", "Start"), Step("won", "End", State.WON))


@pytest.fixture
def world(people):
    """Machines > Lathes > the lathe L1; a service contract; Ann works in the north."""
    unit = factory.make("people.orgunit", name="North")
    writes.save(SYSTEM, people.ann, {"org_unit": unit.pk})
    machines = factory.make("catalogue.productcategory", name="Machines")
    lathes = factory.make("catalogue.productcategory", name="Lathes", parent=str(machines.pk))
    lathe = factory.make("catalogue.product", name="Lathe L1", category=str(lathes.pk))
    contract = factory.make("catalogue.product", name="Contract", category=None)
    company = factory.make("parties.company", owner=str(people.ann.pk))
    return SimpleNamespace(
        unit=unit.pk, machines=machines.pk, lathes=lathes.pk, lathe=lathe.pk, contract=contract.pk, company=company.pk,
        ann=actor_of(people.ann.pk), tom=people.actors.tom, eva=people.actors.eva, clients=people.clients,
    )  # fmt: skip


def process(name, label="sales.opportunity", **values):
    return shipped.ship(registry.get(label), name, STEPS, is_default=False, **values)


def deal(world, *products, actor=None, **values):
    given = {"name": "Deal", "company": world.company, "interest": [str(key) for key in products], **values}
    return writes.create(actor or world.ann, registry.get("sales.opportunity"), given)


def begun(record):
    return book.book().courses[record.process_id].process.name


def fresh(record):
    return type(record)._base_manager.get(pk=record.pk)


def test_the_nearest_process_is_where_a_record_begins(world):
    """product and department > product > category and department > category > higher category > department > default."""
    general = begun(deal(world))
    process("Department", units=[world.unit])
    assert begun(deal(world, world.lathe)) == "Department"
    process("Machines", categories=[world.machines])
    assert begun(deal(world, world.lathe)) == "Machines"
    process("Lathes", categories=[world.lathes])
    assert begun(deal(world, world.lathe)) == "Lathes"
    process("Our lathes", categories=[world.lathes], units=[world.unit])
    assert begun(deal(world, world.lathe)) == "Our lathes"
    process("L1", products=[world.lathe])
    assert begun(deal(world, world.lathe)) == "L1"
    process("Our L1", products=[world.lathe], units=[world.unit])
    assert begun(deal(world, world.lathe)) == "Our L1"
    # Tom is of no department; a record without a product, or with another one, begins on none of these.
    tom = {"actor": world.eva, "owner": str(world.tom.id)}
    assert begun(deal(world, world.lathe, **tom)) == "L1"
    assert (begun(deal(world)), begun(deal(world, world.contract))) == ("Department", "Department")
    assert (begun(deal(world, **tom)), begun(deal(world, world.contract, **tom))) == (general, general)


def test_of_several_products_the_nearest_counts(world):
    process("Machines", categories=[world.machines])
    process("Contracts", products=[world.contract])
    assert begun(deal(world, world.lathe, world.contract)) == "Contracts"


def test_leads_begin_by_their_product_of_interest_also_those_that_kith_makes(world):
    process("Machine leads", "sales.lead", categories=[world.machines])
    values = {"name": "Lead", "company": world.company, "interest": [str(world.lathe)]}
    made = [writes.create(actor, registry.get("sales.lead"), values) for actor in (world.ann, SYSTEM)]
    assert [begun(one) for one in made] == ["Machine leads", "Machine leads"]
    assert begun(writes.create(SYSTEM, registry.get("sales.lead"), values | {"interest": []})) == "Leads"


def test_many_at_once_begin_each_where_it_belongs(world):
    process("Machines", categories=[world.machines])
    rows = [{"name": str(at), "company": world.company, "interest": keys} for at, keys in enumerate(([world.lathe], [], [world.contract]))]  # fmt: skip
    made = writes.create_many(world.ann, registry.get("sales.opportunity"), rows)
    assert [begun(one) for one in made] == ["Machines", "Opportunities", "Opportunities"]


def test_a_stage_in_words_is_that_of_the_nearest_process(world):
    narrow = process("Machines", categories=[world.machines])
    made = deal(world, world.lathe, stage="new")
    assert made.stage_id == book.book().courses[narrow.pk].stage("new").pk


def test_a_process_for_other_products_is_refused_and_nothing_changes(world):
    narrow = process("Machines", categories=[world.machines])
    record = deal(world, world.contract)
    with pytest.raises(Refused) as refused:
        writes.save(world.ann, record, {"process": narrow.pk})
    assert [str(text) for text in refused.value.errors["process"]] == [
        "“Machines” is only for other products than those of this record; choose another process."
    ]
    assert (fresh(record).process_id, fresh(record).version) == (record.process_id, record.version)
    with pytest.raises(Refused):
        deal(world, world.contract, name="Never", process=str(narrow.pk))
    assert not registry.get("sales.opportunity").rows(SYSTEM).filter(name="Never").exists()
    # One that names no product yet, or a fitting one, may be put there.
    assert writes.save(world.ann, deal(world), {"process": narrow.pk}).process_id == narrow.pk


def test_the_lines_of_an_opportunity_count_when_a_process_is_chosen(world):
    narrow, record = process("Machines", categories=[world.machines]), deal(world)
    lines = registry.get("sales.opportunityline")
    writes.create(world.ann, lines, {"opportunity": record.pk, "product": world.contract})
    assert fresh(record).process_id == record.process_id  # lines move nothing
    with pytest.raises(Refused):
        writes.save(world.ann, fresh(record), {"process": narrow.pk})
    writes.create(world.ann, lines, {"opportunity": record.pk, "product": world.lathe})
    assert begun(fresh(record)) == "Opportunities"
    assert writes.save(world.ann, fresh(record), {"process": narrow.pk}).process_id == narrow.pk


def test_a_record_stays_where_it_began_and_an_undo_gives_it_back(world):
    narrow = process("Machines", categories=[world.machines])
    record = deal(world, world.lathe)
    writes.save(world.ann, record, {"interest": [str(world.contract)]})
    assert fresh(record).process_id == narrow.pk
    general = book.book().default(SYSTEM, "sales.opportunity")
    with change_set(world.ann, entity="sales.opportunity") as changes:
        writes.save(world.ann, fresh(record), {"process": general.process.pk})
    assert fresh(record).process_id == general.process.pk
    undo.undo(world.ann, changes.id)
    assert fresh(record).process_id == narrow.pk


def test_the_wizard_moves_records_whatever_their_products(world):
    general, narrow = book.book().default(SYSTEM, "sales.opportunity"), process("Machines", categories=[world.machines])
    record = deal(world, world.contract)
    target = book.book().courses[narrow.pk].stage("new").pk
    result = transferring.run(world.eva, general.process.pk, narrow.pk, {general.stage("new").pk: target})
    assert (result.done, fresh(record).stage_id) == (1, target)


def test_the_form_offers_what_fits(world):
    narrow = process("Machines", categories=[world.machines])
    for record, offered in ((deal(world, world.contract), False), (deal(world), True)):
        html = world.clients.eva.get(f"/opportunities/{record.pk}/field/process?edit=1").content.decode()
        assert (f'value="{narrow.pk}"' in html) is offered


def test_the_api_and_files_meet_the_same_refusal(world):
    process("Machines", categories=[world.machines])
    body = {"name": "By API", "company": str(world.company), "interest": [str(world.contract)], "process": "Machines"}
    answer = world.clients.eva.post("/api/v1/opportunities", json.dumps(body), content_type="application/json")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["process"])
    entity = registry.get("sales.opportunity")
    assert not entity.rows(SYSTEM).filter(name="By API").exists()
    body |= {"interest": [str(world.lathe)]}
    answer = world.clients.eva.post("/api/v1/opportunities", json.dumps(body), content_type="application/json")
    assert (answer.status_code, begun(entity.rows(SYSTEM).get(name="By API"))) == (201, "Machines")


def test_a_process_says_what_it_is_for_on_every_door(world):
    values = {"name": "Machines", "entity": "sales.opportunity", "products": [str(world.lathe)], "categories": [str(world.machines)]}  # fmt: skip
    answer = world.clients.eva.post("/api/v1/processes", json.dumps(values), content_type="application/json")
    assert answer.status_code == 201 and answer.json()["categories"] == [str(world.machines)]
    key = answer.json()["id"]
    page = world.clients.eva.get(f"/processes/{key}/?tab=design").content.decode()
    assert "Only for products: <b" in page and ">Lathe L1</b>" in page and ">Machines</b>" in page
    form = world.clients.eva.get(f"/processes/{key}/edit").content.decode()
    assert 'data-name="products"' in form and "counts before its category" in form
    draft = book.book().courses[next(key for key in book.book().courses if str(key) == answer.json()["id"])].process
    (found,) = differences.changed(registry.get("processes.process"), draft, type(draft)(name="Machines"), ["products"])
    assert found == ("Only for products", "Lathe L1", "–")


def bring(world, label, table):
    """Import a table whose first line are names of fields."""
    columns = tuple(ColumnMap(to=name, column=name) for name in table.splitlines()[0].split(","))
    return importing.import_file(world.eva, registry.get(label), table.encode(), Mapping(columns=columns), file="a.csv")


def test_files_bring_processes_for_products_and_meet_the_refusal(world):
    bring(world, "processes.process", "name,entity,products\nLathes,sales.opportunity,Lathe L1\n")
    assert registry.get("processes.process").rows(SYSTEM).get(name="Lathes").products == [world.lathe]
    process("Machines", categories=[world.machines])
    rows = [f"{name},{world.company},Machines,{key}" for name, key in (("Good", world.lathe), ("Bad", world.contract))]
    outcome = bring(world, "sales.opportunity", "\n".join(("name,company,process,interest", *rows)))
    assert [row.number for row in outcome.rejected] == [3]
    assert "only for other products" in outcome.rejected[0].errors["process"][0]
    assert [begun(one) for one in registry.get("sales.opportunity").rows(SYSTEM)] == ["Machines"]


def test_a_new_edition_is_for_the_same_products(world):
    narrow = process("Machines", categories=[world.machines], products=[world.contract])
    draft = editions.copy(world.eva, narrow)
    assert (draft.categories, draft.products) == ([world.machines], [world.contract])


def test_the_general_process_is_for_all_products(world):
    entity = registry.get("processes.process")
    values = {"name": "Odd", "entity": "sales.lead", "products": [str(world.lathe)]}
    with pytest.raises(Refused) as refused:
        writes.create(world.eva, entity, {**values, "is_default": True})
    assert "where nothing else is said" in str(refused.value.errors["is_default"][0])
    assert not entity.rows(SYSTEM).filter(name="Odd").exists()
    made = writes.create(world.eva, entity, values)
    with pytest.raises(Refused):
        writes.save(world.eva, made, {"is_default": True})
    assert fresh(made).is_default is False


def test_kinds_without_products_are_told(world, monkeypatch):
    from kith.processes import scope

    monkeypatch.delitem(scope.sources, "sales.lead")
    with pytest.raises(Refused) as refused:
        process("Odd", "sales.lead", categories=[world.machines])
    assert "name no products" in str(refused.value.errors["categories"][0])
    assert not registry.get("processes.process").rows(SYSTEM).filter(name="Odd").exists()
