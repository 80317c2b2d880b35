"""Record: what every business row has in common; Pick: rows of a dictionary; Attached: rows about any record."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .fields import Link, TranslationsField, user_link
from .ids import uuid7

SEARCH_VECTOR = models.Func(models.F("search_text"), models.F("search_body"), function="kith_search_vector")


class Record(models.Model):
    """One row of an entity: identity, owner, times, version, trash, tags, custom bag and search text.

    Rows are read through `entity.rows(actor, operation)` and written through `core.writes`; a database trigger
    refuses any other write.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = user_link(_("owner"), db_index=False)  # the index below begins with it
    org_unit = Link("people.OrgUnit", _("department"), optional=True)
    created_at = models.DateTimeField(_("created"), editable=False)
    created_by = user_link(_("created by"), editable=False, db_index=False)
    updated_at = models.DateTimeField(_("changed"), editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    tags = ArrayField(models.UUIDField(), verbose_name=_("tags"), default=list, blank=True)
    external_ids = ArrayField(models.TextField(), verbose_name=_("external ids"), default=list, blank=True)
    custom = models.JSONField(default=dict, blank=True, editable=False)
    sort_key = models.TextField(default="", editable=False)
    search_text = models.TextField(default="", editable=False)
    search_body = models.TextField(default="", editable=False)
    search_vector = models.GeneratedField(expression=SEARCH_VECTOR, output_field=SearchVectorField(), db_persist=True)

    #: Columns that nobody may edit, but whoever may import can give to a new record.
    IMPORTED: ClassVar[frozenset[str]] = frozenset()
    #: Columns that the write path keeps; no surface may set them.
    BOOKKEEPING: ClassVar[frozenset[str]] = frozenset(
        [
            "id",
            "created_at",
            "created_by",
            "updated_at",
            "version",
            "deleted_at",
            "custom",
            "sort_key",
            "search_text",
            "search_body",
            "search_vector",
        ]
    )

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["-updated_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-updated_at", "-id"], name="%(class)s_recent"),
            models.Index(fields=["owner", "-updated_at", "-id"], name="%(class)s_owner"),
            models.Index(fields=["sort_key", "id"], name="%(class)s_sort"),
            models.Index(fields=["-deleted_at", "-id"], name="%(class)s_trash", condition=~models.Q(deleted_at=None)),
            GinIndex(fields=["search_vector"], name="%(class)s_search"),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="%(class)s_trgm"),
            GinIndex(fields=["external_ids"], name="%(class)s_extid"),
            GinIndex(fields=["tags"], name="%(class)s_tags"),
        ]

    @property
    def is_trashed(self) -> bool:
        """Whether the record lies in the trash."""
        return self.deleted_at is not None


class Part(Record):
    """A record that is a part of another one and found through it: fewer indexes, so that imports stay fast."""

    class Meta(Record.Meta):
        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-updated_at", "-id"], name="%(class)s_recent"),
            GinIndex(fields=["external_ids"], name="%(class)s_extid"),
        ]


class Pick(Record):
    """A row of a dictionary (industry, source, reason …): named, coloured, ordered, translatable by the user."""

    name = models.CharField(_("name"), max_length=120)
    hue = models.CharField(_("colour"), max_length=10, default="grey")
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered for choice"), default=True)
    translations = TranslationsField(_("translations"), default=dict, blank=True)

    class Meta(Record.Meta):
        abstract = True
        ordering: ClassVar[list[str]] = ["position", "name", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                Upper("name"),
                condition=models.Q(deleted_at=None),
                name="%(class)s_name",
                violation_error_message=_("This name is already there; choose another one."),
            )
        ]

    def __str__(self) -> str:
        return str(self.translations.get(get_language() or "") or self.name)


class Attached(Record):
    """A row about any other record: it names its subject by entity and id and shares the subject's rights."""

    subject_entity = models.CharField(max_length=60, blank=True, default="", editable=False)
    subject_id = models.UUIDField(null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            *Record.Meta.indexes,
            models.Index(fields=["subject_id", "-created_at"], name="%(class)s_subject"),
            models.Index(fields=["subject_entity"], name="%(class)s_about"),
        ]
