"""Default owner and the right to assign (R52, R53)."""

import json

import pytest

from kith.core import writes
from kith.core.access import SYSTEM, actor_of
from kith.core.errors import Forbidden
from kith.core.testing import factory
from kith.core.testing.people import grant

from .help import entity, fresh, lead

pytestmark = pytest.mark.django_db


def values(**more):
    return {"name": "New", "company": factory.make("parties.company").pk, **more}


def made_by(user, **more):
    return writes.create(actor_of(user.pk), entity("sales.lead"), {"name": "New", **more})


@pytest.fixture
def company(reps):
    return factory.make("parties.company", owner=str(reps.vera.pk)).pk


def test_without_the_right_one_owns_what_one_makes(reps, company):
    assert made_by(reps.vera, company=company).owner_id == reps.vera.pk
    assert made_by(reps.vera, company=company, owner=None).owner_id == reps.vera.pk
    assert made_by(reps.vera, company=company, owner=reps.vera.pk).owner_id == reps.vera.pk


def test_naming_another_owner_is_forbidden(reps, company):
    with pytest.raises(Forbidden) as refused:
        made_by(reps.vera, company=company, owner=reps.igor.pk)
    assert refused.value.right == "sales.lead:assign" and refused.value.fields == ("owner",)
    assert not entity("sales.lead").rows(SYSTEM).exists()


def test_with_the_right_an_owner_left_out_stays_empty(people, reps):
    """By API, import and intake; forms propose the creator."""
    eva = people.actors.eva
    assert writes.create(eva, entity(), values()).owner_id is None
    assert writes.create(eva, entity(), values(owner=None)).owner_id is None
    assert writes.create(eva, entity(), values(owner=reps.igor.pk)).owner_id == reps.igor.pk
    form = people.clients.eva.get("/leads/new").content.decode()
    assert str(people.eva.pk) in form


def test_giving_away_needs_the_right_on_the_record(reps, people):
    one = lead(owner=reps.vera.pk)
    for owner in (reps.igor.pk, None):
        with pytest.raises(Forbidden):
            writes.save(actor_of(reps.vera.pk), one, {"owner": owner})
    assert fresh(one).owner_id == reps.vera.pk
    grant(reps.vera, ("sales.lead", "assign", "own"))
    writes.save(actor_of(reps.vera.pk), one, {"owner": reps.igor.pk})
    assert fresh(one).owner_id == reps.igor.pk
    assert writes.save(people.actors.eva, one, {"owner": None}).owner_id is None


def test_the_same_owner_again_is_no_change(reps):
    one = lead(owner=reps.vera.pk)
    writes.save(actor_of(reps.vera.pk), one, {"owner": reps.vera.pk, "name": "Renamed"})
    assert (fresh(one).name, fresh(one).owner_id) == ("Renamed", reps.vera.pk)


def test_what_has_no_owner_may_be_taken_by_who_may_edit_it(reps):
    grant(reps.igor, ("sales.lead", "edit", "all"), ("sales.lead", "view", "all"))
    one = lead()
    assert writes.save(actor_of(reps.igor.pk), one, {"owner": reps.igor.pk}).owner_id == reps.igor.pk


def test_tasks_belong_to_who_makes_them(people):
    """They are about work and no work to distribute, so the right changes nothing."""
    one = lead(owner=people.eva.pk)
    task = {"name": "Call", "subject": {"entity": "sales.lead", "id": str(one.pk)}}
    assert writes.create(people.actors.eva, entity("activities.task"), task).owner_id == people.eva.pk


def test_over_the_api(people, reps, company):
    answer = reps.clients.vera.post("/api/v1/leads", json.dumps({"name": "New", "company": str(company), "owner": str(reps.igor.pk)}), content_type="application/json")  # fmt: skip
    assert answer.status_code == 403 and "sales.lead:assign" in answer.content.decode()
    assert not entity("sales.lead").rows(SYSTEM).exists()
