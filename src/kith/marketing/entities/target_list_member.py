"""TargetListMember: a person or a company on a target list, once; with the way by which it came there and since when."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Part


class TargetListMember(Part):
    class Status(HueChoices):
        LISTED = "listed", "green", _("on the list")
        REMOVED = "removed", "grey", _("taken off")

    class Way(HueChoices):
        HAND = "hand", "grey", _("by hand")
        SELECTION = "selection", "blue", _("from a selection")
        VIEW = "view", "violet", _("from a view")
        GROUP = "group", "teal", _("from a customer group")
        FORM = "form", "green", _("by a web form")

    target_list = Link("marketing.TargetList", _("target list"), back="members", part_of=True)
    party = Link("parties.Party", _("customer"), back="target_lists")
    status = ChoiceField(
        _("status"), Status, default=Status.LISTED,
        help_text=_("Filling a list from its view or group leaves out who was taken off."),
    )  # fmt: skip
    way = ChoiceField(_("came there"), Way, default=Way.HAND)
    reason = models.CharField(_("why"), max_length=200, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("member of a target list")
        verbose_name_plural = _("members of target lists")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["target_list", "party"],
                condition=models.Q(deleted_at=None),
                name="targetlistmember_once",
                violation_error_message=_("This customer is on the list already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.target_list)  # the customer may be hidden from who reads this


class TargetListMemberEntity(Entity):
    model = TargetListMember
    named_by = ("target_list",)
    slug, icon, title = "target-list-members", "list-checks", "target_list"
    columns = ("target_list", "party", "status", "way", "reason", "created_by", "created_at")
    filters = ("target_list", "status", "way", "created_at")
    sort = ("-created_at",)
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "target_list", "party", "status", "way", "reason"),)
    access = Access(own=(), parent="target_list")
    has_timeline = in_search = False
    measures = ("count",)
    dimensions = ("status", "way", "created_at:month")
    match = ("external_ids",)

    def merge_values(self, ranked: Sequence[TargetListMember]) -> dict[str, Any]:
        """Of two places on a list of those not to be contacted, one taken off and one not, the latter holds (R33)."""
        listed = any(row.status == "listed" for row in ranked) and ranked[0].status != "listed"
        return {"status": "listed"} if listed and ranked[0].target_list.kind == "suppression" else {}
