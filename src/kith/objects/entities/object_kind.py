"""Object kind: a noun that an administrator makes, such as "machine": its names, address, looks, abilities and links."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, TranslationsField
from kith.core.records import Record


class ObjectKind(Record):
    class Place(HueChoices):
        SALES = "sales", "grey", _("Sales")
        CUSTOMERS = "customers", "grey", _("Customers")
        PRODUCTS = "catalogue", "grey", _("Products")
        COMPANY = "company", "grey", _("Company")

    key = models.CharField(
        _("name for files and API"),
        max_length=40,
        blank=True,
        help_text=_("Small letters, digits and underscores; it never changes. Made from the name when left empty."),
    )
    name = models.CharField(_("name of one"), max_length=80, help_text=_("As inside a sentence: machine."))
    translations = TranslationsField(_("name of one, translated"), default=dict, blank=True)
    plural = models.CharField(_("name of many"), max_length=80, help_text=_("As inside a sentence: machines."))
    plural_translations = TranslationsField(_("name of many, translated"), default=dict, blank=True)
    slug = models.CharField(
        _("address"),
        max_length=50,
        blank=True,
        help_text=_("The first word of the address of its pages; made from the name when left empty."),
    )
    icon = models.CharField(_("icon"), max_length=40, default="blocks")
    hue = models.CharField(_("colour"), max_length=10, default="blue")
    menu = ChoiceField(_("group of the menu"), Place, blank=True, default=Place.CUSTOMERS)
    menu_order = models.PositiveSmallIntegerField(_("place in the group"), default=50)
    has_owner = models.BooleanField(_("records have an owner"), default=True)
    has_timeline = models.BooleanField(_("records have a timeline, notes, tasks and files"), default=True)
    has_process = models.BooleanField(_("records move through the stages of a process, with a board"), default=False)
    in_search = models.BooleanField(_("found by the search over everything"), default=True)
    day_name = models.CharField(_("date of the calendar"), max_length=80, blank=True, help_text=_("What the date is called that its records stand in the calendar by, such as: next service. Empty: no calendar."))  # fmt: skip
    day_translations = TranslationsField(_("date of the calendar, translated"), default=dict, blank=True)
    has_subject = models.BooleanField(_("may be about any record"), default=False)
    links = models.JSONField(_("links"), default=list, blank=True)
    is_active = models.BooleanField(_("in use"), default=True, help_text=_("A retired object leaves menu and search; its records stay."))  # fmt: skip

    class Meta(Record.Meta):
        verbose_name = _("custom object")
        verbose_name_plural = _("custom objects")
        ordering: ClassVar[list[str]] = ["menu_order", "name", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(deleted_at=None),
                name="objectkind_key",
                violation_error_message=_("Another object has this name for files and API; choose another one."),
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=models.Q(deleted_at=None),
                name="objectkind_slug",
                violation_error_message=_("Another object has this address; choose another one."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.translations.get(get_language() or "") or self.name)


class ObjectKindEntity(Entity):
    model = ObjectKind
    example: ClassVar[dict[str, Any]] = {
        "key": "example_{l}", "slug": "examples-{l}", "name": "example {l}", "plural": "examples {l}", "icon": "package", "hue": "teal", "links": [], "has_process": False,
    }  # fmt: skip
    slug, icon, menu, menu_order = "custom-objects", "blocks", "settings", 20
    is_configuration = True
    natural_key = ("key",)
    columns = ("name", "plural", "slug", "menu", "has_process", "is_active", "updated_at")
    filters = ("menu", "has_process", "is_active")
    search = ("name", "plural", "key")
    sort = ("name",)
    hidden = ("org_unit",)
    sections = (
        Section(_("Names"), "name", "translations", "plural", "plural_translations", "key", "slug"),
        Section(_("Looks"), "icon", "hue", "menu", "menu_order", "is_active"),
        Section(_("Abilities"), "has_owner", "has_timeline", "has_process", "in_search", "day_name", "day_translations", "has_subject", "links"),
    )  # fmt: skip
    access = Access(public=True)
    has_timeline = in_search = False
    match = ("external_ids",)

    def prepare(self, batch: Batch) -> None:
        """Key, address and places of links where nobody named them."""
        from kith.objects import editing

        editing.prepare(batch)

    def validate(self, record: ObjectKind, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Names and addresses of its own, an icon that there is, links that lead somewhere; nothing that records hold is taken away."""
        from kith.objects import editing

        return editing.validate(record, values)

    def derive(self, batch: Batch) -> None:
        """Every surface knows the object at once; one that is used is not deleted."""
        from kith.objects import editing

        editing.derive(batch)
