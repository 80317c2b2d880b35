"""Reactions to notes: who reads a note may say in one click what they think of it; its author is told, once for all of them.

A reaction is a mark of a person, as a star is: it stands beside the records and makes no change-set. It waits for a note that an
undo erased, as stars do, for a redo brings the note back under its id; with a note that is erased for good it goes.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from kith.activities.entities.note import Note
from kith.core import access, past, prepared, replica, writes
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch
from kith.core.entity import registry
from kith.core.errors import Missing, Refused
from kith.core.following import active
from kith.core.ids import uuid7
from kith.core.notify import Notification
from kith.core.ui import values

from .actions import may_read

NOTE, TOLD = "activities.note", "reaction"
#: Stands for the note of a menu.
ANY = uuid.UUID(int=0)
#: How many are named in what the author is told.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the few things that can be said."""

    name: str
    label: Any
    icon: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("like", _("Good"), "thumbs-up"),
        Kind("thanks", _("Thank you"), "heart"),
        Kind("agree", _("Agreed"), "check"),
        Kind("seen", _("Seen"), "eye"),
    )
}


class Reaction(models.Model):
    """What one person says about one note; each kind once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    note = models.ForeignKey(Note, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["note", "user", "kind"], name="reaction_once")
        ]

    def __str__(self) -> str:
        return self.kind


@dataclass(frozen=True, slots=True)
class Said:
    """A kind of reaction to one note: by whom, and whether the reader is among them."""

    kind: Kind
    people: tuple[str, ...]
    mine: bool


def react(actor: Actor, key: uuid.UUID, kind: str, *, on: bool) -> Any:
    """React to a note, or take it back; returns the note. Raises Missing for notes that the actor may not read, Refused for unknown kinds."""
    past.require_now()
    note = access.fetch(registry.get(NOTE), actor, key)
    if kind not in KINDS:
        valid = ", ".join(KINDS)
        raise Refused({"kind": [_("There is no such reaction; there are: %(valid)s.") % {"valid": valid}]})
    if actor.id is None:
        raise Refused(_("Only people react to notes."))
    replica.wrote()
    with transaction.atomic():
        if not writes.lock(registry.get(NOTE), [note.pk]):  # one after the other: the author has one line for all
            raise Missing(NOTE, str(key))
        if on:
            Reaction.objects.get_or_create(note_id=note.pk, user_id=actor.id, kind=kind)
        else:
            Reaction.objects.filter(note_id=note.pk, user_id=actor.id, kind=kind).delete()
        tell(actor, note)
    return note


def forget(batch: Batch) -> None:
    """Reactions go with their note, unless an undo erased it: then a redo may bring both back."""
    if batch.operation == "purge" and active().kind not in ("undo", "redo"):
        Reaction.objects.filter(note__in=[item.record.pk for item in batch.items]).delete()


def said(actor: Actor, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Said]]:
    """The reactions to notes that the actor may read, by note, in the order of the kinds; one query."""
    people: dict[tuple[uuid.UUID, str], list[str]] = defaultdict(list)
    mine = set[tuple[uuid.UUID, str]]()
    for note, kind, user, name in prepared.run(SYSTEM, "reactions", rows_of, list(keys)) if keys else ():
        people[note, kind].append(name)
        if user == actor.id:
            mine.add((note, kind))
    return {
        key: [
            Said(kind, tuple(people[key, name]), (key, name) in mine)
            for name, kind in KINDS.items()
            if (key, name) in people
        ]
        for key in keys
    }


def menu(key: uuid.UUID, said: Iterable[Said]) -> Markup:
    """The button and the menu by which the reader reacts to a note; drawn once for those of the same own reactions, a timeline holds twenty."""
    mine = frozenset(one.kind.name for one in said if one.mine)
    return values.markup(drawn(get_language() or "", mine).replace(str(ANY), str(key)))


@lru_cache(maxsize=100)
def drawn(language: str, mine: frozenset[str]) -> str:
    """The same for a note that stands for any."""
    return render_to_string("activities/reaction_menu.html", {"key": ANY, "mine": mine, "kinds": KINDS.values()})


def rows_of(keys: list[uuid.UUID]) -> "models.QuerySet[Any, Any]":
    """The reactions to these notes: to which, of what kind, whose, and what they are called."""
    rows = Reaction.objects.filter(note__in=keys).order_by("at", "pk")
    return rows.values_list("note_id", "kind", "user_id", "user__name")


def tell(actor: Actor, note: Any) -> None:
    """Let the author know, in one line for all who have reacted since the last one was read."""
    author = note.created_by_id
    if author is None or not may_read(author, registry.get(NOTE), note):
        return
    lines = Notification.objects.filter(user_id=author, kind=TOLD, detail__note=str(note.pk))
    read = lines.exclude(read_at=None).order_by("-read_at").values_list("read_at", flat=True).first()
    rows = Reaction.objects.filter(note_id=note.pk).exclude(user_id=author)
    rows = rows.filter(at__gt=read) if read else rows
    names = list(dict.fromkeys(rows.order_by("-at", "-pk").values_list("user__name", flat=True)))
    waiting = lines.filter(read_at=None)
    if not names:
        waiting.delete()
    elif not waiting.update(by=those(names)) and actor.id != author:
        Notification.objects.create(
            user_id=author, kind=TOLD, by=those(names), entity=note.subject_entity or NOTE,
            record_id=note.subject_id or note.pk, title=note.text[:500], detail={"note": str(note.pk)},
        )  # fmt: skip


def those(names: list[str]) -> str:
    """Some people in one line."""
    more = len(names) - NAMED
    return (", ".join(names[:NAMED]) + (f" +{more}" if more > 0 else ""))[:200]
