"""Names of links and objects that mean something to Python, SQL, Django or Kith: refused where they would break, else taken."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.objects import nouns
from kith.objects.plans import LinkPlan, Plan, words

from .making import KINDS, kind_of, make_object

pytestmark = pytest.mark.django_db
TARGET = {"target": "parties.company"}


@pytest.mark.parametrize("name", ["a__b", "firm_id", "x_firm", "in_view", "pk", "custom", "objects", "day", "subject"])
def test_names_of_links_that_mean_something_else_are_refused(name):
    with pytest.raises(Refused) as refused:
        make_object(links=[TARGET | {"name": name}])
    assert f"“{name}” cannot be the name of a link" in str(refused.value.errors["links"][0])
    assert registry.get(KINDS).rows(SYSTEM).count() == 0


def test_an_object_that_is_there_gets_no_such_link_either():
    machine = make_object(links=[TARGET])
    before = kind_of(machine).links
    for name in ("company_id", "x_firm"):
        with pytest.raises(Refused):
            writes.save(SYSTEM, kind_of(machine), {"links": [*before, TARGET | {"name": name}]})
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, kind_of(machine), {"links": [*before, TARGET | {"translations": {"ru": "я" * 81}}]})
    assert "at most 80 characters" in str(refused.value.errors["links"][0])
    assert kind_of(machine).links == before


def test_words_of_python_and_sql_are_names_like_any_other(people):
    links = [TARGET | {"name": name} for name in ("class", "select", "in", "isnull")]
    machine = make_object(key="import", slug="imports-of-ours", links=links)
    company = writes.create(SYSTEM, registry.get("parties.company"), {"name": "Lind"})
    made = writes.create(SYSTEM, machine, {"name": "one", **{link["name"]: str(company.pk) for link in links}})
    eva = people.clients.eva
    assert eva.get(f"/imports-of-ours/{made.pk}/").status_code == 200
    for name in ("class", "select", "in", "isnull"):
        found = eva.get(f"/api/v1/imports-of-ours?f={name}:any:{company.pk}&sort={name}")
        assert (found.status_code, len(found.json()["results"])) == (200, 1), name


def test_links_to_objects_of_odd_names_get_a_name_that_can_be():
    odd = make_object(key="x__id", slug="odd-ones", links=[])
    machine = make_object(key="machine", links=[{"target": odd.label}])
    assert [link["name"] for link in kind_of(machine).links] == ["link"]


def test_two_hundred_objects_are_built_at_once():
    plans = tuple(
        Plan(
            key=f"kind_{n}", version=1, slug=f"kinds-{n}", name=words(f"kind {n}", {}), plural=words(f"kinds {n}", {}), icon="package", hue="teal", menu="", menu_order=1,
            has_owner=True, has_timeline=True, has_process=False, in_search=True, has_subject=True, day=None, links=(LinkPlan("before", 1, f"objects.kind_{max(0, n - 1)}"),),
        )
        for n in range(200)
    )  # fmt: skip
    found = nouns.made(plans)
    assert len(found.by_label) == 200
    assert found.by_label["objects.kind_199"].field("before").target == "objects.kind_198"
