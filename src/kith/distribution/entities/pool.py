"""Pool: records without an owner that its members may take, within limits; records left alone come back into it (公海)."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.core.batch import Batch
from kith.core.entity import Access, Action, Entity, Related, Section
from kith.core.fields import ConditionField
from kith.core.records import Record
from kith.core.types import TYPES

from .assignment_rule import owned_kinds


class Pool(Record):
    name = models.CharField(_("name"), max_length=120)
    entity = models.CharField(_("for"), max_length=60)
    is_active = models.BooleanField(pgettext_lazy("rule", "on"), default=True)
    scope = ConditionField(_("scope"), decides=True, help_text=_("Which records may be in it; empty takes all."))
    collects = models.BooleanField(_("takes in what has no owner"), default=False, help_text=_("Records of the scope without an owner come in by themselves, once no rule has given them away."))  # fmt: skip
    daily_limit = models.PositiveIntegerField(_("most per person and day"), null=True, blank=True)
    capacity = models.PositiveIntegerField(_("most held by one person"), null=True, blank=True, help_text=_("Whoever holds as many open records of the scope takes no more."))  # fmt: skip
    ban_days = models.PositiveSmallIntegerField(_("previous owner waits, days"), default=0)
    delay_hours = models.PositiveSmallIntegerField(_("new ones wait, hours"), default=0, help_text=_("Nobody takes a record sooner after it was made."))  # fmt: skip
    lease_minutes = models.PositiveSmallIntegerField(_("reserved after taking, minutes"), default=30, help_text=_("So long nobody else takes another record of the same customer."))  # fmt: skip
    hidden_fields = ArrayField(
        models.CharField(max_length=60), verbose_name=_("fields hidden in the pool"), default=list, blank=True
    )
    idle_days = models.PositiveSmallIntegerField(_("comes back after days without activity"), null=True, blank=True)
    stage_days = models.PositiveSmallIntegerField(_("comes back after days in one stage"), null=True, blank=True)
    recycles = ConditionField(_("only those come back that"), decides=True)

    class Meta(Record.Meta):
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class PoolEntity(Entity):
    model = Pool
    example: ClassVar[dict[str, Any]] = {
        "entity": "parties.company", "scope": {}, "recycles": {}, "hidden_fields": [], "stage_days": None,
    }  # fmt: skip
    slug, icon, menu, menu_order = "pools", "layers", "settings", 26
    is_configuration = True
    natural_key = ("name",)
    columns = ("name", "entity", "scope", "is_active", "daily_limit", "capacity", "ban_days", "idle_days", "stage_days")
    filters = ("entity", "is_active")
    search = ("name",)
    sort = ("name",)
    facts: ClassVar[dict[str, dict[str, Any]]] = {
        "entity": {"type": TYPES["choice"], "choices": lazy(owned_kinds, tuple)()}
    }
    sections = (
        Section(_("Basics"), "name", "entity", "is_active", "scope", "collects"),
        Section(_("Taking"), "daily_limit", "capacity", "ban_days", "delay_hours", "lease_minutes", "hidden_fields"),
        Section(_("Coming back"), "idle_days", "stage_days", "recycles"),
    )
    related = (Related("distribution.poolmember", "pool", _("Members"), show=("group", "manages")),)
    access = Access(public=True)
    match = ("external_ids",)
    has_timeline = False
    actions = (
        Action("recycle", _("Take back what was left alone"), "kith.distribution.recycling.by_hand", icon="rotate-ccw", right="edit"),
    )  # fmt: skip

    def validate(self, record: Pool, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Both conditions can be asked; hidden fields exist."""
        from kith.distribution import checking

        return checking.validate_pool(record, values)

    def derive(self, batch: Batch) -> None:
        """Who sees which records depends on pools."""
        from kith.distribution import book

        book.announce()
