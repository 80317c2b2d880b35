"""TargetList: people and companies chosen for a purpose, to be called or written to, or never to be; each of them once."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Action, Entity, Related, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Record

from .call_list import SHARING


class TargetList(Record):
    class Kind(HueChoices):
        STATIC = "static", "blue", _("by hand")
        VIEW = "view", "violet", _("from a view or group")
        SUPPRESSION = "suppression", "rose", _("not to be contacted")

    name = models.CharField(_("name"), max_length=150)
    kind = ChoiceField(
        _("kind"), Kind, default=Kind.STATIC,
        help_text=_("Whoever is on a list of those not to be contacted is left out when prospects are shared out."),
    )  # fmt: skip
    view = Link("core.View", _("view"), optional=True, help_text=_("A view of companies, people or leads."))
    group = Link("parties.PartyGroup", _("customer group"), optional=True)
    description = models.TextField(_("description"), blank=True)
    frozen_at = models.DateTimeField(_("last filled"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("target list")
        verbose_name_plural = _("target lists")
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class TargetListEntity(Entity):
    model = TargetList
    example: ClassVar[dict[str, Any]] = {"kind": "static", "view": None, "group": None}
    slug, icon, menu, menu_order = "target-lists", "list-checks", "sales", 62
    columns = ("name", "kind", "view", "group", "frozen_at", "owner", "updated_at")
    filters = ("kind", "owner", "frozen_at")
    search = ("name", "description")
    sort = ("name",)
    sections = (Section(_("Basics"), "name", "kind", "view", "group", "description", "owner", "tags"),)
    quick = ("name", "kind", "view", "group")
    strip = ("kind", "frozen_at", "owner")
    related = (
        Related("marketing.targetlistmember", "target_list", _("Members"), show=("status", "way")),
        Related("marketing.calllist", "target_list", _("Call lists"), show=("method", "created_at")),
    )
    actions = (
        Action("fill", _("Fill now"), "kith.marketing.members.fill", icon="refresh-cw", right="edit"),
        Action("share_out", _("Share out"), "kith.marketing.splitting.share_out", icon="split", right="view", fields=SHARING, when="kith.marketing.surfaces.beside"),
    )  # fmt: skip
    match = ("external_ids", "name")

    def validate(self, record: TargetList, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A list from somewhere says from where: one view of companies, people or leads, or one group."""
        from kith.marketing import members

        return members.validate(record, values)
