"""When a merge of people is taken apart: leads that came since by an address of one of them alone are that one's (R35)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from kith.core.access import SYSTEM
from kith.core.batch import Item
from kith.core.changes import Running
from kith.core.entity import Entity, registry
from kith.core.following import follow
from kith.core.identity.mails import normal_form
from kith.core.identity.problems import Problem


def leads_back(changes: Running, entity: Entity, survivor: Any, records: Sequence[Any], since: Any) -> None:
    """Give leads of the survivor back whose request named an e-mail address that only one of the records has."""
    if entity.label != "parties.person":
        return
    leads = registry.get("sales.lead")
    late = {lead.pk: lead for lead in leads.rows(SYSTEM).filter(person=survivor.pk, created_at__gt=since)}
    owners = owners_of([survivor, *records]) if late else {}
    requests = registry.get("sales.leadsubmission").rows(SYSTEM).filter(lead__in=late).order_by("-received_at")
    for request in requests:
        owner = owners.get(address_of(request.data))
        if owner is not None and owner != survivor.pk:
            follow(leads, [Item(late[request.lead_id], {"person": owner})])


def owners_of(people: Sequence[Any]) -> dict[str, Any]:
    """Whose an e-mail address is, of those that only one of some people has."""
    points = (
        registry.get("parties.contactpoint").rows(SYSTEM).filter(party__in=[one.pk for one in people], kind="email")
    )
    found: dict[str, set[Any]] = defaultdict(set)
    for party, mail in points.values_list("party_id", "normalized"):
        found[mail].add(party)
    return {mail: next(iter(parties)) for mail, parties in found.items() if mail and len(parties) == 1}


def address_of(data: dict[str, Any]) -> str:
    """The e-mail address in a request; "" for none."""
    try:
        return normal_form(str(data.get("email") or ""))
    except Problem:
        return ""
