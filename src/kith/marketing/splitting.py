"""Sharing out a target list: its members into the queues of people, each customer into one of them (B20).

1. Members that the actor may see, in the order in which they came onto the list. Left out, each with the reason: whoever
   is not to be contacted, stands in a queue already, or is being worked by somebody.
2. In turn (R46), evenly (who has the fewest open prospects gets the next), or by territory: the nearest manager upwards.
3. One change-set makes the call list with a prospect for each; the database holds that no customer has two people.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from kith.core import access, writes
from kith.core.access import SYSTEM, Actor, actor_of
from kith.core.batch import Item
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.following import follow
from kith.core.owning import lacking
from kith.distribution import leases, locks
from kith.distribution.choosing import Dealer, Seat
from kith.distribution.entities.work_item import WorkItem

from .calling import ENTRY, OPEN
from .entities.call_list import Method
from .members import MOST

MOST_PEOPLE = 50
SILENT = ("do_not_contact", "deceased")
SUPPRESSED, NOT_TO_CALL = _("on a list of those not to be contacted"), _("does not want to be contacted")
NO_TERRITORY = _("in the territory of none of these people")


@dataclass(frozen=True, slots=True)
class Share:
    """What one person gets, and how many prospects that person has open already."""

    user: Any
    count: int
    open: int


@dataclass
class Plan:
    """Who would get whom: person by customer; the others with the reason why they are left out."""

    gifts: dict[UUID, UUID] = field(default_factory=dict)
    left: dict[UUID, str] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)
    made: Any = None
    changeset: UUID | None = None

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """How many are left out for which reason, most first."""
        return Counter(self.left.values()).most_common()


def plan(actor: Actor, target_list: Any, reps: Iterable[UUID], method: str) -> Plan:
    """See the module; writes nothing. Raises Refused naming the field, Forbidden without the right to give prospects to others."""
    people = able(actor, list(dict.fromkeys(reps)))
    if method not in Method.values:
        valid = ", ".join(Method.values)
        raise Refused({"method": [_("There is no such way; there are: %(valid)s.") % {"valid": valid}]})
    found = Plan()
    rows = members(actor, target_list)
    if len(rows) > MOST:
        raise Refused(_("More than %(most)d customers; divide the list.") % {"most": MOST})
    found.left = obstacles(rows)
    keys = [key for key in rows if key not in found.left]
    loads = open_prospects(person.pk for person in people)
    seats = [Seat(person.pk, person.pk, str(person), load=loads.get(person.pk, 0)) for person in people]
    if method == Method.TERRITORY:
        by_manager(seats, {key: rows[key] for key in keys})
    picks = Dealer(method, seats).deal(keys)
    found.gifts = {key: pick.seat.user for key, pick in picks.items()}
    found.left |= {key: str(NO_TERRITORY) for key in keys if key not in picks}
    found.shares = [
        Share(person, seat.given, loads.get(person.pk, 0)) for person, seat in zip(people, seats, strict=True)
    ]
    return found


def share_out(actor: Actor, lists: Sequence[Any], name: str, reps: Iterable[UUID], method: str, script: str | None = None, attempts_limit: int | None = None) -> Plan:  # fmt: skip
    """Make the call list of a target list and its prospects, in one change-set."""
    (target_list,) = lists
    entity = registry.get(ENTRY)
    with change_set(actor, kind="share_out", entity="marketing.calllist", reason=str(target_list)) as changes:
        locks.hold("prospects", ["all"])
        found = plan(actor, target_list, reps, method)
        if not found.gifts:
            raise Refused(_("Nobody on this list can be shared out now; look at the reasons."))
        values = {"name": name, "target_list": target_list.pk, "attempts_limit": attempts_limit or 3, "script": script or "", "owner": actor.id}  # fmt: skip
        found.made = writes.create(actor, registry.get("marketing.calllist"), values)
        note_method(found.made, method)
        rows = [{"call_list": found.made.pk, "party": key, "owner": owner} for key, owner in found.gifts.items()]
        writes.create_many(actor, entity, rows)
    found.changeset = changes.id
    return found


def note_method(made: Any, method: str) -> None:
    """How it was shared out: a fact, which nobody types."""
    follow(registry.get("marketing.calllist"), [Item(made, {"method": method})])


# --- who may get something -----------------------------------------------------------------------------------------------


def able(actor: Actor, keys: Sequence[UUID]) -> list[Any]:
    """The people in the order named; raises where somebody cannot work prospects, or the actor may not give them any."""
    if not 1 <= len(keys) <= MOST_PEOPLE:
        raise Refused({"reps": [_("Name between 1 and %(most)d people.") % {"most": MOST_PEOPLE}]})
    entity = registry.get(ENTRY)
    if any(key != actor.id for key in keys) and not access.allowed(actor, entity, "assign"):
        raise lacking(entity)
    users = {user.pk: user for user in registry.get("access.user").rows(SYSTEM).filter(pk__in=keys)}
    bad = [
        str(users.get(key, key))
        for key in keys
        if key not in users or not access.allowed(actor_of(key), entity, "edit")
    ]
    if bad:
        text = _("%(who)s may not work prospects; choose somebody else, or let an administrator give the right.")
        raise Refused({"reps": [text % {"who": ", ".join(bad)}]})
    return [users[key] for key in keys]


def members(actor: Actor, target_list: Any) -> dict[UUID, Any]:
    """Parties that stand on the list and that the actor may see, by id, in the order in which they came onto it."""
    access.fetch(registry.get("marketing.targetlist"), actor, target_list.pk, "view")
    rows = registry.get("marketing.targetlistmember").rows(actor).filter(target_list=target_list.pk, status="listed")
    order = list(rows.order_by("created_at", "pk").values_list("party_id", flat=True)[: MOST + 1])
    columns = (
        registry.get("parties.party").rows(actor).filter(pk__in=order).only("pk", "status", "territory", "employer")
    )
    known = {party.pk: party for party in columns}
    return {key: known[key] for key in order if key in known}


def obstacles(rows: Mapping[UUID, Any]) -> dict[UUID, str]:
    """Why some of the customers cannot be given to anybody now."""
    suppressed = on_quiet_lists(rows)
    queued = registry.get(ENTRY).rows(SYSTEM).filter(party__in=rows, status__in=OPEN).exclude(owner=None).select_related("owner")  # fmt: skip
    owners = {entry.party_id: str(entry.owner) for entry in queued}
    workers = working({key for one in rows.values() for key in (one.pk, one.employer_id) if key})
    found: dict[UUID, str] = {}
    for key, party in rows.items():
        worker = workers.get(key) or workers.get(party.employer_id)
        if key in suppressed or party.status in SILENT:
            found[key] = str(SUPPRESSED if key in suppressed else NOT_TO_CALL)
        elif key in owners:
            found[key] = str(_("stands in the queue of %(who)s already") % {"who": owners[key]})
        elif worker:
            found[key] = str(_("%(who)s is working on it now") % {"who": worker})
    return found


def on_quiet_lists(parties: Collection[UUID]) -> set[UUID]:
    """Those of the customers that stand on a list of those not to be contacted."""
    rows = registry.get("marketing.targetlistmember").rows(SYSTEM)
    quiet = {"target_list__kind": "suppression", "target_list__deleted_at": None, "status": "listed"}
    return set(rows.filter(party__in=parties, **quiet).values_list("party_id", flat=True))


def not_to_be_called(parties: Collection[UUID]) -> set[UUID]:
    """Those of the customers whom nobody may call, whatever queue they stand in."""
    silent = registry.get("parties.party").rows(SYSTEM).filter(pk__in=parties, status__in=SILENT)
    return on_quiet_lists(parties) | set(silent.values_list("pk", flat=True))


def working(parties: Collection[UUID]) -> dict[UUID, str]:
    """Who is working which of these customers at this moment, by name."""
    items = WorkItem.objects.filter(party_id__in=parties, state=WorkItem.State.LEASED)
    held = {item.party_id: item.lease_owner_id for item in items if item.party_id and not leases.has_run_out(item)}
    names = {user.pk: str(user) for user in registry.get("access.user").rows(SYSTEM).filter(pk__in=set(held.values()))}
    return {party: names.get(user, "") for party, user in held.items() if user}


def open_prospects(users: Iterable[UUID]) -> dict[UUID, int]:
    """How many open prospects each person has."""
    rows = registry.get(ENTRY).rows(SYSTEM).filter(owner__in=list(users), status__in=OPEN).order_by()
    return dict(rows.values_list("owner_id").annotate(n=Count("pk")))


def by_manager(seats: Sequence[Seat], rows: Mapping[UUID, Any]) -> None:
    """Customers whose territory, or the nearest one above it that one of the people manages, is a person's."""
    above = {key: (parent, manager) for key, parent, manager in registry.get("parties.territory").rows(SYSTEM).values_list("pk", "parent_id", "manager_id")}  # fmt: skip
    people = {seat.user for seat in seats}
    employers = {one.employer_id for one in rows.values() if one.employer_id and not one.territory_id}
    homes = dict(
        registry.get("parties.company").rows(SYSTEM).filter(pk__in=employers).values_list("pk", "territory_id")
    )
    chosen: dict[UUID, set[UUID]] = {key: set() for key in people}
    for key, party in rows.items():
        territory = party.territory_id or homes.get(party.employer_id)
        while territory in above:
            territory, manager = above[territory]
            if manager in people:
                chosen[manager].add(key)
                break
    for seat in seats:
        seat.matches = frozenset(chosen[seat.user])
