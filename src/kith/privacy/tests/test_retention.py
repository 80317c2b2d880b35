"""Retention: what is due, what is never touched, what a run does and writes down."""

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from kith.core import access, undo, writes
from kith.core.access import SYSTEM
from kith.core.chain.models import Erasure
from kith.core.changes import maintenance
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.ledger import Change, ChangeSet
from kith.core.notify import Notification
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant
from kith.privacy import holds, retention

pytestmark = pytest.mark.django_db
RULES, PEOPLE, LEADS = registry.get("privacy.retentionrule"), registry.get("parties.person"), registry.get("sales.lead")


def rule(people, **values):
    return writes.create(people.actors.eva, RULES, {"name": "Old ones", "entity": "parties.person", "age_field": "updated_at", "months": 24, "act": "erase", "is_active": True, "owner": people.eva.pk, **values})  # fmt: skip


def old(record, months=30):
    with maintenance("maintenance"):
        type(record)._base_manager.filter(pk=record.pk).update(updated_at=timezone.now() - relativedelta(months=months))
    return record


@pytest.fixture
def four(people):
    """Due, held, still dealt with, young."""
    states = {"Due": {"status": "deceased"}, "Held": {"status": "deceased", "legal_hold": True}, "Busy": {"status": "active"}, "Young": {"status": "deceased"}}  # fmt: skip
    made = {name: factory.make("parties.person", given_name="A", family_name=name, **values) for name, values in states.items()}  # fmt: skip
    for name in ("Due", "Held", "Busy"):
        old(made[name])
    return made


def names():
    return sorted(PEOPLE.rows(SYSTEM).values_list("name", flat=True))


def test_a_dry_run_counts_and_does_nothing(people, four):
    made = rule(people)
    before = Change.objects.count()
    found = retention.plan(made)
    assert (found.due, found.held, found.busy, found.first) == (1, 1, 1, [four["Due"]])
    page = people.clients.eva.get(f"/retention-rules/{made.pk}/?tab=dry-run").content.decode()
    assert '<div class="v" id="due">1</div>' in page and "A Due" in page
    assert (Change.objects.count(), names()) == (before, ["A Busy", "A Due", "A Held", "A Young"])


def test_a_run_erases_people_in_one_change_set_and_only_once(people, four):
    made = rule(people)
    assert retention.run_all() == {"records": 1, "rules": 1}
    assert names() == ["A Busy", "A Held", "A Young", "Erased person"]
    assert ChangeSet.objects.filter(kind="retention", entity="parties.person").count() == 1
    assert Erasure.objects.filter(record_id=four["Due"].pk).count() == 1
    assert RULES.rows(SYSTEM).get(pk=made.pk).last_count == 1
    old(four["Due"])
    assert retention.plan(made).due == 0
    assert retention.run_all() == {"records": 0, "rules": 1}


def test_records_of_somebody_under_hold_stay(people, four):
    free, held = (old(factory.make("sales.lead", name=name, person=four[who].pk, company=None)) for name, who in (("free", "Due"), ("held", "Held")))  # fmt: skip
    made = rule(people, entity="sales.lead")
    assert (retention.plan(made).due, retention.plan(made).held) == (1, 1)
    assert retention.run(SYSTEM, made) == 1
    assert list(LEADS.rows(SYSTEM).values_list("name", flat=True)) == ["held"]
    assert not Change.objects.filter(record_id=free.pk).exclude(after={}, before={}).exists()
    assert Change.objects.filter(record_id=held.pk).exclude(after={}).exists()


def test_personal_values_are_taken_away_from_other_records_in_the_ledger_too(people, four):
    address = old(factory.make("parties.address", party=four["Young"].pk, street="Bergen Road 7", city="Oslo"))
    made = rule(people, entity="parties.address", act="anonymise")
    assert retention.plan(made).due == 1
    assert retention.run(SYSTEM, made) == 1
    fresh = registry.get("parties.address").rows(SYSTEM).get(pk=address.pk)
    assert (fresh.street, fresh.city) == ("", "Oslo")
    old(address)
    assert (retention.plan(made).due, Change.objects.filter(record_id=address.pk).exclude(after={}).count()) == (0, 0)


def test_telling_tells_once_for_each_number(people, four):
    made = rule(people, act="notify")
    for _night in range(2):
        retention.run(SYSTEM, RULES.rows(SYSTEM).get(pk=made.pk))
    told = Notification.objects.filter(user=people.eva)
    assert [one.title for one in told] == ["2 records are older than the rule “Old ones” says."]
    assert "A Due" in names()


def test_a_rule_that_does_not_fit_is_refused(people):
    for values, field in (({"age_field": "name"}, "age_field"), ({"months": 0}, "months"), ({"condition": {"field": "nonsense", "op": "is", "value": 1}}, "condition"), ({"entity": "sales.opportunity", "act": "anonymise"}, "act")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            rule(people, **values)
        assert list(refused.value.errors) == [field]
    with pytest.raises(Forbidden):
        writes.create(people.actors.ann, RULES, {"name": "x", "entity": "parties.person"})
    assert RULES.rows(SYSTEM).count() == 0


def test_who_may_not_erase_cannot_run_a_rule(people, four):
    made = rule(people)
    assert people.clients.ann.post(f"/api/v1/retention-rules/{made.pk}/actions/run", content_type="application/json").status_code in (403, 404)  # fmt: skip
    assert names() == ["A Busy", "A Due", "A Held", "A Young"]
    assert people.clients.eva.post(f"/api/v1/retention-rules/{made.pk}/actions/run", content_type="application/json").status_code == 200  # fmt: skip
    assert "Erased person" in names()


def test_a_party_under_legal_hold_does_not_leave_the_trash_for_good(people, make):
    person = make("parties.person", given_name="Eva", family_name="Lind", legal_hold=True)
    entity = registry.get("parties.person")
    writes.delete(SYSTEM, entity, [person.pk])
    with pytest.raises(Refused):
        writes.purge(SYSTEM, entity, list(entity.rows(SYSTEM, trashed=True)))
    assert entity.rows(SYSTEM, trashed=True).filter(pk=person.pk).exists()


KEEPER = (("privacy.retentionrule", "create", "all"), ("privacy.retentionrule", "edit", "all"), ("privacy.retentionrule", "delete", "all"), ("system", "personal_erase", "all"))  # fmt: skip
NEW = {"name": "Theirs", "entity": "sales.lead", "age_field": "updated_at", "months": 24, "act": "erase"}


def state():
    rules = RULES.rows(SYSTEM).values_list("name", "is_active", "months", "entity")
    return sorted(rules), RULES.rows(SYSTEM, trashed=True).count(), ChangeSet.objects.filter(entity=RULES.label).count()


def test_a_rule_is_on_only_by_who_may_delete_what_it_acts_on(people):
    """Each door: forms, API, several at once, the trash, undo."""
    grant(people.ann, *KEEPER)
    ann = fresh(people.ann)
    grant(people.ann, ("sales.lead", "delete", "own"))
    own = fresh(people.ann)
    off, on = (writes.create(people.actors.eva, RULES, NEW | {"name": name, "is_active": name == "on"}) for name in ("off", "on"))  # fmt: skip
    was_on = writes.create(people.actors.eva, RULES, NEW | {"name": "was on", "is_active": True})
    writes.save(ann, was_on, {"is_active": False})
    change = ChangeSet.objects.filter(actor_id=people.ann.pk).latest("at")
    trashed = writes.create(people.actors.eva, RULES, NEW | {"name": "trashed", "is_active": True})
    writes.delete(ann, RULES, [trashed.pk])
    before = state()
    doors = (
        lambda: writes.create(own, RULES, NEW | {"is_active": True}),
        lambda: writes.create(own, RULES, NEW | {"is_active": True, "act": "anonymise", "entity": "parties.person"}),
        lambda: writes.save(own, off, {"is_active": True}),
        lambda: writes.save(own, on, {"months": 1}),
        lambda: writes.save(own, on, {"entity": "parties.company"}),
        lambda: writes.update_many(own, RULES, [off.pk, on.pk], {"is_active": True, "months": 2}),
        lambda: writes.restore(own, RULES, [trashed.pk]),
        lambda: undo.undo(own, change.pk),
    )
    for door in doors:
        with pytest.raises((Refused, Forbidden), match="delete"):
            door()
        assert state() == before
    body = {"is_active": True}
    answer = people.clients.ann.patch(f"/api/v1/retention-rules/{off.pk}", body, content_type="application/json", headers={"If-Match": f'"{off.version}"'})  # fmt: skip
    assert answer.status_code == 422 and "delete all records" in answer.content.decode() and state() == before
    writes.save(own, on, {"name": "on by another name"})
    writes.create(own, RULES, NEW | {"act": "notify", "is_active": True})
    grant(people.ann, ("sales.lead", "delete", "all"), ("sales.lead", "view", "all"))
    full = fresh(people.ann)
    assert writes.save(full, RULES.rows(SYSTEM).get(pk=off.pk), {"is_active": True}).is_active


def test_how_many_records_a_run_was_about_is_told_only_to_who_may_see_them(people, four):
    made = rule(people)
    retention.run(SYSTEM, made)
    grant(people.ann, *KEEPER)
    assert "last_count" not in access.readable(fresh(people.ann), RULES)
    assert "last_count" in access.readable(people.actors.eva, RULES)
    seen = people.clients.ann.get(f"/api/v1/retention-rules/{made.pk}").json()
    assert "last_count" not in seen
    assert people.clients.eva.get(f"/api/v1/retention-rules/{made.pk}").json()["last_count"] == 1


def test_a_rule_does_not_erase_by_a_view_that_somebody_else_may_change(people):
    view = writes.create(people.actors.ann, registry.get("core.view"), {"name": "Mine", "entity": "sales.lead", "is_public": True})  # fmt: skip
    asks = {"field": "in_view", "op": "any", "value": [str(view.pk)]}
    for condition in (asks, {"any": [{"field": "name", "op": "filled"}, asks]}):
        with pytest.raises(Refused) as refused:
            rule(people, entity="sales.lead", condition=condition)
        assert "its owner could change it" in str(refused.value.errors["condition"][0])
    assert RULES.rows(SYSTEM).count() == 0


def test_a_rule_of_a_kind_that_is_there_no_more_keeps_no_other_from_running(people, four):
    rule(people)
    lost = rule(people, name="Lost", entity="sales.lead")
    with maintenance("maintenance"):
        type(lost)._base_manager.filter(pk=lost.pk).update(entity="objects.gone")
    assert retention.run_all() == {"records": 1, "rules": 1}


def test_more_months_than_a_calendar_has_are_refused(people):
    for months in (0, 1201, 32767):
        with pytest.raises(Refused) as refused:
            rule(people, months=months)
        assert [str(text) for text in refused.value.errors["months"]] == ["From one month to 1200."]
    assert not RULES.rows(SYSTEM).exists()


def test_a_rule_that_cannot_be_asked_any_more_stops_no_other(people, four):
    broken, made = rule(people, name="Broken"), rule(people)
    with maintenance("maintenance"):
        type(broken)._base_manager.filter(pk=broken.pk).update(condition={"field": "x_gone", "op": "empty"})
    assert retention.run_all() == {"records": 1, "rules": 1, "failed": 1}
    assert RULES.rows(SYSTEM).get(pk=made.pk).last_count == 1


@pytest.mark.parametrize("label", ["activities.note", "sales.opportunityline"])
def test_what_belongs_to_deals_of_somebody_under_hold_stays(people, four, label):
    """A note on a deal says as much in a dispute as one on the customer; so does what was sold."""
    deals = {who: factory.make("sales.opportunity", name=who, person=four[who].pk, company=None) for who in ("Due", "Held")}  # fmt: skip
    link = {who: {"opportunity": deal.pk} if label.startswith("sales") else {"subject": {"entity": "sales.opportunity", "id": str(deal.pk)}, "text": who} for who, deal in deals.items()}  # fmt: skip
    made = {who: old(factory.make(label, **values)) for who, values in link.items()}
    written = writes.create(
        SYSTEM, RULES, {"name": "Old", "entity": label, "months": 24, "act": "erase", "is_active": True}
    )
    assert (retention.plan(written).due, retention.plan(written).held) == (1, 1)
    assert retention.run(SYSTEM, written) == 1
    assert [row.pk for row in registry.get(label).rows(SYSTEM)] == [made["Held"].pk]
    (kept,) = registry.get(label).rows(SYSTEM)
    assert four["Held"].pk in holds.parties_of(registry.get(label), [kept])
