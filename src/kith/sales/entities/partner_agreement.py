"""PartnerAgreement: what we agreed with a partner who brings customers, and what came of it."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link, PercentField
from kith.core.records import Record


class PartnerAgreement(Record):
    class Kind(HueChoices):
        REFERRAL = "referral", "blue", _("referral")
        RESELLER = "reseller", "violet", _("reseller")
        DISTRIBUTOR = "distributor", "teal", _("distributor")
        INTEGRATOR = "integrator", "amber", _("integrator")

    class Status(HueChoices):
        DRAFT = "draft", "grey", _("draft")
        ACTIVE = "active", "green", _("active")
        ENDED = "ended", "rose", _("ended")

    name = models.CharField(_("name"), max_length=200)
    partner = Link("parties.Company", _("partner"), back="agreements")
    kind = ChoiceField(_("kind"), Kind, default=Kind.REFERRAL)
    status = ChoiceField(_("status"), Status, default=Status.DRAFT)
    reward = PercentField(_("reward"), null=True, blank=True)
    terms = models.TextField(_("terms"), blank=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)
    results = models.TextField(_("results"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("partner agreement")
        verbose_name_plural = _("partner agreements")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(valid_from=None) | models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="partneragreement_days",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=models.Q(reward=None) | models.Q(reward__gte=0, reward__lte=100),
                name="partneragreement_reward",
                violation_error_message=_("Between 0 and 100 %."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class PartnerAgreementEntity(Entity):
    model = PartnerAgreement
    example: ClassVar[dict[str, Any]] = {"reward": "10", "valid_to": "2026-03-04"}
    slug, icon, menu, menu_order = "partner-agreements", "handshake", "sales", 50
    columns = ("name", "partner", "kind", "status", "reward", "valid_from", "valid_to", "owner")
    filters = ("partner", "kind", "status", "owner", "valid_to")
    search = ("name",)
    search_body = ("terms", "results")
    sections = (
        Section(_("Basics"), "name", "partner", "kind", "status", "reward", "valid_from", "valid_to", "owner", "tags"),
        Section(_("Agreement"), "terms", "results"),
    )
    strip = ("partner", "status", "reward", "valid_to")
    access = Access()
    match = ("external_ids",)
