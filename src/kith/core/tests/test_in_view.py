"""A saved view as a live segment: in conditions of the same kind of record, on every door, never around rights or in a circle."""

import re

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.filters import BadFilter, compile_filter, from_json, term
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def companies(people):
    rows = [("A", "active", "A"), ("B", "active", "B"), ("C", "lost", "A"), ("D", "lost", "")]
    values = [{"name": name, "status": status, "tier": tier, "owner": people.ann.pk} for name, status, tier in rows]
    return writes.create_many(SYSTEM, registry.get("parties.company"), values)


def view(owner, name, *terms, **more):
    conditions = [{"field": f, "op": op, "value": value} for f, op, value in terms]
    values = {"entity": "parties.company", "name": name, "filter": {"all": conditions}, **more}
    return writes.create(owner, registry.get("core.view"), values)


def names(actor, text):
    entity = registry.get("parties.company")
    found = entity.rows(actor).filter(
        compile_filter(entity, term(text) if isinstance(text, str) else from_json(text), actor)
    )
    return "".join(sorted(found.values_list("name", flat=True)))


def test_rows_of_a_view_of_several_and_of_none(people, companies):
    active = view(people.actors.ann, "Active", ("status", "any", ["active"]))
    large = view(people.actors.ann, "Large", ("tier", "any", ["A"]))
    every = view(people.actors.ann, "Every")
    ann = people.actors.ann
    assert names(ann, f"in_view:any:{active.pk}") == "AB"
    assert names(ann, f"in_view:any:{active.pk},{large.pk}") == "ABC"
    assert names(ann, f"in_view:not_any:{active.pk},{large.pk}") == "D"
    both = {"all": [{"field": "in_view", "op": "any", "value": [str(one.pk)]} for one in (active, large)]}
    assert names(ann, both) == "A"
    assert (names(ann, f"in_view:any:{every.pk}"), names(ann, f"in_view:not_any:{every.pk}")) == ("ABCD", "")


def test_it_is_live_and_follows_links(people, companies):
    active = view(people.actors.ann, "Active", ("status", "any", ["active"]))
    child = writes.create(SYSTEM, registry.get("parties.company"), {"name": "Child", "parent": companies[0].pk, "owner": people.ann.pk})  # fmt: skip
    assert names(people.actors.ann, f"parent.in_view:any:{active.pk}") == "Child"
    writes.save(SYSTEM, companies[0], {"status": "lost"})
    assert names(people.actors.ann, f"parent.in_view:any:{active.pk}") == ""
    assert child.parent_id == companies[0].pk


def test_views_inside_views_but_never_in_a_circle(people, companies):
    active = view(people.actors.ann, "Active", ("status", "any", ["active"]))
    key = view(people.actors.ann, "Key", ("in_view", "any", [str(active.pk)]), ("tier", "any", ["A"]))
    assert names(people.actors.ann, f"in_view:any:{key.pk}") == "A"
    circle = {"filter": {"all": [{"field": "in_view", "op": "any", "value": [str(key.pk)]}]}}
    with pytest.raises(Refused, match="asks for itself"):
        writes.save(people.actors.ann, active, circle)
    assert names(people.actors.ann, f"in_view:any:{key.pk}") == "A"


def test_what_may_not_be_seen_cannot_be_asked_for(people, companies):
    private = view(people.actors.eva, "Private", ("status", "any", ["active"]))
    tasks = view(people.actors.ann, "Tasks", entity="activities.task")
    for key in (private.pk, tasks.pk, companies[0].pk):
        with pytest.raises(BadFilter, match="There is no such view of these records"):
            names(people.actors.ann, f"in_view:any:{key}")
    for text in ("in_view:any:nonsense", f"in_view:is:{private.pk}", "in_view:empty", f"in_view.name:is:{private.pk}"):
        with pytest.raises(BadFilter):
            names(people.actors.ann, text)


def test_a_view_that_asks_for_a_field_the_reader_may_not_read_tells_nothing(people, companies):
    shared = view(people.actors.eva, "By site", ("website", "contains", "halden"), is_public=True)
    policy = {"role": people.roles.own.pk, "entity": "parties.company", "field": "website", "level": "none"}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    from kith.core.testing.people import fresh

    with pytest.raises(BadFilter, match="is no field to filter by"):
        names(fresh(people.ann), f"in_view:any:{shared.pk}")


def test_a_list_shows_it_in_words_and_offers_it(people, companies):
    active = view(people.actors.ann, "Active ones", ("status", "any", ["active"]))
    html = people.clients.ann.get(f"/companies/?f=in_view:any:{active.pk}").text
    assert re.findall(r'data-row="[^"]+"', html).__len__() == 2
    assert 'aria-label="In view is any of Active ones"' in html
    editor = people.clients.ann.get(f"/companies/filter?term=in_view:any:{active.pk}").text
    assert f'<option value="{active.pk}" selected>Active ones</option>' in editor
    assert '<option value="in_view" selected>In view</option>' in editor
    assert "in_view" not in people.clients.tom.get("/companies/filter?term=").text


def test_the_api_gives_the_rows_of_a_view_and_of_a_condition(people, companies):
    active = view(people.actors.ann, "Active", ("status", "any", ["active"]), sort=["-name"])
    ask = lambda query: [row["name"] for row in people.clients.ann.get(f"/api/v1/companies?{query}").json()["results"]]  # noqa: E731
    assert ask(f"view={active.pk}") == ["B", "A"]
    assert ask(f"view={active.pk}&sort=name") == ["A", "B"]
    assert ask(f"view={active.pk}&f=tier:any:A") == ["C", "A"]  # other conditions instead of its own, and its order
    assert ask(f"f=in_view:any:{active.pk}&f=tier:any:A") == ["A"]
    private = view(people.actors.eva, "Private")
    assert people.clients.ann.get(f"/api/v1/companies?view={private.pk}").status_code == 404
    assert people.clients.ann.get("/api/v1/companies?view=nonsense").status_code == 404


def test_an_export_takes_the_rows_of_a_view(people, companies):
    active = view(people.actors.eva, "Active", ("status", "any", ["active"]), columns=["name"])
    answer = people.clients.eva.get(f"/companies/export?format=csv&view={active.pk}")
    answer = answer if answer.status_code == 200 and "csv" in answer["Content-Type"] else people.clients.eva.post(f"/companies/export?view={active.pk}", {"format": "csv"})  # fmt: skip
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert sorted(line.split(",")[1] for line in text.splitlines()[1:]) == ["A", "B"]


def test_a_permission_cannot_ask_for_a_view(people, make):
    view = make("core.view", people.actors.ann, name="Mine", entity="parties.company", filter={"all": []})
    condition = {"field": "in_view", "op": "any", "value": [str(view.pk)]}
    rule = {"role": people.roles.own.pk, "entity": "parties.company", "operation": "view", "level": "all", "condition": condition}  # fmt: skip
    before = registry.get("access.policyrule").rows(SYSTEM).count()
    with pytest.raises(Refused) as refused:
        writes.create(SYSTEM, registry.get("access.policyrule"), rule)
    assert list(refused.value.errors) == ["condition"]
    assert registry.get("access.policyrule").rows(SYSTEM).count() == before
