"""The one table that holds the records of all custom objects, and the columns that such a record may have.

Each object sees it through a model of its own (`building.model_of`), with the columns that it uses and names of its own
for the links. No object needs DDL: the database role of the application may not make tables (core/postgres/roles.py).
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.fields import Link
from kith.core.records import Record
from kith.core.staged import State

TABLE = "objects_record"
#: How many links an object may have: columns link_1 … of the table.
LINKS = range(1, 9)


class Noun(Record):
    """A record of a custom object."""

    kind = models.CharField(max_length=40, editable=False)
    name = models.CharField(_("name"), max_length=200)

    class Meta(Record.Meta):
        abstract = True
        indexes: ClassVar[list[Any]] = []

    def __str__(self) -> str:
        return self.name


class ObjectRecord(Noun):
    """The table. Nothing reads or writes through this model; what not every object has is empty where it has it not."""

    process = Link("processes.Process", _("process"), null=True, blank=True, db_index=False)
    stage = Link("processes.Stage", _("stage"), null=True, blank=True, db_index=False)
    state = models.CharField(max_length=30, null=True, blank=True, default=State.OPEN, editable=False)  # noqa: DJ001
    stage_at = models.DateTimeField(null=True, blank=True, editable=False)
    stage_checks = ArrayField(models.CharField(max_length=200), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    day = models.DateField(_("date"), null=True, blank=True)
    subject_entity = models.CharField(max_length=60, null=True, blank=True, editable=False)  # noqa: DJ001
    subject_id = models.UUIDField(null=True, blank=True, editable=False)
    link_1 = models.UUIDField(null=True, blank=True)
    link_2 = models.UUIDField(null=True, blank=True)
    link_3 = models.UUIDField(null=True, blank=True)
    link_4 = models.UUIDField(null=True, blank=True)
    link_5 = models.UUIDField(null=True, blank=True)
    link_6 = models.UUIDField(null=True, blank=True)
    link_7 = models.UUIDField(null=True, blank=True)
    link_8 = models.UUIDField(null=True, blank=True)

    class Meta(Noun.Meta):
        db_table = TABLE
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["kind", "-updated_at", "-id"], name="objects_recent"),
            models.Index(fields=["kind", "owner", "-updated_at", "-id"], name="objects_owner"),
            # Records without an owner are their maker's, and objects may have none at all.
            models.Index(
                fields=["kind", "created_by", "-updated_at"], name="objects_maker", condition=models.Q(owner=None)
            ),
            models.Index(fields=["kind", "sort_key", "id"], name="objects_sort"),
            models.Index(
                fields=["kind", "-deleted_at", "-id"], name="objects_trash", condition=~models.Q(deleted_at=None)
            ),
            models.Index(
                fields=["kind", "stage", "-updated_at", "-id"], name="objects_stage", condition=~models.Q(stage=None)
            ),
            models.Index(fields=["kind", "day", "id"], name="objects_day", condition=~models.Q(day=None)),
            models.Index(
                fields=["subject_id", "-updated_at"], name="objects_subject", condition=~models.Q(subject_id=None)
            ),
            GinIndex(fields=["search_vector"], name="objects_search"),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="objects_trgm"),
            GinIndex(fields=["external_ids"], name="objects_extid"),
            GinIndex(fields=["tags"], name="objects_tags"),
            *(
                models.Index(
                    fields=[f"link_{slot}", "-updated_at"],
                    name=f"objects_link_{slot}",
                    condition=~models.Q(**{f"link_{slot}": None}),
                )
                for slot in LINKS
            ),
        ]
