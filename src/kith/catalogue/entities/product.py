"""Product: a good or service that we sell."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link, MoneyField
from kith.core.records import Record


class Product(Record):
    class Kind(HueChoices):
        GOODS = "goods", "blue", _("goods")
        SERVICE = "service", "violet", _("service")

    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=60, blank=True)
    kind = ChoiceField(_("kind"), Kind, default=Kind.GOODS)
    category = Link("catalogue.ProductCategory", _("category"), back="products", optional=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    price = MoneyField(_("list price"), null=True, blank=True)
    is_active = models.BooleanField(_("offered for choice"), default=True)
    description = models.TextField(_("description"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~models.Q(code="") & models.Q(deleted_at=None),
                name="product_code",
                violation_error_message=_("A product has this code already; choose another one."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProductEntity(Entity):
    model = Product
    example: ClassVar[dict[str, Any]] = {"code": "P-{n}"}
    slug, icon, menu, menu_order = "products", "package", "catalogue", 10
    natural_key = ("code",)
    columns = ("name", "code", "category", "kind", "unit", "price", "is_active", "updated_at")
    filters = ("category", "kind", "is_active", "tags")
    search = ("name", "code")
    search_body = ("description",)
    sort = ("name",)
    hidden = ("org_unit",)
    sections = (
        Section(_("Basics"), "name", "code", "kind", "category", "unit", "price", "is_active", "owner", "tags"),
        Section(_("Description"), "description"),
    )
    quick = ("name", "code", "category", "price")
    strip = ("code", "category", "unit", "price", "is_active")
    access = Access(public=True)
    match = ("external_ids", "code", "name")
    measures, dimensions = ("count", "avg:price"), ("category", "kind")
