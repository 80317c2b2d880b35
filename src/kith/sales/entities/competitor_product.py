"""CompetitorProduct: a product of a competitor against one of ours, with pros, cons and how to answer."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.entity import Access, Entity, Section
from kith.core.fields import Link, MoneyField
from kith.core.records import Part


class CompetitorProduct(Part):
    competitor = Link("sales.Competitor", _("competitor"), back="products", part_of=True)
    name = models.CharField(_("name"), max_length=200)
    our_product = Link("catalogue.Product", _("against our product"), back="rivals", optional=True)
    price = MoneyField(_("price"), null=True, blank=True)
    pros = models.TextField(_("what speaks for it"), blank=True)
    cons = models.TextField(_("what speaks against it"), blank=True)
    answer = models.TextField(_("how we answer"), blank=True)

    class Meta(Part.Meta):
        verbose_name = _("competing product")
        verbose_name_plural = _("competing products")
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class CompetitorProductEntity(Entity):
    model = CompetitorProduct
    slug, icon = "competing-products", "package-x"
    columns = ("name", "competitor", "our_product", "price", "updated_at")
    filters = ("competitor", "our_product")
    search = ("name", "pros", "cons")
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "competitor", "name", "our_product", "price", "pros", "cons", "answer"),)
    access = Access(own=(), parent="competitor")
    has_timeline = in_search = False
    match = ("external_ids",)
