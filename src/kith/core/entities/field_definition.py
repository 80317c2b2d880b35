"""FieldDefinition: a field that an administrator (or an import) adds to a kind of record; its values lie in the records' bag."""

import re
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM
from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, TranslationsField
from kith.core.identity.chinese import is_chinese, reading
from kith.core.identity.cyrillic import romanise
from kith.core.identity.text import fold
from kith.core.records import Record

NAME = re.compile(r"x_[a-z0-9_]{1,58}")
LATIN = re.compile(r"[^a-z0-9]+")


class FieldDefinition(Record):
    class Kind(HueChoices):
        TEXT = "text", "grey", _("text")
        LONG = "longtext", "grey", _("long text")
        RICH = "richtext", "grey", _("formatted text")
        NUMBER = "number", "blue", _("number")
        MONEY = "money", "blue", _("amount of money")
        PERCENT = "percent", "blue", _("percent")
        DATE = "date", "amber", _("date")
        MOMENT = "moment", "amber", _("date and time")
        BOOLEAN = "boolean", "green", _("yes or no")
        CHOICE = "choice", "violet", _("choice")
        CHOICES = "choices", "violet", _("several choices")
        WORDS = "words", "violet", _("list of words")
        LINK = "link", "rose", _("link to a record")
        WEB = "url", "teal", _("web address")
        MAIL = "mail", "teal", _("e-mail")
        PHONE = "phone", "teal", _("phone")
        COUNTRY = "country", "teal", _("country")
        ADDRESS = "address", "teal", _("address")

    class Weight(HueChoices):
        USUAL = "usual", "blue", _("usual")
        LOW = "low", "grey", _("low")

    entity = models.CharField(_("kind of record"), max_length=60)
    name = models.CharField(
        _("name for files and API"),
        max_length=60,
        blank=True,
        help_text=_("Begins with x_; letters, digits and underscores. Made from the label when left empty."),
    )
    label = models.CharField(_("label"), max_length=120)
    translations = TranslationsField(_("translations"), default=dict, blank=True)
    kind = ChoiceField(_("kind of value"), Kind, default=Kind.TEXT)
    options = ArrayField(models.CharField(max_length=120), verbose_name=_("choices"), default=list, blank=True)
    looks = models.JSONField(
        _("looks of the choices"),
        default=dict,
        blank=True,
        help_text=_("By choice: its colour (hue), its label and the label in other languages (ru, zh-hans)."),
    )
    target = models.CharField(_("links to"), max_length=60, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimal places"), default=0)
    minimum = models.DecimalField(_("least value"), max_digits=30, decimal_places=10, null=True, blank=True)
    maximum = models.DecimalField(_("greatest value"), max_digits=30, decimal_places=10, null=True, blank=True)
    longest = models.PositiveIntegerField(_("most characters"), null=True, blank=True)
    pattern = models.CharField(
        _("pattern"),
        max_length=200,
        blank=True,
        help_text=_("A regular expression that the whole text has to fit, such as [A-Z]{2}-[0-9]{4}."),
    )
    initial = models.CharField(
        _("value of new records"), max_length=500, blank=True, help_text=_("Written as one would type it.")
    )
    help = models.CharField(_("help"), max_length=300, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_required = models.BooleanField(_("required"), default=False)
    is_unique = models.BooleanField(_("unique"), default=False)
    is_searched = models.BooleanField(_("found by search"), default=False)
    search_weight = ChoiceField(
        _("weight in search"), Weight, default=Weight.USUAL, help_text=_("Usual words are found in other scripts and in spite of typing errors as well; low ones only as they are written, after the others."),
    )  # fmt: skip
    is_indexed = models.BooleanField(
        _("often filtered"), default=False, help_text=_("Keeps an index, so that filters stay fast among many records.")
    )
    is_sensitive = models.BooleanField(_("sensitive"), default=False)
    is_personal = models.BooleanField(
        _("personal data"), default=False, help_text=_("Stands in the register of personal data, and is emptied when they are erased."),
    )  # fmt: skip
    is_retired = models.BooleanField(
        _("retired"), default=False, help_text=_("Hidden everywhere; the records keep their values.")
    )

    class Meta(Record.Meta):
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        ordering: ClassVar[list[str]] = ["entity", "position", "label", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["entity", "name"],
                condition=models.Q(deleted_at=None),
                name="fielddefinition_name",
                violation_error_message=_("This kind of record has a field of that name already; choose another one."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.translations.get(get_language() or "") or self.label)


class FieldDefinitionEntity(Entity):
    model = FieldDefinition
    example: ClassVar[dict[str, Any]] = {
        "entity": "parties.company",
        "name": "x_example_{l}",
        "label": "Example {n}",
        "kind": "text",
        "options": [],
        "looks": {},
        "target": "",
        "decimals": 0,
        "minimum": None,
        "maximum": None,
        "longest": None,
        "pattern": "",
        "initial": "",
        "is_required": False,
        "is_unique": False,
        "is_searched": False,
        "is_indexed": False,
        "is_retired": False,
    }
    slug, icon, menu, title = "custom-fields", "columns-3", "settings", "label"
    is_configuration = True
    natural_key = ("entity", "name")
    columns = ("label", "entity", "name", "kind", "updated_at")
    filters = ("entity", "kind")
    search = ("label", "name")
    sections = (
        Section(_("Basics"), "entity", "label", "translations", "name", "kind", "help", "position"),
        Section(_("Values"), "options", "looks", "target", "decimals", "minimum", "maximum", "longest", "pattern", "initial"),
        Section(_("Behaviour"), "is_required", "is_unique", "is_searched", "search_weight", "is_indexed", "is_sensitive", "is_personal", "is_retired"),
    )  # fmt: skip
    access = Access(public=True)
    has_timeline = in_search = False
    sort = ("label",)
    match = ("external_ids",)

    def prepare(self, batch: Batch) -> None:
        """A name made from the label."""
        for item in batch.items:
            if item.is_new and not item.values.get("name"):
                item.values["name"] = name_for(str(item.values.get("label") or ""))

    def validate(self, record: FieldDefinition, values: dict[str, Any]) -> dict[str, list[Any]]:
        """What `core.field_facts` says against it."""
        from kith.core import field_facts

        return field_facts.problems(self, record, values)

    def is_taken(self, entity: Entity, name: str, kind: str) -> bool:
        """Whether records may hold values under this name that are not of this kind."""
        if gone := list(
            self.rows(SYSTEM, trashed=True).filter(entity=entity.label, name=name).values_list("kind", flat=True)
        ):
            return any(old != kind for old in gone)
        return any(
            entity.rows(SYSTEM, trashed=trashed).filter(custom__has_key=name).exists() for trashed in (False, True)
        )

    def derive(self, batch: Batch) -> None:
        """Every surface knows the field at once; indexes and words of search follow in the background."""
        from kith.core import custom_fields, field_facts, field_jobs

        if batch.operation == "delete":
            field_facts.not_in_use(item.record for item in batch.items)
        custom_fields.announce()
        field_jobs.follow(batch)


def name_for(label: str) -> str:
    """A name made from a label: "Annual sales, USD" → x_annual_sales_usd; labels in other scripts are transliterated."""
    spelled = "".join("_".join(reading(sign)) if is_chinese(sign) else sign for sign in romanise(fold(label)))
    words = LATIN.sub("_", spelled).strip("_")
    return f"x_{words or 'field'}"[:60].rstrip("_")
