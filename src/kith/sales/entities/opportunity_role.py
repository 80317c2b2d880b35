"""OpportunityRole: who at the customer decides about an opportunity, in what role, how strong, for us or against us."""

from typing import Any, ClassVar

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Part


class OpportunityRole(Part):
    class Role(HueChoices):
        DECIDER = "decision_maker", "violet", _("decides")
        EVALUATOR = "evaluator", "teal", _("evaluates")
        INFLUENCER = "influencer", "blue", _("influences")
        CHAMPION = "champion", "green", _("champion")
        BUYER = "buyer", "amber", _("buys")
        USER = "user", "grey", _("uses")
        GATEKEEPER = "gatekeeper", "rose", _("gatekeeper")
        SIGNER = "signer", "plum", _("signs")

    class Attitude(HueChoices):
        SUPPORTS = "supports", "green", _("supports us")
        NEUTRAL = "neutral", "grey", _("neutral")
        SCEPTICAL = "sceptical", "amber", _("sceptical")
        OPPOSES = "opposes", "rose", _("against us")
        UNKNOWN = "unknown", "grey", _("not known")

    opportunity = Link("sales.Opportunity", _("opportunity"), back="roles", part_of=True)
    person = Link("parties.Person", _("person"), back="opportunity_roles")
    role = ChoiceField(_("role"), Role, default=Role.INFLUENCER)
    influence = models.PositiveSmallIntegerField(_("influence, 1 to 5"), default=3)
    attitude = ChoiceField(_("attitude"), Attitude, default=Attitude.UNKNOWN)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("member of the buying committee")
        verbose_name_plural = _("buying committee")
        ordering: ClassVar[list[str]] = ["-influence", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["opportunity", "person"],
                condition=models.Q(deleted_at=None),
                name="opportunityrole_once",
                violation_error_message=_("This person is in the committee already."),
            ),
            models.CheckConstraint(
                condition=models.Q(influence__gte=1, influence__lte=5),
                name="opportunityrole_influence",
                violation_error_message=_("From 1 to 5."),
            ),
        ]

    def __str__(self) -> str:
        return capfirst(str(self._meta.verbose_name))  # the person may be hidden from who reads this


class OpportunityRoleEntity(Entity):
    model = OpportunityRole
    example: ClassVar[dict[str, Any]] = {"influence": 4}
    slug, icon, title = "opportunity-roles", "users-round", "person"
    columns = ("person", "opportunity", "role", "influence", "attitude", "note")
    filters = ("opportunity", "person", "role", "attitude")
    search = ("note",)
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "opportunity", "person", "role", "influence", "attitude", "note"),)
    access = Access(own=(), parent="opportunity")
    has_timeline = in_search = False
    views: ClassVar[dict[str, Any]] = {"tab_only": True}
    match = ("external_ids",)
