"""Task: something that somebody is to do, about any record, until a time."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Action, Entity, Section
from kith.core.fields import ChoiceField, Link, user_link
from kith.core.records import Attached
from kith.core.trees import circle


class Task(Attached):
    class Kind(HueChoices):
        TODO = "todo", "grey", _("to do")
        CALL = "call", "teal", _("call")
        MAIL = "email", "blue", _("e-mail")
        MEETING = "meeting", "violet", _("meeting")
        VISIT = "visit", "green", _("visit")

    class Status(HueChoices):
        TODO = "todo", "blue", _("to do")
        DOING = "doing", "amber", _("in progress")
        BLOCKED = "blocked", "rose", _("blocked")
        DONE = "done", "green", _("done")
        CANCELLED = "cancelled", "grey", _("cancelled")

    class Priority(HueChoices):
        LOW = "low", "grey", _("low")
        NORMAL = "normal", "blue", _("normal")
        HIGH = "high", "rose", _("high")

    OPEN: ClassVar[tuple[str, ...]] = ("todo", "doing", "blocked")

    name = models.CharField(_("what is to be done"), max_length=300)
    kind = ChoiceField(_("kind"), Kind, default=Kind.TODO)
    assignee = user_link(_("assigned to"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    status = ChoiceField(_("status"), Status, default=Status.TODO)
    priority = ChoiceField(_("priority"), Priority, default=Priority.NORMAL)
    description = models.TextField(_("description"), blank=True)
    checklist = models.JSONField(_("checklist"), default=list, blank=True)
    parent = Link("activities.Task", _("part of"), back="children", optional=True)
    result = models.TextField(_("result"), blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)

    class Meta(Attached.Meta):
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering: ClassVar[list[str]] = ["due_at", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            *Attached.Meta.indexes,
            models.Index(fields=["due_at", "id"], name="task_due", condition=models.Q(deleted_at=None)),
            models.Index(fields=["status", "due_at", "id"], name="task_board", condition=models.Q(deleted_at=None)),
            models.Index(
                fields=["assignee", "due_at"],
                name="task_open",
                condition=models.Q(status__in=("todo", "doing", "blocked"), deleted_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.status in self.OPEN


class TaskEntity(Entity):
    model = Task
    example: ClassVar[dict[str, Any]] = {"checklist": []}
    slug, icon, menu, menu_order = "tasks", "circle-check", "mine", 40
    columns = ("name", "kind", "subject", "assignee", "due_at", "priority", "status")
    filters = ("assignee", "status", "kind", "priority", "due_at", "owner")
    search = ("name", "description", "result")
    sort = ("due_at",)
    calendar = "due_at"
    board = "status"
    closed = ("done", "cancelled")
    card = ("subject", "kind", "priority", "assignee", "due_at")
    sections = (
        Section(_("Basics"), "name", "kind", "subject", "assignee", "due_at", "priority", "status"),
        Section(_("Details"), "description", "checklist", "parent", "result"),
    )
    quick = ("name", "kind", "assignee", "due_at", "subject")
    access = Access(own=("owner", "assignee"), subject=True, rules=True)
    has_timeline = False
    match = ("external_ids",)
    actions = (
        Action("done", _("Mark as done"), "kith.activities.actions.done", icon="circle-check", bulk=True, right="edit"),
        Action("reopen", _("Open again"), "kith.activities.actions.reopen", icon="rotate-ccw", bulk=True, right="edit"),
    )

    def validate(self, record: Task, values: dict[str, Any]) -> dict[str, list[Any]]:
        """No circle of tasks; a checklist is a list of texts with marks."""
        from kith.activities import checklist

        return circle(self, record, values, "parent") or checklist.validate(values)

    def prepare(self, batch: Batch) -> None:
        """A new task belongs to its author until it is given to somebody; the moment of being done is kept."""
        from kith.activities import actions

        actions.prepare(batch)

    def derive(self, batch: Batch) -> None:
        """Tell people what was given to them."""
        from kith.activities import actions

        actions.derive(batch)
