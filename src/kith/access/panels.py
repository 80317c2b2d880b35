"""Panels of the records of rights: what a user may do, what a role permits, who is in a group."""

from typing import Any

from kith.core.access import Actor, has_rule
from kith.core.entity import registry


def may_see_rights(actor: Actor) -> bool:
    """Whether the reader may look into the rights of others: whoever may change roles."""
    return actor.is_system or has_rule(actor, registry.get("access.role"), "edit")


def user_rights(actor: Actor, record: Any) -> dict[str, Any]:
    """Roles with the way they reach the user, groups, and the sum of rights; everybody sees the own ones."""
    if record.pk != actor.id and not may_see_rights(actor):
        return {"hidden_rights": True}
    from . import effective, principals  # these read the entities that name this panel

    subject = principals.build_for_display(record.pk)
    return {
        "roles": subject.roles, "groups": subject.groups, "lines": effective.lines(subject.actor), "columns": effective.columns(),
        "explain": f"/settings/explain?user={record.pk}" if may_see_rights(actor) else "",
    }  # fmt: skip


def role(actor: Actor, record: Any) -> dict[str, Any]:
    """The permission items in short, and the way to the page that changes them."""
    from . import matrix  # reads the entities that name this panel

    return {
        "matrix": matrix.of(record, only_set=True),
        "may_change": may_see_rights(actor),
        "permissions": f"/roles/{record.pk}/permissions",
    }


def group(actor: Actor, record: Any) -> dict[str, Any]:
    """Everybody in the group and in the groups inside it."""
    from . import trees  # reads the entities that name this panel

    return {
        "tree": trees.below(record.pk),
        "may_change": has_rule(actor, registry.get("access.group"), "edit"),
        "group": record,
    }
