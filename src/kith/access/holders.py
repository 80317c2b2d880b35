"""Who holds a right on Kith as a whole."""

import uuid

from django.db.models import Q
from django.utils import timezone

from kith.core.access import has_system_right
from kith.core.system_rights import SYSTEM_ENTITY

from . import closure
from .principals import load, rows


def of_system_right(name: str) -> list[uuid.UUID]:
    """Active people who hold it, by a role of their own, of a group or of a department.

    Only those are looked at whom a role that speaks of it can reach; dates and denials are then left to the rights of each.
    """
    speaks = Q(entity=SYSTEM_ENTITY, operation__in=(name, "*")) | Q(entity="*", operation="*", level="all")
    roles = rows("access.policyrule").filter(speaks, deny=False).values("role")
    users, groups, units = set[uuid.UUID](), list[uuid.UUID](), set[uuid.UUID]()
    for user, group, unit in (
        rows("access.rolegrant").filter(role__in=roles).values_list("user", "group", "org_unit_granted")
    ):
        if user:
            users.add(user)
        elif group:
            groups.append(group)
        elif unit:
            units |= closure.units_below(unit)
    users |= closure.members(groups, timezone.localdate())
    reached = rows("access.user").filter(Q(pk__in=users) | Q(org_unit__in=units), kind="person").order_by("pk")
    return [key for key in reached.values_list("pk", flat=True) if has_system_right(load(key), name)]
