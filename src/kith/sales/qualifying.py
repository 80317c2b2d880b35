"""Qualifying: a lead becomes an opportunity, a new one or one that is open already (R42-R45)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import access, cleaning, writes
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Item
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.following import follow
from kith.core.money import Money
from kith.processes.book import book

from . import absorbing
from .leads import PARTIES, activate_parties

#: What an opportunity has of its own, though its lead has a field of the same name.
OWN = frozenset(
    [
        "process", "stage", "state", "stage_at", "stage_checks", "closed_at", "score", "score_auto", "score_mode", "reasons", "reason_text", "external_ids",
        "created_at", "created_by", "updated_at", "owner",
    ]
)  # fmt: skip


def qualify(
    actor: Actor,
    leads: Sequence[Any],
    *,
    opportunity: Any = None,
    name: str | None = None,
    amount: Money | None = None,
    person: Any = None,
    company: Any = None,
) -> list[Any]:
    """Turn open leads into opportunities, or attach them to an open one; others are left as they are (R45).

    `person` and `company` are known parties into which the provisional ones of the leads are joined.
    """
    target = open_one(actor, opportunity) if opportunity else None
    made = []
    for lead in leads:
        with change_set(actor, kind="qualify", entity="sales.lead"):
            access.fetch(registry.get("sales.lead"), actor, lead.pk, "edit")
            fresh = next(iter(writes.lock(registry.get("sales.lead"), [lead.pk])), None)
            if fresh is not None and fresh.is_open:
                join(actor, fresh, {"person": person, "company": company})
                given = {key: value for key, value in (("name", name), ("amount", amount)) if value}
                made.append(one(actor, fresh.pk, target, given))
    return made


def open_one(actor: Actor, key: Any) -> Any:
    """The chosen opportunity, which must be open."""
    found = access.fetch(registry.get("sales.opportunity"), actor, getattr(key, "pk", key), "edit")
    if not found.is_open:
        raise Refused(
            {"opportunity": [_("“%(name)s” is closed; choose an open one or make a new one.") % {"name": found}]}
        )
    return found


def join(actor: Actor, lead: Any, chosen: dict[str, Any]) -> None:
    """Put known parties in the place of the provisional ones (R44); where there is none, they are simply linked."""
    for field, key in chosen.items():
        now = getattr(lead, f"{field}_id")
        if not key or key == now:
            continue
        entity = registry.get(PARTIES[field])
        party = access.fetch(entity, actor, key, "edit" if now else "view")
        if now is None:
            writes.save(actor, lead, {field: key})
            continue
        (provisional,) = writes.lock(entity, [now])
        if provisional.status != "provisional":
            kind = {
                "person": _("The lead has a known person already; change the lead first."),
                "company": _("The lead has a known company already; change the lead first."),
            }
            raise Refused({field: [kind[field]]})
        absorbing.absorb(entity, provisional, party)


def one(actor: Actor, key: Any, target: Any, given: dict[str, Any]) -> Any:
    """Qualify one lead."""
    entity = registry.get("sales.lead")
    (lead,) = writes.lock(entity, [key])
    if activate_parties(lead):
        employ(lead)
    made = target or opened(actor, lead, given)
    course = book().course(lead.process_id)
    stages = course.of_kind("won") if course else ()
    if not stages:
        raise Refused({"stage": [_("The process of this lead has no stage for qualified ones.")]})
    writes.save(actor, lead, {"stage": stages[0].pk})
    (fresh,) = writes.lock(entity, [key])
    follow(entity, [Item(fresh, {"opportunity": made.pk})])
    return made


def opened(actor: Actor, lead: Any, given: dict[str, Any]) -> Any:
    """The opportunity of a lead; it is the lead's owner's, whoever qualifies (R42)."""
    entity = registry.get("sales.opportunity")
    access.require(actor, entity, "create")
    cleaning.check_names(actor, entity, given)
    # The parties are the lead's; whoever may qualify it need not see their cards.
    return writes.create(SYSTEM, entity, carried(lead) | given | {"owner": lead.owner_id or actor.id})


def employ(lead: Any) -> None:
    """The person of a qualified lead works at its company (R42)."""
    jobs = registry.get("parties.employment")
    pair = {"person": lead.person_id, "company": lead.company_id}
    if all(pair.values()) and not jobs.rows(SYSTEM).filter(**pair).exists():
        writes.create(SYSTEM, jobs, pair)


def carried(lead: Any) -> dict[str, Any]:
    """The values of a lead that its opportunity begins with: every field that both have (R42), and what was written as need."""
    source, target = registry.get("sales.lead"), registry.get("sales.opportunity")
    names = [
        name
        for name, spec in source.fields.items()
        if name in target.fields and name not in OWN and spec.editable and spec.columns
    ]
    values = {
        name: value for name in names if not source.fields[name].type.is_empty(value := source.fields[name].get(lead))
    }
    return values | ({"need": lead.text} if lead.text else {})
