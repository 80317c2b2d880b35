"""Rights as they were at a moment: the entities of rights played back from the ledger, and the actors of then.

    rights = then.at(when)                                      # eleven queries, whatever the number of users
    with past.playing(when):
        access.predicate(entity, rights.actor(user), "view")    # the same rules over the rows of then

Users, groups, memberships, roles with their permission items, grants, departments, employees, shares and settings are
those of then, with the days on which they were valid.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import past
from kith.core.access import NOBODY, SYSTEM, Actor, FieldRule, Rule
from kith.core.entity import registry
from kith.core.past import Past

from .principals import said

type Key = uuid.UUID
#: Columns of what decides about rights, by kind of record.
READ = {
    "access.user": ("id", "name", "kind", "is_active", "language", "time_zone", "org_unit_id"),
    "access.group": ("id", "name", "is_team"),
    "access.groupmember": ("id", "group_id", "user_id", "child_id", "valid_from", "valid_to"),
    "access.role": ("id", "name"),
    "access.rolegrant": ("id", "role_id", "user_id", "group_id", "org_unit_granted_id", "valid_from", "valid_to"),
    "access.policyrule": ("id", "role_id", "entity", "operation", "level", "deny", "condition"),
    "access.fieldpolicy": ("id", "role_id", "entity", "field", "level", "deny"),
    "access.share": ("id", "subject_entity", "user_id", "group_id", "valid_to"),
    "people.orgunit": ("id", "name", "parent_id"),
    "people.employee": ("id", "user_id", "manager_id"),
}


@dataclass(slots=True)
class Row:
    """One row of rights."""

    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def holds(self, day: dt.date) -> bool:
        """Whether it is valid on a day."""
        start, end = self.values.get("valid_from"), self.values.get("valid_to")
        return (start is None or start <= day) and (end is None or end >= day)


@dataclass
class Rights:
    """All that decided about rights at a moment."""

    when: Past
    kinds: dict[str, list[Row]]
    actors: dict[Key, Actor] = field(default_factory=dict)

    def rows(self, label: str) -> list[Row]:
        """Those of a kind that were valid."""
        return [row for row in self.kinds[label] if row.holds(self.when.day)]

    @cached_property
    def users(self) -> dict[Key, Row]:
        """Users who could sign in."""
        return {row.id: row for row in self.kinds["access.user"] if row.is_active}

    @cached_property
    def groups(self) -> dict[Key, Row]:
        """Groups."""
        return {row.id: row for row in self.kinds["access.group"]}

    @cached_property
    def roles(self) -> dict[Key, Row]:
        """Roles."""
        return {row.id: row for row in self.kinds["access.role"]}

    @cached_property
    def units(self) -> dict[Key, Row]:
        """Departments."""
        return {row.id: row for row in self.kinds["people.orgunit"]}

    @cached_property
    def of_user(self) -> dict[Key, list[Key]]:
        """The groups that each user was in itself."""
        return listed(self.rows("access.groupmember"), "user_id", "group_id")

    @cached_property
    def around(self) -> dict[Key, list[Key]]:
        """The groups that each group was in."""
        return listed(self.rows("access.groupmember"), "child_id", "group_id")

    @cached_property
    def inside(self) -> dict[Key, list[Row]]:
        """The members of each group."""
        found = defaultdict(list)
        for row in self.rows("access.groupmember"):
            found[row.group_id].append(row)
        return found

    @cached_property
    def by_role(self) -> dict[Key, list[Row]]:
        """Permission items of each role, the oldest first."""
        return gathered(self.kinds["access.policyrule"], "role_id")

    @cached_property
    def fields_by_role(self) -> dict[Key, list[Row]]:
        """Field permissions of each role."""
        return gathered(self.kinds["access.fieldpolicy"], "role_id")

    @cached_property
    def below_unit(self) -> dict[Key, list[Key]]:
        """Departments of each department."""
        return listed(self.units.values(), "parent_id", "id")

    @cached_property
    def below_employee(self) -> dict[Key, list[Key]]:
        """Employees of each manager."""
        return listed(self.kinds["people.employee"], "manager_id", "id")

    # --- one user -----------------------------------------------------------------------------------------------------

    def actor(self, key: Key) -> Actor:
        """The actor of a user as it was; NOBODY for one who was not there or could not sign in."""
        if key not in self.actors:
            self.actors[key] = self.build(self.users[key]) if key in self.users else NOBODY
        return self.actors[key]

    def build(self, user: Row) -> Actor:
        """See actor."""
        chains, roles = self.chains(user.id), self.granted(user)
        rules = tuple(
            Rule(str(row.role_id), row.entity, row.operation, row.level, row.deny, row.condition, roles[role])
            for role in roles
            for row in self.by_role.get(role, ())
        )
        fields = tuple(
            FieldRule(str(row.role_id), row.entity, row.field, row.level, row.deny, roles[role])
            for role in roles
            for row in self.fields_by_role.get(role, ())
        )
        return Actor(
            id=user.id, name=user.name, kind="service" if user.kind == "service" else "user", language=user.language, time_zone=user.time_zone,
            rules=rules, field_rules=fields, group_ids=frozenset(chains), team_ids=self.colleagues(chains), report_ids=self.reports(user.id),
            unit_ids=frozenset(reached([user.org_unit_id], self.below_unit)) if user.org_unit_id in self.units else frozenset(),
            unit_id=user.org_unit_id, shares=self.shared(user.id, chains),
        )  # fmt: skip

    def chains(self, user: Key) -> dict[Key, tuple[str, ...]]:
        """Every group that a user was in, with the shortest chain of names that leads to it."""
        found: dict[Key, tuple[str, ...]] = {}
        edge: dict[Key, tuple[str, ...]] = {
            group: (self.groups[group].name,) for group in self.of_user.get(user, ()) if group in self.groups
        }
        while edge:
            found |= edge
            edge = {
                outer: (*names, self.groups[outer].name)
                for group, names in edge.items()
                for outer in self.around.get(group, ())
                if outer not in found and outer in self.groups
            }
        return found

    def granted(self, user: Row) -> dict[Key, tuple[Any, ...]]:
        """Roles that reached a user, each with its path of groups or departments; own grants before those of groups and departments."""
        chains, units = self.chains(user.id), self.above(user.org_unit_id)
        paths: dict[Key, tuple[Any, ...]] = {}
        for grant in sorted(self.rows("access.rolegrant"), key=lambda row: (row.user_id is None, row.group_id is None)):
            if grant.user_id == user.id:
                way: tuple[Any, ...] | None = ()
            elif grant.group_id in chains:
                way = tuple(said(_("group %(name)s"), name) for name in chains[grant.group_id])
            elif grant.org_unit_granted_id in units:
                way = (said(_("department %(name)s"), self.units[grant.org_unit_granted_id].name),)
            else:
                way = None
            if way is not None and grant.role_id in self.roles:
                paths.setdefault(grant.role_id, (*way, said(_("role %(name)s"), self.roles[grant.role_id].name)))
        return paths

    def above(self, unit: Key | None) -> set[Key]:
        """A department and those it belonged to."""
        found: set[Key] = set()
        while unit is not None and unit in self.units and unit not in found:
            found.add(unit)
            unit = self.units[unit].parent_id
        return found

    def colleagues(self, groups: Iterable[Key]) -> frozenset[Key]:
        """Everybody in the teams among these groups, at any depth."""
        children = {group: [row.child_id for row in rows if row.child_id] for group, rows in self.inside.items()}
        teams = [group for group in groups if self.groups[group].is_team]
        inner = reached(teams, children)
        return frozenset(row.user_id for group in inner for row in self.inside.get(group, ()) if row.user_id)

    def reports(self, user: Key) -> frozenset[Key]:
        """Users below this one in the reporting tree."""
        people = {row.id: row for row in self.kinds["people.employee"]}
        mine = [row.id for row in people.values() if row.user_id == user]
        found = {people[key].user_id for key in reached(mine, self.below_employee)}
        return frozenset(found - {None, user})

    def shared(self, user: Key, groups: Iterable[Key]) -> frozenset[str]:
        """Kinds of records of which something was shared with a user."""
        mine = set(groups)
        return frozenset(
            row.subject_entity
            for row in self.rows("access.share")
            if row.user_id == user or (row.group_id and row.group_id in mine)
        )


def at(when: Past) -> Rights:
    """The rights of a moment, read from the ledger."""
    with past.playing(when):
        return Rights(when, {label: read(label, columns) for label, columns in READ.items()})


def read(label: str, columns: tuple[str, ...]) -> list[Row]:
    """The rows of then of one kind."""
    found = registry.get(label).rows(SYSTEM).order_by("pk").values(*columns)
    return [Row(values) for values in found]


def listed(rows: Iterable[Row], by: str, what: str) -> dict[Key, list[Key]]:
    """Ids by another id."""
    found: dict[Key, list[Key]] = defaultdict(list)
    for row in rows:
        if getattr(row, by):
            found[getattr(row, by)].append(getattr(row, what))
    return found


def gathered(rows: Iterable[Row], by: str) -> dict[Key, list[Row]]:
    """Rows by an id."""
    found: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, by)].append(row)
    return found


def reached(start: Iterable[Key], further: dict[Key, list[Key]]) -> set[Key]:
    """What is reached from these, themselves included."""
    found: set[Key] = set()
    todo = list(start)
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            todo += further.get(here, ())
    return found
