"""The people of the matrix: each stands for one way in which rights come, are cut or are taken."""

import datetime as dt
from typing import Any

from django.utils import timezone

from kith.access import shipped
from kith.access.entities.role import operations
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import OPERATIONS, Entity, registry
from kith.core.testing.people import make_group, make_user, role_of

DAY = dt.timedelta(days=1)
PLAIN = tuple(name for name in OPERATIONS if name not in ("sensitive", "assign", "create", "import"))
FILLED = {"field": "external_ids", "op": "filled"}
EMPTY = {"field": "external_ids", "op": "empty"}

#: By short name: what each of them stands for.
PEOPLE = {
    "eva": "administrator: everything",
    "mia": "administrator and member of the team North, owns nothing: makes the records without an owner",
    "ann": "level own, member of North",
    "tom": "level team, member of North through a nested group",
    "uma": "level department, at the head of Sales, to which South belongs",
    "bo": "level own and reports, Ann reports to Lea, who reports to Bo",
    "ray": "reads, exports and sees the history of everything, changes nothing",
    "fay": "everything but fields: of each kind one hidden, one read only",
    "con": "sees where a condition holds, changes what is own and where it holds",
    "den": "everything but what a denial takes: all changes of every third kind, rows where a condition holds",
    "sha": "no role; single records shared with the person and with a group",
    "gus": "a role through a group in a group, and a role of the department above",
    "old": "roles, memberships and shares that have ended or not begun, of groups, roles and departments in the trash",
    "liz": "no role; owns records, has a task and a prospect",
    "sid": "a role that names kinds one by one, beside one that names every kind",
    "gon": "administrator, deactivated",
    "max": "nothing at all",
}


def made() -> dict[str, Any]:
    """The people, their departments, groups and roles, through the write path."""
    people = {
        name: make_user(f"{name.title()} Matrix", email=f"{name}@matrix.test") for name in (*PEOPLE, "lea", "far")
    }
    place(people)
    for name, items in roles().items():
        shipped.give(role_of(f"Role {name}", items), user=people[name])
    for name in ("eva", "mia", "gon"):
        shipped.give(shipped.roles()["administrator"], user=people[name])
    fields(people["fay"])
    old(people["old"])
    writes.save(SYSTEM, people["gon"], {"is_active": False})
    return people


def roles() -> dict[str, list[tuple[Any, ...]]]:
    """What the roles of single people say."""
    kinds = [entity for entity in registry if not entity.access.faces]
    return {
        "ann": [*levels("own"), ("*", "create", "all")],
        "tom": levels("team"),
        "uma": levels("unit"),
        "bo": levels("reports"),
        "ray": [("*", operation, "all") for operation in ("view", "export", "history")],
        "fay": [*levels("all"), ("*", "create", "all"), ("*", "import", "all"), ("*", "sensitive", "all")],
        "con": [(kind.label, operation, level, False, FILLED) for kind in kinds for operation, level in (("view", "all"), ("edit", "own"), ("export", "all"))],
        "den": [*levels("all"), *(item for at, kind in enumerate(kinds) for item in denials(at, kind))],
        "sid": [*levels("team"), *((kind.label, operation, "own") for kind in kinds[::2] for operation in ("view", "edit"))],
    }  # fmt: skip


def levels(level: str) -> list[tuple[str, str, str]]:
    """Every plain operation and every action on every kind, at one level."""
    acts = [
        (kind.label, name, level)
        for kind in registry
        for name in operations(kind)
        if name != "*" and name not in OPERATIONS
    ]
    return [*(("*", operation, level) for operation in PLAIN), *acts]  # fmt: skip


def denials(at: int, kind: Entity) -> list[tuple[Any, ...]]:
    """What is denied of the kind at a place: rows by a condition, or whole operations."""
    if at % 3 == 0:
        return [(kind.label, operation, "all", True) for operation in ("edit", "delete")]
    if at % 3 == 1:
        return [(kind.label, "view", "all", True, EMPTY), (kind.label, "export", "all", True, FILLED)]
    return [(kind.label, "edit", "own", True, FILLED), (kind.label, "history", "all", True, EMPTY)]


def place(people: dict[str, Any]) -> None:
    """Departments, employees and groups; a department of the trash has a member."""
    units, staff = registry.get("people.orgunit"), registry.get("people.employee")
    sales = writes.create(SYSTEM, units, {"name": "Sales"})
    south = writes.create(SYSTEM, units, {"name": "South", "parent": sales.pk})
    closed = writes.create(SYSTEM, units, {"name": "Closed"})
    for name, unit in (("uma", sales), ("far", south), ("gus", south), ("old", closed)):
        people[name] = writes.save(SYSTEM, people[name], {"org_unit": unit.pk})
    above = None
    for name in ("bo", "lea", "ann"):
        above = writes.create(
            SYSTEM, staff, {"name": f"Staff {name}", "user": people[name].pk, "manager": above.pk if above else None}
        )
    make_group(
        "North", people["ann"], people["mia"], make_group("Inner north", people["tom"], people["sid"], is_team=False)
    )
    readers = make_group("Readers", make_group("Inner readers", people["gus"], is_team=False), is_team=False)
    shipped.give(
        role_of("Group reads", [("parties.company", "view", "all"), ("sales.opportunity", "view", "all")]),
        group=readers,
    )
    shipped.give(role_of("Department reads", [("parties.person", "view", "all"), ("*", "view", "own")]), org_unit=sales)
    shipped.give(role_of("Closed reads", [("*", "view", "all")]), org_unit=closed)
    make_group("Receivers", people["sha"], is_team=False)
    writes.delete(SYSTEM, units, [closed.pk])


def fields(user: Any) -> None:
    """The role of whoever has fields hidden and read only."""
    role = role_of("Field rules", [("*", "view", "all")])
    policies = registry.get("access.fieldpolicy")
    # Binding rules: they cut what other roles give.
    binding = {"role": role.pk, "deny": True}
    pairs = [
        (kind.label, name, level)
        for kind in registry
        for name, level in zip(classes(kind), ("none", "read"), strict=True)
        if name
    ]
    writes.create_many(
        SYSTEM, policies, [{**binding, "entity": label, "field": name, "level": level} for label, name, level in pairs]
    )
    shipped.give(role, user=user)


def classes(kind: Entity) -> tuple[str, str]:
    """The field of a kind that is hidden from Fay and the one that she may only read, as far as there are any."""
    spared = {
        kind.title,
        *kind.named_by,
        "hue",  # a record is named in its colour wherever it is named
        "owner",
        "org_unit",
        "external_ids",
        "subject",
        "tags",
        *kind.access.own,
        kind.access.parent,
        kind.board,
        kind.calendar,
    }
    free = [
        spec
        for spec in kind.declared.values()  # asked for while tests are collected: without the database
        if spec.editable and spec.columns and not spec.required and spec.name not in spared
    ]
    free.sort(
        key=lambda spec: spec.type.name not in ("text", "longtext")
    )  # values of texts are told apart on every surface
    return (free[0].name if free else "", free[1].name if len(free) > 1 else "")  # fmt: skip


def old(user: Any) -> None:
    """Everything that once was or will be, and everything that lies in the trash."""
    today = timezone.localdate()
    everything = [("*", "*", "all")]
    shipped.give(role_of("Ended", everything), user=user, valid_from=today - 9 * DAY, valid_to=today - DAY)
    shipped.give(role_of("Not begun", everything), user=user, valid_from=today + DAY)
    members, groups, roles = (registry.get(f"access.{name}") for name in ("groupmember", "group", "role"))
    left = make_group("Left")
    writes.create(SYSTEM, members, {"group": left.pk, "user": user.pk, "valid_to": today - DAY})
    writes.create(SYSTEM, members, {"group": left.pk, "user": user.pk, "valid_from": today + DAY})
    shipped.give(role_of("Of the left", everything), group=left)
    inner = make_group("Outdated", user)
    outer = make_group("Outer")
    writes.create(SYSTEM, members, {"group": outer.pk, "child": inner.pk, "valid_to": today - DAY})
    shipped.give(role_of("Of the outer", everything), group=outer)
    gone = make_group("Gone", user)
    shipped.give(role_of("Of the gone", everything), group=gone)
    writes.delete(SYSTEM, groups, [gone.pk])
    thrown = role_of("Thrown away", everything)
    grant = shipped.give(role_of("Taken back", everything), user=user)
    shipped.give(thrown, user=user)
    writes.delete(SYSTEM, roles, [thrown.pk])
    writes.delete(SYSTEM, registry.get("access.rolegrant"), [grant.pk])
