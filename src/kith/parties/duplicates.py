"""Possible duplicates of people and companies, across scripts and formats, with the reason (R28, R29, N7)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kith.core import access
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Warning_
from kith.core.identity.matchkeys import MatchKey as Key
from kith.core.identity.matchkeys import shared_reasons
from kith.core.identity.texts import REASONS, SIGNS

from . import likeness
from .entities.match_key import MatchKey
from .matching import KEYED, LONGEST_KEY, Points, keys_of, live

#: Columns that are compared once a key is shared.
COMPARED = (
    "name",
    "given_name",
    "middle_name",
    "family_name",
    "native_name",
    "legal_name",
    "city",
    "country",
    "birth_date",
    "employer_id",
    "tax_id",
)
#: A key that more parties share than this says nothing about any of them, unless it is a certain one.
MOST_SHARED = 200
#: Many have a birthday and initials in common: alone, and with other names, that is no sign.
VAGUE = ("same_birth_date",)
#: How many possible duplicates a warning names.
NAMED = 5
TELLING = frozenset({"external_id", "email", "phone", "tax_id"})
#: Reasons for which a new record needs a confirmation (R29).
WARNED = frozenset({"same_email"})


@dataclass(frozen=True, slots=True)
class Match:
    """A possible duplicate: the record, the reasons (keys of `identity.texts.REASONS`), the strongest first, how likely it is the same (0 to 100), and by which further signs."""

    record: Any
    reasons: tuple[str, ...]
    score: int = 0
    signs: tuple[str, ...] = ()

    @property
    def why(self) -> list[Any]:
        """The reasons and signs in words."""
        return in_reasons(self.reasons, self.signs)


def in_reasons(reasons: Collection[str], signs: Collection[str]) -> list[Any]:
    """Reasons and further signs in words."""
    return [*(REASONS[reason] for reason in reasons), *(SIGNS[sign] for sign in signs)]


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
    asked = [key for key in ours if key.reason and (reasons is None or key.reason in reasons)]
    theirs = candidates(entity, asked, None if record is None else record.pk)
    readable = None if actor.is_system else access.readable(actor, entity)
    untold = {reason for reason, field in likeness.TOLD_BY.items() if readable is not None and field not in readable}
    why = {
        key: found
        for key, other in theirs.items()
        if (
            found := tuple(
                r for r in shared_reasons(ours, other) if r not in untold and (reasons is None or r in reasons)
            )
        )
    }
    seen = {party.pk: party for party in entity.rows(actor).filter(pk__in=why)}
    before = {} if record is None else {name: getattr(record, name) for name in COMPARED}
    mine = likeness.facts(before | dict(values))
    order = list(REASONS)
    made = (match_of(entity, mine, seen[key], found, readable) for key, found in why.items() if key in seen)
    matches = sorted(
        (match for match in made if match.reasons != VAGUE or match.score >= likeness.PROPOSED),
        key=lambda match: (
            -match.score,
            [order.index(r) for r in match.reasons],
            match.record.sort_key,
            match.record.pk,
        ),
    )
    return Found(tuple(matches), sum(key not in seen and found != VAGUE for key, found in why.items()))


def match_of(
    entity: Entity, mine: likeness.Facts, party: Any, reasons: tuple[str, ...], readable: Collection[str] | None
) -> Match:
    """A party that shares keys, with its score."""
    found = likeness.likeness(entity.face["kind"], reasons, mine, likeness.facts(vars(party)), readable)
    return Match(party, reasons, found.score, found.signs)


def stored_points(party: UUID) -> Points:
    """The contact points of one party by kind."""
    points: dict[str, list[str]] = defaultdict(list)
    for kind, form in (
        registry.get("parties.contactpoint").rows(SYSTEM).filter(party=party).values_list("kind", "normalized")
    ):
        points[kind].append(form)
    return points


def candidates(entity: Entity, ours: Collection[Key], but: UUID | None) -> dict[UUID, frozenset[Key]]:
    """Live parties of the same kind that share any of these keys, with all their keys.

    Of a mail or number shared by very many the oldest are taken; such a name or domain tells nothing.
    """
    pairs = sorted({(key.kind, key.key[:LONGEST_KEY]) for key in ours})
    rows = [
        live(entity).filter(kind=kind, key=key).order_by("party_id").values_list("kind", "key", "party_id")
        for kind, key in pairs
    ]
    shared: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    for kind, key, party in (
        rows[0][: MOST_SHARED + 1].union(*(more[: MOST_SHARED + 1] for more in rows[1:]), all=True) if rows else ()
    ):
        shared[kind, key].append(party)
    found = {
        party
        for (kind, _key), parties in shared.items()
        if len(parties) <= MOST_SHARED or kind in TELLING
        for party in parties
    } - {but}
    all_keys: dict[UUID, set[Key]] = defaultdict(set)
    for party, kind, key in MatchKey.objects.filter(party__in=found).values_list("party_id", "kind", "key"):
        all_keys[party].add(Key.of(kind, key))
    return {party: frozenset(keys) for party, keys in all_keys.items()}


def warn(entity: Entity, actor: Actor, record: Any, values: Mapping[str, Any]) -> list[Warning_]:
    """Before a new record is saved: its e-mail address is on others of its kind already (R29)."""
    if not record._state.adding or not values.get("email"):
        return []
    found = find(entity, actor, values, record=record, reasons=WARNED)
    return [Warning_("duplicate", in_words(found), tuple(match.record for match in found.matches))] if found else []


def in_words(found: Found) -> Any:
    """Who has this address already; those that the reader may not see are counted only."""
    names = ", ".join([f"“{match.record}”" for match in found.matches[:NAMED]] + ["…"] * (len(found.matches) > NAMED))
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
