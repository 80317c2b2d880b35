"""Groups, teams, departments and reports: each step of a way counts only on its days and while nothing of it is in the trash."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from kith.access import closure, principals
from kith.core import access, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing.people import fresh, grant, make_group, make_user, role_of

pytestmark = pytest.mark.django_db
TODAY, TOMORROW, YESTERDAY = "2026-03-02", "2026-03-03", "2026-03-01"
#: Dates of a membership or grant, and whether it holds today.
DATES = (
    ({}, True),
    ({"valid_from": TODAY, "valid_to": TODAY}, True),
    ({"valid_from": YESTERDAY}, True),
    ({"valid_to": TOMORROW}, True),
    ({"valid_from": TOMORROW}, False),
    ({"valid_to": YESTERDAY}, False),
)


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with time_machine.travel(f"{TODAY} 10:00:00+00:00", tick=False):
        yield


def make(label: str, **values: Any) -> Any:
    return writes.create(SYSTEM, registry.get(label), values)


def drop(label: str, record: Any) -> None:
    assert writes.delete(SYSTEM, registry.get(label), [record.pk]).records


@pytest.fixture
def line() -> SimpleNamespace:
    """Una in the team "Outer", Otto in the group "Inner" inside it, by one membership each."""
    one, two = make_user("Una"), make_user("Otto")
    outer, inner = (make("access.group", name=name, is_team=True) for name in ("Outer", "Inner"))
    first = make("access.groupmember", group=outer.pk, user=one.pk)
    nested = make("access.groupmember", group=outer.pk, child=inner.pk)
    last = make("access.groupmember", group=inner.pk, user=two.pk)
    return SimpleNamespace(una=one, otto=two, outer=outer, inner=inner, first=first, nested=nested, last=last)


def team(user: Any) -> set[Any]:
    return set(fresh(user).team_ids)


@pytest.mark.parametrize(("dates", "holds"), DATES)
@pytest.mark.parametrize("step", ["nested", "last"])
def test_each_step_into_a_team_has_its_dates(
    line: SimpleNamespace, step: str, dates: dict[str, str], holds: bool
) -> None:
    both = {line.una.pk, line.otto.pk}
    assert team(line.una) == team(line.otto) == both
    writes.save(SYSTEM, getattr(line, step), dates)
    assert team(line.una) == (both if holds else {line.una.pk})
    groups = set(fresh(line.otto).group_ids)
    expected = {line.inner.pk} if step == "nested" else set()
    assert groups == ({line.inner.pk, line.outer.pk} if holds else expected)


@pytest.mark.parametrize("step", ["nested", "last"])
def test_a_membership_in_the_trash_leads_nowhere(line: SimpleNamespace, step: str) -> None:
    drop("access.groupmember", getattr(line, step))
    assert team(line.una) == {line.una.pk}
    assert set(fresh(line.otto).group_ids) == ({line.inner.pk} if step == "nested" else set())


@pytest.mark.parametrize("group", ["outer", "inner"])
def test_a_group_in_the_trash_leads_nowhere(line: SimpleNamespace, group: str) -> None:
    drop("access.group", getattr(line, group))
    assert set(fresh(line.otto).group_ids) == ({line.inner.pk} if group == "outer" else set())
    assert team(line.una) == (set() if group == "outer" else {line.una.pk})


@pytest.mark.parametrize(("group", "member"), [("outer", "first"), ("outer", "nested"), ("inner", "last")])
def test_a_membership_brought_back_leads_nowhere_while_its_group_is_in_the_trash(
    line: SimpleNamespace, group: str, member: str
) -> None:
    drop("access.groupmember", getattr(line, member))
    drop("access.group", getattr(line, group))
    writes.restore(SYSTEM, registry.get("access.groupmember"), [getattr(line, member).pk])
    assert set(fresh(line.una).group_ids) == (set() if group == "outer" else {line.outer.pk})
    assert team(line.una) == (set() if group == "outer" else {line.una.pk})
    assert set(fresh(line.otto).group_ids) == ({line.inner.pk} if group == "outer" else set())
    assert team(line.otto) == ({line.otto.pk} if group == "outer" else set())


def test_nobody_is_a_member_of_a_group_in_the_trash(line: SimpleNamespace) -> None:
    groups, day = [line.outer.pk, line.inner.pk], access.past.today()
    assert closure.members(groups, day) == {line.una.pk, line.otto.pk}
    drop("access.groupmember", line.first)
    drop("access.group", line.outer)
    writes.restore(SYSTEM, registry.get("access.groupmember"), [line.first.pk])  # Una's, in the group that stays there
    assert closure.members([line.outer.pk], day) == frozenset()
    assert closure.members(groups, day) == {line.otto.pk}


@pytest.mark.parametrize(("dates", "holds"), DATES)
def test_a_grant_has_its_dates(dates: dict[str, str], holds: bool) -> None:
    user, role = make_user("Una"), role_of("Reader", [("parties.company", "view", "all")])
    make("access.rolegrant", role=role.pk, user=user.pk, **dates)
    assert bool(fresh(user).rules) is holds
    with principals.together():  # as where rights of many are worked out
        assert bool(principals.build(user.pk, access.past.today()).rules) is holds


def test_a_role_or_grant_in_the_trash_gives_nothing() -> None:
    user = make_user("Una")
    roles = [role_of(name, [("parties.company", "view", "all")]) for name in ("One", "Two")]
    grants = [make("access.rolegrant", role=role.pk, user=user.pk) for role in roles]
    assert len(fresh(user).rules) == 2
    drop("access.rolegrant", grants[0])
    assert [rule.role for rule in fresh(user).rules] == [str(roles[1].pk)]
    drop("access.role", roles[1])
    assert fresh(user).rules == ()


def test_grants_reach_those_they_name_and_nobody_else(line: SimpleNamespace) -> None:
    unit, other = make("people.orgunit", name="North"), make("people.orgunit", name="South")
    third, fourth = make_user("Tia", org_unit=unit.pk), make_user("Fay", org_unit=other.pk)
    for name, receiver in (("user", line.una), ("group", line.inner), ("org_unit_granted", unit)):
        make("access.rolegrant", role=role_of(name, [("parties.company", "view", "all")]).pk, **{name: receiver.pk})
    people = (line.una, line.otto, third, fourth)
    expected = [["role user"], ["group Inner", "role group"], ["department North", "role org_unit_granted"], []]
    assert [[str(step) for rule in fresh(user).rules for step in rule.via] for user in people] == expected
    with principals.together():
        found = [principals.build(user.pk, access.past.today()) for user in people]
    assert [[str(step) for rule in one.rules for step in rule.via] for one in found] == expected


def test_of_several_ways_to_a_role_the_nearest_is_told(line: SimpleNamespace) -> None:
    unit = make("people.orgunit", name="North")
    writes.save(SYSTEM, line.otto, {"org_unit": unit.pk})
    role = role_of("Reader", [("parties.company", "view", "all")])
    told = []
    for receiver in ({"org_unit_granted": unit.pk}, {"group": line.inner.pk}, {"user": line.otto.pk}):
        make("access.rolegrant", role=role.pk, **receiver)
        told.append([str(step) for step in fresh(line.otto).rules[0].via])
    assert told == [["department North", "role Reader"], ["group Inner", "role Reader"], ["role Reader"]]


def test_a_group_that_is_no_team_shares_roles_and_no_records(line: SimpleNamespace) -> None:
    writes.save(SYSTEM, line.outer, {"is_team": False})
    for user, groups, mates in ((line.una, {line.outer.pk}, set()), (line.otto, {line.outer.pk, line.inner.pk}, {line.otto.pk})):  # fmt: skip
        assert set(fresh(user).group_ids) == groups and team(user) == mates


# --- departments and reports --------------------------------------------------------------------------------------------


def test_departments_in_the_trash_end_the_way_up_and_down() -> None:
    top = make("people.orgunit", name="Top")
    middle = make("people.orgunit", name="Middle", parent=top.pk)
    low = make("people.orgunit", name="Low", parent=middle.pk)
    assert closure.units_below(top.pk) == {top.pk, middle.pk, low.pk}
    assert closure.units_above(low.pk) == {top.pk, middle.pk, low.pk}
    assert closure.units_below(low.pk) == {low.pk} and closure.units_above(top.pk) == {top.pk}
    assert fresh(make_user("Head", org_unit=middle.pk)).unit_ids == {middle.pk, low.pk}
    drop("people.orgunit", middle)
    assert closure.units_below(top.pk) == {top.pk}
    assert closure.units_above(low.pk) == {low.pk}
    assert closure.units_below(middle.pk) == closure.units_above(middle.pk) == frozenset()


def test_reports_in_the_trash_end_the_line() -> None:
    users = [make_user(name) for name in ("Boss", "Lead", "Rep")]
    staff: list[Any] = []
    for user in users:
        above = {"manager": staff[-1].pk} if staff else {}
        staff.append(make("people.employee", name=user.name, user=user.pk, **above))
    boss, lead, rep = users
    assert closure.reports_of(boss.pk) == {lead.pk, rep.pk} and closure.reports_of(rep.pk) == frozenset()
    drop("people.employee", staff[2])
    assert closure.reports_of(boss.pk) == {lead.pk}
    writes.restore(SYSTEM, registry.get("people.employee"), [staff[2].pk])
    drop("people.employee", staff[1])
    assert closure.reports_of(boss.pk) == frozenset() and closure.reports_of(lead.pk) == frozenset()


def test_nobody_reports_to_oneself_through_a_second_post() -> None:
    user = make_user("Boss")
    first = make("people.employee", name="Boss", user=user.pk)
    make("people.employee", name="Post without a user", manager=first.pk)
    assert closure.reports_of(user.pk) == frozenset()


# --- shares -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("until", "holds"), [(None, True), (TODAY, True), (TOMORROW, True), (YESTERDAY, False)])
def test_a_share_reaches_its_receiver_until_its_day(line: SimpleNamespace, until: str | None, holds: bool) -> None:
    company = registry.get("parties.company")
    record, other = (make("parties.company", name=name) for name in ("Nord AS", "Sud SA"))
    for user in (line.una, line.otto):
        grant(user, ("parties.company", "history", "none"))
    subject = {"entity": "parties.company", "id": str(record.pk)}
    make("access.share", subject=subject, group=line.inner.pk, level="view", valid_to=until)
    make("access.share", subject={"entity": "parties.company", "id": str(other.pk)}, user=line.una.pk, level="edit")
    found = {name: set(company.rows(fresh(line.otto), name)) for name in ("view", "history", "edit", "delete")}
    mine = {record} if holds else set()
    assert found == {"view": mine, "history": mine, "edit": set(), "delete": set()}
    assert set(company.rows(fresh(line.una))) == set(company.rows(fresh(line.una), "edit")) == {other}
    assert set(company.rows(fresh(line.una), "export")) == set()


def test_who_may_not_sign_in_is_nobody() -> None:
    user = make_user("Una")
    grant(user, ("parties.company", "view", "all"))
    assert fresh(user).id == user.pk
    writes.save(SYSTEM, user, {"is_active": False})
    assert fresh(user) == access.NOBODY
    writes.save(SYSTEM, user, {"is_active": True})
    drop("access.user", user)
    assert fresh(user) == access.NOBODY


def test_groups_of_other_people_are_not_ones_own() -> None:
    user, other = make_user("Una"), make_user("Otto")
    mine, theirs = make_group("Mine", user), make_group("Theirs", other)
    assert set(fresh(user).group_ids) == {mine.pk} and theirs.pk in fresh(other).group_ids


def test_programs_and_people_are_told_apart() -> None:
    kinds = [fresh(make_user(name, kind=kind)).kind for name, kind in (("Una", "person"), ("Robot", "service"))]
    assert kinds == ["user", "service"]
    assert access.actor_of(None) is access.NOBODY
