"""What a change of somebody's roles ends: sessions and tokens that were begun with other roles (docs/decisions/012).

Only being given roles counts, directly, by a group or by a department. What a role allows is another matter: that is
read anew with each request, and ends nobody's work.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from kith.core.access import SYSTEM
from kith.core.batch import Batch, Item
from kith.core.entity import registry
from kith.core.tokens import living

from . import closure
from .epoch import end_sessions
from .sessions import SignIn


def rows(label: str) -> Any:
    """All rows of an entity: these decisions are nobody's in particular."""
    return registry.get(label).rows(SYSTEM)


def by_grants(batch: Batch) -> None:
    """Roles were given, taken away or moved to somebody else."""
    end({*named(batch, "user"), *in_groups(named(batch, "group")), *in_departments(named(batch, "org_unit_granted"))})


def by_members(batch: Batch) -> None:
    """Users or groups came into groups or left them; only groups that have roles, be it by those around them, matter."""
    groups = {above for group in named(batch, "group") for above in closure.groups_above(group)}
    if rows("access.rolegrant").filter(group__in=groups).exists():
        end({*named(batch, "user"), *in_groups(named(batch, "child"))})


def by_departments(users: Iterable[Any]) -> None:
    """Users came into another department; only matters where departments have roles."""
    keys = {user.pk for user in users}
    if keys and rows("access.rolegrant").exclude(org_unit_granted=None).exists():
        end(keys)


def by_trash(units: Iterable[uuid.UUID]) -> None:
    """Departments went into the trash or came back, and with them what they and those above them have, for all below."""
    below = rows("people.orgunit").filter(parent__in=list(units)).values_list("pk", flat=True)
    reached = {*units, *(found for unit in below for found in closure.units_below(unit))}
    by_departments(rows("access.user").filter(org_unit__in=reached))


def named(batch: Batch, name: str) -> set[uuid.UUID]:
    """Whom a link of the records names, before and after."""
    found = {value for item in batch.items for value in sides(item, name)}
    return {value if isinstance(value, uuid.UUID) else uuid.UUID(str(value)) for value in found if value}


def sides(item: Item, name: str) -> tuple[Any, Any]:
    """A link before the change and after it."""
    return item.before.get(name), getattr(item.record, f"{name}_id")


def in_groups(groups: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Users who are in these groups now."""
    return closure.members(list(groups), today())


def in_departments(units: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Users of these departments and of those below them."""
    below = {found for unit in units for found in closure.units_below(unit)}
    return set(rows("access.user").filter(org_unit__in=below).values_list("pk", flat=True)) if below else set()


def today() -> dt.date:
    """The day by which memberships are valid."""
    return timezone.localdate()


def end(keys: set[uuid.UUID]) -> None:
    """End what these users have open. Who has nothing open keeps the link of an invitation, which a new epoch would make void."""
    if keys:
        open_ = Exists(SignIn.objects.filter(user=OuterRef("pk"))) | Exists(living().filter(user=OuterRef("pk")))
        end_sessions(rows("access.user").filter(open_, pk__in=keys).order_by("pk"))
