"""Who is it: incoming data (imports, mail, calls) find the party they belong to, as of a day (R10, N6).

Only what is certain joins: external id, e-mail of a contact point valid on the day, for companies tax id and equal
normalised name. Shared phones and equal names are left to the duplicate check.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from kith.core import access
from kith.core.access import SYSTEM, Actor
from kith.core.among import any_of
from kith.core.entity import Entity, registry
from kith.core.identity.matchkeys import REASON_OF

from . import matching, primaries

#: Fields of incoming values that such keys are made of.
TELLING = {
    "person": ("external_ids", "email"),
    "company": ("external_ids", "tax_id", "registration_number", "name", "legal_name"),
}
#: What tells where somebody worked, and what the mail domains of companies follow from.
JOB = frozenset({"person", "company", "is_primary", "valid_from", "valid_to"})
OF_DOMAIN = frozenset({"email", "website"})
#: Kinds of keys that join, the strongest first (R10).
ORDER = {"person": ("external_id", "email"), "company": ("external_id", "tax_id", "company_name")}


@dataclass(frozen=True, slots=True)
class Resolved:
    """The party that incoming data belong to, by which key, and how many parties had that key."""

    party: UUID
    reason: str
    among: int = 1


def resolve(entity: Entity, rows: Sequence[Mapping[str, Any]], day: dt.date | None = None) -> list[Resolved | None]:
    """The party of each row of incoming values, or None: three queries however many rows."""
    kind = entity.face["kind"]
    public = matching.public_domains()
    keyed = [by_kind(kind, row, public) for row in rows]
    shared = matching.sharing(
        entity, {(name, key) for keys in keyed for name in ORDER[kind] for key in keys.get(name, ())}
    )
    mails = {key for keys in keyed for key in keys.get("email", ())} if kind == "person" else set()
    owners = by_mail(mails, day or timezone.localdate())
    return [first(kind, keys, shared, owners) for keys in keyed]


def by_kind(kind: str, row: Mapping[str, Any], public: Collection[str]) -> dict[str, list[str]]:
    """The joining keys of incoming values, by kind."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in sorted(matching.keys_of(kind, {name: row[name] for name in TELLING[kind] if name in row}, {}, public)):
        found[key.kind].append(key.key[: matching.LONGEST_KEY])
    return found


def first(
    kind: str,
    keys: Mapping[str, list[str]],
    shared: Mapping[tuple[str, str], list[UUID]],
    owners: Mapping[str, list[UUID]],
) -> Resolved | None:
    """The party by the strongest key that anybody has."""
    for name in ORDER[kind]:
        for key in keys.get(name, ()):
            parties = owners.get(key, []) if name == "email" else shared.get((name, key), [])
            if parties:
                return Resolved(parties[0], REASON_OF[name], len(parties))
    return None


def by_mail(addresses: Collection[str], day: dt.date) -> dict[str, list[UUID]]:
    """People by address valid on the day: those where it is primary first, then those used last."""
    if not addresses:
        return {}
    points = (
        registry.get("parties.contactpoint")
        .rows(SYSTEM)
        .filter(any_of("normalized", addresses), kind="email", party__kind="person", party__deleted_at=None)
    )
    found: dict[str, list[UUID]] = defaultdict(list)
    for point in points.order_by("-is_primary", "-party__updated_at", "party_id"):
        if primaries.is_current(point, day) and point.party_id not in found[point.normalized]:
            found[point.normalized].append(point.party_id)
    return found


def employer_on(actor: Actor, person: UUID, day: dt.date, domain: str = "") -> UUID | None:
    """The company that one person worked for on a day; see employers_on."""
    return employers_on(actor, [person], day, domain).get(person)


def employers_on(actor: Actor, people: Collection[UUID], day: dt.date, domain: str = "") -> dict[UUID, UUID]:
    """The company that each person worked for on a day, by the jobs that the actor may see and read: the one with this mail domain, else the main job, else the latest one."""
    entity, companies = registry.get("parties.employment"), registry.get("parties.company")
    if not people or not access.readable(actor, entity) >= JOB:
        return {}
    rows = entity.rows(actor).filter(person__in=list(people), company__deleted_at=None)
    jobs = [job for job in rows if primaries.is_current(job, day)]
    knows = jobs and domain and access.readable(actor, companies) >= OF_DOMAIN
    owners = matching.sharing(companies, [("domain", domain)]).get(("domain", domain), []) if knows else []
    jobs.sort(key=lambda job: (job.company_id in owners, job.is_primary, job.valid_from or dt.date.min, job.pk))
    return {UUID(str(job.person_id)): UUID(str(job.company_id)) for job in jobs}  # the best one comes last
