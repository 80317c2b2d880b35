"""Opportunity: a possible sale to a company or a person, moved through the stages of a process until it is won or lost."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Action, Entity, Related, Section
from kith.core.fields import ChoiceField, Link, MoneyField, PercentField
from kith.core.staged import Staged, State, Step
from kith.sales.next_steps import NO_NEXT_STEP


class Opportunity(Staged):
    class Priority(HueChoices):
        LOW = "low", "grey", _("low")
        NORMAL = "normal", "blue", _("normal")
        HIGH = "high", "amber", _("high")
        TOP = "top", "rose", _("top")

    class Timeframe(HueChoices):
        NOW = "now", "rose", _("at once")
        QUARTER = "quarter", "amber", _("this quarter")
        NEXT = "next_quarter", "blue", _("next quarter")
        YEAR = "year", "teal", _("this year")
        LATER = "later", "grey", _("later")

    class Mode(HueChoices):
        AUTOMATIC = "automatic", "blue", _("automatic")
        MANUAL = "manual", "amber", _("by hand")

    class Category(HueChoices):
        PIPELINE = "pipeline", "grey", _("pipeline")
        BEST = "best", "blue", _("best case")
        COMMIT = "commit", "violet", _("commit")
        OMITTED = "omitted", "grey", _("left out")
        CLOSED = "closed", "green", _("closed")

    name = models.CharField(_("name"), max_length=200)
    company = Link("parties.Company", _("company"), back="opportunities", optional=True)
    person = Link("parties.Person", _("contact"), optional=True)
    amount = MoneyField(_("amount"), null=True, blank=True)
    entered_amount = MoneyField(_("amount as entered"), null=True, blank=True, editable=False)
    amount_base = models.DecimalField(
        _("amount in base currency"), max_digits=20, decimal_places=4, null=True, blank=True, editable=False
    )
    closes_on = models.DateField(_("expected close"), null=True, blank=True)
    started_on = models.DateField(_("began"), null=True, blank=True)
    probability = PercentField(_("probability"), null=True, blank=True)
    probability_auto = PercentField(_("automatic probability"), null=True, blank=True, editable=False)
    probability_mode = ChoiceField(_("probability is"), Mode, default=Mode.AUTOMATIC)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True)
    score_auto = models.DecimalField(
        _("automatic score"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False
    )
    score_mode = ChoiceField(_("score is"), Mode, default=Mode.AUTOMATIC)
    forecast_category = ChoiceField(_("forecast category"), Category, blank=True, default="")
    priority = ChoiceField(_("importance"), Priority, default=Priority.NORMAL)
    source = Link("parties.Source", _("source"), optional=True)
    campaign = Link("marketing.Campaign", _("campaign"), back="opportunities", optional=True)
    territory = Link("parties.Territory", _("territory"), optional=True)
    partner = Link("parties.Company", _("brought by partner"), back="brought", optional=True)
    team = ArrayField(models.UUIDField(), verbose_name=_("team"), default=list, blank=True)
    need = models.TextField(_("need"), blank=True)
    plan = models.TextField(_("plan"), blank=True)
    budget = MoneyField(_("budget of the customer"), null=True, blank=True)
    timeframe = ChoiceField(_("will buy"), Timeframe, blank=True, default="")
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    interest = ArrayField(models.UUIDField(), verbose_name=_("interested in"), default=list, blank=True)
    actual_amount = MoneyField(_("actual amount"), null=True, blank=True)
    reasons = ArrayField(models.UUIDField(), verbose_name=_("won or lost because"), default=list, blank=True)
    reason_text = models.TextField(_("reason in words"), blank=True)
    competitor = Link("sales.Competitor", _("lost to / won against"), back="decided", optional=True)
    lesson = models.TextField(_("lesson"), blank=True)

    class Meta(Staged.Meta):
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        indexes: ClassVar[list[Any]] = [
            *Staged.Meta.indexes,
            models.Index(fields=["closes_on", "id"], name="opportunity_close", condition=models.Q(deleted_at=None)),
            # What somebody has open, and what was won and lost of late: a few hundred of thousands (my day, lists of open ones).
            # Of all rows: PostgreSQL does not join the bitmaps of two indexes that have the same condition.
            models.Index(fields=["owner", "state", "closed_at"], name="opportunity_owner_state"),
            models.Index(fields=["amount", "id"], name="opportunity_amount", condition=models.Q(deleted_at=None)),
            models.Index(fields=["started_on", "id"], name="opportunity_started", condition=models.Q(deleted_at=None)),
            models.Index(fields=["company", "-updated_at"], name="opportunity_company"),
            models.Index(fields=["person", "-updated_at"], name="opportunity_person"),
            models.Index(fields=["state", "-closed_at"], name="opportunity_closed"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(probability=None) | models.Q(probability__gte=0, probability__lte=100),
                name="opportunity_probability",
                violation_error_message=_("Between 0 and 100 %."),
            ),
            models.CheckConstraint(
                condition=models.Q(score=None) | models.Q(score__gte=0, score__lte=100),
                name="opportunity_score",
                violation_error_message=_("Between 0 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OpportunityEntity(Entity):
    model = Opportunity
    example: ClassVar[dict[str, Any]] = {
        "company": ..., "probability": "20", "score": "40", "interest": [], "reasons": [], "team": [], "stage_checks": [], "process": None, "stage": None, "closed_at": None, "forecast_category": "pipeline",
    }  # fmt: skip
    slug, icon, menu, menu_order = "opportunities", "handshake", "sales", 20
    columns = (
        "name",
        "company",
        "person",
        "stage",
        "amount",
        "probability",
        "closes_on",
        "next_step",
        "owner",
        "updated_at",
    )
    filters = ("stage", "state", "owner", "company", "closes_on", "amount", "priority", "source", "territory", "campaign", "competitor", "interest", "no_next_step", "rotting_days", "tags")  # fmt: skip
    search = ("name", "next_step")
    search_body = ("need", "plan")
    board, calendar, rate_day = "stage", "closes_on", "closed_at"
    begins = "started_on"
    untold = ("amount_base", "score", "score_auto")
    card = ("company", "amount", "owner", "next_step", "stage_at")
    flow = (
        Step("new", _("New"), hue="grey", probability=10, max_days=14),
        Step("qualified", _("Need understood"), hue="blue", probability=25, max_days=21),
        Step("offer", _("Offer sent"), hue="violet", probability=50, max_days=21, category="best", needs=("amount",)),
        Step("negotiation", _("Negotiation"), hue="amber", probability=75, max_days=14, category="commit", needs=("amount", "closes_on")),
        Step("won", _("Won"), State.WON, hue="green", probability=100, category="closed"),
        Step("lost", _("Lost"), State.LOST, hue="rose", category="closed", needs=("reasons",)),
    )  # fmt: skip
    expected = ("next_step",)
    closing: ClassVar[dict[str, tuple[str, ...]]] = {
        "won": ("actual_amount", "closed_at", "reasons", "reason_text", "competitor", "lesson"),
        "lost": ("reasons", "reason_text", "competitor", "closed_at", "lesson"),
    }
    sections = (
        Section(_("Basics"), "name", "company", "person", "process", "stage", "state", "priority", "owner", "team", "tags"),
        Section(_("Money and time"), "amount", "amount_base", "probability", "probability_mode", "probability_auto", "closes_on", "started_on", "forecast_category", "score", "score_mode", "score_auto"),
        Section(_("Need"), "need", "plan", "budget", "timeframe", "interest"),
        Section(_("Next step"), "next_step", "next_step_on"),
        Section(_("Where it came from"), "source", "campaign", "territory", "partner"),
        Section(_("Outcome"), "actual_amount", "closed_at", "reasons", "reason_text", "competitor", "lesson"),
    )  # fmt: skip
    quick = ("name", "company", "person", "amount", "closes_on", "owner")
    strip = ("amount", "probability", "closes_on", "next_step", "owner")
    facts: ClassVar[dict[str, dict[str, Any]]] = {
        "interest": {"target": "catalogue.product"},
        "reasons": {"target": "sales.reason"},
        "team": {"target": "access.user"},
    }
    related = (
        Related("sales.opportunityrole", "opportunity", _("Buying team"), show=("role", "attitude")),
        Related("sales.opportunityline", "opportunity", _("Products"), show=("quantity", "price")),
        Related("sales.opportunitycompetitor", "opportunity", _("Competition"), show=("threat",)),
        Related("sales.closeoutcome", "opportunity", _("Outcomes"), show=("result", "closed_on")),
        Related("sales.lead", "opportunity", _("Leads")),
    )
    duplicates = True
    merge_fixed = (
        "process", "stage", "stage_checks", "closed_at", "probability", "probability_mode", "score", "score_mode", "forecast_category",
        "actual_amount", "reasons", "reason_text", "competitor", "lesson",
    )  # fmt: skip
    shown_of_parts = ("amount",)
    access = Access()
    computed = (NO_NEXT_STEP,)
    actions = (
        Action("recompute", _("Recompute scores"), "kith.sales.scoring.recompute", icon="refresh-cw", right="edit"),
    )
    match = ("external_ids",)
    measures = ("count", "sum:amount", "avg:probability")
    dimensions = ("stage", "state", "owner", "company", "territory", "source", "campaign", "closes_on:month")

    def prepare(self, batch: Batch) -> None:
        """Probability, amounts and outcome follow stage, lines and rates."""
        from kith.sales import opportunities

        opportunities.prepare(batch)

    def derive(self, batch: Batch) -> None:
        """A closed opportunity leaves an outcome."""
        from kith.sales import opportunities

        opportunities.derive(batch)

    def validate(self, record: Opportunity, values: dict[str, Any]) -> dict[str, list[Any]]:
        """It is about a company or a person; reasons fit to the result."""
        from kith.sales import opportunities

        return opportunities.validate(record, values)

    def merge_rank(self, record: Opportunity) -> tuple[Any, ...]:
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

        return merging.earliest(ranked, "started_on")

    def timeline_ids(self, actor: Actor, record: Opportunity) -> list[tuple[str, Any]]:
        """The company's and the contact's own, and those of its leads."""
        from kith.sales import nearby

        return nearby.parties_of(actor, record)
