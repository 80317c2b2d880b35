"""What is kept of an import: the run with its file, mapping and outcome, rows that were rejected, mappings for the next file alike."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core.ids import uuid7
from kith.core.jobs_models import JobRun


class Step(models.TextChoices):
    """How far a run has come; each step can be gone back from until the import has been started."""

    COLUMNS = "columns", _("Match columns")
    DUPLICATES = "duplicates", _("Duplicates")
    CHECK = "check", _("Check")
    IMPORT = "import", _("Import")
    DONE = "done", _("Done")


class Work(models.TextChoices):
    """What a job is doing with a run right now."""

    NONE = "", _("nothing")
    READING = "reading", _("reading the file")
    CHECKING = "checking", _("checking")
    IMPORTING = "importing", _("importing")


class ImportRun(models.Model):
    """One file on its way into the records of one entity, by one person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    actor_id = models.UUIDField(null=True)
    entity = models.CharField(max_length=60)
    file_key = models.CharField(max_length=64, default="")
    file_name = models.CharField(max_length=300, default="")
    step = models.CharField(max_length=12, choices=Step, default=Step.COLUMNS)
    work = models.CharField(max_length=12, choices=Work, default=Work.NONE, blank=True)
    #: What is known of the file: columns, kind, encoding, sheets, number of rows and the facts of each column.
    layout = models.JSONField(default=dict)
    signature = models.CharField(max_length=64, default="")
    mapping = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    job = models.ForeignKey(JobRun, null=True, on_delete=models.SET_NULL, related_name="+")
    message = models.TextField(default="")
    changeset_id = models.UUIDField(null=True)
    #: Set when only the rejected rows of another run are run again.
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["actor_id", "entity", "-at"], name="importrun_mine")
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """A row that was rejected, with its reasons by column; `cells` are as they stand in the file, or as somebody corrected them."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    errors = models.JSONField(default=dict)
    is_corrected = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["number", "pk"]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["run", "number"], name="importrow_once")]

    def __str__(self) -> str:
        return str(self.number)


class ColumnMemory(models.Model):
    """How files with this header were matched last time: by this person, or (actor_id empty) for everybody."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    entity = models.CharField(max_length=60)
    signature = models.CharField(max_length=64)
    actor_id = models.UUIDField(null=True)
    mapping = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["entity", "signature", "actor_id"], name="columnmemory_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.signature
