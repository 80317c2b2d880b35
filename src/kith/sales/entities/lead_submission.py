"""LeadSubmission: what somebody sent, as it was sent, with the consent given; kept beside the lead it became (R40)."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Action, Entity, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Part


def new_key() -> str:
    """The number of a request that came without one."""
    return str(uuid.uuid4())


class LeadSubmission(Part):
    class Status(HueChoices):
        TAKEN = "taken", "green", _("became a lead")
        SPAM = "spam", "rose", _("taken for spam")
        UNCONFIRMED = "unconfirmed", "amber", _("waits for its sender")

    form = Link("sales.LeadForm", _("web form"), back="submissions", optional=True)
    lead = Link("sales.Lead", _("lead"), back="submissions", optional=True, part_of=True, on_delete=models.CASCADE)
    submission_key = models.CharField(_("number of the request"), max_length=64, default=new_key, editable=False)
    status = ChoiceField(_("status"), Status, default=Status.TAKEN, editable=False)
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    data = models.JSONField(_("what was sent"), default=dict, editable=False)
    consent = models.BooleanField(_("consent given"), default=False, editable=False)
    consent_text = models.TextField(_("consent asked for"), blank=True, editable=False)
    consent_version = models.CharField(_("version of the consent"), max_length=40, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True, editable=False)
    page = models.CharField(_("sent from the page"), max_length=300, blank=True, editable=False)

    class Meta(Part.Meta):
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering: ClassVar[list[str]] = ["-received_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["form", "submission_key"],
                name="leadsubmission_once",
                violation_error_message=_("This request was taken already."),
            )
        ]

    def __str__(self) -> str:
        return str(
            self.data.get("name") or self.data.get("email") or self.data.get("company") or self.received_at.date()
        )


class LeadSubmissionEntity(Entity):
    model = LeadSubmission
    slug, icon, title = "lead-submissions", "inbox", "received_at"
    columns = ("received_at", "form", "lead", "status", "consent", "page")
    filters = ("form", "status", "received_at", "consent")
    sort = ("-received_at",)
    hidden = ("org_unit",)
    personal = ("data",)
    sections = (
        Section(_("Basics"), "form", "lead", "status", "received_at", "data", "page", "language"),
        Section(_("Consent"), "consent", "consent_text", "consent_version"),
    )
    access = Access(own=(), parent="lead")
    has_timeline = in_search = False
    match = ("external_ids",)
    actions = (
        Action("accept", _("No spam: make a lead"), "kith.sales.forms.accept", icon="inbox", bulk=True, right="edit"),
    )
