"""Own fields of custom objects and of every kind of record are found by words: by weight, after writes of many, in a job when switched."""

import pytest

from kith.core import access, search, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange.tests.import_help import columns, imported
from kith.core.field_jobs import reindex_field
from kith.core.jobs_models import JobRun
from kith.core.testing.people import fresh

from .making import make_object

pytestmark = pytest.mark.django_db
LABEL, FIELDS = "objects.machine", "core.fielddefinition"


@pytest.fixture
def machine(people):
    make_object()
    return registry.get(LABEL)


def define(label, entity=LABEL, **more):
    values = {"entity": entity, "label": label, "kind": "text", "is_searched": True, **more}
    return writes.create(SYSTEM, registry.get(FIELDS), values)


def make(name, **values):
    return writes.create(SYSTEM, registry.get(LABEL), {"name": name, **values})


def names(actor, text):
    return [str(record) for record in search.best(registry.get(LABEL), actor, text)]


def test_a_custom_object_is_found_by_its_own_fields_in_list_and_everywhere(people, machine):
    define("Maker")
    define("Note", kind="longtext")
    make("Press 1", x_maker="Gräfenhainichen Werke", x_note="Stands behind the northern gate")
    make("Press 2")
    assert names(fresh(people.eva), "grafenh") == ["Press 1"]
    assert names(fresh(people.eva), "gates") == ["Press 1"]
    assert [str(hit.record) for hit in search.everywhere(fresh(people.eva), "grafenhainichen")] == ["Press 1"]
    html = people.clients.eva.get(f"/{machine.slug}/?q=grafenh").text
    assert ">Press 1<" in html
    assert ">Press 2<" not in html


def test_words_of_a_low_weight_come_after_the_others_and_only_as_words(people, machine):
    define("Maker")
    define("Neighbour", search_weight="low")
    strong = make("Press 1", x_maker="Halden")
    make("Press 2", x_neighbour="Halden")  # the later one
    assert names(fresh(people.eva), "halden") == ["Press 1", "Press 2"]
    writes.save(SYSTEM, strong, {"x_maker": None, "x_neighbour": "Halden"})
    assert names(fresh(people.eva), "halden") == ["Press 1", "Press 2"]
    make("Press 3", x_maker="Haldenstein")
    make("Press 4", x_neighbour="Haldenstein")
    assert names(fresh(people.eva), "haldenstein") == ["Press 3", "Press 4"]
    assert names(fresh(people.eva), "haldensten") == ["Press 3"]
    assert names(fresh(people.eva), "100%_\\") == []


def test_switching_and_weighing_renew_stored_words_in_a_job(people, machine):
    field = define("Maker", is_searched=False)
    make("Press 1", x_maker="Halden")
    make("Press 2")
    assert names(fresh(people.eva), "halden") == []
    for values, stored in (
        ({"is_searched": True}, True),
        ({"search_weight": "low"}, False),
        ({"search_weight": "usual"}, True),
        ({"is_searched": False}, None),
    ):
        JobRun.objects.all().delete()
        field = writes.save(SYSTEM, registry.get(FIELDS).rows(SYSTEM).get(pk=field.pk), values)
        run = JobRun.objects.get(name="core.reindex_field")
        assert reindex_field(**run.arguments) == {"records": 1}
        assert names(fresh(people.eva), "halden") == ([] if stored is None else ["Press 1"])
        row = registry.get(LABEL).rows(SYSTEM).get(name="Press 1")
        assert ("halden" in row.search_text.split(), "halden" in row.search_body) == (stored is True, stored is False)


def test_words_are_exact_after_writes_of_many(people, machine):
    define("Maker")
    records = [make(f"Press {number}", x_maker="Halden") for number in range(5)]
    writes.update_many(SYSTEM, machine, [record.pk for record in records[:3]], {"x_maker": "Sarpsborg"})
    assert sorted(names(fresh(people.eva), "halden")) == ["Press 3", "Press 4"]
    assert sorted(names(fresh(people.eva), "sarpsborg")) == ["Press 0", "Press 1", "Press 2"]
    done = imported(LABEL, f"id,Maker\n{records[0].pk},Moss\n{records[4].pk},Moss\n", columns(id="id", Maker="x_maker"))
    assert done.summary.updated == 2
    assert sorted(names(fresh(people.eva), "moss")) == ["Press 0", "Press 4"]
    assert names(fresh(people.eva), "halden") == ["Press 3"]


def test_whoever_may_not_read_the_field_does_not_find_by_it(people, machine):
    define("Maker")
    make("Press 1", x_maker="Halden")
    policy = {"role": people.roles.all.pk, "entity": LABEL, "field": "x_maker", "level": "none", "deny": True}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    assert names(fresh(people.eva), "halden") == []
    assert names(fresh(people.eva), "press") == ["Press 1"]


def test_words_of_a_field_that_may_not_be_read_find_nothing(people, machine):
    """Neither in the list, nor in the palette, nor by likeness."""
    field = define("Maker")
    define("Note", kind="longtext")
    make("Press 1", x_maker="Grafenhainichen Werke", x_note="Stands behind the northern gate")
    role = people.roles.all
    for name in ("x_maker", "x_note"):
        writes.create(SYSTEM, registry.get("access.fieldpolicy"), {"role": role.pk, "entity": LABEL, "field": name, "level": "none"})  # fmt: skip
    eva = fresh(people.eva)
    assert field.name not in access.readable(eva, registry.get(LABEL))
    for text in ("grafenh", "grafenhainichem", "gate"):
        assert (names(eva, text), search.everywhere(eva, text)) == ([], [])
        assert ">Press 1<" not in people.clients.eva.get(f"/{machine.slug}/?q={text}").text
    assert names(eva, "press") == ["Press 1"]
