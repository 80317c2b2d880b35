"""Followers and notifications: who wants to know about a record, and what each person has been told."""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from .access import Actor
from .errors import Missing
from .ids import uuid7


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
    """A record that a user keeps at hand, in the order of starring."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    entity = models.CharField(max_length=60)
    record_id = models.UUIDField()
    since = models.DateTimeField(default=timezone.now)

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


def marks(actor: Actor, record_id: uuid.UUID) -> tuple[bool, bool, int]:
    """Whether the actor has starred the record, whether the actor follows it, and how many follow it; in one query."""
    starred = Favourite.objects.filter(user_id=reader(actor), record_id=record_id).values_list(
        models.Value("star", output_field=models.CharField()), "user_id"
    )
    followed = Follow.objects.filter(record_id=record_id).values_list(
        models.Value("follow", output_field=models.CharField()), "user_id"
    )
    found = set(starred.union(followed, all=True))
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
