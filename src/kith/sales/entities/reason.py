"""Reason: why something was won, lost or disqualified; a dictionary, general or of one process."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity
from kith.core.fields import ChoiceField, Link
from kith.core.records import Pick


class Reason(Pick):
    class Result(HueChoices):
        WON = "won", "green", _("won")
        LOST = "lost", "rose", _("lost")
        UNQUALIFIED = "unqualified", "grey", _("unqualified")

    result = ChoiceField(_("for"), Result, default=Result.LOST)
    process = Link("processes.Process", _("only for the process"), optional=True)
    needs_text = models.BooleanField(_("asks for a text"), default=False)

    class Meta(Pick.Meta):
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                models.functions.Upper("name"),
                "result",
                condition=models.Q(deleted_at=None),
                name="reason_name",
                violation_error_message=_("This name is already there; choose another one."),
            )
        ]


class ReasonEntity(Entity):
    model = Reason
    natural_key = ("result", "name")
    slug, icon, menu = "reasons", "list-checks", "settings"
    columns = ("name", "result", "process", "needs_text", "hue", "position", "is_active")
    filters = ("result", "process", "is_active")
    search = ("name",)
    hidden = ("org_unit",)
    access = Access(public=True)
    has_timeline = in_search = False
    match = ("external_ids",)
    sort = ("position",)
