"""PersonalFact: an interest, a family detail, a preference or an important date of a person; sensitive, with a right of its own."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Part


class PersonalFact(Part):
    class Kind(HueChoices):
        INTEREST = "interest", "green", _("interest")
        FAMILY = "family", "rose", _("family")
        GIFT = "gift", "amber", _("gift")
        PREFERENCE = "preference", "blue", _("preference")
        EVENT = "event", "violet", _("important date")
        BACKGROUND = "background", "grey", _("background")

    person = Link("parties.Person", _("person"), back="facts", part_of=True)
    kind = ChoiceField(_("kind"), Kind, default=Kind.INTEREST)
    text = models.CharField(_("text"), max_length=1000)
    date = models.DateField(_("date"), null=True, blank=True)
    recurring = models.BooleanField(_("every year"), default=False)
    remind_days = models.PositiveSmallIntegerField(_("remind, days before"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("personal fact")
        verbose_name_plural = _("personal facts")
        ordering: ClassVar[list[str]] = ["kind", "pk"]

    def __str__(self) -> str:
        return self.text


class PersonalFactEntity(Entity):
    model = PersonalFact
    example: ClassVar[dict[str, Any]] = {"kind": "interest"}
    slug, icon, title = "personal-facts", "sparkles", "text"
    columns = ("text", "kind", "person", "date", "recurring", "updated_at")
    filters = ("kind", "date", "recurring")
    search = ("text",)
    personal = ("text", "date")
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "person", "kind", "text", "date", "recurring", "remind_days"),)
    access = Access(own=(), parent="person", own_right=True)
    natural = ("person", "kind", "text", "date")
    has_timeline = in_search = False

    def validate(self, record: PersonalFact, values: dict[str, Any]) -> dict[str, list[Any]]:
        """An important date has a date."""
        kind, date = (values.get(name, getattr(record, name)) for name in ("kind", "date"))
        return {"date": [_("An important date needs its date.")]} if kind == "event" and not date else {}
