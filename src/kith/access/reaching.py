"""Whom a change of rights reaches: told from what it wrote, once with the groups as they were and once as they are then.

| written | reaches |
|---|---|
| a role, its permission items or fields | whoever has it, directly, by a group or by a department |
| a grant | its user, everybody in its group, everybody in its department and below |
| a group or a membership | everybody in the groups around, because members of a team see each other's records |
| a user | that user, and those above in the reporting tree |
| a department | everybody in it, below it and above it |
| an employee | the own user, and everybody above in the reporting tree |
| a share | its user, everybody in its group |
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from kith.core.access import SYSTEM
from kith.core.entity import registry

from . import closure


@dataclass(slots=True)
class Touched:
    """What changes of rights are about, by id; `records` are those that shares open, by kind."""

    roles: set[uuid.UUID] = field(default_factory=set)
    users: set[uuid.UUID] = field(default_factory=set)
    groups: set[uuid.UUID] = field(default_factory=set)  # everybody inside
    circles: set[uuid.UUID] = field(default_factory=set)  # everybody around
    units: set[uuid.UUID] = field(default_factory=set)
    employees: set[uuid.UUID] = field(default_factory=set)
    records: dict[str, set[uuid.UUID]] = field(default_factory=dict)


def rows(label: str) -> Any:
    """All rows of an entity: whom a change reaches is nobody's in particular."""
    return registry.get(label).rows(SYSTEM)


def touched(entries: Iterable[Any]) -> Touched:
    """What ledger entries of a change are about; called where the change has been written."""
    found = Touched()
    for entry in entries:
        if (note := NOTES.get(entry.entity)) is not None:
            note(found, entry)
    return found


def ends(entry: Any, *names: str) -> set[uuid.UUID]:
    """The ids in links of a record, before and after a change, also of one that has gone into the trash."""
    entity = registry.get(entry.entity)
    values = [side[name] for side in (entry.before, entry.after) for name in names if side.get(name)]
    for trashed in (False, True):
        if (row := entity.rows(SYSTEM, trashed=trashed).filter(pk=entry.record_id).first()) is not None:
            values += [getattr(row, f"{name}_id") for name in names]
    return {uuid.UUID(str(value)) for value in values if value}


def note_role(found: Touched, entry: Any) -> None:
    """A role."""
    found.roles.add(entry.record_id)


def note_item(found: Touched, entry: Any) -> None:
    """A part of a role."""
    found.roles |= ends(entry, "role")


def note_grant(found: Touched, entry: Any) -> None:
    """A role is given or taken."""
    found.users |= ends(entry, "user")
    found.groups |= ends(entry, "group")
    found.units |= ends(entry, "org_unit_granted")


def note_group(found: Touched, entry: Any) -> None:
    """A group."""
    found.circles.add(entry.record_id)


def note_member(found: Touched, entry: Any) -> None:
    """A membership."""
    found.users |= ends(entry, "user")
    found.circles |= ends(entry, "group", "child")


def note_user(found: Touched, entry: Any) -> None:
    """A user."""
    found.users.add(entry.record_id)


def note_unit(found: Touched, entry: Any) -> None:
    """A department."""
    found.units |= {entry.record_id, *ends(entry, "parent")}


def note_employee(found: Touched, entry: Any) -> None:
    """An employee."""
    found.employees |= {entry.record_id, *ends(entry, "manager")}
    found.users |= ends(entry, "user")


def note_share(found: Touched, entry: Any) -> None:
    """A share."""
    found.users |= ends(entry, "user")
    found.groups |= ends(entry, "group")
    for trashed in (False, True):
        for row in registry.get(entry.entity).rows(SYSTEM, trashed=trashed).filter(pk=entry.record_id):
            found.records.setdefault(row.subject_entity, set()).add(row.subject_id)


NOTES: dict[str, Callable[[Touched, Any], None]] = {
    "access.role": note_role,
    "access.policyrule": note_item,
    "access.fieldpolicy": note_item,
    "access.rolegrant": note_grant,
    "access.group": note_group,
    "access.groupmember": note_member,
    "access.user": note_user,
    "access.share": note_share,
    "people.orgunit": note_unit,
    "people.employee": note_employee,
}


def reached(what: Touched) -> set[uuid.UUID]:
    """The users whom this reaches, as groups, departments and grants stand now."""
    day = timezone.localdate()
    found = set(what.users)
    for grant in rows("access.rolegrant").filter(role__in=what.roles):
        found |= {grant.user_id} if grant.user_id else set()
        found |= closure.members([grant.group_id], day) if grant.group_id else set()
        found |= in_units(closure.units_below(grant.org_unit_granted_id)) if grant.org_unit_granted_id else set()
    around = {above for group in what.circles for above in closure.groups_above(group)}
    found |= closure.members([*what.groups, *around], day)
    found |= in_units({near for unit in what.units for near in closure.units_below(unit) | closure.units_above(unit)})
    return found | above(what.employees)


def in_units(units: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Users of these departments."""
    wanted = list(units)
    return set(rows("access.user").filter(org_unit__in=wanted).values_list("pk", flat=True)) if wanted else set()


def above(employees: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """The users of employees and of everybody above them in the reporting tree."""
    todo, seen, users = list(employees), set[uuid.UUID](), set[uuid.UUID]()
    while todo:
        seen |= set(todo)
        found = list(rows("people.employee").filter(pk__in=todo).values_list("user_id", "manager_id"))
        users |= {user for user, _manager in found if user}
        todo = [manager for _user, manager in found if manager and manager not in seen]
    return users


def is_right(label: str) -> bool:
    """Whether records of a kind decide about rights."""
    return label in NOTES


def today() -> dt.date:
    """The day by which memberships are valid."""
    return timezone.localdate()
