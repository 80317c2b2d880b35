"""Note: something written down about a record; colleagues can be mentioned, another note answered."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Section
from kith.core.fields import Link
from kith.core.records import Attached


class Note(Attached):
    text = models.TextField(_("note"))
    pinned = models.BooleanField(_("pinned"), default=False)
    reply_to = Link("activities.Note", _("reply to"), optional=True, db_constraint=False, db_index=False)
    quote = models.TextField(_("quote"), blank=True, max_length=2000)
    mentions = ArrayField(models.UUIDField(), verbose_name=_("mentioned"), default=list, blank=True)

    class Meta(Attached.Meta):
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            *Attached.Meta.indexes,
            models.Index(fields=["-created_at", "-id"], name="note_latest", condition=models.Q(deleted_at=None)),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class NoteEntity(Entity):
    model = Note
    example: ClassVar[dict[str, Any]] = {"reply_to": None, "quote": "", "subject": ..., "mentions": []}
    slug, icon, title = "notes", "notebook-pen", "text"
    columns = ("text", "subject", "pinned", "created_by", "created_at")
    filters = ("created_by", "created_at", "pinned")
    search = ("text",)
    sections = (Section(_("Basics"), "text", "subject", "pinned", "reply_to", "quote"),)
    access = Access(own=(), subject=True)
    facts: ClassVar[dict[str, dict[str, Any]]] = {"mentions": {"target": "access.user"}, "subject": {"required": True}}
    has_timeline = False
    match = ("external_ids",)
    sort = ("-created_at",)

    def prepare(self, batch: Batch) -> None:
        """A reply quotes what it answers."""
        from kith.activities import replying

        replying.prepare(batch)

    def validate(self, record: Note, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A quote stands in the note that is answered."""
        from kith.activities import replying

        return replying.validate(record, values)

    def derive(self, batch: Batch) -> None:
        """Tell those who are mentioned, and whose note is answered; reactions go with their note."""
        from kith.activities import actions, reacting, replying

        reacting.forget(batch)
        actions.tell_mentioned(batch)
        replying.tell_author(batch)
