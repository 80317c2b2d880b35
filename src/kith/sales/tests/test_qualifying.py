"""Qualifying: into a new or an open opportunity, onto a known party, undone (R42-R45)."""

from decimal import Decimal

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import ChangeSet
from kith.processes.book import book
from kith.sales import intake, nearby, qualifying


def rows(label):
    return registry.get(label).rows(SYSTEM)


@pytest.fixture
def lead(people, make):
    source, campaign = make("parties.source", name="Fair"), make("marketing.campaign", name="Drupa")
    product, tag = make("catalogue.product", name="TX-400"), make("core.tag", name="hot")
    who = {
        "name": "Zoya Lind",
        "company": "Arbor Ltd",
        "email": "zoya@arbor.example",
        "phone": "+4722123456",
        "language": "no",
    }
    values = {
        "name": "Gauge for PM4", "text": "Sheet breaks", "source": source.pk, "campaign": campaign.pk, "interest": [product.pk], "tags": [tag.pk],
        "amount": {"amount": "900", "currency": "EUR"}, "owner": people.ann.pk,
    }  # fmt: skip
    return intake.take(SYSTEM, who, values, intake.Request())


def test_a_new_opportunity_takes_over_what_both_have(people, lead, fresh):
    (deal,) = qualifying.qualify(people.actors.ann, [lead])
    after = fresh(lead)
    assert (after.state, after.opportunity_id, deal.state, deal.owner_id) == ("won", deal.pk, "open", people.ann.pk)
    assert (deal.name, deal.amount, deal.source_id, deal.campaign_id, deal.interest, deal.tags, deal.need) == (
        "Gauge for PM4", Decimal(900), lead.source_id, lead.campaign_id, lead.interest, lead.tags, "Sheet breaks",
    )  # fmt: skip
    assert (deal.person_id, deal.company_id) == (lead.person_id, lead.company_id)
    assert (fresh(lead.person).status, fresh(lead.company).status) == ("active", "active")
    assert rows("parties.employment").filter(person=lead.person_id, company=lead.company_id).count() == 1


def test_onto_an_open_opportunity(people, lead, deal, fresh, stages):
    assert qualifying.qualify(people.actors.ann, [lead], opportunity=deal.pk)[0].pk == deal.pk
    assert (fresh(lead).state, fresh(lead).opportunity_id) == ("won", deal.pk)
    assert rows("sales.opportunity").count() == 1 and fresh(deal).amount == 1000


def test_a_closed_opportunity_is_refused_and_nothing_changes(people, lead, deal, fresh, stages):
    writes.save(people.actors.ann, deal, {"stage": stages.won.pk})
    with pytest.raises(Refused) as refused:
        qualifying.qualify(people.actors.ann, [lead], opportunity=deal.pk)
    assert list(refused.value.errors) == ["opportunity"]
    assert (fresh(lead).state, fresh(lead.person).status) == ("open", "provisional")


def test_those_that_are_over_are_skipped(people, lead, make, fresh, reasons):
    (deal,) = qualifying.qualify(people.actors.ann, [lead])
    lost = intake.take(SYSTEM, {"email": "x@y.example"}, {"owner": people.ann.pk}, intake.Request())
    course = book().default(SYSTEM, "sales.lead").stages
    writes.save(
        people.actors.eva,
        lost,
        {"stage": next(s.pk for s in course if s.kind == "lost"), "reasons": [reasons.no_need.pk]},
    )
    assert qualifying.qualify(people.actors.ann, [fresh(lead), fresh(lost)]) == []
    assert rows("sales.opportunity").count() == 1 and fresh(lost.person).status == "provisional"
    assert fresh(lead).opportunity_id == deal.pk


def test_undo_opens_the_lead_again(people, lead, fresh):
    qualifying.qualify(people.actors.ann, [lead])
    plan = undo.undo(people.actors.ann, ChangeSet.objects.filter(kind="qualify").get().id)
    assert (plan.kept, plan.refused) == ([], [])
    back = fresh(lead)
    assert (back.state, back.opportunity_id, back.closed_at) == ("open", None, None)
    assert not rows("sales.opportunity").exists()
    assert (fresh(lead.person).status, fresh(lead.company).status) == ("provisional", "provisional")


def test_onto_a_known_person_whose_filled_values_win(people, lead, make, fresh):
    known = make("parties.person", given_name="Zoe", family_name="Lindh", email="zoe@home.example", owner=people.ann.pk)
    make("activities.note", people.actors.ann, text="Called", subject=f"parties.person/{lead.person_id}")
    twin = make("sales.lead", name="Second", person=lead.person_id, owner=people.ann.pk)
    former = lead.person_id
    (deal,) = qualifying.qualify(people.actors.ann, [lead], person=known.pk)
    after = fresh(known)
    assert (after.name, after.email, after.phone, after.language) == (
        "Zoe Lindh",
        "zoe@home.example",
        "+4722123456",
        "no",
    )
    points = (
        rows("parties.contactpoint")
        .filter(party=known.pk)
        .order_by("kind", "pk")
        .values_list("kind", "value", "is_primary")
    )
    assert list(points) == [
        ("email", "zoe@home.example", True),
        ("email", "zoya@arbor.example", False),
        ("phone", "+4722123456", True),
    ]
    assert (deal.person_id, fresh(lead).person_id, fresh(twin).person_id) == (known.pk,) * 3
    assert rows("activities.note").get().subject_id == known.pk
    assert list(rows("parties.employment").filter(person=known.pk).values_list("company_id", flat=True)) == [
        lead.company_id
    ]
    gone = registry.get("parties.person").rows(SYSTEM, trashed=True).filter(pk=former)
    assert gone.exists() and not rows("parties.person").filter(pk=former).exists()
    plan = undo.undo(people.actors.eva, ChangeSet.objects.filter(kind="qualify").get().id)
    assert (plan.kept, plan.refused) == ([], [])
    assert (fresh(lead).person_id, fresh(known).phone, fresh(known).language) == (former, "", "")
    assert rows("parties.person").filter(pk=former, status="provisional").exists()
    assert rows("activities.note").get().subject_id == former


def test_a_known_person_is_not_joined_into_another(people, lead, make, fresh):
    writes.save(people.actors.ann, fresh(lead.person), {"language": "nb"})
    known = make("parties.person", family_name="Other", owner=people.ann.pk)
    assert fresh(lead.person).status == "active"
    with pytest.raises(Refused) as refused:
        qualifying.qualify(people.actors.ann, [lead], person=known.pk)
    assert list(refused.value.errors) == ["person"] and fresh(lead).state == "open"


def test_the_timeline_of_the_lead_comes_along_unless_switched_off(people, lead, fresh, setting):
    (deal,) = qualifying.qualify(people.actors.ann, [lead])
    assert ("sales.lead", lead.pk) in nearby.parties_of(people.actors.ann, deal)
    setting("lead.carry_timeline", False)
    assert ("sales.lead", lead.pk) not in nearby.parties_of(people.actors.ann, fresh(deal))


def test_the_dialog_and_the_bulk_door(people, lead, fresh):
    ann = people.clients.ann
    shown = ann.post(f"/leads/{lead.pk}/action/qualify", headers={"HX-Request": "true", "HX-Target": "div#modal"})
    assert shown.status_code == 200 and "open opportunity" in shown.content.decode().lower()
    done = ann.post(
        f"/leads/{lead.pk}/action/qualify",
        {"asked": "1", "name": "Named here", "amount": "1200", "amount.currency": "EUR"},
    )
    (deal,) = rows("sales.opportunity")
    assert (done.status_code, done.headers["Location"]) == (302, f"/opportunities/{deal.pk}/")
    assert (deal.name, deal.amount, fresh(lead).state) == ("Named here", Decimal(1200), "won")
    assert people.clients.max.post(f"/leads/{lead.pk}/action/qualify", {"asked": "1"}).status_code == 404


def test_who_is_on_a_list_already_stays_there_once(people, lead, make, fresh):
    """R33: list memberships of both; of two on one list one is left."""
    from kith.marketing import members

    known = make("parties.person", family_name="Lind", owner=people.ann.pk)
    both, only = make("marketing.targetlist", name="Both"), make("marketing.targetlist", name="Only the lead's")
    members.put(SYSTEM, both, [known.pk, lead.person_id], "hand")
    members.put(SYSTEM, only, [lead.person_id], "form")
    qualifying.qualify(people.actors.eva, [lead], person=known.pk)
    pairs = rows("marketing.targetlistmember").values_list("target_list__name", "party_id")
    assert sorted(pairs) == [("Both", known.pk), ("Only the lead's", known.pk)]
