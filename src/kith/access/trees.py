"""The tree of a group: its users and the groups inside it, at any depth, with dates of membership."""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from kith.core.access import SYSTEM
from kith.core.entity import registry

from . import closure


@dataclass(slots=True)
class Node:
    """A member: a user, or a group with members of its own."""

    membership: Any
    user: Any = None
    group: Any = None
    members: list["Node"] = field(default_factory=list)

    @property
    def people(self) -> int:
        """Users in this branch, each counted once."""
        return len(set(self.user_ids()))

    def user_ids(self) -> list[uuid.UUID]:
        """Users in this branch."""
        return [self.user.pk] if self.user else [key for member in self.members for key in member.user_ids()]


def below(group: uuid.UUID) -> list[Node]:
    """Members of a group in three queries, whatever the depth; a circle cannot be stored."""
    inside = closure.groups_below(group)
    rows = (
        registry.get("access.groupmember")
        .rows(SYSTEM)
        .filter(group__in=inside)
        .select_related("user", "child")
        .order_by("child__name", "user__name", "pk")
    )
    by_group: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in rows:
        if (row.child or row.user).deleted_at is None:
            by_group[row.group_id].append(row)
    return branch(by_group, group)


def branch(by_group: dict[uuid.UUID, list[Any]], group: uuid.UUID) -> list[Node]:
    """The members of one group with everything below."""
    return [
        Node(row, user=row.user) if row.user_id else Node(row, group=row.child, members=branch(by_group, row.child_id))
        for row in by_group[group]
    ]
