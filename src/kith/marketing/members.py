"""Who stands on a target list: put there by hand, from a selection, a view, a group or a web form; each customer once.

A view or group is looked at when the list is filled (a snapshot); who was taken off by hand stays off then. Whoever is
put on the list by somebody, or asks by a form, comes back.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import batched
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core import access, writes
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Item
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.filters import compile_filter, from_json
from kith.core.following import follow
from kith.core.pipeline import Outcome, now
from kith.parties import segments

CHUNK = 1000
#: So many customers come onto a list, or are shared out, at once: it is done while somebody waits.
MOST = 20_000
KINDS = ("parties.company", "parties.person", "sales.lead")
ALREADY = _("It is on the list already.")
HIDDEN = _("You may not see its person or company.")


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """See TargetListEntity."""
    kind = values.get("kind", record.kind)
    view, group = (values[name] if name in values else getattr(record, f"{name}_id") for name in ("view", "group"))
    if view and group:
        return {"group": [_("Name a view or a group, not both.")]}
    if kind == "static" and (view or group):
        return {
            "kind": [_("A list by hand has no view and no group; choose “from a view or group”, or leave them empty.")]
        }
    if kind == "view" and not (view or group):
        return {"view": [_("Name the view or the customer group from which the list is filled.")]}
    label = (
        registry.get("core.view").rows(SYSTEM).filter(pk=view).values_list("entity", flat=True).first()
        if view
        else None
    )
    return {"view": [_("The view must show companies, people or leads.")]} if label and label not in KINDS else {}


def parties() -> Any:
    """The entity of all companies and people."""
    return registry.get("parties.party")


# --- putting on a list -------------------------------------------------------------------------------------------------


def put(
    actor: Actor, target_list: Any, keys: Iterable[UUID], way: str, reason: str = "", *, again: bool = True
) -> Outcome:
    """Put customers on a list; those on it are skipped, those taken off come back where `again` says so."""
    entity, outcome = registry.get("marketing.targetlistmember"), Outcome()
    facts = {"way": way, "reason": reason[:200]}
    with change_set(actor, kind="list", entity=entity.label) as changes:
        access.fetch(registry.get("marketing.targetlist"), actor, target_list.pk, "edit")
        for chunk in batched(dict.fromkeys(keys), CHUNK, strict=False):
            known = dict(entity.rows(SYSTEM).filter(target_list=target_list.pk, party__in=chunk).values_list("party_id", "status"))  # fmt: skip
            new = [{"target_list": target_list.pk, "party": key, **facts} for key in chunk if key not in known]
            outcome.records += writes.create_many(actor, entity, new) if new else []
            off = [key for key in chunk if again and known.get(key) == "removed"]
            outcome.records += bring_back(actor, target_list, off, facts)
            outcome.skipped += [(key, ALREADY) for key in chunk if key in known and key not in off]
        outcome.changeset = changes.id
    return outcome


def bring_back(actor: Actor, target_list: Any, keys: Collection[UUID], facts: dict[str, Any]) -> list[Any]:
    """Customers who were taken off stand on the list again."""
    entity = registry.get("marketing.targetlistmember")
    if not keys:
        return []
    rows = entity.rows(SYSTEM).filter(target_list=target_list.pk, party__in=keys).values_list("pk", flat=True)
    return writes.update_many(actor, entity, rows, {"status": "listed", **facts}).records


# --- from a view or group ----------------------------------------------------------------------------------------------


def fill(actor: Actor, lists: Sequence[Any]) -> Outcome:
    """Put everybody on the lists whom their views and groups show now, as far as the actor may see them."""
    outcome = Outcome()
    for one in lists:
        if not (one.view_id or one.group_id):
            raise Refused(_("“%(name)s” has neither a view nor a group to be filled from; name one, or add people by a selection.") % {"name": one})  # fmt: skip
        with change_set(actor, kind="list", entity="marketing.targetlist"):
            way, source = ("view", one.view) if one.view_id else ("group", one.group)
            keys = found(actor, one)
            if len(keys) > MOST:
                raise Refused(_("More than %(most)d customers; narrow the view or the group.") % {"most": MOST})
            made = put(actor, one, keys, way, str(source), again=False)
            (fresh,) = writes.lock(registry.get("marketing.targetlist"), [one.pk])
            follow(registry.get("marketing.targetlist"), [Item(fresh, {"frozen_at": now()})])
            outcome.records += made.records
            outcome.skipped += made.skipped
    return outcome


def found(actor: Actor, target_list: Any) -> list[UUID]:
    """The customers whom the view or group of a list shows the actor now, in the order of their making."""
    if target_list.group_id:
        rows = segments.members(target_list.group, actor)
        return list(rows.order_by("created_at", "pk").values_list("pk", flat=True)[: MOST + 1])
    view = registry.get("core.view").rows(actor).filter(pk=target_list.view_id).first()
    if view is None:
        raise Refused({"view": [_("The view of this list is gone, or is not shared with you.")]})
    entity = registry.get(view.entity)
    rows = entity.rows(actor).filter(compile_filter(entity, from_json(view.filter), actor)).order_by("created_at", "pk")
    if entity.label != "sales.lead":
        return list(rows.values_list("pk", flat=True)[: MOST + 1])
    leads = rows.values_list("person_id", "company_id")[: MOST + 1]
    return visible(actor, [person or company for person, company in leads])


def visible(actor: Actor, keys: Iterable[UUID]) -> list[UUID]:
    """Those of the customers that the actor may see, in the same order."""
    wanted = list(dict.fromkeys(keys))
    seen = set(parties().rows(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    return [key for key in wanted if key in seen]


# --- from a selection --------------------------------------------------------------------------------------------------


def add(actor: Actor, records: Sequence[Any], target_list: Any = None, name: str | None = None) -> Outcome:
    """Put selected people, companies, or those whom selected leads are about, on a list or on a new one."""
    entity = registry.for_model(type(records[0]))
    customers = {record.pk: customer(record) for record in records}
    seen = set(visible(actor, customers.values()))
    with change_set(actor, kind="list", entity="marketing.targetlistmember"):
        chosen = wanted(actor, target_list, (name or "").strip())
        made = put(actor, chosen, [key for key in customers.values() if key in seen], "selection", str(entity.plural))
    done = {member.party_id for member in made.records}
    outcome = Outcome(changeset=made.changeset)
    for record in records:
        key = customers[record.pk]
        if key in done:
            done.discard(key)  # two leads of one customer put it there once
            outcome.records.append(record)
        else:
            outcome.skipped.append((record.pk, ALREADY if key in seen else HIDDEN))
    return outcome


def customer(record: Any) -> UUID:
    """Whom a record is about: itself, or the person or company of a lead."""
    found: UUID = (record.person_id or record.company_id) if record._meta.label_lower == "sales.lead" else record.pk
    return found


def wanted(actor: Actor, key: Any, name: str) -> Any:
    """The chosen list, which the actor must be allowed to change; else the one of this name that was just made, else a new one."""
    entity = registry.get("marketing.targetlist")
    if bool(key) == bool(name):
        raise Refused({"target_list": [_("Choose a target list, or name a new one.")]})
    if key:
        return access.fetch(entity, actor, getattr(key, "pk", key), "edit")
    mine = (
        entity.rows(actor, "edit")
        .filter(name=name, owner=actor.id, created_by=actor.id)
        .order_by("-created_at")
        .first()
    )
    return mine or writes.create(actor, entity, {"name": name, "owner": actor.id})
