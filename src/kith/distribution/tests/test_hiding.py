"""Who sees what waits in a pool: its members, unless it hides fields; then managers, and whoever gives away all such records."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine

from kith.core import access, past, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.testing.people import grant, make_user
from kith.distribution import book, claiming, hiding
from kith.distribution.hiding import is_veiled, shown, way_in, way_out

from .help import entity, lead, pool, waits

pytestmark = pytest.mark.django_db
HIDDEN = {"hidden_fields": ["company"]}


def sees(user, *leads, operation="view"):
    found = set(entity().rows(actor_of(user.pk), operation).values_list("pk", flat=True))
    return [one.pk in found for one in leads]


def test_members_see_what_waits_and_may_do_nothing_else_with_it(reps):
    waiting, elsewhere, free = lead(), lead(), lead()
    waits(pool(reps.vera), waiting)
    waits(pool(reps.igor, name="Other"), elsewhere)
    assert sees(reps.vera, waiting, elsewhere, free) == [True, False, False]
    assert sees(reps.igor, waiting, elsewhere, free) == [False, True, False]
    assert sees(reps.ana, waiting, elsewhere, free) == [False, False, False]
    for operation in ("edit", "history", "export", "delete"):
        assert sees(reps.vera, waiting, operation=operation) == [False]


def test_a_pool_opens_records_of_its_kind_only(reps):
    made = pool(reps.vera)
    waits(made, lead())
    actor = actor_of(reps.vera.pk)
    assert way_in(entity(), actor, "view") is not None
    for label in ("sales.opportunity", "activities.task", "parties.company", "parties.contactpoint"):
        assert way_in(registry.get(label), actor, "view") is None
        assert not registry.get(label).rows(actor).exists()


def test_a_pool_that_hides_fields_keeps_its_records_from_members(reps, people):
    one = lead()
    waits(pool(reps.vera, (reps.igor, "manages"), **HIDDEN), one)
    assert [sees(user, one) for user in (reps.vera, reps.igor, reps.ana)] == [[False], [True], [False]]
    for user in (reps.vera, reps.igor, reps.ana):
        grant(user, ("sales.lead", "view", "all"))
    assert [sees(user, one) for user in (reps.vera, reps.igor, reps.ana)] == [[False], [True], [True]]
    assert access.predicate(entity(), actor_of(reps.vera.pk), "delete") == access.NOTHING
    assert sees(people.eva, one) == [True] and entity().rows(SYSTEM).filter(pk=one.pk).exists()


@pytest.mark.parametrize(("item", "seen"), [
    (("sales.lead", "assign", "own"), False),
    (("sales.lead", "assign", "all"), True),
    (("sales.opportunity", "assign", "all"), False),
    (("sales.lead", "assign", "all", False, {"field": "name", "op": "is", "value": "Lead"}), False),
])  # fmt: skip
def test_who_gives_away_all_such_records_sees_them(reps, item, seen):
    one = lead()
    waits(pool(reps.vera, **HIDDEN), one)
    grant(reps.vera, ("sales.lead", "view", "all"), item)
    assert sees(reps.vera, one) == [seen]


def test_only_what_waits_is_kept_back(reps):
    one, other = lead(), lead()
    made = pool(reps.vera, reps.igor, **HIDDEN)
    waits(made, one)
    assert sees(reps.vera, one, other) == [False, False]  # nor does it open what does not wait
    grant(reps.vera, ("sales.lead", "view", "all"))
    assert sees(reps.vera, one, other) == [False, True]
    claiming.claim(actor_of(reps.igor.pk), made.pk, [one.pk])
    assert sees(reps.vera, one, other) == [True, True] and sees(reps.igor, one) == [True]


def test_of_two_pools_each_says_for_its_own_records(reps):
    open_one, hidden = lead(), lead()
    waits(pool(reps.vera), open_one)
    waits(pool(reps.vera, name="Veiled", **HIDDEN), hidden)
    assert sees(reps.vera, open_one, hidden) == [True, False]
    grant(reps.vera, ("sales.lead", "view", "all"))
    assert sees(reps.vera, open_one, hidden) == [True, False]


def test_nobody_without_an_account_is_a_member(reps, people):
    one = lead()
    waits(pool(people.north, **HIDDEN), one)
    waits(pool(people.north, name="Open"), lead())
    nobody = replace(actor_of(reps.vera.pk), id=None)
    assert way_in(entity(), nobody, "view") is None and way_out(entity(), nobody) is None
    member = actor_of(people.ann.pk)
    assert way_in(entity(), member, "view") is not None and way_out(entity(), member) is not None
    assert way_in(entity(), member, "edit") is None


def test_the_queue_shows_the_columns_that_are_not_hidden(reps):
    made = pool(reps.vera, (reps.igor, "manages"), **HIDDEN)
    basin = book.book().basin(made.pk)
    member, manager = actor_of(reps.vera.pk), actor_of(reps.igor.pk)
    assert is_veiled(basin, member) and not is_veiled(basin, manager)
    columns = [name for name in entity().list_columns if name != "owner"]
    assert "company" in columns and shown(basin, entity(), manager) == columns
    assert shown(basin, entity(), member) == [name for name in columns if name != "company"]
    role = grant(make_user("Other"), ("sales.lead", "view", "all"))
    limited = {"role": role.pk, "entity": "sales.lead", "field": "stage", "level": "none", "deny": True}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), limited)
    writes.create(SYSTEM, registry.get("access.rolegrant"), {"role": role.pk, "user": reps.igor.pk})
    assert "stage" in columns and "stage" not in access.readable(actor_of(reps.igor.pk), entity())
    assert shown(basin, entity(), actor_of(reps.igor.pk)) == [name for name in columns if name != "stage"]


def at(day):
    return time_machine.travel(dt.datetime(2026, 9, day, 9, tzinfo=dt.UTC), tick=False)


def evening(day):
    moment = dt.datetime(2026, 9, day, 20, tzinfo=dt.UTC)
    return past.Past(moment, moment.isoformat())


def test_in_the_past_members_see_what_waited_then(reps):
    with at(1):
        made = pool(reps.vera, reps.igor)
        taken, left = lead(), lead()
    with at(3):
        waits(made, taken, left)
    with at(5):
        claiming.claim(actor_of(reps.igor.pk), made.pk, [taken.pk])
    with at(9):
        actor = actor_of(reps.vera.pk)
        found = []
        for day in (2, 4, 6):
            with past.playing(evening(day)):
                rows = entity().model._base_manager.filter(hiding.waiting_in([made.pk]))
                found.append({one.pk for one in rows})
                assert set(entity().rows(actor).values_list("pk", flat=True)) <= {taken.pk, left.pk}
        assert found == [set(), {taken.pk, left.pk}, {left.pk}]
        now = entity().model._base_manager.filter(hiding.waiting_in([made.pk]))
        assert {one.pk for one in now} == {left.pk}
        assert not entity().model._base_manager.filter(hiding.waiting_in([made.pk][:0])).exists()


def test_what_a_pool_keeps_back_it_does_not_open(reps):
    waiting, hidden = lead(), lead()
    veiled = pool(reps.vera, (reps.igor, "manages"), **HIDDEN)
    waits(veiled, hidden)
    assert way_in(entity(), actor_of(reps.vera.pk), "view") is None
    assert way_out(entity(), actor_of(reps.igor.pk)) is None
    waits(pool(reps.vera, name="Open"), waiting)
    grant(reps.vera, ("sales.lead", "assign", "all"))  # lifts the veil, and is no way in
    assert sees(reps.vera, waiting, hidden) == [True, False] and sees(reps.igor, waiting, hidden) == [False, True]
