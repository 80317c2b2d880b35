"""LeadForm: a form on our own page or inside another site; each request it takes becomes one lead (R40)."""

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Related, Section
from kith.core.fields import ChoiceField, Link, WebField, user_link
from kith.core.records import Record
from kith.parties.entities.consent import Purpose


class LeadForm(Record):
    name = models.CharField(_("name"), max_length=120)
    key = models.SlugField(
        _("key"), max_length=40, help_text=_("The end of the form's address: letters, digits and hyphens.")
    )
    is_active = models.BooleanField(_("takes requests"), default=True)
    title = models.CharField(_("heading"), max_length=200)
    intro = models.TextField(_("text below the heading"), blank=True)
    button = models.CharField(_("words on the button"), max_length=60, blank=True)
    thank_you = models.TextField(_("text after sending"), blank=True)
    redirect_url = WebField(_("page after sending"), blank=True)
    consent_text = models.TextField(_("consent asked for"), blank=True)
    consent_version = models.CharField(_("version of the consent"), max_length=40, blank=True)
    consent_purpose = ChoiceField(
        _("purpose of the consent"), Purpose, default=Purpose.MARKETING, help_text=_("What people agree to.")
    )
    consent_required = models.BooleanField(_("consent is needed"), default=False)
    privacy_url = WebField(_("page about privacy"), blank=True)
    confirm_hours = models.PositiveSmallIntegerField(
        _("hours to confirm the e-mail"),
        null=True,
        blank=True,
        help_text=_("A link is mailed to whoever sends the form; the lead is made when it is opened. Empty: at once."),
    )
    allowed_hosts = ArrayField(
        models.CharField(max_length=120),
        verbose_name=_("sites that may show it"),
        default=list,
        blank=True,
        help_text=_("Host names such as www.example.com; empty: only its own page."),
    )
    products = ArrayField(
        models.UUIDField(),
        verbose_name=_("products to choose from"),
        default=list,
        blank=True,
        help_text=_("Shown where the form asks what somebody is interested in."),
    )
    source = Link("parties.Source", _("source"), optional=True)
    campaign = Link("marketing.Campaign", _("campaign"), optional=True)
    target_list = Link(
        "marketing.TargetList",
        _("target list"),
        optional=True,
        help_text=_("Whoever sends the form is put on this list."),
    )
    lead_owner = user_link(
        _("owner of its leads"),
        help_text=_("Or a rule, or a pool; without any of them the rules for new leads decide."),
    )
    assignment_rule = Link("distribution.AssignmentRule", _("given by the rule"), optional=True)
    pool = Link("distribution.Pool", _("put into the pool"), optional=True)
    team = Link("people.OrgUnit", _("department of its leads"), optional=True)

    class Meta(Record.Meta):
        verbose_name = _("web form")
        verbose_name_plural = _("web forms")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(deleted_at=None),
                name="leadform_key",
                violation_error_message=_("A form has this key already; choose another one."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class LeadFormEntity(Entity):
    model = LeadForm
    example: ClassVar[dict[str, Any]] = {
        "key": "form-{n}",
        "allowed_hosts": ["www.example.org"],
        "consent_version": "1",
        "products": [],
        "assignment_rule": None,
        "pool": None,
    }
    slug, icon, menu, menu_order = "lead-forms", "clipboard-list", "settings", 40
    is_configuration = True
    natural_key = ("key",)
    columns = ("name", "key", "is_active", "source", "campaign", "lead_owner", "updated_at")
    filters = ("is_active", "source", "campaign")
    search = ("name", "key")
    sort = ("name",)
    hidden = ("org_unit",)
    sections = (
        Section(_("Basics"), "name", "key", "is_active", "allowed_hosts"),
        Section(_("Texts"), "title", "intro", "button", "thank_you", "redirect_url", "products"),
        Section(
            _("Consent"),
            "consent_text",
            "consent_version",
            "consent_purpose",
            "consent_required",
            "privacy_url",
            "confirm_hours",
        ),
        Section(_("Its leads"), "source", "campaign", "target_list", "lead_owner", "assignment_rule", "pool", "team"),
    )
    facts: ClassVar[dict[str, dict[str, Any]]] = {
        "products": {"target": "catalogue.product"},
        "confirm_hours": {"minimum": Decimal(1), "maximum": Decimal(720)},
    }
    quick = ("name", "key", "title", "source", "lead_owner")
    strip = ("key", "is_active", "source", "lead_owner")
    related = (
        Related("sales.leadformfield", "form", _("Fields"), show=("is_required",)),
        Related("sales.leadsubmission", "form", _("Requests"), show=("status", "received_at")),
    )
    access = Access(public=True)
    match = ("external_ids", "key")
    has_timeline = False

    def prepare(self, batch: Batch) -> None:
        """It gives only what its author may give."""
        from kith.sales import form_owners

        form_owners.check(batch)

    def validate(self, record: LeadForm, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Consent that is asked for has a version; sites are host names."""
        from kith.sales import forms

        return forms.validate(record, values)

    def derive(self, batch: Any) -> None:
        """A new form begins with the usual fields."""
        from kith.sales import forms

        forms.derive(batch)
