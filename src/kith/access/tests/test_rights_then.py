"""Rights as they were: on random histories of roles, groups, departments and shares the ledger tells later what was answered then."""

import datetime as dt
import random
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from kith.access import principals, reached_then, then, whatif
from kith.core import past, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import make_group, make_user, role_of

pytestmark = pytest.mark.django_db
COMPANY = "parties.company"
NAMES = ("Ida", "Jan", "Kim", "Lea")


def at(day: int, hour: int = 9) -> Any:
    """A moment of September."""
    return time_machine.travel(dt.datetime(2026, 9, day, hour, tzinfo=dt.UTC), tick=False)


def new(label: str, **values: Any) -> Any:
    return writes.create(SYSTEM, registry.get(label), values)


def day_of(day: int, hour: int = 20) -> past.Past:
    moment = dt.datetime(2026, 9, day, hour, tzinfo=dt.UTC)
    return past.Past(moment, moment.isoformat())


@pytest.fixture
def house() -> SimpleNamespace:
    """Four users in two departments and two groups, three roles that nobody has yet, two companies."""
    with at(1):
        top = new("people.orgunit", name="Top")
        units = [top, new("people.orgunit", name="Below", parent=top.pk)]
        users = {name: make_user(name, org_unit=units[at % 2].pk) for at, name in enumerate(NAMES)}
        inner = make_group("Inner", users["Ida"])
        groups = [inner, make_group("Outer", users["Jan"], inner)]
        boss = new("people.employee", name="Lea", user=users["Lea"].pk)
        for name in ("Ida", "Kim"):
            new("people.employee", name=name, user=users[name].pk, manager=boss.pk)
        roles = [
            role_of("Own", [(COMPANY, name, "own") for name in ("view", "edit")]),
            role_of("Team", [(COMPANY, "view", "team"), (COMPANY, "edit", "reports"), (COMPANY, "delete", "unit")]),
            role_of("Big", [(COMPANY, "view", "all", False, {"field": "name", "op": "contains", "value": "big"}), (COMPANY, "edit", "none", True, {"field": "website", "op": "filled"})]),
        ]  # fmt: skip
        companies = [
            factory.make(COMPANY, name=f"{word} one", owner=users[who].pk, website="")
            for word, who in (("big", "Ida"), ("small", "Kim"))
        ]
    return SimpleNamespace(users=users, units=units, groups=groups, roles=roles, companies=companies, employees=[boss])


def rows(label: str, *, trashed: bool = False) -> list[Any]:
    return list(registry.get(label).rows(SYSTEM, trashed=trashed).order_by("created_at", "pk"))


def step(rng: random.Random, house: SimpleNamespace) -> None:
    """One random change of what decides about rights."""
    user, group, unit = (rng.choice(list(some)) for some in (house.users.values(), house.groups, house.units))
    company, role = rng.choice(house.companies), rng.choice(house.roles)
    days = {"valid_from": rng.choice([None, f"2026-09-{rng.randrange(2, 14):02}"]), "valid_to": rng.choice([None, "2026-09-14", "2026-09-20"])}  # fmt: skip
    what = rng.randrange(14)
    if what < 4:
        receiver = rng.choice([{"user": user.pk}, {"group": group.pk}, {"org_unit_granted": unit.pk}])
        new("access.rolegrant", role=role.pk, **receiver, **days)
    elif what == 4 and (found := rows("access.rolegrant")):
        writes.delete(SYSTEM, registry.get("access.rolegrant"), [rng.choice(found).pk])
    elif what == 5 and (found := rows("access.groupmember")):
        writes.delete(SYSTEM, registry.get("access.groupmember"), [rng.choice(found).pk])
    elif what == 6:
        new("access.groupmember", group=house.groups[1].pk, user=user.pk, **days)
    elif what == 7:
        new("access.share", subject=f"{COMPANY}/{company.pk}", user=user.pk, level=rng.choice(["view", "edit"]), valid_to=days["valid_to"])  # fmt: skip
    elif what == 8 and (found := rows("access.policyrule")):
        writes.save(SYSTEM, rng.choice(found), {"level": rng.choice(["own", "team", "unit", "all", "none"])})
    elif what == 9:
        current = registry.get(COMPANY).rows(SYSTEM).get(pk=company.pk)
        values = rng.choice([{"owner": user.pk}, {"name": f"{rng.choice(['big', 'small'])} {rng.randrange(9)}"}, {"website": rng.choice(["", "https://example.org"])}, {"org_unit": unit.pk}])  # fmt: skip
        writes.save(SYSTEM, current, values)
    elif what == 10:
        current = registry.get("access.user").rows(SYSTEM).get(pk=user.pk)
        writes.save(SYSTEM, current, rng.choice([{"is_active": not current.is_active}, {"org_unit": unit.pk}]))
    elif what == 11:
        current = registry.get("access.group").rows(SYSTEM).get(pk=group.pk)
        writes.save(SYSTEM, current, {"is_team": not current.is_team})
    elif what == 12 and (found := rows("people.employee")):
        last = found[-1]
        writes.save(SYSTEM, last, {"manager": None if last.manager_id else house.employees[0].pk})
    elif what == 13 and (trash := rows("access.rolegrant", trashed=True)):
        writes.restore(SYSTEM, registry.get("access.rolegrant"), [trash[0].pk])


def answers(house: SimpleNamespace) -> dict[Any, Any]:
    """What plain queries say now: for every user who can do what with which company, and all that decides about rights."""
    found, day = {}, past.today()
    for name, user in house.users.items():
        actor = principals.build(user.pk, day)
        found[name] = whatif.standing(actor)
        for company in house.companies:
            found[name, company.pk] = {
                operation
                for operation in reached_then.OPERATIONS
                if registry.get(COMPANY).rows(actor, operation).filter(pk=company.pk).exists()
            }
    return found


def played(house: SimpleNamespace, when: past.Past) -> dict[Any, Any]:
    """The same from the ledger."""
    rights, found = then.at(when), {}
    for company in house.companies:
        may = reached_then.verdicts(registry.get(COMPANY), company.pk, rights, [user.pk for user in house.users.values()])  # fmt: skip
        found |= {(name, company.pk): set(may[user.pk]) for name, user in house.users.items()}
    return found | {name: whatif.standing(rights.actor(user.pk)) for name, user in house.users.items()}


@pytest.mark.parametrize("seed", range(1))
def test_the_rights_of_each_day_are_those_that_were_answered_then(house: Any, seed: int) -> None:
    rng, seen, after_step = random.Random(seed), {}, []
    for day in range(2, 14):
        for hour in range(8, 8 + rng.randrange(1, 4)):
            with at(day, hour):
                step(rng, house)
                after_step.append((day, hour, answers(house)))
        with at(day, 20):
            seen[day] = answers(house)
    assert len({repr(sorted(map(repr, found.items()))) for found in seen.values()}) > 5, "the history changes nothing"
    with at(25):
        for day, expected in seen.items():
            assert played(house, day_of(day)) == expected, day
        for company in house.companies:
            check_causes(house, company, seen, after_step)


def check_causes(house: Any, company: Any, seen: Any, after_step: Any) -> None:
    """Each difference is laid to a change after which the answer was the later one and before which it was not; or to a day that passed."""
    since, until = day_of(2), day_of(13)
    found = reached_then.compare(registry.get(COMPANY), company.pk, since, until)
    names = {user.pk: name for name, user in house.users.items()}
    for person in found.people:
        if (name := names.get(person.id)) is None:
            continue
        assert person.before == seen[2][name, company.pk] and person.after == seen[13][name, company.pk]
        assert {way.operation for way in person.ways} == person.before
        assert set(person.causes) == person.before ^ person.after
        for operation, cause in person.causes.items():
            last = operation in person.after
            if cause.by is not None:
                answer = [(operation in found[name, company.pk]) for day, hour, found in after_step if dt.datetime(2026, 9, day, hour, tzinfo=dt.UTC) == cause.at]  # fmt: skip
                assert answer == [last]
    assert {names[person.id] for person in found.people if person.id in names} == {
        name for name in NAMES if seen[2][name, company.pk] or seen[13][name, company.pk]
    }


def test_a_worked_case_tells_by_which_change_set_who_and_why(house: Any) -> None:
    ida, jan = house.users["Ida"], house.users["Jan"]
    eva = principals.build(make_user("Eva").pk, dt.date(2026, 9, 1))
    own, company = house.roles[0], house.companies[0]
    with at(3):
        new("access.rolegrant", role=own.pk, group=house.groups[1].pk)
    with at(6):
        current = registry.get(COMPANY).rows(SYSTEM).get(pk=company.pk)
        writes.save(SYSTEM, current, {"owner": jan.pk}, reason="Jan knows them")
    with at(8):
        new("access.share", subject=f"{COMPANY}/{company.pk}", user=ida.pk, valid_to="2026-09-10")
    with at(20):
        found = reached_then.compare(registry.get(COMPANY), company.pk, day_of(4), day_of(7))
        people = {person.id: person for person in found.people}
        assert people[ida.pk].before == {"view", "edit"} and people[ida.pk].after == set()
        assert [tuple(map(str, way.path)) for way in people[ida.pk].ways] == [("group Inner", "group Outer", "role Own")] * 2  # fmt: skip
        assert people[jan.pk].gained == ["view", "edit"] and people[jan.pk].lost == []
        cause = people[jan.pk].causes["view"]
        assert cause.by is not None and cause.by.reason == "Jan knows them" and cause.at.day == 6
        assert [entry.entity for entry in cause.entries] == [COMPANY]
        found = reached_then.compare(registry.get(COMPANY), company.pk, day_of(9), day_of(15))
        person = next(person for person in found.people if person.id == ida.pk)
        assert person.before == {"view"} and person.after == set() and person.causes["view"].by is None
        assert str(person.ways[0].text) == "the record was shared" and eva.id
