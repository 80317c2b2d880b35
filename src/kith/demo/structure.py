"""The own company: departments, users in nested groups with roles, colleagues, territories, dictionaries."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from kith.access import shipped
from kith.access.accounts import store_hash
from kith.core import writes
from kith.core.access import SYSTEM

from .data import own
from .data.shape import words
from .world import World, entity

MARK = "kith:demo"


def build(world: World, encoded: str) -> None:
    """Make all of it, as the installer did a year and a half ago."""
    with world.written(SYSTEM, world.moment(540), "cli", kind="bulk", reason="Setting up Kith"):
        units(world)
        users(world, encoded)
        groups(world)
        grants(world)
    with world.written(world.actor("thomas"), world.moment(530, "thomas"), kind="bulk"):
        dictionaries(world)
        territories(world)
        employees(world)


def make(world: World, kind: str, label: str, rows: Iterable[tuple[str, dict[str, Any]]], user: str = "") -> None:
    """Create records and remember their ids by key."""
    known = list(rows)
    made = writes.create_many(world.actor(user) if user else SYSTEM, entity(label), [values for _key, values in known])
    world.ids.setdefault(kind, {}).update({key: record.pk for (key, _values), record in zip(known, made, strict=True)})


def units(world: World) -> None:
    """Departments, each under the one above; the first carries the mark of the demo."""
    for key, name, kind, parent in own.UNITS:
        above: dict[str, Any] = {"parent": world.id("units", parent)} if parent else {"external_ids": [MARK]}
        make(world, "units", "people.orgunit", [(key, {"name": name, "kind": kind, **above})])


def users(world: World, encoded: str) -> None:
    """Twelve users with the same password."""
    rows = [
        (key, {"name": name, "email": f"{mail}@meridian.example", "language": language, "time_zone": zone, "org_unit": world.id("units", unit)})
        for key, name, mail, language, zone, unit, *_rest in own.USERS
    ]  # fmt: skip
    make(world, "users", "access.user", rows)
    world.zones = {row[0]: row[4] for row in own.USERS}
    set_passwords(encoded)


def set_passwords(encoded: str) -> None:
    """Give every user of the demo this password; hashing it once is enough."""
    for user in entity("access.user").rows(SYSTEM).filter(email__endswith="@meridian.example"):
        store_hash(user, encoded)


def groups(world: World) -> None:
    """Groups in groups."""
    make(
        world,
        "groups",
        "access.group",
        [(key, {"name": name, "is_team": bool(team)}) for key, name, team, _members in own.GROUPS],
    )
    memberships = [(key, member) for key, _name, _team, members in own.GROUPS for member in members.split()]
    rows = [
        {"group": world.id("groups", key), **({"child": world.id("groups", member[1:])} if member.startswith("+") else {"user": world.id("users", member)})}
        for key, member in memberships
    ]  # fmt: skip
    writes.create_many(SYSTEM, entity("access.groupmember"), rows)


def grants(world: World) -> None:
    """Roles for groups."""
    roles = shipped.roles()
    rows = [
        {"role": roles[role].pk, "group": world.id("groups", group)}
        for role, names in own.GRANTS
        for group in names.split()
    ]
    writes.create_many(SYSTEM, entity("access.rolegrant"), rows)


def dictionaries(world: World) -> None:
    """Industries, sources, tags, kinds of relationship, with their names in three languages."""
    for kind, label, rows in (
        ("industries", "parties.industry", own.INDUSTRIES),
        ("sources", "parties.source", own.SOURCES),
        ("tags", "core.tag", own.TAGS),
    ):
        values = [
            (key, {"name": english, "translations": {"ru": russian, "zh-hans": chinese}, "hue": hue, "position": place})
            for place, (key, english, russian, chinese, hue) in enumerate(rows, 1)
        ]
        make(world, kind, label, values, "thomas")
    ties = [
        (key, {"name": name, "inverse": inverse, "is_family": bool(family), "translations": {"ru": russian, "zh-hans": chinese}, "position": place})
        for place, (key, name, inverse, family, russian, chinese) in enumerate(own.RELATIONS, 1)
    ]  # fmt: skip
    make(world, "ties", "parties.relationshiptype", ties, "thomas")


def territories(world: World) -> None:
    """Sales regions, the upper ones first."""
    for key, name, parent, manager, areas in own.TERRITORIES:
        above = {"parent": world.id("territories", parent)} if parent else {}
        values = {
            "name": name,
            "manager": world.id("users", manager),
            "areas": list(filter(None, words(areas))),
            **above,
        }
        make(world, "territories", "parties.territory", [(key, values)], "thomas")


def employees(world: World) -> None:
    """Everybody who works here, each under the own manager; then the heads of the departments."""
    people = [
        (key, name, unit, position, manager, words(spoken), key)
        for key, name, _mail, _language, _zone, unit, position, manager, spoken in own.USERS
    ]
    people += [
        (name.split()[0].lower(), name, unit, position, manager, (), "")
        for name, unit, position, manager in own.COLLEAGUES
    ]
    waiting = {person[0]: person for person in people}
    while waiting:
        made = world.ids.get("employees", {})
        ready = [person for person in waiting.values() if not person[4] or person[4] in made]
        make(
            world,
            "employees",
            "people.employee",
            [(person[0], employee(world, *person[1:])) for person in ready],
            "thomas",
        )
        waiting = {key: person for key, person in waiting.items() if person not in ready}
    heads = {
        "meridian": "sofia",
        "management": "sofia",
        "sales": "nadia",
        "russia": "anna",
        "china": "lijing",
        "service": "grace",
        "works": "henrik",
        "marketing": "priya",
    }
    chosen = {world.id("units", unit): world.id("employees", head) for unit, head in heads.items()}
    writes.update_many(world.actor("thomas"), entity("people.orgunit"), chosen, lambda unit: {"head": chosen[unit.pk]})


def employee(
    world: World, name: str, unit: str, position: str, manager: str, spoken: tuple[str, ...], user: str
) -> dict[str, Any]:
    """The values of one employee."""
    account: dict[str, Any] = {"user": world.id("users", user), "email": mail_of(user)} if user else {}
    above = {"manager": world.id("employees", manager)} if manager else {}
    hired = world.today - dt.timedelta(days=world.chance.randrange(700, 4500))
    return {
        "name": name, "position": position, "org_unit": world.id("units", unit), "languages": list(spoken), "hired_on": hired.isoformat(),
        "phone": world.digits("+49 40 66969 ###"), **account, **above,
    }  # fmt: skip


def mail_of(user: str) -> str:
    """The address that a user signs in with."""
    return next(f"{row[2]}@meridian.example" for row in own.USERS if row[0] == user)


def is_filled() -> UUID | None:
    """The id of the own company of the demo, if it is there."""
    found: UUID | None = (
        entity("people.orgunit").rows(SYSTEM).filter(external_ids__contains=[MARK]).values_list("pk", flat=True).first()
    )
    return found
