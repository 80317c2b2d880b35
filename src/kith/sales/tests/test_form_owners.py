"""What a web form does with its lead beside making it: the target list, a fixed owner, a rule or a pool (R40)."""

import pytest
from django.test import Client

from kith.core import writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.testing.people import grant
from kith.distribution import leases
from kith.distribution.tests.help import pool, rule
from kith.sales import forms

GOOD = {"name": "Freja Mortensen", "email": "freja@nordhavn.example", "submission": "one"}


def rows(label):
    return registry.get(label).rows(SYSTEM)


@pytest.fixture
def form(make):
    return lambda **values: make("sales.leadform", name="Trial", key="trial", title="Ask", **values)


def post(**more):
    return Client().post("/f/trial", GOOD | more)


def test_the_person_comes_onto_the_target_list_once(people, make, form):
    target_list = make("marketing.targetlist", name="Trials", owner=people.eva.pk)
    form(target_list=target_list.pk)
    assert post().status_code == 200 and post().status_code == 200 and post(submission="two").status_code == 200
    assert rows("sales.lead").count() == 2
    (member,) = rows("marketing.targetlistmember")
    person = rows("parties.person").get()
    assert (member.target_list_id, member.party_id, member.way, member.reason) == (
        target_list.pk,
        person.pk,
        "form",
        "Trial",
    )
    writes.save(SYSTEM, member, {"status": "removed"})
    post(submission="three")
    assert rows("marketing.targetlistmember").get().status == "listed", "who asks again is on the list again"


def test_a_request_that_is_refused_puts_nobody_on_the_list(people, make, form):
    form(target_list=make("marketing.targetlist", name="Trials").pk)
    assert post(email="").status_code == 422
    assert not rows("marketing.targetlistmember").exists() and not rows("sales.lead").exists()


def test_a_list_in_the_trash_takes_nobody_and_the_lead_is_made(people, make, form):
    target_list = make("marketing.targetlist", name="Trials")
    form(target_list=target_list.pk)
    writes.delete(SYSTEM, registry.get("marketing.targetlist"), [target_list.pk])
    assert post().status_code == 200 and rows("sales.lead").count() == 1
    assert not rows("marketing.targetlistmember").exists()


def test_a_rule_gives_the_lead_at_once(people, make, form, vera):
    form(assignment_rule=rule(vera, on_creation=False, hourly=False).pk)
    post()
    (lead,) = rows("sales.lead")
    assert lead.owner_id == vera.pk
    (kept,) = rows("sales.leadsubmission")
    assert kept.lead_id == lead.pk


def test_a_rule_that_is_off_gives_nothing(people, make, form, vera):
    form(assignment_rule=rule(vera, is_active=False).pk)
    post()
    assert rows("sales.lead").get().owner_id is None


def test_a_pool_keeps_the_lead_for_its_members(people, make, form, vera):
    basin = pool(vera)
    form(pool=basin.pk)
    post()
    (lead,) = rows("sales.lead")
    item = leases.current(lead.pk)
    assert (lead.owner_id, item.pool_id, item.reason) == (None, basin.pk, "Trial")


def test_one_way_only_and_for_leads(people, make, form, vera):
    quiet = make("marketing.targetlist", name="Never", kind="suppression")
    other_rule, other_pool = (
        rule(vera, entity="sales.opportunity"),
        make("distribution.pool", name="P", entity="sales.opportunity"),
    )
    for values, field in (
        ({"lead_owner": vera.pk, "pool": pool(vera).pk}, "pool"),
        ({"lead_owner": vera.pk, "assignment_rule": rule(vera).pk}, "assignment_rule"),
        ({"assignment_rule": other_rule.pk}, "assignment_rule"),
        ({"pool": other_pool.pk}, "pool"),
        ({"target_list": quiet.pk}, "target_list"),
    ):
        with pytest.raises(Refused) as refused:
            form(**values)
        assert list(refused.value.errors) == [field]
    assert not rows("sales.leadform").exists()


def test_a_form_gives_only_what_its_author_may_give(people, make, form, vera):
    grant(vera, ("sales.leadform", "create", "all"), ("sales.leadform", "edit", "all"), ("*", "view", "all"))
    author, foreign = actor_of(vera.pk), make("marketing.targetlist", name="Trials", owner=people.eva.pk)
    values = {"name": "Trial", "key": "trial", "title": "Ask"}
    entity = registry.get("sales.leadform")
    for field, key in (("lead_owner", people.tom.pk), ("pool", pool(vera).pk)):
        with pytest.raises(Forbidden):
            writes.create(author, entity, values | {field: key})
    with pytest.raises((Forbidden, Missing)):
        writes.create(author, entity, values | {"target_list": foreign.pk})
    assert not rows("sales.leadform").exists()
    assert writes.create(author, entity, values | {"lead_owner": vera.pk}).lead_owner_id == vera.pk


def test_a_list_that_became_one_of_those_not_to_be_contacted_takes_nobody(people, make, form):
    target_list = make("marketing.targetlist", name="Trials")
    form(target_list=target_list.pk)
    writes.save(SYSTEM, target_list, {"kind": "suppression"})
    assert post().status_code == 200 and rows("sales.lead").count() == 1
    assert not rows("marketing.targetlistmember").exists()


def test_a_request_whose_form_is_in_the_trash_is_not_accepted(people, make, form):
    made = form()
    post(**{forms.TRAP: "http://spam.example"})
    (spam,) = rows("sales.leadsubmission")
    writes.delete(SYSTEM, registry.get("sales.leadform"), [made.pk])
    with pytest.raises(Refused):
        forms.accept(people.actors.eva, [spam])
    assert not rows("sales.lead").exists()
