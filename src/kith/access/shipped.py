"""Roles that every installation begins with; `kith createadmin`, the demo and tests call `roles()`, which is idempotent.

An existing role is never touched, so that what an administrator made of it stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import registry

from .entities.role import Role

type Items = tuple[tuple[str, str, str], ...]  # entity, operation, level


@dataclass(frozen=True, slots=True)
class Shipped:
    """A role as it is delivered."""

    key: str
    name: Any
    description: Any
    items: Items


def on_all(level: str, *operations: str) -> Items:
    """The same level of these operations on every kind of record."""
    return tuple(("*", operation, level) for operation in operations)


ADMINISTRATOR = Shipped(
    "administrator",
    _("Administrator"),
    _("May do everything, including users, roles and settings."),
    on_all("all", "*"),
)
MANAGER = Shipped(
    "manager", _("Manager"), _("Sees the team; works with the own records and those of the people who report to the manager."),
    (*on_all("team", "view"), *on_all("reports", "view", "edit", "delete", "export", "share", "assign", "history"), *on_all("all", "create", "import"), ("core.tag", "create", "all")),
)  # fmt: skip
SALESPERSON = Shipped(
    "salesperson", _("Salesperson"), _("Sees the team's records and works with the own ones."),
    (*on_all("team", "view"), *on_all("own", "edit", "delete", "export", "share", "history"), *on_all("all", "create"), ("core.tag", "create", "all")),
)  # fmt: skip
READ_ONLY = Shipped("read_only", _("Read only"), _("Sees every record, changes none."), on_all("all", "view"))
SERVICE_AGENT = Shipped(
    "service_agent", _("Service agent"), _("Sees and edits every customer, deletes only own records."),
    (*on_all("all", "view", "create", "edit", "history"), *on_all("own", "delete", "export", "share"), ("core.tag", "create", "all")),
)  # fmt: skip
PERSONAL_DATA = Shipped(
    "personal_data",
    _("Personal data reader"),
    _("Adds the sight of sensitive fields to what other roles give."),
    on_all("all", "sensitive"),
)
ALL = (ADMINISTRATOR, MANAGER, SALESPERSON, READ_ONLY, SERVICE_AGENT, PERSONAL_DATA)


def roles() -> dict[str, Role]:
    """The shipped roles by key; those that are missing are made. An external id tells them, so they may be renamed."""
    marks = {shipped.key: f"kith:role:{shipped.key}" for shipped in ALL}
    entity = registry.get("access.role")
    found = {
        mark: role
        for role in entity.rows(SYSTEM).filter(external_ids__overlap=list(marks.values()))
        for mark in role.external_ids
    }
    return {
        shipped.key: found.get(marks[shipped.key])
        or make(shipped.name, shipped.description, shipped.items, mark=marks[shipped.key])
        for shipped in ALL
    }


def make(name: Any, description: Any, items: Iterable[tuple[Any, ...]], *, mark: str = "") -> Role:
    """A role with permission items (entity, operation, level[, deny[, condition]]), in the installation's language."""
    with change_set(SYSTEM, kind="bulk"), translation.override(settings.LANGUAGE_CODE):
        role: Role = writes.create(
            SYSTEM,
            registry.get("access.role"),
            {"name": str(name), "description": str(description), "external_ids": [mark] if mark else []},
        )
        names = ("entity", "operation", "level", "deny", "condition")
        writes.create_many(
            SYSTEM,
            registry.get("access.policyrule"),
            [{"role": role.pk, **dict(zip(names, item, strict=False))} for item in items],
        )
    return role


def give(role: Role, *, user: Any = None, group: Any = None, org_unit: Any = None, **dates: Any) -> Any:
    """Grant a role to a user, a group or a department."""
    receiver = {"user": user, "group": group, "org_unit_granted": org_unit}
    return writes.create(
        SYSTEM,
        registry.get("access.rolegrant"),
        {"role": role.pk, **{name: who.pk for name, who in receiver.items() if who}, **dates},
    )
