"""What parties are recognised by: their match keys, kept in bulk with every change (N7)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kith.core import settings_store, store
from kith.core.access import SYSTEM
from kith.core.among import any_of
from kith.core.batch import Batch
from kith.core.copying import as_id
from kith.core.entity import Entity, registry
from kith.core.identity.keys import born_key, party_keys
from kith.core.identity.matchkeys import MatchKey as Key
from kith.core.identity.person import PersonName

from .entities.match_key import MatchKey

#: Fields that keys are made of.
KEYED = frozenset(
    [
        "name",
        "given_name",
        "middle_name",
        "family_name",
        "native_name",
        "legal_name",
        "email",
        "phone",
        "website",
        "tax_id",
        "registration_number",
        "external_ids",
        "birth_date",
    ]
)
LONGEST_KEY = 300
Points = Mapping[str, Collection[str]]


def public_domains() -> Collection[str]:
    """Mail domains that tell no company; asked for once for many parties."""
    found: Collection[str] = settings_store.get("public_mail_domains")
    return found


def keys_of(
    kind: str, values: Mapping[str, Any], points: Points, public: Collection[str] | None = None
) -> frozenset[Key]:
    """The keys of a party with these values and contact points (by kind)."""
    is_person = kind == "person"
    name: Any = (
        PersonName(*(values.get(part) or "" for part in ("given_name", "middle_name", "family_name")))
        if is_person
        else values.get("name") or ""
    )
    born = values.get("birth_date")
    more = born_key(born, name.given, name.family) if is_person and isinstance(born, dt.date) else None
    found = party_keys(
        kind,
        names=(name,) if name else (),
        native_names=tuple(filter(None, (values.get("native_name" if is_person else "legal_name"),))),
        emails=filled(values.get("email"), points.get("email", ())),
        phones=filled(values.get("phone"), points.get("phone", ())),
        websites=filled(values.get("website"), points.get("site", ())),
        tax_ids=filled(values.get("tax_id"), filled(values.get("registration_number"))),
        external_ids=values.get("external_ids") or (),
        public_domains=public_domains() if public is None else public,
    )
    return found | {more} if more else found


def filled(one: str | None, more: Collection[str] = ()) -> Collection[str]:
    """All that are not empty."""
    return (one, *more) if one else more


def rows_of(party: Any, points: Points, public: Collection[str]) -> set[tuple[UUID, str, str]]:
    """The rows of a party in the table of keys."""
    key_of = party.pk
    return {(key_of, key.kind, key.key[:LONGEST_KEY]) for key in keys_of(party.kind, vars(party), points, public)}


def derive(batch: Batch) -> None:
    """Keep the keys of written parties; keys of trashed ones rest, those of erased ones go."""
    if batch.operation == "create":
        # All of them first: what a key asks for, such as the settings, cannot be read while rows are being copied in.
        public = public_domains()
        insert([row for item in batch.items for row in rows_of(item.record, {}, public)])
    elif batch.operation in ("edit", "undo"):
        refresh([item.record for item in batch.items if not KEYED.isdisjoint(item.after)])
    elif batch.operation == "purge":
        MatchKey.objects.filter(party__in=[item.record.pk for item in batch.items]).delete()


def insert(rows: Iterable[tuple[UUID, str, str]]) -> None:
    """Add rows of keys."""
    texts = ((as_id(party), kind, key) for party, kind, key in rows)
    store.copy_in(MatchKey._meta.db_table, ("party_id", "kind", "key"), texts)


def refresh(parties: Collection[Any]) -> None:
    """Make the stored keys of these parties those they should have: two reads and at most two writes."""
    if not parties:
        return
    keys = [party.pk for party in parties]
    points: dict[UUID, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for party, kind, form in (
        registry.get("parties.contactpoint")
        .rows(SYSTEM)
        .filter(party__in=keys)
        .values_list("party_id", "kind", "normalized")
    ):
        points[party][kind].append(form)
    public = public_domains()
    wanted = {row for party in parties for row in rows_of(party, points.get(party.pk, {}), public)}
    present = set(MatchKey.objects.filter(party__in=keys).values_list("party_id", "kind", "key"))
    if gone := present - wanted:
        store.delete_rows(MatchKey._meta.db_table, ("party_id", "kind", "key"), gone)
    insert(wanted - present)


def live(entity: Entity) -> QuerySet[MatchKey]:
    """The keys of parties of one kind that are not in the trash."""
    return MatchKey.objects.filter(party__deleted_at=None, party__kind=entity.face["kind"])


def sharing(entity: Entity, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[UUID]]:
    """Live parties of the entity by each of these (kind, key), oldest first; one query however many pairs."""
    if not pairs:
        return {}
    wanted = set(pairs)
    found: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    rows = live(entity).filter(any_of("key", {key for _kind, key in wanted}))
    for kind, key, party in rows.values_list("kind", "key", "party_id").order_by("party_id"):
        if (kind, key) in wanted:
            found[kind, key].append(party)
    return found
