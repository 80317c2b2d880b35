"""Competitor: a company that sells to our customers, with its strengths and how we answer them; won and lost are counted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.entity import Access, Entity, Related, Section
from kith.core.fields import Link
from kith.core.records import Record


class Competitor(Record):
    name = models.CharField(_("name"), max_length=200)
    company = Link("parties.Company", _("company"), back="competing", optional=True)
    strengths = models.TextField(_("strengths"), blank=True)
    weaknesses = models.TextField(_("weaknesses"), blank=True)
    opportunities = models.TextField(_("opportunities for us"), blank=True)
    threats = models.TextField(_("threats for us"), blank=True)
    strategy = models.TextField(_("our strategy"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")

    def __str__(self) -> str:
        return self.name


class CompetitorEntity(Entity):
    model = Competitor
    slug, icon, menu, menu_order = "competitors", "swords", "sales", 40
    columns = ("name", "company", "strategy", "owner", "updated_at")
    filters = ("owner", "tags")
    search = ("name",)
    search_body = ("strengths", "weaknesses", "strategy")
    sort = ("name",)
    sections = (
        Section(_("Basics"), "name", "company", "owner", "tags"),
        Section(_("Strengths and weaknesses"), "strengths", "weaknesses", "opportunities", "threats"),
        Section(_("How we win"), "strategy"),
    )
    strip = ("company", "owner", "updated_at")
    related = (
        Related("sales.competitorproduct", "competitor", _("Competing products"), show=("price", "our_product")),
        Related("sales.opportunitycompetitor", "competitor", _("Where we meet"), show=("threat",)),
    )
    access = Access(public=True)
    match = ("external_ids", "name")
