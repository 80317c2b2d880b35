"""A legal hold that is set while somebody is being erased wins: by hand and by a rule, for the party and for records about it."""

from threading import Event, Thread

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connections, transaction
from django.utils import timezone

from kith.core import pipeline, writes
from kith.core.access import SYSTEM
from kith.core.chain.models import Erasure
from kith.core.changes import maintenance
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.testing import factory
from kith.privacy import erasing, retention

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, LEADS, RULES = (registry.get(label) for label in ("parties.person", "sales.lead", "privacy.retentionrule"))


def old(record):
    with maintenance("maintenance"):
        past = timezone.now() - relativedelta(months=30)
        type(record)._base_manager.filter(pk=record.pk).update(updated_at=past)
    return record


def beside(monkeypatch, act, person, **values):
    """What came of an act that begins before `values` of the person are committed, and comes to its first lock before, too."""
    came, found, really = Event(), [], pipeline.lock

    def lock(*given, **more):
        came.set()
        return really(*given, **more)

    def run():
        try:
            found.append(act())
        except Refused as refused:
            found.append(str(refused))
        finally:
            came.set()
            connections.close_all()

    other = Thread(target=run)
    with transaction.atomic():
        writes.save(SYSTEM, person, values)
        monkeypatch.setattr(pipeline, "lock", lock)
        other.start()
        assert came.wait(30)
    other.join(60)
    assert not other.is_alive()
    return found[0]


def rule_for(label, act):
    return writes.create(
        SYSTEM, RULES, {"name": "Old ones", "entity": label, "months": 24, "act": act, "is_active": True}
    )


def over(**values):
    return old(factory.make("parties.person", given_name="Ida", family_name="Lind", status="deceased", **values))


@pytest.mark.parametrize(
    ("values", "word"), [({"legal_hold": True}, "legal hold"), ({"status": "active"}, "still dealt with")]
)
def test_what_is_set_while_somebody_is_erased_by_hand_wins(monkeypatch, values, word):
    person = over()
    said = beside(monkeypatch, lambda: erasing.erase(SYSTEM, PEOPLE, person.pk, reason="x"), person, **values)
    assert word in said
    assert PEOPLE.rows(SYSTEM).get(pk=person.pk).name == "Ida Lind"
    assert Erasure.objects.count() == 0


@pytest.mark.parametrize("act", ["erase", "anonymise"])
def test_a_hold_set_while_a_rule_runs_wins(monkeypatch, act):
    person = over()
    rule = rule_for("parties.person", act)
    assert beside(monkeypatch, lambda: retention.run(SYSTEM, rule), person, legal_hold=True) == 0
    assert PEOPLE.rows(SYSTEM).get(pk=person.pk).name == "Ida Lind"
    assert Erasure.objects.count() == 0


def test_a_hold_set_while_records_about_somebody_are_erased_wins(monkeypatch):
    person = over()
    old(factory.make("sales.lead", name="kept", person=person.pk, company=None))
    old(factory.make("sales.lead", name="goes", person=over().pk, company=None))
    rule = rule_for("sales.lead", "erase")
    assert beside(monkeypatch, lambda: retention.run(SYSTEM, rule), person, legal_hold=True) == 1
    assert list(LEADS.rows(SYSTEM).values_list("name", flat=True)) == ["kept"]


def test_a_hold_set_while_personal_values_are_taken_away_wins(monkeypatch):
    person = over()
    address = old(factory.make("parties.address", party=person.pk, street="Bergen Road 7"))
    rule = rule_for("parties.address", "anonymise")
    assert beside(monkeypatch, lambda: retention.run(SYSTEM, rule), person, legal_hold=True) == 0
    assert registry.get("parties.address").rows(SYSTEM).get(pk=address.pk).street == "Bergen Road 7"
