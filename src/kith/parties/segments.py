"""Customer groups: by hand, one inside the other, or by a view that is evaluated when asked (A8, A9)."""

from collections import defaultdict
from collections.abc import Collection
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM, Actor
from kith.core.entity import registry
from kith.core.filters import BadFilter, compile_filter, from_json

#: Groups whose views are being read: a view may ask for groups again.
_inside: ContextVar[frozenset[UUID]] = ContextVar("kith_segments", default=frozenset())
KINDS = ("parties.company", "parties.person", "parties.party")


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """A dynamic group names a view of companies or people; one by hand names none."""
    kind = values.get("kind", record.kind)
    view = values.get("view", record.view_id)
    if kind != "dynamic":
        return (
            {"view": [_("A group by hand has no view; choose the kind “by view” or leave it empty.")]} if view else {}
        )
    if not view:
        return {"view": [_("A dynamic group needs the view that names its members.")]}
    label = registry.get("core.view").rows(SYSTEM).filter(pk=view).values_list("entity", flat=True).first()
    return {} if label is None or label in KINDS else {"view": [_("The view must show companies or people.")]}


def members(group: Any, actor: Actor) -> QuerySet[Any]:
    """The parties in a group and the groups inside it, as far as the actor may see them."""
    return registry.get("parties.party").rows(actor).filter(condition([group.pk], actor))


def condition(keys: Collection[UUID], actor: Actor, me: Actor | None = None) -> Q:
    """Whether a party is in any of the groups (those the actor may see) or in a group inside them.

    Raises BadFilter when a dynamic group asks for a field that the actor may not read.
    """
    groups = registry.get("parties.partygroup")
    seen = set(groups.rows(actor).filter(pk__in=list(keys)).values_list("pk", flat=True))
    every = groups.rows(SYSTEM).filter(pk__in=seen | inside(seen))
    manual = [group.pk for group in every if group.kind != "dynamic"]
    rows = registry.get("parties.partygroupmember").rows(SYSTEM).filter(group__in=manual)
    found = Q(pk__in=rows.values("party")) if manual else Q(pk__in=[])
    for group in every.filter(kind="dynamic", view__deleted_at=None).select_related("view"):
        found |= by_view(group, actor, me or actor)
    return found


def inside(keys: Collection[UUID]) -> set[UUID]:
    """Ids of all groups inside these; a group in the trash leads no further."""
    children: dict[UUID | None, list[UUID]] = defaultdict(list)
    for key, parent in registry.get("parties.partygroup").rows(SYSTEM).values_list("pk", "parent_id"):
        children[parent].append(key)
    found: set[UUID] = set()
    open_ones = list(keys)
    while open_ones:
        new = [child for child in children[open_ones.pop()] if child not in found]
        found.update(new)
        open_ones += new
    return found


def by_view(group: Any, actor: Actor, me: Actor) -> Q:
    """The parties that the view of a dynamic group shows."""
    if group.pk in _inside.get():
        raise BadFilter(
            _("The customer group “%(name)s” asks for itself through its view; change the view.") % {"name": group}
        )
    token = _inside.set(_inside.get() | {group.pk})
    try:
        entity = registry.get(group.view.entity)
        return Q(**entity.face) & compile_filter(entity, from_json(group.view.filter), actor, me=me)
    finally:
        _inside.reset(token)


def where(op: str, keys: Collection[UUID] | None, actor: Actor, me: Actor) -> Q:
    """The filter "in customer group": any of (with all groups inside), none of, in no group at all, in some group."""
    if keys is not None:
        found = condition(keys, actor, me)
        return ~found if op == "not_any" else found
    found = condition(list(registry.get("parties.partygroup").rows(actor).values_list("pk", flat=True)), actor, me)
    return ~found if op == "empty" else found
