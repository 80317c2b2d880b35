"""What parties are recognised by: their match keys, kept in bulk with every change, and the duplicates they find (R28, R29, N7)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kith.core import store
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Batch, Entity, registry
from kith.core.errors import Warning_
from kith.core.identity.keys import party_keys
from kith.core.identity.matchkeys import MatchKey as Key
from kith.core.identity.matchkeys import shared_reasons
from kith.core.identity.person import PersonName
from kith.core.identity.texts import REASONS

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
    ]
)
LONGEST_KEY = 300
#: A key that more parties share than this says nothing about any of them.
MOST_SHARED = 200
#: Reasons for which a new record needs a confirmation (R29).
WARNED = frozenset({"same_email"})
Points = Mapping[str, Collection[str]]


def keys_of(kind: str, values: Mapping[str, Any], points: Points) -> frozenset[Key]:
    """The keys of a party with these values and contact points (by kind)."""
    is_person = kind == "person"
    name: Any = (
        PersonName(*(values.get(part) or "" for part in ("given_name", "middle_name", "family_name")))
        if is_person
        else values.get("name") or ""
    )
    return party_keys(
        kind,
        names=(name,) if name else (),
        native_names=tuple(filter(None, (values.get("native_name" if is_person else "legal_name"),))),
        emails=filled(values.get("email"), points.get("email", ())),
        phones=filled(values.get("phone"), points.get("phone", ())),
        websites=filled(values.get("website"), points.get("site", ())),
        tax_ids=filled(values.get("tax_id"), filled(values.get("registration_number"))),
        external_ids=values.get("external_ids") or (),
    )


def filled(one: str | None, more: Collection[str] = ()) -> Collection[str]:
    """All that are not empty."""
    return (one, *more) if one else more


def rows_of(party: Any, points: Points) -> set[tuple[UUID, str, str]]:
    """The rows of a party in the table of keys."""
    return {(party.pk, key.kind, key.key[:LONGEST_KEY]) for key in keys_of(party.kind, vars(party), points)}


def derive(batch: Batch) -> None:
    """Keep the keys of written parties; keys of trashed ones rest, those of erased ones go."""
    if batch.operation == "create":
        insert(row for item in batch.items for row in rows_of(item.record, {}))
    elif batch.operation in ("edit", "undo"):
        refresh([item.record for item in batch.items if not KEYED.isdisjoint(item.after)])
    elif batch.operation == "purge":
        MatchKey.objects.filter(party__in=[item.record.pk for item in batch.items]).delete()


def insert(rows: Iterable[tuple[UUID, str, str]]) -> None:
    """Add rows of keys."""
    store.copy_in(MatchKey._meta.db_table, ("party_id", "kind", "key"), rows)


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
    wanted = {row for party in parties for row in rows_of(party, points.get(party.pk, {}))}
    present = set(MatchKey.objects.filter(party__in=keys).values_list("party_id", "kind", "key"))
    if gone := present - wanted:
        store.delete_rows(MatchKey._meta.db_table, ("party_id", "kind", "key"), gone)
    insert(wanted - present)


# --- finding ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """A possible duplicate: the record and the reasons (keys of `identity.texts.REASONS`), the strongest first."""

    record: Any
    reasons: tuple[str, ...]

    @property
    def why(self) -> list[Any]:
        """The reasons in words."""
        return [REASONS[reason] for reason in self.reasons]


@dataclass(frozen=True, slots=True)
class Found:
    """Possible duplicates: those the reader may see, and how many others there are."""

    matches: tuple[Match, ...] = ()
    hidden: int = 0

    def __bool__(self) -> bool:
        return bool(self.matches or self.hidden)


def find(
    entity: Entity,
    actor: Actor,
    values: Mapping[str, Any],
    *,
    record: Any = None,
    reasons: Collection[str] | None = None,
) -> Found:
    """Possible duplicates of a company or person with these values (over those of `record`), by the named reasons only."""
    own = {} if record is None else {name: getattr(record, name) for name in KEYED}
    points: Points = {}
    if record is not None and not record._state.adding:
        points = stored_points(record.pk)
    ours = keys_of(entity.face["kind"], own | dict(values), points)
    theirs = candidates(entity, ours, None if record is None else record.pk)
    why = {
        key: found
        for key, other in theirs.items()
        if (found := tuple(r for r in shared_reasons(ours, other) if reasons is None or r in reasons))
    }
    seen = {party.pk: party for party in entity.rows(actor).filter(pk__in=why)}
    order = list(REASONS)
    matches = sorted(
        (Match(seen[key], found) for key, found in why.items() if key in seen),
        key=lambda match: ([order.index(r) for r in match.reasons], match.record.sort_key, match.record.pk),
    )
    return Found(tuple(matches), len(why) - len(seen))


def stored_points(party: UUID) -> Points:
    """The contact points of one party by kind."""
    points: dict[str, list[str]] = defaultdict(list)
    for kind, form in (
        registry.get("parties.contactpoint").rows(SYSTEM).filter(party=party).values_list("kind", "normalized")
    ):
        points[kind].append(form)
    return points


def candidates(entity: Entity, ours: Collection[Key], but: UUID | None) -> dict[UUID, frozenset[Key]]:
    """Live parties of the same kind that share a telling key, with all their keys."""
    shared = sharing(entity, [(key.kind, key.key[:LONGEST_KEY]) for key in ours if key.reason])
    found = {party for parties in shared.values() if len(parties) <= MOST_SHARED for party in parties} - {but}
    all_keys: dict[UUID, set[Key]] = defaultdict(set)
    for party, kind, key in MatchKey.objects.filter(party__in=found).values_list("party_id", "kind", "key"):
        all_keys[party].add(Key.of(kind, key))
    return {party: frozenset(keys) for party, keys in all_keys.items()}


def sharing(entity: Entity, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[UUID]]:
    """Live parties of the entity by each of these (kind, key), oldest first; one query however many pairs."""
    if not pairs:
        return {}
    wanted = set(pairs)
    found: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    rows = MatchKey.objects.filter(
        key__in={key for _kind, key in wanted}, party__deleted_at=None, party__kind=entity.face["kind"]
    )
    for kind, key, party in rows.values_list("kind", "key", "party_id").order_by("party_id"):
        if (kind, key) in wanted:
            found[kind, key].append(party)
    return found


def warn(entity: Entity, actor: Actor, record: Any, values: Mapping[str, Any]) -> list[Warning_]:
    """Before a new record is saved: its e-mail address is on others of its kind already (R29)."""
    if not record._state.adding or not values.get("email"):
        return []
    found = find(entity, actor, values, record=record, reasons=WARNED)
    return [Warning_("duplicate", in_words(found), tuple(match.record for match in found.matches))] if found else []


def in_words(found: Found) -> Any:
    """Who has this address already; those that the reader may not see are counted only."""
    names = ", ".join(f"“{match.record}”" for match in found.matches)
    if not found.hidden:
        return _("This e-mail address is already on %(names)s.") % {"names": names}
    if not names:
        return ngettext_lazy(
            "This e-mail address is already on %(count)d record that you may not see.",
            "This e-mail address is already on %(count)d records that you may not see.",
            found.hidden,
        ) % {"count": found.hidden}
    return ngettext_lazy(
        "This e-mail address is already on %(names)s and on %(count)d record that you may not see.",
        "This e-mail address is already on %(names)s and on %(count)d records that you may not see.",
        found.hidden,
    ) % {"names": names, "count": found.hidden}
