"""CallList: members of a target list shared out among people who call them; everybody has a queue, no customer stands in two."""

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.core.choices import HueChoices
from kith.core.entity import Entity, Related, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Record
from kith.core.specs import ColumnSpec, FieldSpec
from kith.core.types import TYPES


class Method(HueChoices):
    """How a target list is shared out; the values are methods of `distribution.choosing`."""

    IN_TURN = "round_robin", "blue", _("in turn")
    EVEN = "least_busy", "green", _("evenly, counting what is open already")
    TERRITORY = "territory", "amber", _("by territory")


#: What sharing out a target list asks for.
SHARING = (
    ColumnSpec(name="name", label=_("name of the call list"), type=TYPES["text"], max_length=150, required=True),
    FieldSpec(name="reps", label=_("people"), type=TYPES["tags"], target="access.user", required=True),
    ColumnSpec(name="method", label=_("how"), type=TYPES["choice"], choices=tuple(Method.choices), required=True, default="round_robin"),
    ColumnSpec(name="attempts_limit", label=_("attempts per customer"), type=TYPES["number"], minimum=Decimal(1), maximum=Decimal(50), default=3),
    ColumnSpec(name="script", label=_("what to say"), type=TYPES["longtext"], max_length=5000),
)  # fmt: skip


class CallList(Record):
    name = models.CharField(_("name"), max_length=150)
    target_list = Link("marketing.TargetList", _("target list"), back="call_lists")
    method = ChoiceField(_("shared out"), Method, default=Method.IN_TURN)
    attempts_limit = models.PositiveSmallIntegerField(
        _("attempts per customer"),
        default=3,
        help_text=_("After so many calls without an answer a prospect is closed."),
    )
    script = models.TextField(_("what to say"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("call list")
        verbose_name_plural = _("call lists")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(attempts_limit__gte=1, attempts_limit__lte=50),
                name="calllist_attempts",
                violation_error_message=_("Between 1 and 50 attempts."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CallListEntity(Entity):
    model = CallList
    example: ClassVar[dict[str, Any]] = {"attempts_limit": 3}
    slug, icon, menu, menu_order = "call-lists", "list-checks", "sales", 64
    columns = ("name", "target_list", "method", "attempts_limit", "owner", "created_at")
    filters = ("target_list", "method", "owner")
    search = ("name",)
    sections = (Section(_("Basics"), "name", "target_list", "method", "attempts_limit", "script", "owner", "tags"),)
    quick = ("name", "target_list", "attempts_limit", "script")
    strip = ("target_list", "method", "attempts_limit", "owner")
    read_only = ("method",)
    related = (Related("marketing.calllistentry", "call_list", pgettext_lazy("call list", "Prospects"), show=("party", "status", "owner")),)  # fmt: skip
    match = ("external_ids", "name")
