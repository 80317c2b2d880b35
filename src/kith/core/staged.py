"""Staged: a record that moves through the stages of a process; the app `processes` keeps processes and their rules."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .choices import HueChoices
from .fields import ChoiceField, Link
from .records import Record


class State(HueChoices):
    """What a stage means for the record in it."""

    OPEN = "open", "blue", pgettext_lazy("stage", "open")
    HOLD = "hold", "amber", pgettext_lazy("stage", "on hold")
    WON = "won", "green", pgettext_lazy("stage", "won")
    LOST = "lost", "rose", pgettext_lazy("stage", "lost")


#: States in which something is still to be done, and those in which nothing more is.
GOING, CLOSED = (State.OPEN, State.HOLD), (State.WON, State.LOST)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage as it is delivered: key, name, and what differs from an open stage without a limit."""

    key: str
    name: Any
    kind: State = State.OPEN
    hue: str = "blue"
    probability: int = 0
    max_days: int | None = None
    category: str = "pipeline"
    needs: tuple[str, ...] = ()
    guidance: Any = ""


class Staged(Record):
    """A record in a stage of a process. State, moments and checks follow the stage; the stage follows the rules of its process."""

    process = Link("processes.Process", _("process"), blank=True, db_index=False)
    stage = Link("processes.Stage", _("stage"), blank=True, db_index=False)
    state = ChoiceField(_("state"), State, default=State.OPEN, editable=False)
    stage_at = models.DateTimeField(_("in this stage since"), editable=False)
    stage_checks = ArrayField(
        models.CharField(max_length=200), verbose_name=_("done in this stage"), default=list, blank=True
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    #: Records of another program come with the moment at which they entered their stage.
    IMPORTED: ClassVar[frozenset[str]] = frozenset({"stage_at"})

    class Meta(Record.Meta):
        abstract = True
        indexes: ClassVar[list[Any]] = [
            *Record.Meta.indexes,
            models.Index(fields=["stage", "-updated_at", "-id"], name="%(class)s_stage"),
            models.Index(fields=["process", "state"], name="%(class)s_process"),
            models.Index(fields=["owner", "stage"], name="%(class)s_owner_stage"),  # a column of somebody's board
        ]

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state not in CLOSED
