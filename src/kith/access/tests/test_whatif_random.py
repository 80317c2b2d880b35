"""The what-if of random changes equals what is really seen before and after: every user, every kind with rows, exact ids."""

import os
import random
from typing import Any

import pytest
from django.db import transaction

from kith.access import effective, lockout, whatif
from kith.core import custom_fields, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import KithError
from kith.core.testing import factory
from kith.core.testing.people import fresh, make_group, make_user, role_of

pytestmark = pytest.mark.django_db
KINDS = ("parties.company", "parties.person", "sales.opportunity", "activities.task")
LONG = os.environ.get("KITH_LONG") == "1"
LEVELS = ("none", "own", "reports", "team", "unit", "all")


def make(label: str, **values: Any) -> Any:
    return writes.create(SYSTEM, registry.get(label), {k: getattr(v, "pk", v) for k, v in values.items()})


class World:
    """Users in groups within groups, in departments within departments, with roles by every way, and their records."""

    def __init__(self, people: Any, chance: random.Random) -> None:
        self.chance, self.actor = chance, people.actors.eva
        self.units = [make("people.orgunit", name="Top")]
        for name in ("A", "B", "A1"):
            self.units.append(make("people.orgunit", name=name, parent=chance.choice(self.units)))
        self.users = [people.ann, people.tom, people.max, *(make_user(f"User {n}") for n in range(4))]
        self.users[3:] = [
            writes.save(SYSTEM, user, {"org_unit": chance.choice(self.units).pk}) for user in self.users[3:]
        ]
        self.groups = [people.north, *(make_group(f"Group {n}", *chance.sample(self.users, 2)) for n in range(3))]
        boss = None
        for user in self.users[3:]:
            boss = make("people.employee", name=user.name, user=user, manager=boss)
        self.employees = list(registry.get("people.employee").rows(SYSTEM).order_by("pk"))
        self.roles = [
            people.roles.own,
            *(
                role_of(f"Role {n}", [(chance.choice(KINDS), "view", chance.choice(LEVELS)), ("*", "edit", "own")])
                for n in range(3)
            ),
        ]
        for role in self.roles[1:]:
            make("access.rolegrant", role=role, **self.receiver())
        for number in range(24):
            owner, unit = chance.choice([*self.users, None]), chance.choice([*self.units, None])
            make(
                "parties.company",
                name=f"Company {number}",
                owner=owner,
                org_unit=unit,
                status=chance.choice(["active", "prospect"]),
            )
        for _number in range(4):
            factory.make("sales.opportunity", owner=str(chance.choice(self.users).pk))
            factory.make("parties.person", owner=str(chance.choice(self.users).pk))

    def receiver(self) -> dict[str, Any]:
        return self.chance.choice(
            [
                {"user": self.chance.choice(self.users)},
                {"group": self.chance.choice(self.groups)},
                {"org_unit_granted": self.chance.choice(self.units)},
            ]
        )

    def rows(self, label: str) -> Any:
        return self.chance.choice(list(registry.get(label).rows(SYSTEM).order_by("pk")))

    def change(self) -> Any:
        """A change of rights chosen by chance, as a function that does it."""
        c = self.chance
        role, group = c.choice(self.roles), c.choice(self.groups)
        condition = c.choice([None, {"field": "status", "op": "any", "value": ["active"]}])
        rule = {
            "role": role.pk,
            "entity": "parties.company" if condition else c.choice([*KINDS, "*"]),
            "operation": c.choice(["view", "edit", "delete", "export", "create", "*"]),
            "level": c.choice(LEVELS),
            "deny": c.random() < 0.2,
            "condition": condition,
        }
        receiver = {name: who.pk for name, who in self.receiver().items()}
        member = c.choice([{"user": c.choice(self.users).pk}, {"child": c.choice(self.groups).pk}])
        company = self.rows("parties.company")
        verbs = {
            "rule": lambda: self.create("access.policyrule", rule),
            "field": lambda: self.create(
                "access.fieldpolicy",
                {"role": role.pk, "entity": "parties.company", "field": "name", "level": c_level, "deny": True},
            ),
            "grant": lambda: self.create("access.rolegrant", {"role": role.pk, **receiver}),
            "ungrant": lambda: self.delete(grant),
            "unrule": lambda: self.delete(item),
            "unrole": lambda: self.delete(role),
            "member": lambda: self.create("access.groupmember", {"group": group.pk, **member}),
            "leave": lambda: self.delete(membership),
            "team": lambda: writes.save(self.actor, group, {"is_team": not group.is_team}),
            "ungroup": lambda: self.delete(group),
            "move": lambda: writes.save(self.actor, unit, {"parent": other.pk}),
            "transfer": lambda: writes.save(self.actor, user, {"org_unit": other.pk}),
            "leaver": lambda: writes.save(self.actor, user, {"is_active": False}),
            "manager": lambda: writes.save(self.actor, employee, {"manager": None}),
            "share": lambda: self.create(
                "access.share",
                {"subject": {"entity": "parties.company", "id": str(company.pk)}, "user": user.pk, "level": c_share},
            ),
            "two": lambda: (
                self.create("access.policyrule", rule),
                self.create("access.groupmember", {"group": group.pk, **member}),
            ),
        }
        c_level, c_share = c.choice(["none", "read"]), c.choice(["view", "edit"])
        grant, item, membership = (
            self.rows(label) for label in ("access.rolegrant", "access.policyrule", "access.groupmember")
        )
        unit, other = c.sample(self.units, 2)
        user, employee = c.choice(self.users), c.choice(self.employees)
        name = c.choice(sorted(verbs))
        return name, verbs[name]

    def create(self, label: str, values: dict[str, Any]) -> Any:
        return writes.create(self.actor, registry.get(label), values)

    def delete(self, record: Any) -> Any:
        return writes.delete(self.actor, registry.for_model(type(record)), [record.pk])


def everything(users: list[Any]) -> dict[tuple[Any, str, str], frozenset[Any]]:
    """What every user reaches of kinds that have rows, loaded anew."""
    kinds = [entity for entity in effective.subjects() if entity.rows(SYSTEM).exists()]
    found = {}
    for user in users:
        actor = fresh(user)
        for entity in kinds:
            for operation in whatif.OPERATIONS:
                rows = entity.rows(actor, operation)
                found[user.pk, entity.label, operation] = frozenset(rows.values_list("pk", flat=True))
    return found


def stock() -> frozenset[Any]:
    """All records that there are."""
    return frozenset(pk for entity in effective.subjects() for pk in entity.rows(SYSTEM).values_list("pk", flat=True))


def really(users: list[Any], change: Any) -> dict[Any, tuple[frozenset[Any], frozenset[Any]]]:
    """Who gains and loses what of the records that are there before and after, by doing it and going back."""
    point = transaction.savepoint_create()
    before, there = everything(users), stock()
    with whatif.seen(), lockout.accepted():
        change()
    after, there = everything(users), there & stock()
    transaction.savepoint_rollback(point)
    custom_fields.forget()
    none: frozenset[Any] = frozenset()
    pairs = {key: (before.get(key, none) & there, after.get(key, none) & there) for key in before.keys() | after.keys()}
    return {key: (new - old, old - new) for key, (old, new) in pairs.items() if old != new}


@pytest.mark.parametrize("seed", range(40 if LONG else 3))
def test_a_random_change(people: Any, seed: int) -> None:
    world = World(people, random.Random(seed))
    done = 0
    while done < 2:
        name, change = world.change()
        everybody = list(registry.get("access.user").rows(SYSTEM).order_by("pk"))
        try:
            guess = whatif.compare(world.actor, change)
        except KithError:  # a circle of groups, a change that is none
            continue
        truth = really(everybody, change)
        keys = [(item.user.pk, item.entity.label, item.operation) for item in guess.records]
        told = dict(zip(keys, ((i.gains, i.losses) for i in guess.records), strict=True))
        assert told == {key: (len(gained), len(lost)) for key, (gained, lost) in truth.items()}, name
        shown = [({record.pk for record in i.gained}, {record.pk for record in i.lost}) for i in guess.records]
        assert dict(zip(keys, shown, strict=True)) == truth, name  # Eva sees all, and there are fewer than are shown
        assert guess.compared == guess.users
        done += 1
