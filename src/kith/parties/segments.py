"""Customer groups: by hand, one inside the other, or by a view that is evaluated when asked (A8, A9)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kith.core import deciding, field_usage, trees
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Item
from kith.core.changes import author, running
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.filters import BadFilter, compile_filter, from_json

#: Groups whose views are being read: a view may ask for groups again.
_inside: ContextVar[frozenset[UUID]] = ContextVar("kith_segments", default=frozenset())
KINDS = ("parties.company", "parties.person", "parties.party")
#: The field of parties that is asked for them.
FIELD, GROUP = "customer_group", "parties.partygroup"


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
    groups = registry.get(GROUP)
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
    for key, parent in registry.get(GROUP).rows(SYSTEM).values_list("pk", "parent_id"):
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
    found = condition(list(registry.get(GROUP).rows(actor).values_list("pk", flat=True)), actor, me)
    return ~found if op == "empty" else found


# --- what decides for others ---------------------------------------------------------------------------------------------


def follows(keys: Collection[UUID] | None) -> Any:
    """Why a condition on these groups, or on all of them (None), hangs on a saved view; see `ComputedSpec`."""
    if keys is None:
        return _(
            "Name the customer groups: all of them may include some by view, and the owner of a view could change it."
        )
    if running():  # whoever moves groups meanwhile waits for what is being written, and sees it then
        trees.hold(registry.get(GROUP))
    found = by_views(reached(keys))
    if not found:
        return None
    seen = registry.get(GROUP).rows(author()).filter(pk__in=found).first()
    if seen is None:
        return _(
            "A customer group inside, which you may not see, follows a view: its owner could change it. Name groups by hand only."
        )
    return _("The customer group “%(name)s” follows a view: its owner could change it. Name groups by hand only.") % {"name": seen}  # fmt: skip


def gate(entity: Entity, items: Sequence[Item]) -> None:
    """Refuse groups, stored already in a transaction that ends then, by which something that decides for others would come to follow a view."""
    if entity.label != GROUP:
        return
    moved = [item for item in items if item.is_new or not item.after.keys().isdisjoint(("kind", "parent"))]
    if not moved:
        return
    trees.hold(entity)
    following = by_views(reached([item.record.pk for item in moved]))
    users = list(deciding.uses(FIELD, GROUP)) if following else []
    met = [(use, some) for use, keys in users if (some := following & reached(keys))]
    for item in moved if met else ():
        mine = reached([item.record.pk])
        if found := [use for use, some in met if some & mine]:
            is_put = item.record.parent_id and (item.is_new or "parent" in item.after)
            raise Refused({"parent" if is_put else "kind": [used_by(found)]})


def returned(entity: Entity, records: Sequence[Any]) -> None:
    """The same for groups that come back from the trash."""
    gate(entity, [Item(record, {}, is_new=True) for record in records])


def reached(keys: Collection[UUID]) -> set[UUID]:
    """Those of the groups that are not in the trash, and all inside them."""
    there = set(registry.get(GROUP).rows(SYSTEM).filter(pk__in=list(keys)).values_list("pk", flat=True))
    return there | inside(there)


def by_views(keys: Collection[UUID]) -> set[UUID]:
    """Those of the groups that follow a view."""
    rows = registry.get(GROUP).rows(SYSTEM).filter(pk__in=list(keys), kind="dynamic")
    return set(rows.values_list("pk", flat=True))


def used_by(found: list[field_usage.Use]) -> Any:
    """That something which decides for others counts on a group staying by hand."""
    text = _("What decides for others uses this customer group or one above it and may follow no view, whose owner could change it: %(uses)s. Keep the group by hand, put it elsewhere, or take it out there first.")  # fmt: skip
    return text % {"uses": field_usage.in_words(author(), found)}
