"""Share: one record opened to one user or group beyond their roles, to read or to edit, for a time."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.access import right
from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, registry
from kith.core.errors import Forbidden
from kith.core.fields import ChoiceField, Link
from kith.core.records import Attached

from .role import RightsEntity


class Share(Attached):
    class Level(HueChoices):
        VIEW = "view", "grey", _("may read")
        EDIT = "edit", "blue", _("may edit")

    user = Link("access.User", _("user"), optional=True)
    group = Link("access.Group", _("group"), optional=True)
    level = ChoiceField(_("level"), Level, default=Level.VIEW)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta(Attached.Meta):
        verbose_name = _("share")
        verbose_name_plural = _("shares")

    def __str__(self) -> str:
        return f"{self.user or self.group or ''} {self.level}"


class ShareEntity(RightsEntity):
    model = Share
    named_by = ("user", "group")
    example: ClassVar[dict[str, Any]] = {"user": ..., "group": None, "subject": ...}
    slug, icon, title = "shares", "share-2", "level"
    columns = ("subject", "user", "group", "level", "valid_to")
    access = Access(own=(), subject=True, needs="share")

    def prepare(self, batch: Batch) -> None:
        """Sharing needs the right to share that very record."""
        for item in batch.items:
            subject = item.values.get("subject")
            if subject is not None and not batch.actor.is_system:
                entity = registry.find(subject.entity)
                if entity is not None and not entity.rows(batch.actor, "share").filter(pk=subject.id).exists():
                    raise Forbidden(right(entity, "share"), _("Sharing a record needs the right to share it."))

    def validate(self, record: Share, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A share has a record and exactly one receiver."""
        receivers = [values.get(name, getattr(record, f"{name}_id")) for name in ("user", "group")]
        if not values.get("subject", record.subject_id):
            return {"subject": [_("Name the record to share.")]}
        return (
            {"user": [_("Name either a user or a group.")]} if sum(1 for receiver in receivers if receiver) != 1 else {}
        )
