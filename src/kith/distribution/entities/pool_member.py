"""PoolMember: a user or a group that may take records from a pool; managers also give them out."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Section
from kith.core.fields import Link
from kith.core.records import Part


class PoolMember(Part):
    pool = Link("distribution.Pool", _("pool"), back="members", part_of=True)
    user = Link("access.User", _("user"), optional=True)
    group = Link("access.Group", _("group"), optional=True)
    manages = models.BooleanField(_("manages"), default=False, help_text=_("Gives records of the pool to others, and sees their hidden fields."))  # fmt: skip

    class Meta(Part.Meta):
        verbose_name = _("member of a pool")
        verbose_name_plural = _("members of pools")
        ordering: ClassVar[list[str]] = ["created_at", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(user=None, group__isnull=False) | models.Q(user__isnull=False, group=None),
                name="poolmember_one",
                violation_error_message=_("Name either a user or a group, not both."),
            ),
            models.UniqueConstraint(
                fields=["pool", "user", "group"],
                nulls_distinct=False,
                condition=models.Q(deleted_at=None),
                name="poolmember_once",
                violation_error_message=_("This is a member already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.group or "")


class PoolMemberEntity(Entity):
    model = PoolMember
    named_by = ("user", "group")
    example: ClassVar[dict[str, Any]] = {"user": ..., "group": None}
    slug, icon, title = "pool-members", "user-round-plus", "user"
    is_configuration = True
    natural_key = ("user", "group")
    columns = ("pool", "user", "group", "manages")
    filters = ("pool", "user", "group")
    sort = ("pool",)
    hidden = ("org_unit", "owner")
    sections = (Section(_("Basics"), "pool", "user", "group", "manages"),)
    access = Access(own=(), parent="pool")
    has_timeline = in_search = False
    match = ("external_ids",)

    def derive(self, batch: Batch) -> None:
        """Who sees which records depends on members."""
        from kith.distribution import book

        book.announce()
