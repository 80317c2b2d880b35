"""CallListEntry: one customer of a call list in the queue of one person, with what came of the calls."""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Action, Entity, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Part
from kith.core.specs import ColumnSpec
from kith.core.types import TYPES


class Outcome(HueChoices):
    """What a call may come to."""

    REACHED = "reached", "green", _("reached")
    NO_ANSWER = "no_answer", "amber", _("no answer")
    CALLBACK = "callback", "violet", _("wants to be called again")
    REFUSED = "refused", "rose", _("not interested")


CALLING = (
    ColumnSpec(name="outcome", label=_("what came of it"), type=TYPES["choice"], choices=tuple(Outcome.choices), required=True),
    ColumnSpec(name="callback_at", label=_("call again at"), type=TYPES["moment"]),
    ColumnSpec(name="note", label=_("note"), type=TYPES["longtext"], max_length=2000),
)  # fmt: skip


class CallListEntry(Part):
    class Status(HueChoices):
        WAITING = "waiting", "blue", _("waiting")
        CALLBACK = "callback", "violet", _("call again")
        REACHED = "reached", "green", _("reached")
        REFUSED = "refused", "rose", _("not interested")
        EXHAUSTED = "exhausted", "grey", _("never reached")

    OPEN: ClassVar[tuple[str, ...]] = ("waiting", "callback")

    call_list = Link("marketing.CallList", _("call list"), back="entries", part_of=True)
    party = Link("parties.Party", _("customer"), back="call_entries")
    status = ChoiceField(_("status"), Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("calls made"), default=0, editable=False)
    callback_at = models.DateTimeField(_("call again at"), null=True, blank=True)
    last_call_at = models.DateTimeField(_("last called"), null=True, blank=True, editable=False)
    note = models.TextField(_("note"), blank=True)

    class Meta(Part.Meta):
        verbose_name = pgettext_lazy("call list", "prospect")
        verbose_name_plural = pgettext_lazy("call list", "prospects")
        indexes: ClassVar[list[Any]] = [
            *Part.Meta.indexes,
            models.Index(fields=["owner", "status", "id"], name="calllistentry_queue", condition=models.Q(deleted_at=None)),
        ]  # fmt: skip
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["call_list", "party"],
                condition=models.Q(deleted_at=None),
                name="calllistentry_once",
                violation_error_message=_("This customer is on the call list already."),
            ),
            ExclusionConstraint(
                name="calllistentry_one_person",
                expressions=[("party", RangeOperators.EQUAL), ("owner", RangeOperators.NOT_EQUAL)],
                condition=models.Q(status__in=("waiting", "callback"), owner__isnull=False, deleted_at=None),
                violation_error_message=_("This customer stands in the queue of somebody else."),
            ),
        ]

    def __str__(self) -> str:
        # Neither customer nor call list: both may be hidden from who reads this.
        return capfirst(str(self._meta.verbose_name))


class CallListEntryEntity(Entity):
    model = CallListEntry
    example: ClassVar[dict[str, Any]] = {"status": "waiting"}
    slug, icon, title = "prospects", "phone", "call_list"
    columns = ("call_list", "party", "status", "owner", "attempts", "callback_at", "last_call_at", "note")
    filters = ("call_list", "status", "owner", "callback_at", "last_call_at")
    sort = ("-updated_at",)
    board, closed = "status", ("reached", "refused", "exhausted")
    calendar = "callback_at"
    card = ("party", "owner", "callback_at", "attempts")
    hidden = ("org_unit",)
    sections = (
        Section(_("Basics"), "call_list", "party", "status", "owner", "callback_at", "note"),
        Section(pgettext_lazy("call list", "Calls"), "attempts", "last_call_at"),
    )
    strip = ("party", "status", "owner", "attempts", "callback_at")
    actions = (
        Action("called", _("Note a call"), "kith.marketing.calling.called", icon="phone", right="edit", fields=CALLING),
    )
    in_search = False
    measures = ("count",)
    dimensions = ("status", "owner", "call_list", "last_call_at:month")
    match = ("external_ids",)

    def work_party(self, record: CallListEntry) -> Any:
        """Nobody else works this customer at the same time."""
        return record.party_id

    def validate(self, record: CallListEntry, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Whoever wants to be called again says when."""
        from kith.marketing import calling

        return calling.validate(record, values)

    def prepare(self, batch: Batch) -> None:
        """Who had a prospect does not open it again."""
        from kith.marketing import queues

        queues.keep_closed(batch)

    def derive(self, batch: Batch) -> None:
        """Who has prospects sees their cards."""
        from kith.marketing import queues

        queues.derive(batch)
