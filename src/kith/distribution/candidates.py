"""Who takes part in a rule today: members with their quotas, loads and matching records; substitutes for those who are away."""

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.filters import BadFilter, compile_filter, from_json
from kith.core.ledger import Change
from kith.core.specs import FieldSpec

from .choosing import Dealer, Seat, quota
from .entities.assignment import Assignment
from .subjects import still_open

log = logging.getLogger(__name__)
#: The field that decides unless the rule names another one.
FIELDS = {"territory": "territory", "language": "language", "skill": "tags"}
BEFORE = dt.timedelta(hours=24)
REMEMBERED = dt.timedelta(days=30)


def rows(label: str) -> Any:
    """All rows of an entity."""
    return registry.get(label).rows(SYSTEM)


def that_fit(entity: Entity, condition: Any, keys: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the records for which a condition holds; none where it cannot be asked any more, as after the end of a field."""
    try:
        q = compile_filter(entity, from_json(condition), SYSTEM)
    except BadFilter as bad:
        log.warning("a condition on %s cannot be asked: %s", entity.label, bad.message)
        return frozenset()
    return frozenset(entity.rows(SYSTEM).filter(q, pk__in=keys).values_list("pk", flat=True))


def dealer(rule: Any, entity: Entity, keys: Sequence[UUID], *, rehearsed: bool = False) -> Dealer:
    """The rule's people, ready to be given these records; a rehearsal counts nothing that was given before."""
    seats = seats_of(rule, entity, keys)
    made = Dealer(rule.method, seats)
    if not rehearsed:
        remember(rule, made)
    if rule.method == "least_busy":
        loads = open_records(entity, {seat.user for seat in seats})
        for seat in seats:
            seat.load = loads.get(seat.user, 0)
    if rule.method == "previous":
        made.former = former_owners(rule, entity, keys)
    return made


def seats_of(rule: Any, entity: Entity, keys: Sequence[UUID]) -> list[Seat]:
    """Seats of all members who take part today, in the order of the list."""
    members = list(rows("distribution.rulemember").filter(rule=rule.pk).select_related("user", "substitute").order_by("position", "created_at", "pk"))  # fmt: skip
    staff = {one.user_id: one for one in rows("people.employee").exclude(user=None).select_related("substitute__user")}
    seats = [seat_of(rule, entity, keys, member, staff) for member in members if not member.is_paused]
    return [seat for seat in seats if seat is not None]


def seat_of(rule: Any, entity: Entity, keys: Sequence[UUID], member: Any, staff: dict[Any, Any]) -> Seat | None:
    """The seat of one member, taken by the substitute while the member is away; None when nobody can sit there."""
    user = present(member, staff)
    if user is None or (rule.method == "capacity" and not member.capacity) or member.capacity == 0:
        return None
    return Seat(
        member=member.pk, user=user.pk, name=str(user), weight=member.weight, capacity=member.capacity,
        quota=None if member.capacity is None else max(0, quota(member.capacity)),
        accepts=that_fit(entity, member.condition, keys) if member.condition else None,
        prefers=that_fit(entity, member.preference, keys) if member.preference else frozenset(),
        matches=matching(rule, entity, keys, member, staff.get(member.user_id)),
        stands_for=str(member.user) if user.pk != member.user_id else "",
    )  # fmt: skip


def present(member: Any, staff: dict[Any, Any]) -> Any:
    """The member, else the substitute, if they may work today; None for nobody."""
    employee = staff.get(member.user_id)
    stand_in = member.substitute or getattr(getattr(employee, "substitute", None), "user", None)
    if member.user.is_active and not is_away(member) and not is_away(employee):
        return member.user
    return stand_in if stand_in and stand_in.is_active and not is_away(staff.get(stand_in.pk)) else None


def is_away(one: Any) -> bool:
    """Whether somebody is absent today."""
    if one is None:
        return False
    if getattr(one, "status", "") in ("absent", "left"):
        return True
    today = timezone.localdate()
    begun = one.absent_from is not None and one.absent_from <= today
    return begun and (one.absent_to is None or today <= one.absent_to)


def remember(rule: Any, made: Dealer) -> None:
    """What members got before: today's share, what counts for weights, and whose turn it was."""
    now = timezone.now()
    given = Assignment.objects.filter(rule_id=rule.pk)
    today = dict(given.filter(at__gt=now - BEFORE).values_list("member_id").annotate(n=Count("pk")))
    since = max((key for key in rows("distribution.rulemember").filter(rule=rule.pk).values_list("created_at", flat=True)), default=now)  # fmt: skip
    lately = dict(given.filter(at__gt=max(since, now - REMEMBERED)).values_list("member_id").annotate(n=Count("pk")))
    for seat in made.seats:
        seat.given = lately.get(seat.member, 0)
        if seat.capacity is not None and not rule.ignore_load:
            seat.quota = max(0, quota(seat.capacity, today.get(seat.member, 0)))
    served = given.order_by("-at", "-pk").values_list("member_id", flat=True).first()
    made.last = next((at for at, seat in enumerate(made.seats) if seat.member == served), -1)


def open_records(entity: Entity, users: Iterable[UUID]) -> dict[UUID, int]:
    """How many open records each person has."""
    mine = entity.rows(SYSTEM).filter(still_open(entity), owner__in=list(users)).order_by()
    return dict(mine.values_list("owner_id").annotate(n=Count("pk")))


# --- territory, language, skill ---------------------------------------------------------------------------------------


def matching(rule: Any, entity: Entity, keys: Sequence[UUID], member: Any, employee: Any) -> frozenset[UUID] | None:
    """The records whose compared field fits the member; None where the method compares nothing."""
    if rule.method not in FIELDS:
        return None
    spec = entity.fields.get(rule.field or FIELDS[rule.method])
    if spec is None:
        return frozenset()
    if rule.method == "territory":
        found = spec.path if spec.type.name == "link" else f"{spec.path}__overlap"
        inside = below(spec, member.territories)
        q = Q(**{f"{found}__in" if spec.type.name == "link" else found: sorted(inside)})
        return frozenset(entity.rows(SYSTEM).filter(q, pk__in=keys).values_list("pk", flat=True))
    own = member.languages if rule.method == "language" else member.skills
    known = own or (getattr(employee, "languages" if rule.method == "language" else "skills", None) or [])
    wanted = {word.casefold() for word in known}
    records = entity.rows(SYSTEM).filter(pk__in=keys)
    return frozenset(record.pk for record in records if wanted & words(spec, record))


def below(spec: FieldSpec, keys: Sequence[UUID]) -> set[UUID]:
    """The records and all below them in their tree."""
    target = registry.get(spec.target)
    if not target.tree:
        return set(keys)
    found, upper = set(keys), dict(target.rows(SYSTEM).values_list("pk", target.fields[target.tree].path))
    while more := {key for key, parent in upper.items() if parent in found} - found:
        found |= more
    return found


def words(spec: FieldSpec, record: Any) -> set[str]:
    """The value of a field as comparable words: a language without its script, the names of what it links to."""
    value = spec.get(record)
    if spec.type.is_empty(value):
        return set()
    if spec.type.name in ("link", "tags"):
        keys = value if spec.type.name == "tags" else [value]
        return {str(one).casefold() for one in registry.get(spec.target).rows(SYSTEM).filter(pk__in=keys)}
    said = value if isinstance(value, list) else [str(value), str(dict(spec.choices).get(value, value))]
    plain = {str(one).casefold() for one in said}
    return plain | {one.partition("-")[0] for one in plain}


# --- previous owner ---------------------------------------------------------------------------------------------------


def former_owners(rule: Any, entity: Entity, keys: Sequence[UUID]) -> dict[UUID, UUID]:
    """Who owned each record last, else who owns the company or person that it is about."""
    found = last_owners(entity, keys)
    names = [rule.field] if rule.field else ["company", "person"]
    for name in names:
        spec = entity.fields.get(name)
        if spec is None or spec.type.name != "link":
            continue
        links = dict(entity.rows(SYSTEM).filter(pk__in=keys).exclude(**{spec.path: None}).values_list("pk", spec.path))
        owners = dict(registry.get(spec.target).rows(SYSTEM).filter(pk__in=set(links.values())).exclude(owner=None).values_list("pk", "owner_id"))  # fmt: skip
        found = {key: owners[target] for key, target in links.items() if target in owners} | found
    return found


def last_owners(entity: Entity, keys: Sequence[UUID]) -> dict[UUID, UUID]:
    """The last owner of each record that the ledger knows."""
    changes = Change.objects.filter(entity=entity.label, record_id__in=keys, before__owner__isnull=False)
    return {key: UUID(before["owner"]) for key, before in changes.order_by("at", "id").values_list("record_id", "before") if before.get("owner")}  # fmt: skip
