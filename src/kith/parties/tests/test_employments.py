"""A4, A5: jobs of people: the main one is shown, superiors work at the same company and never in a circle."""

import datetime as dt

import pytest
from django.utils import timezone

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import Change
from kith.parties import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(make):
    """Two companies and three people."""
    arbor, birch = make("parties.company", name="Arbor"), make("parties.company", name="Birch")
    return arbor, birch, *(make("parties.person", family_name=name) for name in ("Lind", "Berg", "Dahl"))


def shown(person):
    return person.employer_id, person.job_title


def test_the_first_job_is_the_main_one_and_shown(make, fresh, house):
    arbor, birch, lind, *_others = house
    first = make("parties.employment", person=lind.pk, company=arbor.pk, title="Buyer")
    assert first.is_primary and shown(fresh(lind)) == (arbor.pk, "Buyer")
    make("parties.employment", person=lind.pk, company=birch.pk, title="Adviser")
    assert shown(fresh(lind)) == (arbor.pk, "Buyer")


def test_the_last_mark_wins_and_a_new_title_is_shown(make, fresh, house):
    arbor, birch, lind, *_others = house
    first = make("parties.employment", person=lind.pk, company=arbor.pk, title="Buyer")
    second = make("parties.employment", person=lind.pk, company=birch.pk, title="Adviser", is_primary=True)
    assert (shown(fresh(lind)), fresh(first).is_primary) == ((birch.pk, "Adviser"), False)
    writes.save(SYSTEM, second, {"title": "Director"})
    assert shown(fresh(lind)) == (birch.pk, "Director")


def test_an_ended_job_hands_over_and_undo_takes_it_back(make, fresh, house):
    arbor, birch, lind, *_others = house
    first = make("parties.employment", person=lind.pk, company=arbor.pk, title="Buyer")
    make("parties.employment", person=lind.pk, company=birch.pk, title="Adviser")
    writes.save(SYSTEM, first, {"valid_to": (timezone.localdate() - dt.timedelta(days=1)).isoformat()})
    assert shown(fresh(lind)) == (birch.pk, "Adviser")
    change = Change.objects.filter(record_id=first.pk, op="update").order_by("id").first()
    undo.undo(SYSTEM, change.changeset_id)
    assert shown(fresh(lind)) == (arbor.pk, "Buyer")


def test_nobody_current_shows_nothing(make, fresh, house):
    arbor, _birch, lind, *_others = house
    make("parties.employment", person=lind.pk, company=arbor.pk, title="Buyer", valid_to="2020-01-31")
    assert shown(fresh(lind)) == (None, "")


def test_the_end_of_a_job_arrives_by_the_clock(make, fresh, house, time_machine_at):
    arbor, birch, lind, *_others = house
    today = timezone.localdate()
    make("parties.employment", person=lind.pk, company=arbor.pk, title="Buyer", valid_to=today.isoformat())
    make("parties.employment", person=lind.pk, company=birch.pk, title="Adviser")
    assert jobs.settle() == {"changed": 0}
    with time_machine_at(today + dt.timedelta(days=1)):
        assert jobs.settle() == {"changed": 1}
        assert shown(fresh(lind)) == (birch.pk, "Adviser")
        assert jobs.settle() == {"changed": 0}


def test_superiors_work_at_the_same_company_and_never_in_a_circle(make, fresh, house):
    arbor, birch, lind, berg, dahl = house
    top = make("parties.employment", person=lind.pk, company=arbor.pk, title="Head")
    middle = make("parties.employment", person=berg.pk, company=arbor.pk, title="Lead", reports_to=top.pk)
    low = make("parties.employment", person=dahl.pk, company=arbor.pk, title="Buyer", reports_to=middle.pk)
    elsewhere = make("parties.employment", person=dahl.pk, company=birch.pk, title="Adviser")
    count = Change.objects.count()
    bad = [
        (top, {"reports_to": low.pk}, "reports_to"),
        (low, {"reports_to": elsewhere.pk}, "reports_to"),
        (low, {"reports_to": low.pk}, "reports_to"),
        (middle, {"company": birch.pk, "reports_to": None}, "company"),
    ]
    for job, values, field in bad:
        with pytest.raises(Refused) as refused:
            writes.save(SYSTEM, job, values)
        assert list(refused.value.errors) == [field]
    assert (Change.objects.count(), fresh(top).reports_to_id, fresh(low).reports_to_id) == (count, None, middle.pk)


def test_a_job_ends_after_it_began(make, house):
    arbor, _birch, lind, *_others = house
    with pytest.raises(Refused) as refused:
        make("parties.employment", person=lind.pk, company=arbor.pk, valid_from="2026-02-01", valid_to="2026-01-31")
    assert list(refused.value.errors) == ["valid_to"]
    assert registry.get("parties.employment").rows(SYSTEM).count() == 0


def test_only_a_current_job_can_be_the_main_one(make, house):
    arbor, _birch, lind, *_others = house
    with pytest.raises(Refused) as refused:
        make("parties.employment", person=lind.pk, company=arbor.pk, valid_to="2020-01-31", is_primary=True)
    assert list(refused.value.errors) == ["is_primary"]


def test_many_jobs_need_as_many_queries_as_few(make, house):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    arbor, _birch, lind, *_others = house
    top = make("parties.employment", person=lind.pk, company=arbor.pk, title="Head")
    counts = []
    for number in (40, 200):
        people = writes.create_many(
            SYSTEM,
            registry.get("parties.person"),
            [{"family_name": f"Berg {number} {index}"} for index in range(number)],
        )
        with CaptureQueriesContext(connection) as queries:
            rows = [
                {"person": person.pk, "company": arbor.pk, "title": "Buyer", "reports_to": top.pk} for person in people
            ]
            writes.create_many(SYSTEM, registry.get("parties.employment"), rows)
        counts.append(len(queries))
    assert counts[1] <= counts[0]
    assert registry.get("parties.person").rows(SYSTEM).filter(employer=arbor.pk).count() == 241
