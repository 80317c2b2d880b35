"""The search for duplicates among all parties: over the stored match keys, never comparing a table with itself.

1. The first time, or after very many changes, all of them: the database joins the keys that several parties share with
   themselves, so that each pair comes once; keys with more members than `MOST` say nothing and are left out.
2. From then on only parties that the ledger names since the last time, with those that share a key with them.
3. Each pair gets its score (`likeness`); from `PROPOSED` on it stands in the queue. What somebody called "not a duplicate"
   keeps that word however often it is found again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import batched
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from kith.core.access import SYSTEM
from kith.core.among import any_id
from kith.core.entity import registry
from kith.core.history import settled
from kith.core.identity.matchkeys import MatchKey as Key
from kith.core.identity.matchkeys import shared_reasons
from kith.core.ledger import Change

from . import pairing
from .duplicates import COMPARED
from .entities.duplicate_pair import DuplicatePair, DuplicateScan
from .entities.match_key import MatchKey
from .likeness import PROPOSED, Facts, facts, likeness
from .matching import refresh
from .pairing import Pair

State = DuplicatePair.State
#: Labels of what can be double, by kind of party.
LABELS = {"person": "parties.person", "company": "parties.company"}
#: A key that more parties share is no sign of anything.
MOST = {
    "external_id": 20, "tax_id": 20, "email": 20, "phone": 20, "company_name": 20, "domain": 20, "company_sound": 20,
    "person_name": 60, "person_sound": 60, "person_pinyin": 60, "born": 60,
}  # fmt: skip
#: By themselves these never reach `PROPOSED`: town, day of birth or employer must be equal, too.
WEAK = frozenset({"person_name", "person_sound", "person_pinyin", "company_sound"})
CHUNK = 1000
AROUND = 200
#: With more changes than this the whole is faster than the changed ones.
MUCH = 50_000


def ordered(one: UUID, other: UUID) -> Pair:
    """The two ids as a pair is stored."""
    return (one, other) if one < other else (other, one)


# --- all of them -------------------------------------------------------------------------------------------------------


def look_through() -> int:
    """Look through all parties; returns how many pairs are open now."""
    began, last = timezone.now(), last_change()
    complete_keys()
    for kind in LABELS:
        for weak in (False, True):
            most = {name: count for name, count in MOST.items() if (name in WEAK) == weak}
            for pairs in pairing.pairs(kind, most, supported=weak, chunk=CHUNK):
                propose(kind, pairs)
    DuplicatePair.objects.filter(state=State.OPEN, seen_at__lt=began).delete()
    remember(last, whole=True)
    return DuplicatePair.objects.filter(state=State.OPEN).count()


def complete_keys() -> None:
    """Make the keys of people whose day of birth was stored before it became a key."""
    named = registry.get("parties.person").rows(SYSTEM).exclude(Q(given_name="") | Q(family_name=""))
    people = named.filter(birth_date__isnull=False)
    known = MatchKey.objects.filter(kind="born", party=OuterRef("pk"))
    keys = people.filter(~Exists(known)).order_by().values_list("pk", flat=True)
    for some in batched(keys.iterator(CHUNK), CHUNK, strict=False):
        refresh(list(people.filter(pk__in=some)))


# --- changed ones ------------------------------------------------------------------------------------------------------


def catch_up() -> int:
    """Look at what changed since the last time, or at everything the first time and after very much; returns how many pairs are open."""
    scan = DuplicateScan.objects.filter(pk=1).first()
    if scan is None or scan.whole_at is None:
        return look_through()
    last = last_change()
    named = [*LABELS.values(), "parties.contactpoint"]
    since = Change.objects.filter(id__gt=scan.last_change, id__lte=last, entity__in=named)
    if since.count() > MUCH:
        return look_through()
    changed: set[UUID] = set()
    for label, record, before, after in since.values_list("entity", "record_id", "before__party", "after__party"):
        changed |= {record} if label in LABELS.values() else {UUID(text) for text in (before, after) if text}
    points = set(since.filter(entity="parties.contactpoint").values_list("record_id", flat=True))
    for trashed in (False, True):
        rows = registry.get("parties.contactpoint").rows(SYSTEM, trashed=trashed).filter(pk__in=points)
        changed |= set(rows.values_list("party_id", flat=True))
    for keys in batched(sorted(changed), AROUND, strict=False):
        look_around(keys)
    remember(last)
    return DuplicatePair.objects.filter(state=State.OPEN).count()


def look_around(changed: Collection[UUID]) -> None:
    """Find anew with whom some parties may be double; open pairs of theirs that are none any more go."""
    began = timezone.now()
    for kind, label in LABELS.items():
        # Two queries, not a join: before its first ANALYZE the database reads all keys for that.
        mine = set(registry.get(label).rows(SYSTEM).filter(any_id("pk", changed)).values_list("pk", flat=True))
        keys = MatchKey.objects.filter(any_id("party", mine)).values_list("kind", "key", "party_id")
        own: dict[pairing.About, set[UUID]] = defaultdict(set)
        for name, key, party in keys:
            if name in MOST:
                own[name, key].add(party)
        members: dict[pairing.About, set[UUID]] = defaultdict(set)
        for name, key, party in pairing.sharing(kind, own, MOST) if own else ():
            members[name, key].add(party)
        pairs = {
            ordered(one, other)
            for about, ours in own.items()
            if len(members[about]) <= MOST[about[0]]
            for one in ours
            for other in members[about] - {one}
        }
        for some in batched(sorted(pairs), CHUNK, strict=False):
            propose(kind, some)
    gone = DuplicatePair.objects.filter(Q(one__in=changed) | Q(other__in=changed), state=State.OPEN, seen_at__lt=began)
    gone.delete()


# --- pairs -------------------------------------------------------------------------------------------------------------


def propose(kind: str, pairs: Iterable[Pair]) -> None:
    """Score pairs and keep those that are likely enough."""
    pairs = [ordered(*pair) for pair in set(pairs)]
    found = scored(kind, pairs)
    now = timezone.now()
    made = [
        DuplicatePair(
            one_id=one, other_id=other, kind=kind, score=like.score, reasons=like.reasons, signs=like.signs, seen_at=now
        )
        for (one, other), like in found.items()
        if like.score >= PROPOSED
    ]
    DuplicatePair.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["one", "other"],
        update_fields=["score", "reasons", "signs", "seen_at"],
    )


def scored(kind: str, pairs: Collection[Pair]) -> dict[Pair, Any]:
    """The likeness of each pair that has a reason: two queries however many pairs."""
    keys = {key for pair in pairs for key in pair}
    theirs: dict[UUID, set[Key]] = defaultdict(set)
    for party, name, key in MatchKey.objects.filter(any_id("party", keys)).values_list("party_id", "kind", "key"):
        theirs[party].add(Key.of(name, key))
    told: dict[UUID, Facts] = {
        row["pk"]: facts(row)
        for row in registry.get("parties.party").rows(SYSTEM).filter(any_id("pk", keys)).values("pk", *COMPARED)
    }
    found = {}
    for one, other in pairs:
        if one in told and other in told and (reasons := shared_reasons(theirs[one], theirs[other])):
            found[one, other] = likeness(kind, reasons, told[one], told[other])
    return found


def last_change() -> int:
    """The last entry of the ledger that no running transaction can stand before."""
    return settled().order_by("-id").values_list("id", flat=True).first() or 0


def remember(last: int, *, whole: bool = False) -> None:
    """Note how far the search has come."""
    now = timezone.now()
    DuplicateScan.objects.update_or_create(
        pk=1, defaults={"last_change": last, "at": now} | ({"whole_at": now} if whole else {})
    )
