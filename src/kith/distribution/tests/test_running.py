"""The assignment run on real leads: which records, which member, what becomes of the rest (R46-R51)."""

import datetime as dt

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.errors import Refused
from kith.core.ledger import ChangeSet
from kith.core.notify import Notification
from kith.core.outbox import deliver_waiting
from kith.core.testing import factory
from kith.core.testing.people import fresh as fresh_actor
from kith.distribution import running
from kith.distribution.entities.assignment import Assignment
from kith.processes import book as processes

from .help import entity, fresh, lead, pool, rule

pytestmark = pytest.mark.django_db


def owners(leads):
    return [getattr(fresh(one).owner, "name", None) for one in leads]


def run(*rules):
    return running.run(entity(), [*rules])


def test_round_robin_over_ten_leads(reps, people):
    """R46 with three people: 1 4 7 10, 2 5 8, 3 6 9; a second run goes on with the next."""
    leads = [lead() for _ in range(10)]
    made = rule(reps.vera, reps.igor, reps.ana)
    assert run(made).given == 10
    assert owners(leads) == ["Vera", "Igor", "Ana"] * 3 + ["Vera"]
    more = lead()
    run(made)
    assert owners([more]) == ["Igor"]


def test_quotas_and_preferences_of_the_worked_example(reps):
    """R50: Vera 2 5 7, Igor 1 4 8, Ana 3 6; 9 waits for the next run (R51)."""
    vip = factory.make("core.tag", name="VIP")
    leads = [lead(tags=[vip.pk] if number in (2, 5, 7, 9) else []) for number in range(1, 10)]
    prefers = {"field": "tags", "op": "has", "value": [str(vip.pk)]}
    made = rule((reps.vera, {"capacity": 100, "preference": prefers}), (reps.igor, {"capacity": 75}), (reps.ana, {"capacity": 50}), method="capacity")  # fmt: skip
    done = run(made)
    assert owners(leads) == ["Igor", "Vera", "Ana", "Igor", "Vera", "Ana", "Vera", "Igor", None]
    second = next(one for one in done.decisions if one.record == leads[1].pk)
    assert second.why == {"to": "Vera", "place": 1, "of": 3, "by": "capacity", "rule": "Web leads", "preferred": True, "figure": 3}  # fmt: skip
    last = next(one for one in done.decisions if one.record == leads[8].pk)
    assert last.why == {"none": "full", "rule": "Web leads", "then": "wait"} and last.owner is None
    assert run(made).given == 0, "all quotas of the day are used up"
    Assignment.objects.update(at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert run(made).given == 1 and owners([leads[8]]) == ["Vera"]


def test_todays_load_can_be_left_out(reps):
    made = rule((reps.vera, {"capacity": 30}), method="capacity")
    first, second = lead(), lead()
    assert run(made).given == 1
    writes.save(SYSTEM, made, {"ignore_load": True})
    assert run(fresh(made)).given == 1 and owners([first, second]) == ["Vera", "Vera"]


def test_won_lost_owned_and_pooled_leads_are_not_touched(reps, people):
    """R48."""
    course = processes.book().default(SYSTEM, "sales.lead")
    won = lead(stage=course.of_kind("won")[0].pk)
    owned = lead(owner=people.ann.pk)
    free = lead()
    run(rule(reps.vera))
    assert owners([won, owned, free]) == [None, "Ann Own", "Vera"]


def test_probability_first_then_the_oldest(reps):
    deals = [writes.create(SYSTEM, entity("sales.opportunity"), {"name": name, "company": factory.make("parties.company").pk, "probability": value, "probability_mode": "manual"}) for name, value in (("A", 20), ("B", 80), ("C", 50))]  # fmt: skip
    made = rule(reps.vera, reps.igor, reps.ana, entity="sales.opportunity")
    running.run(entity("sales.opportunity"), [made])
    assert owners(deals) == ["Ana", "Vera", "Igor"]


def test_two_teams_share_by_capacity(reps, people):
    """R49: 60 to 30, so two of three go to the first team; a record of a department goes only there."""
    north = rule((reps.vera, {"capacity": 60}), name="North", method="capacity")
    south = rule((reps.igor, {"capacity": 30}), name="South", method="capacity")
    leads = [lead() for _ in range(3)]
    run(north, south)
    assert owners(leads) == ["Vera", "Igor", "Vera"]


def test_a_record_gets_the_department_of_its_rule(reps):
    unit, other = factory.make("people.orgunit"), factory.make("people.orgunit")
    made = rule(reps.vera, unit=unit.pk)
    free, foreign = lead(), lead(org_unit=other.pk)
    run(made)
    assert owners([free, foreign]) == ["Vera", None]
    assert fresh(free).org_unit_id == unit.pk and fresh(foreign).org_unit_id == other.pk


def test_least_busy_counts_open_records(reps):
    for _ in range(2):
        lead(owner=reps.vera.pk)
    lead(owner=reps.igor.pk)
    leads = [lead(), lead(), lead()]
    run(rule(reps.vera, reps.igor, method="least_busy"))
    assert owners(leads) == ["Igor", "Vera", "Igor"]


def test_language_skill_and_territory(reps):
    ru, zh, other = lead(language="ru"), lead(language="zh-hans"), lead(language="fi")
    run(rule((reps.vera, {"languages": ["ru"]}), (reps.igor, {"languages": ["zh"]}), method="language"))
    assert owners([ru, zh, other]) == ["Vera", "Igor", None]
    tag = factory.make("core.tag", name="Pumps")
    pumps = lead(tags=[tag.pk])
    run(rule((reps.ana, {"skills": ["pumps"]}), method="skill"))
    assert owners([pumps]) == ["Ana"]
    north = factory.make("parties.territory", name="North")
    inside = factory.make("parties.territory", name="Oslo", parent=str(north.pk))
    there = lead(territory=inside.pk)
    run(rule((reps.igor, {"territories": [north.pk]}), method="territory"))
    assert owners([there]) == ["Igor"]


def test_the_skills_of_the_employee_count_where_the_member_names_none(reps):
    writes.create(SYSTEM, entity("people.employee"), {"name": "Ana", "user": reps.ana.pk, "languages": ["de"]})
    german = lead(language="de")
    run(rule(reps.vera, reps.ana, method="language"))
    assert owners([german]) == ["Ana"]


def test_the_previous_owner_gets_it_back(reps):
    company = factory.make("parties.company", owner=str(reps.ana.pk))
    again, new = lead(owner=reps.igor.pk), lead(company=company.pk)
    writes.save(SYSTEM, again, {"owner": None})
    run(rule(reps.vera, reps.igor, reps.ana, method="previous"))
    assert owners([again, new]) == ["Igor", "Ana"]


def test_who_is_paused_inactive_or_away_gets_nothing(reps):
    writes.save(SYSTEM, reps.ana, {"is_active": False})
    leads = [lead(), lead()]
    made = rule((reps.vera, {"is_paused": True}), reps.igor, reps.ana)
    run(made)
    assert owners(leads) == ["Igor", "Igor"]


def test_the_substitute_stands_in(reps):
    writes.create(SYSTEM, entity("people.employee"), {"name": "Vera", "user": reps.vera.pk, "status": "absent"})
    one = lead()
    done = run(rule((reps.vera, {"substitute": reps.ana.pk})))
    assert owners([one]) == ["Ana"] and done.decisions[0].why["instead"] == "Vera"


def test_the_condition_decides_which_leads(reps):
    web, mail = lead(channel="web"), lead(channel="email")
    run(rule(reps.vera, condition={"field": "channel", "op": "any", "value": ["web"]}))
    assert owners([web, mail]) == ["Vera", None]


def test_fallbacks(reps, people):
    """The next rule, one person, a pool."""
    basin = pool(reps.vera)
    none = {"field": "name", "op": "is", "value": "never"}
    first = rule((reps.vera, {"condition": none}), name="First", fallback="next")
    second = rule((reps.igor, {"capacity": 30}), name="Second", position=2, fallback="owner", fallback_owner=people.tom.pk)  # fmt: skip
    leads = [lead(), lead()]
    run(first, second)
    assert owners(leads) == ["Igor", "Tom Team"]
    third = rule((reps.vera, {"condition": none}), name="Third", fallback="pool", fallback_pool=basin.pk)
    rest = lead()
    done = run(third)
    assert done.decisions[0].pool == basin.pk and done.given == 0
    from kith.distribution import leases

    assert leases.current(rest.pk).pool_id == basin.pk


def test_a_new_lead_is_given_as_soon_as_it_arrives_and_the_owner_is_told(reps, people):
    rule(reps.vera)
    one = lead()
    deliver_waiting()
    assert owners([one]) == ["Vera"]
    deliver_waiting()
    told = Notification.objects.get(user=reps.vera, record_id=one.pk)
    assert (told.kind, told.title) == ("given", "Lead")


def test_one_undo_takes_the_whole_run_back(reps, people):
    leads = [lead(), lead()]
    made = rule((reps.vera, {"capacity": 60}), method="capacity")
    done = run(made)
    plan = undo.undo(people.actors.eva, done.changeset)
    assert plan.restored == 2 and owners(leads) == [None, None] and not Assignment.objects.exists()
    assert ChangeSet.objects.get(pk=done.changeset).reason == "Web leads"
    assert run(made).given == 2, "what was taken back does not count"


def test_a_rule_that_cannot_be_asked_is_refused(people):
    with pytest.raises(Refused) as refused:
        rule(condition={"field": "colour", "op": "is", "value": "red"})
    assert list(refused.value.errors) == ["condition"]
    with pytest.raises(Refused) as refused:
        rule(fallback="pool")
    assert list(refused.value.errors) == ["fallback_pool"]
    assert not entity("distribution.assignmentrule").rows(SYSTEM).exists()


def test_a_rule_asks_nothing_that_its_author_may_not_read(reps, people):
    policy = {"role": people.roles.all.pk, "entity": "sales.lead", "field": "channel", "level": "none"}
    writes.create(SYSTEM, entity("access.fieldpolicy"), policy)
    values = {"name": "Web", "entity": "sales.lead", "condition": {"field": "channel", "op": "any", "value": ["web"]}}
    with pytest.raises(Refused) as refused:
        writes.create(fresh_actor(people.eva), entity("distribution.assignmentrule"), values)
    assert list(refused.value.errors) == ["condition"]
    assert not entity("distribution.assignmentrule").rows(SYSTEM).exists()


def test_a_condition_on_a_field_that_is_gone_stops_nothing_else(reps):
    """A rule that was right when it was saved may name a field that was removed since."""
    from kith.core.changes import maintenance

    broken, whole = rule(reps.vera, name="Broken"), rule(reps.igor, name="Whole", position=2)
    with maintenance("a field goes"):
        type(broken)._base_manager.filter(pk=broken.pk).update(condition={"field": "x_gone", "op": "filled"})
    one = lead()
    run(fresh(broken), whole)
    assert owners([one]) == ["Igor"]
