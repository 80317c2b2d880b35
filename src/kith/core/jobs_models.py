"""JobRun: what people see of one job: who asked, how far it is, what came out."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .ids import uuid7


class State(models.TextChoices):
    """The life of a job."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


OPEN = (State.QUEUED, State.RUNNING)


class JobRun(models.Model):
    """One job that somebody or something asked for. Its arguments are ids only: no personal data, no secrets."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("job"), max_length=120)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    arguments = models.JSONField(_("arguments"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("of"), null=True)
    message = models.TextField(_("message"), default="", blank=True)
    result = models.JSONField(_("result"), null=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    cancel_asked = models.BooleanField(_("asked to stop"), default=False)
    queue_id = models.BigIntegerField(null=True, editable=False)
    proved = models.BooleanField(default=True, editable=False)  # whether who asked had lately proved who it is
    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=["state", "-created_at"], name="jobrun_state"),
            models.Index(fields=["actor", "-created_at"], name="jobrun_actor"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN

    @property
    def percent(self) -> int | None:
        """How far it is; None while the whole is not known."""
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def outcome(self) -> dict[str, Any]:
        """The result, empty until there is one."""
        return self.result or {}
