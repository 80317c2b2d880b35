"""LeadFormField: one field that a web form shows, with its own label where the usual one will not do."""

from typing import Any, ClassVar

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link, TranslationsField
from kith.core.records import Part


class LeadFormField(Part):
    class Kind(HueChoices):
        NAME = "name", "blue", _("your name")
        GIVEN = "given_name", "blue", _("given name")
        FAMILY = "family_name", "blue", _("family name")
        COMPANY = "company", "teal", _("company")
        JOB = "job_title", "teal", _("job title")
        MAIL = "email", "green", _("e-mail")
        PHONE = "phone", "green", _("phone")
        WEBSITE = "website", "green", _("website")
        COUNTRY = "country", "amber", _("country")
        SUBJECT = "subject", "violet", _("subject")
        TEXT = "text", "violet", _("message")
        INTEREST = "interest", "violet", _("interested in")

    form = Link("sales.LeadForm", _("web form"), back="fields", part_of=True)
    kind = ChoiceField(_("field"), Kind)
    label = models.CharField(_("label"), max_length=120, blank=True)
    translations = TranslationsField(_("translations of the label"), default=dict, blank=True)
    help = models.CharField(_("help below it"), max_length=200, blank=True)
    is_required = models.BooleanField(_("needed"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta(Part.Meta):
        verbose_name = _("field of a web form")
        verbose_name_plural = _("fields of web forms")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["form", "kind"],
                condition=models.Q(deleted_at=None),
                name="leadformfield_once",
                violation_error_message=_("The form has this field already."),
            )
        ]

    def __str__(self) -> str:
        return capfirst(str(self.translations.get(get_language() or "") or self.label or self.Kind(self.kind).label))


class LeadFormFieldEntity(Entity):
    model = LeadFormField
    example: ClassVar[dict[str, Any]] = {"kind": "country"}
    slug, icon, title = "lead-form-fields", "clipboard-list", "kind"
    is_configuration = True
    natural_key = ("kind",)
    columns = ("kind", "label", "is_required", "position", "form")
    filters = ("form", "kind")
    sort = ("position",)
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "form", "kind", "label", "translations", "help", "is_required", "position"),)
    access = Access(own=(), parent="form")
    has_timeline = in_search = False
    match = ("external_ids",)
