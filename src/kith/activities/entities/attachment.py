"""Attachment: a file that belongs to a record."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core import files
from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Section
from kith.core.fields import StoredFileField
from kith.core.records import Attached


class Attachment(Attached):
    name = models.CharField(_("file name"), max_length=255)
    file = StoredFileField(_("file"))
    content_type = models.CharField(_("type"), max_length=100, blank=True, editable=False)
    size = models.BigIntegerField(_("size, bytes"), default=0, editable=False)

    class Meta(Attached.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class AttachmentEntity(Entity):
    model = Attachment
    slug, icon = "attachments", "paperclip"
    columns = ("name", "subject", "size", "content_type", "created_by", "created_at")
    filters = ("created_by", "created_at")
    search = ("name",)
    sections = (Section(_("Basics"), "name", "subject", "file"),)
    access = Access(own=(), subject=True)
    facts: ClassVar[dict[str, dict[str, Any]]] = {"subject": {"required": True}}
    has_timeline = False
    sort = ("-created_at",)
    #: A record's files stand on a tab of their own, not in the side column.
    views: ClassVar[dict[str, Any]] = {"related": "activities/files.html", "tab_only": True}

    def prepare(self, batch: Batch) -> None:
        """Type and size, as the bytes tell them."""
        for item in batch.items:
            if key := item.values.get("file"):
                item.record.content_type, item.record.size = files.describe(key)
