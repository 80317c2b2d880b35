"""Where a web form puts what it takes: the person on its target list, the lead to a person, by a rule or into a pool (R40)."""

from contextlib import suppress
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import access
from kith.core.access import SYSTEM
from kith.core.batch import Batch, Item
from kith.core.entity import registry
from kith.core.errors import Missing
from kith.distribution import claiming, running
from kith.marketing import members

LEAD = "sales.lead"
WAYS = ("lead_owner", "assignment_rule", "pool")
KINDS = {"assignment_rule": "distribution.assignmentrule", "pool": "distribution.pool"}


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """At most one of person, rule and pool, the last two for leads; a list to which people may be added."""
    chosen = {
        name: values[name] if name in values else getattr(record, f"{name}_id") for name in (*WAYS, "target_list")
    }
    named = [name for name in WAYS if chosen[name]]
    errors: dict[str, list[Any]] = {}
    if len(named) > 1:
        errors[named[-1]] = [_("Name one of them only: an owner, a rule or a pool.")]
    for name, label in KINDS.items():
        found = registry.get(label).rows(SYSTEM).filter(pk=chosen[name]).first() if chosen[name] else None
        if found and found.entity != LEAD:
            errors[name] = [_("“%(name)s” is for other records; choose one for leads.") % {"name": found}]
    listed = registry.get("marketing.targetlist").rows(SYSTEM).filter(pk=chosen["target_list"], kind="suppression")
    if chosen["target_list"] and listed.exists():
        errors["target_list"] = [_("This list is of those not to be contacted; choose another one.")]
    return errors


def check(batch: Batch) -> None:
    """A form gives only what its author may give: onto lists the author may change, to people and pools the author may assign to."""
    if batch.actor.is_system:
        return
    for item in batch.items:
        chosen = named_anew(item)
        if key := chosen.pop("target_list", None):
            with suppress(Missing):  # what is not there or not seen is refused by name when values are checked
                access.fetch(registry.get("marketing.targetlist"), batch.actor, key, "edit")
        if chosen and chosen != {"lead_owner": str(batch.actor.id)}:
            access.require(batch.actor, registry.get(LEAD), "assign")


def named_anew(item: Item) -> dict[str, str]:
    """The list, person, rule or pool that a form did not name before, as they came: not yet checked."""
    known = {} if item.is_new else {name: str(getattr(item.record, f"{name}_id")) for name in (*WAYS, "target_list")}
    came = {name: str(key) for name in (*WAYS, "target_list") if (key := item.values.get(name))}
    return {name: key for name, key in came.items() if key != known.get(name)}


def place(form: Any, lead: Any) -> None:
    """What a form does with its new lead, in the change-set of the request."""
    party = lead.person_id or lead.company_id
    listed = form.target_list
    if listed and party and not listed.is_trashed and listed.kind != "suppression":
        members.put(SYSTEM, form.target_list, [party], "form", form.name)
    entity = registry.get(LEAD)
    if form.assignment_rule_id and form.assignment_rule.is_active and not form.assignment_rule.is_trashed:
        running.run(entity, [form.assignment_rule], [lead.pk])
    if form.pool_id:
        claiming.put(entity, [lead.pk], form.pool_id, reason=form.name)
