"""FieldDefinition: a field that an administrator (or an import) adds to a kind of record; its values lie in the records' bag."""

import re
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM
from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section, registry
from kith.core.fields import ChoiceField
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
        NUMBER = "number", "blue", _("number")
        PERCENT = "percent", "blue", _("percent")
        DATE = "date", "amber", _("date")
        MOMENT = "moment", "amber", _("date and time")
        BOOLEAN = "boolean", "green", _("yes or no")
        CHOICE = "choice", "violet", _("choice")
        WEB = "url", "teal", _("web address")
        MAIL = "mail", "teal", _("e-mail")
        PHONE = "phone", "teal", _("phone")
        COUNTRY = "country", "teal", _("country")

    entity = models.CharField(_("kind of record"), max_length=60)
    name = models.CharField(
        _("name for files and API"),
        max_length=60,
        blank=True,
        help_text=_("Begins with x_; letters, digits and underscores. Made from the label when left empty."),
    )
    label = models.CharField(_("label"), max_length=120)
    kind = ChoiceField(_("kind of value"), Kind, default=Kind.TEXT)
    options = ArrayField(models.CharField(max_length=120), verbose_name=_("choices"), default=list, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimal places"), default=0)
    help = models.CharField(_("help"), max_length=300, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_sensitive = models.BooleanField(_("sensitive"), default=False)

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
        return self.label


class FieldDefinitionEntity(Entity):
    model = FieldDefinition
    example: ClassVar[dict[str, Any]] = {
        "entity": "parties.company",
        "name": "x_example_{l}",
        "label": "Example {n}",
        "kind": "text",
        "options": [],
        "decimals": 0,
    }
    slug, icon, menu, title = "custom-fields", "columns-3", "settings", "label"
    columns = ("label", "entity", "name", "kind", "updated_at")
    filters = ("entity", "kind")
    search = ("label", "name")
    sections = (
        Section(
            _("Basics"), "entity", "label", "name", "kind", "options", "decimals", "help", "position", "is_sensitive"
        ),
    )
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
        """An entity that exists, a name of its own that no column has, choices where one chooses; the kind never changes."""
        now = {
            name: values[name] if name in values else getattr(record, name)
            for name in ("entity", "name", "kind", "options", "decimals")
        }
        entity = registry.find(str(now["entity"]))
        errors: dict[str, list[Any]] = {}
        if entity is None:
            errors["entity"] = [
                _("Unknown kind of record; there are: %(valid)s.")
                % {"valid": ", ".join(other.label for other in registry)}
            ]
        if not NAME.fullmatch(str(now["name"])):
            errors["name"] = [_("The name begins with x_ and has only small Latin letters, digits and underscores.")]
        if now["kind"] == "choice" and not now["options"]:
            errors["options"] = [_("Write at least one choice.")]
        if (now["decimals"] or 0) > 10:
            errors["decimals"] = [_("At most 10 decimal places.")]
        if (
            record._state.adding
            and entity is not None
            and "name" not in errors
            and self.is_taken(entity, str(now["name"]), str(now["kind"]))
        ):
            errors["name"] = [
                _(
                    "Records hold values of another kind under this name, from a field that was deleted; choose another name."
                )
            ]
        for name in ("entity", "name", "kind"):
            if not record._state.adding and name in values and values[name] != getattr(record, name):
                errors[name] = [_("This cannot change any more; values are stored under it. Define another field.")]
        return errors

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
        """Every surface knows the field at once."""
        from kith.core import custom_fields

        custom_fields.announce()


def name_for(label: str) -> str:
    """A name made from a label: "Annual sales, USD" → x_annual_sales_usd; labels in other scripts are transliterated."""
    spelled = "".join("_".join(reading(sign)) if is_chinese(sign) else sign for sign in romanise(fold(label)))
    words = LATIN.sub("_", spelled).strip("_")
    return f"x_{words or 'field'}"[:60].rstrip("_")
