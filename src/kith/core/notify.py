"""Followers and notifications: who wants to know about a record, and what each person has been told."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import past, prepared
from .access import Actor
from .entity import registry
from .errors import Missing, Refused
from .ids import uuid7

VIEW, DASHBOARD, MOST_PINNED = "core.view", "core.dashboard", 30
#: What can stand in the sidebar.
PINNED = (VIEW, DASHBOARD)


class Follow(models.Model):
    """A user who wants to hear about changes of one record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    entity = models.CharField(max_length=60)
    record_id = models.UUIDField()
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["record_id", "user"], name="follow_once")]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "entity"], name="follow_user")]

    def __str__(self) -> str:
        return f"{self.entity}/{self.record_id}"


class Favourite(models.Model):
    """A record or a view that a user keeps at hand, in the user's order, else that of starring."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    entity = models.CharField(max_length=60)
    record_id = models.UUIDField()
    since = models.DateTimeField(default=timezone.now)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "record_id"], name="favourite_once")
        ]

    def __str__(self) -> str:
        return f"{self.entity}/{self.record_id}"


class Notification(models.Model):
    """Something one person should know: a mention, a change of a followed record, an assignment, a finished job."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    by = models.CharField(max_length=200, default="")
    entity = models.CharField(max_length=60, default="")
    record_id = models.UUIDField(null=True)
    title = models.TextField(default="")
    detail = models.JSONField(default=dict)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-at"], name="notification_user"),
            models.Index(fields=["user"], name="notification_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.title


def follow(actor: Actor, entity: str, record_id: uuid.UUID) -> None:
    """Let the actor follow a record; following twice is once."""
    if actor.id:
        Follow.objects.get_or_create(user_id=actor.id, record_id=record_id, defaults={"entity": entity})


def unfollow(actor: Actor, record_id: uuid.UUID) -> None:
    """Stop following."""
    Follow.objects.filter(user_id=reader(actor), record_id=record_id).delete()


def reader(actor: Actor) -> uuid.UUID:
    """The id of an actor that is a user or service; Kith itself and nobody read nothing."""
    if actor.id is None:
        raise Missing("access.user")
    return actor.id


def star(actor: Actor, entity: str, record_id: uuid.UUID, *, on: bool) -> None:
    """Put a record among the actor's favourites, or take it out."""
    if on and actor.id:
        Favourite.objects.get_or_create(user_id=actor.id, record_id=record_id, defaults={"entity": entity})
    else:
        Favourite.objects.filter(user_id=reader(actor), record_id=record_id).delete()


@dataclass(frozen=True, slots=True)
class Pinned:
    """A saved view or a dashboard that a user keeps in the sidebar; `entity` is what a view shows, or that of dashboards."""

    id: uuid.UUID
    name: str
    icon: str
    entity: str
    shape: str


def beside(actor: Actor) -> tuple[int, list[Pinned]]:
    """What stands beside every page: how many notifications wait (up to a hundred), and what is pinned in the user's order; one query."""
    with past.at(past.played()):  # beside a page of the past stands what stands beside every page
        found = prepared.run(actor, "beside", partial(pins_and_unread, actor))
    language = get_language() or ""
    kept = sorted((row for row in found if row[0] == "pin"), key=lambda row: (row[7], row[1]))
    pinned = [Pinned(key, (texts or {}).get(language) or name, icon, label, shape) for _kind, key, name, icon, label, shape, texts, _place in kept]  # fmt: skip
    return len(found) - len(kept), pinned


def pins_and_unread(actor: Actor) -> "models.QuerySet[Any, Any]":
    """The rows of `beside`."""
    mine = Favourite.objects.filter(user_id=reader(actor), entity__in=PINNED)
    place = models.Subquery(mine.filter(record_id=models.OuterRef("pk")).values("position")[:1])
    word = models.Value("pin", models.TextField())
    views, boards = (registry.get(label).rows(actor).filter(pk__in=mine.filter(entity=label).values("record_id")).order_by() for label in PINNED)  # fmt: skip
    pins = views.values_list(word, "pk", "name", "icon", "entity", "shape", "translations", place)
    board = [models.Value(one, models.TextField()) for one in (DASHBOARD, "")]
    tiles = boards.values_list(word, "pk", "name", "icon", *board, "translations", place)
    none = [models.Value("", models.TextField()) for _at in range(4)]
    waiting = Notification.objects.filter(user_id=reader(actor), read_at=None).order_by()
    unread = waiting.values_list(models.Value("unread", models.TextField()), "pk", *none, models.Value({}, models.JSONField()), models.Value(0))[:100]  # fmt: skip
    return pins.union(tiles, unread, all=True).order_by()


def pin(actor: Actor, key: uuid.UUID, *, on: bool, entity: str = VIEW) -> None:
    """Keep a view or a dashboard in the sidebar, below what is there, or no longer; Refused when there are too many."""
    mine = Favourite.objects.filter(user_id=reader(actor), entity__in=PINNED)
    ranked = list(mine.order_by("position", "pk").values_list("entity", "record_id"))
    there = {pk for label in PINNED for pk in registry.get(label).rows(actor).filter(pk__in=[one for kind, one in ranked if kind == label]).values_list("pk", flat=True)}  # fmt: skip
    known = [one for _kind, one in ranked if one in there]
    if on and len(known) >= MOST_PINNED and key not in known:
        raise Refused({"": [_("At most %(limit)d views and dashboards stand in the sidebar; take one out first.") % {"limit": MOST_PINNED}]})  # fmt: skip
    star(actor, entity, key, on=on)
    if on and key not in known:
        order_pins(actor, [*known, key])


def order_pins(actor: Actor, keys: list[uuid.UUID]) -> None:
    """Put what is pinned into an order; what is not named follows as it stood."""
    mine = Favourite.objects.filter(user_id=reader(actor), entity__in=PINNED)
    there = {row.record_id: row for row in mine.order_by("position", "pk")}
    ranked = [*(key for key in dict.fromkeys(keys) if key in there), *(key for key in there if key not in keys)]
    for at, key in enumerate(ranked, 1):
        there[key].position = at
    Favourite.objects.bulk_update(there.values(), ["position"])


def marks(actor: Actor, record_id: uuid.UUID) -> tuple[bool, bool, int]:
    """Whether the actor has starred the record, whether the actor follows it, and how many follow it; in one query."""

    def marked(key: uuid.UUID) -> "models.QuerySet[Any, Any]":
        starred = Favourite.objects.filter(user_id=reader(actor), record_id=key).values_list(
            models.Value("star", output_field=models.CharField()), "user_id"
        )
        followed = Follow.objects.filter(record_id=key).values_list(
            models.Value("follow", output_field=models.CharField()), "user_id"
        )
        return starred.union(followed, all=True)

    found = set(prepared.run(actor, "marks", marked, record_id))
    return (
        ("star", actor.id) in found,
        ("follow", actor.id) in found,
        sum(1 for kind, _user in found if kind == "follow"),
    )


def followers(record_id: uuid.UUID) -> list[uuid.UUID]:
    """Users who follow a record, the first one first."""
    return list(Follow.objects.filter(record_id=record_id).order_by("since", "pk").values_list("user_id", flat=True))


def unread(user_id: uuid.UUID) -> int:
    """How many notifications wait; counted up to a hundred."""
    return Notification.objects.filter(user_id=user_id, read_at=None).values("pk")[:100].count()


def told(user_ids: Iterable[uuid.UUID], kind: str, since: datetime.datetime) -> Iterable[tuple[uuid.UUID, Any]]:
    """What people were told of one kind since a moment: whom, and the facts."""
    rows = Notification.objects.filter(user_id__in=list(user_ids), at__gte=since, kind=kind)
    return rows.values_list("user_id", "detail")


def tell(
    user_ids: Iterable[uuid.UUID],
    kind: str,
    *,
    by: Actor,
    entity: str = "",
    record_id: uuid.UUID | None = None,
    title: str = "",
    **detail: Any,
) -> None:
    """Notify people, except the one who did it; in the running transaction."""
    Notification.objects.bulk_create(
        Notification(
            user_id=user, kind=kind, by=by.name, entity=entity, record_id=record_id, title=title[:500], detail=detail
        )
        for user in dict.fromkeys(user_ids)
        if user != by.id
    )


def carry_over(entity: str, source: uuid.UUID, target: uuid.UUID) -> None:
    """Who follows a record or keeps it at hand does so with another one as well."""
    kinds: tuple[Any, ...] = (Follow, Favourite)
    for model in kinds:
        rows = model.objects.filter(record_id=source)
        model.objects.bulk_create(
            [model(user_id=row.user_id, entity=entity, record_id=target, since=row.since) for row in rows],
            ignore_conflicts=True,
        )
