"""ProductCategory: a branch of the tree of products."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.core.entity import Access, Entity, Related, Section
from kith.core.fields import Link, TranslationsField
from kith.core.records import Record
from kith.core.trees import circle


class ProductCategory(Record):
    name = models.CharField(_("name"), max_length=120)
    translations = TranslationsField(_("translations"), default=dict, blank=True)
    parent = Link("catalogue.ProductCategory", _("part of"), back="children", optional=True)

    class Meta(Record.Meta):
        verbose_name = _("product category")
        verbose_name_plural = _("product categories")
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return str(self.translations.get(get_language() or "") or self.name)


class ProductCategoryEntity(Entity):
    model = ProductCategory
    slug, icon, menu, menu_order = "product-categories", "list-tree", "catalogue", 20
    is_configuration = True
    natural_key = ("parent", "name")
    columns = ("name", "parent", "updated_at")
    filters = ("parent",)
    search = ("name",)
    tree = "parent"
    sort = ("name",)
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "name", "translations", "parent"),)
    related = (
        Related("catalogue.product", "category", _("Products"), show=("code", "price")),
        Related("catalogue.productcategory", "parent", _("Categories below")),
    )
    access = Access(public=True)
    match = ("external_ids", "name")
    has_timeline = False

    def validate(self, record: ProductCategory, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A category cannot be inside itself."""
        return circle(self, record, values, "parent")
