"""What people hear about records: changes of those they follow, and records that were given to them."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.utils import translation

from .access import Actor, actor_of, readable
from .entity import Entity, on_every, registry
from .events import Event, subscribe
from .ledger import Change, ChangeSet
from .notify import Follow, tell

#: From this many records of one change-set on, people hear a number instead of each record.
MANY = 5


def listen() -> None:
    """Subscribe to what people may want to hear; new records only where they can belong to somebody or tell about another."""
    for name in ("*.updated", "*.deleted"):
        subscribe(name)(tell_followers)
    subscribe("*.updated")(tell_owners)
    on_every(listen_to)


def listen_to(entity: Entity) -> None:
    """Subscribe to new records of one kind."""
    if "owner" in entity.access.own and not entity.access.public:
        subscribe(f"{entity.label}.created")(tell_owners)
    if entity.access.subject:
        subscribe(f"{entity.label}.created")(tell_followers_of_subject)


def doer(event: Event) -> Actor:
    """Who did it, by name, without rights."""
    name = ChangeSet.objects.filter(pk=event.changeset).values_list("actor_name", flat=True).first() or ""
    return Actor(id=event.actor_id, name=name)


def entries(event: Event, keys: Iterable[UUID]) -> list[Change]:
    """What the change-set did to these records."""
    return list(
        Change.objects.filter(changeset_id=event.changeset, entity=event.entity, record_id__in=list(keys)).order_by(
            "id"
        )
    )


def followers(keys: Iterable[UUID], but: UUID | None) -> dict[UUID, set[UUID]]:
    """Who follows which of these records, without the one who did it."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for user, key in Follow.objects.filter(record_id__in=list(keys)).values_list("user_id", "record_id"):
        if user != but:
            found[user].add(key)
    return found


def tell_followers(event: Event) -> None:
    """Tell followers what changed, as far as they may see the record and its fields."""
    entity = registry.find(event.entity)
    if entity is None:
        return
    gone = event.name.endswith(".deleted")
    for user, keys in followers(event.record_ids, event.actor_id).items():
        reader = actor_of(user)
        seen = set(entity.rows(reader, trashed=gone).filter(pk__in=keys).values_list("pk", flat=True))
        names = readable(reader, entity)
        for change in entries(event, seen):
            fields = [name for name in change.after if name in names]
            if fields or gone:
                tell(
                    [user],
                    "deleted" if gone else "changed",
                    by=doer(event),
                    entity=event.entity,
                    record_id=change.record_id,
                    title=change.title,
                    fields=fields,
                )


def tell_followers_of_subject(event: Event) -> None:
    """Tell followers of a record about a new note, task or file on it, if they may see both."""
    entity = registry.get(event.entity)
    about = {change.record_id: change for change in entries(event, event.record_ids) if change.after.get("subject")}
    subjects = {UUID(change.after["subject"]["id"]) for change in about.values()}
    for user, keys in followers(subjects, event.actor_id).items():
        seen = set(entity.rows(actor_of(user)).filter(pk__in=about).values_list("pk", flat=True))
        for key in seen:
            subject = about[key].after["subject"]
            if UUID(subject["id"]) in keys:
                tell(
                    [user],
                    "added",
                    by=doer(event),
                    entity=subject["entity"],
                    record_id=UUID(subject["id"]),
                    title=about[key].title,
                    part=event.entity,
                    part_id=str(key),
                )


def tell_owners(event: Event) -> None:
    """Tell new owners what was given to them by others."""
    entity = registry.find(event.entity)
    if entity is None or "owner" not in entity.access.own:
        return
    given: dict[UUID, list[Change]] = defaultdict(list)
    changes = Change.objects.filter(
        changeset_id=event.changeset, entity=event.entity, record_id__in=event.record_ids, after__has_key="owner"
    )
    for change in changes.exclude(after__owner=str(event.actor_id)).exclude(after__owner=None).order_by("id"):
        given[UUID(change.after["owner"])].append(change)
    for owner, mine in given.items():
        if len(mine) > MANY:
            tell(
                [owner],
                "given",
                by=doer(event),
                entity=event.entity,
                title=counted(entity, owner, len(mine)),
                count=len(mine),
                changeset=str(event.changeset),
            )
        else:
            for change in mine:
                tell(
                    [owner],
                    "given",
                    by=doer(event),
                    entity=event.entity,
                    record_id=change.record_id,
                    title=change.title,
                )


def counted(entity: Entity, user: UUID, count: int) -> str:
    """ "Companies: 25" in the language of the user."""
    with translation.override(actor_of(user).language):
        plural = str(entity.plural)
        return f"{plural[:1].upper()}{plural[1:]}: {count}"
