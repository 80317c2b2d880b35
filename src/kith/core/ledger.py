"""The ledger: change-sets with each field's before and after, and the log of everything people did.

`core_change` and `core_auditevent` are partitioned by month and append-only (migrations make them; a trigger refuses
updates and deletes).
"""

import uuid
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import store
from .choices import HueChoices
from .ids import uuid7


class ChangeSet(models.Model):
    """One user action and everything the rules derived from it (R7): who, when, why, through what."""

    class Origin(HueChoices):
        UI = "ui", "teal", _("screen")
        API = "api", "blue", _("API")
        IMPORT = "import", "violet", _("import")
        JOB = "job", "grey", _("background job")
        SYNC = "sync", "amber", _("synchronisation")
        PORTAL = "portal", "green", _("portal")
        FORM = "form", "rose", _("web form")
        CLI = "cli", "plum", _("command line")
        SYSTEM = "system", "grey", _("system")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=20, default="edit")
    origin = models.CharField(max_length=10, default="system")
    reason = models.TextField(blank=True, default="")
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, default="")
    token_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, default="")
    entity = models.CharField(max_length=60, default="")
    records = models.PositiveIntegerField(default=0)
    confirmed = models.JSONField(default=list)
    undo_of = models.UUIDField(null=True)
    undone_by = models.UUIDField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at", "-id"], name="changeset_recent"),
            models.Index(fields=["actor_id", "-at"], name="changeset_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Op(HueChoices):
    """What happened to a record."""

    CREATE = "create", "green", _("created")
    UPDATE = "update", "blue", _("changed")
    DELETE = "delete", "rose", _("deleted")
    RESTORE = "restore", "teal", _("restored")
    PURGE = "purge", "rose", _("erased")
    #: Somebody said that values still hold; `before` and `after` are the same.
    CONFIRM = "confirm", "teal", _("confirmed")
    UNCONFIRM = "unconfirm", "amber", _("confirmation taken back")


class Change(models.Model):
    """What one change-set did to one record: values by field name before and after, as JSON of the field's type."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    changeset_id = models.UUIDField()
    entity = models.CharField(max_length=60)
    record_id = models.UUIDField()
    op = models.CharField(max_length=10)
    title = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    source = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "core_change"
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.op} {self.entity}/{self.record_id}"


@dataclass(slots=True)
class Entry:
    """A Change that is not written yet; plain, since imports make very many."""

    at: Any
    changeset_id: uuid.UUID
    entity: str
    record_id: uuid.UUID
    op: str
    title: str
    version: int
    before: dict[str, Any]
    after: dict[str, Any]
    source: Any


class AuditEvent(models.Model):
    """One line of the log: login, logout, view, list, search, export, change, delete, restore, rights change, denial."""

    class Kind(HueChoices):
        LOGIN = "login", "green", _("signed in")
        LOGOUT = "logout", "grey", _("signed out")
        LOGIN_FAILED = "login_failed", "rose", _("sign-in failed")
        PASSWORD = "password", "amber", _("password changed")
        VIEW = "view", "grey", _("viewed")
        LIST = "list", "grey", _("listed")
        SEARCH = "search", "grey", _("searched")
        EXPORT = "export", "amber", _("exported")
        PRINT = "print", "grey", _("printed")
        CREATE = "create", "green", _("created")
        UPDATE = "update", "blue", _("changed")
        DELETE = "delete", "rose", _("deleted")
        RESTORE = "restore", "teal", _("restored")
        PURGE = "purge", "rose", _("erased")
        RIGHTS = "rights", "violet", _("rights changed")
        DENIED = "denied", "rose", _("denied")
        UNDO = "undo", "amber", _("undone")
        REDO = "redo", "teal", _("done again")
        CONFIRM = "confirm", "teal", _("confirmed")

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=20)
    origin = models.CharField(max_length=10, default="system")
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, default="")
    token_id = models.UUIDField(null=True)
    ip = models.CharField(max_length=45, default="")
    agent = models.CharField(max_length=300, default="")
    entity = models.CharField(max_length=60, default="")
    record_id = models.UUIDField(null=True)
    title = models.TextField(default="")
    count = models.IntegerField(default=1)
    changeset_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, default="")
    detail = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "core_auditevent"
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.entity}"


def log(
    actor: Any,
    kind: str,
    *,
    entity: str = "",
    record_id: uuid.UUID | None = None,
    title: str = "",
    count: int = 1,
    **detail: Any,
) -> None:
    """Write one line of the log, with where it came from taken from the running request or job."""
    from .context import current  # context holds no models
    from .replica import home

    here = current()
    with home():
        store.add(
            AuditEvent(
                kind=kind, origin=here.origin, actor_id=actor.id, actor_name=actor.name[:200], token_id=actor.token_id, ip=here.ip, agent=here.agent[:300],
                entity=entity, record_id=record_id, title=title[:500], count=count, request_id=here.request_id, detail=detail,
            )
        )  # fmt: skip
