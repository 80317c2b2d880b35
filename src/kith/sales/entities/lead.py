"""Lead: a first interest of a party, not yet known to be a possible sale; the party holds all data about the person."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Action, Entity, Section
from kith.core.fields import ChoiceField, Link, MoneyField
from kith.core.specs import ColumnSpec, ComputedSpec, LinkSpec, MoneySpec
from kith.core.staged import CLOSED, Staged, State, Step
from kith.core.types import TYPES


def is_late(lead: Any) -> bool:
    """Whether a lead should have been answered by now."""
    return (
        lead.is_open and not lead.first_response_at and lead.respond_by is not None and lead.respond_by < timezone.now()
    )


def late_ones(op: str, late: Any, actor: Actor, me: Actor) -> Q:
    """The filter "not answered in time"."""
    found = Q(first_response_at=None, respond_by__lt=timezone.now()) & ~Q(state__in=CLOSED)
    return found if late else ~found


#: What the dialog of qualifying asks for.
QUALIFYING = (
    LinkSpec(name="opportunity", label=_("open opportunity, empty for a new one"), type=TYPES["link"], target="sales.opportunity"),
    ColumnSpec(name="name", label=_("name of the new opportunity"), type=TYPES["text"], max_length=200),
    MoneySpec(name="amount", label=_("expected amount"), type=TYPES["money"]),
    LinkSpec(name="person", label=_("join the person into"), type=TYPES["link"], target="parties.person"),
    LinkSpec(name="company", label=_("join the company into"), type=TYPES["link"], target="parties.company"),
)  # fmt: skip


class Lead(Staged):
    class Mode(HueChoices):
        AUTOMATIC = "automatic", "blue", _("automatic")
        MANUAL = "manual", "amber", _("by hand")

    class Channel(HueChoices):
        WEB = "web", "blue", _("web form")
        MAIL = "email", "teal", _("e-mail")
        PHONE = "phone", "green", _("phone")
        EVENT = "event", "violet", _("event")
        REFERRAL = "referral", "amber", _("referral")
        API = "api", "plum", _("other program")
        MANUAL = "manual", "grey", _("entered by hand")

    class Found(HueChoices):
        NEW = "new", "blue", _("new")
        CHOSEN = "chosen", "grey", _("chosen by hand")
        EXTERNAL_ID = "same_external_id", "green", _("same external id")
        MAIL = "same_email", "green", _("same e-mail")
        TAX = "same_tax_id", "green", _("same tax number")
        COMPANY = "same_company_name", "green", _("same company name")

    name = models.CharField(_("subject"), max_length=200)
    person = Link("parties.Person", _("person"), optional=True)
    company = Link("parties.Company", _("company"), back="leads", optional=True)
    person_by = ChoiceField(_("person recognised by"), Found, blank=True, default="", editable=False)
    company_by = ChoiceField(_("company recognised by"), Found, blank=True, default="", editable=False)
    text = models.TextField(_("what they wrote"), blank=True)
    channel = ChoiceField(_("channel"), Channel, default=Channel.MANUAL)
    source = Link("parties.Source", _("source"), optional=True)
    campaign = Link("marketing.Campaign", _("campaign"), back="leads", optional=True)
    interest = ArrayField(models.UUIDField(), verbose_name=_("interested in"), default=list, blank=True)
    amount = MoneyField(_("expected amount"), null=True, blank=True)
    territory = Link("parties.Territory", _("territory"), optional=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    respond_by = models.DateTimeField(_("to be answered by"), null=True, blank=True, editable=False)
    first_response_at = models.DateTimeField(_("first answered"), null=True, blank=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True)
    score_auto = models.DecimalField(
        _("automatic score"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False
    )
    score_mode = ChoiceField(_("score is"), Mode, default=Mode.AUTOMATIC)
    reasons = ArrayField(models.UUIDField(), verbose_name=_("unqualified because"), default=list, blank=True)
    reason_text = models.TextField(_("reason in words"), blank=True)
    opportunity = Link("sales.Opportunity", _("became"), back="leads", optional=True, editable=False)
    joined_into = Link("sales.Lead", _("joined into"), back="joined", optional=True, editable=False)

    class Meta(Staged.Meta):
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes: ClassVar[list[Any]] = [
            *Staged.Meta.indexes,
            models.Index(fields=["respond_by"], name="lead_unanswered", condition=models.Q(first_response_at=None, deleted_at=None)),
        ]  # fmt: skip
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(score=None) | models.Q(score__gte=0, score__lte=100),
                name="lead_score",
                violation_error_message=_("Between 0 and 100."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class LeadEntity(Entity):
    model = Lead
    example: ClassVar[dict[str, Any]] = {
        "person": ...,
        "interest": [],
        "reasons": [],
        "stage_checks": [],
        "process": None,
        "stage": None,
        "closed_at": None,
    }
    slug, icon, menu, menu_order = "leads", "inbox", "sales", 10
    columns = ("name", "person", "company", "stage", "source", "channel", "score", "owner", "received_at", "respond_by")
    filters = (
        "stage",
        "state",
        "owner",
        "source",
        "channel",
        "campaign",
        "territory",
        "interest",
        "is_late",
        "received_at",
        "tags",
    )
    search = ("name", "text")
    sort = ("-received_at",)
    board, calendar, begins = "stage", "received_at", "received_at"
    untold = ("score", "score_auto")
    duplicates = True
    merge_fixed = (
        "process", "stage", "stage_checks", "closed_at", "score", "score_mode", "reasons", "reason_text", "channel", "first_response_at",
    )  # fmt: skip
    card = ("company", "person", "source", "score", "owner", "received_at")
    flow = (
        Step("new", _("New"), hue="blue", probability=5, max_days=3),
        Step("working", _("In work"), hue="violet", probability=15, max_days=14),
        Step("recycled", _("Put back"), State.HOLD, hue="amber", category="omitted"),
        Step("qualified", _("Qualified"), State.WON, hue="green", probability=100, category="closed"),
        Step("unqualified", _("Unqualified"), State.LOST, hue="rose", category="closed", needs=("reasons",)),
    )
    closing: ClassVar[dict[str, tuple[str, ...]]] = {"lost": ("reasons", "reason_text")}
    sections = (
        Section(
            _("Basics"),
            "name",
            "person",
            "company",
            "process",
            "stage",
            "state",
            "owner",
            "territory",
            "tags",
        ),
        Section(
            _("Interest"),
            "text",
            "interest",
            "amount",
            "source",
            "campaign",
            "channel",
            "language",
            "person_by",
            "company_by",
        ),
        Section(_("Clock"), "received_at", "respond_by", "is_late", "first_response_at", "stage_at", "closed_at"),
        Section(_("Outcome"), "reasons", "reason_text", "opportunity", "joined_into"),
    )
    computed = (
        ComputedSpec(name="is_late", label=_("not answered in time"), type=TYPES["boolean"], editable=False, compute=is_late, where=late_ones),
    )  # fmt: skip
    quick = ("name", "person", "company", "source", "channel", "owner")
    strip = ("stage", "score", "source", "received_at", "respond_by")
    facts: ClassVar[dict[str, dict[str, Any]]] = {
        "interest": {"target": "catalogue.product"},
        "reasons": {"target": "sales.reason"},
    }
    access = Access()
    actions = (
        Action(
            "qualify",
            _("Qualify"),
            "kith.sales.qualifying.qualify",
            icon="check",
            bulk=True,
            right="edit",
            fields=QUALIFYING,
            opens=True,
        ),
        Action("answered", _("Answered"), "kith.sales.leads.answered", icon="phone", bulk=True, right="edit"),
        Action(
            "activate",
            _("Create contact"),
            "kith.sales.leads.activate",
            icon="user-round-plus",
            bulk=True,
            right="edit",
        ),
        Action("recycle", _("Put back"), "kith.sales.leads.recycle", icon="rotate-ccw", bulk=True, right="edit"),
        Action("recompute", _("Recompute scores"), "kith.sales.scoring.recompute", icon="refresh-cw", right="edit"),
    )
    match = ("external_ids",)
    measures = ("count", "avg:score")
    dimensions = ("stage", "source", "channel", "campaign", "owner", "territory", "received_at:month")

    def prepare(self, batch: Batch) -> None:
        """Moments, territory and language of the party."""
        from kith.sales import leads

        leads.prepare(batch)

    def derive(self, batch: Batch) -> None:
        """What follows from a lead."""
        from kith.sales import leads

        leads.derive(batch)

    def validate(self, record: Lead, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A lead is about a person or a company."""
        from kith.sales import leads

        return leads.validate(record, values)

    def merge_rank(self, record: Lead) -> tuple[Any, ...]:
        """Open ones first, the furthest of them (R32)."""
        from kith.sales import merging

        return merging.rank(record)

    def merge_check(self, ranked: Sequence[Any]) -> None:
        """One customer, one process, nothing won."""
        from kith.sales import merging

        merging.check(ranked)

    def merge_values(self, ranked: Sequence[Any]) -> dict[str, Any]:
        """It began with the first of them (R34)."""
        from kith.sales import merging

        return merging.earliest(ranked, "received_at")

    def timeline_ids(self, actor: Actor, record: Lead) -> list[tuple[str, Any]]:
        """The person's and the company's own."""
        from kith.sales import nearby

        return nearby.parties_of(actor, record)
