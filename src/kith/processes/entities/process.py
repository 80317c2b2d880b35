"""Process: the stages that records of one kind move through, in editions; records finish on the edition they began."""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import QuerySet
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Action, Entity, Related, Section, registry
from kith.core.fields import ChoiceField, TranslationsField
from kith.core.records import Record
from kith.core.staged import Staged
from kith.core.types import TYPES


def staged_kinds() -> tuple[tuple[str, Any], ...]:
    """Kinds of records that can have a process."""
    return tuple((entity.label, entity.plural) for entity in registry if issubclass(entity.model, Staged))


def new_series() -> str:
    """What the editions of one process have in common."""
    return str(uuid.uuid4())


UNITS_HELP = _("New records of people there begin here; empty: of all.")
PRODUCTS_HELP = _("New records that name one of them begin here. A product counts before its category, both before the department; a record that has begun stays where it is.")  # fmt: skip


class Process(Record):
    class Status(HueChoices):
        DRAFT = "draft", "amber", _("draft")
        PUBLISHED = "published", "green", _("published")
        RETIRED = "retired", "grey", _("retired")

    class Moves(HueChoices):
        FREE = "free", "green", _("every move that no rule forbids")
        LISTED = "listed", "amber", _("only moves that a rule allows")

    class Probability(HueChoices):
        STAGE = "stage", "blue", _("of the stage")
        SCORE = "score", "violet", _("from experience (score)")

    name = models.CharField(_("name"), max_length=120)
    translations = TranslationsField(_("translations"), default=dict, blank=True)
    entity = models.CharField(_("for"), max_length=60)
    series = models.CharField(_("series"), max_length=36, default=new_series, editable=False)
    edition = models.PositiveIntegerField(_("edition"), default=1, editable=False)
    status = ChoiceField(_("status"), Status, default=Status.DRAFT, editable=False)
    is_default = models.BooleanField(_("used where nothing else is said"), default=False)
    units = ArrayField(models.UUIDField(), verbose_name=_("only for departments"), default=list, blank=True)
    products = ArrayField(models.UUIDField(), verbose_name=_("only for products"), default=list, blank=True)
    categories = ArrayField(models.UUIDField(), verbose_name=_("only for product categories"), default=list, blank=True)
    moves = ChoiceField(_("allowed moves"), Moves, default=Moves.FREE)
    allow_back = models.BooleanField(_("may go back to an earlier stage"), default=True)
    allow_reopen = models.BooleanField(_("may be opened again"), default=True)
    forecasts = models.BooleanField(_("counts in the forecast"), default=True)
    probability_source = ChoiceField(_("probability"), Probability, default=Probability.STAGE)

    class Meta(Record.Meta):
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering: ClassVar[list[str]] = ["entity", "name", "-edition", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["series", "edition"],
                name="process_edition",
                violation_error_message=_("This edition is there already."),
            ),
            models.UniqueConstraint(
                fields=["series", "status"],
                condition=models.Q(status__in=("draft", "published"), deleted_at=None),
                name="process_one_published",
                violation_error_message=_("There is a draft of this process already; edit that one."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.translations.get(get_language() or "") or self.name)


class ProcessEntity(Entity):
    model = Process
    example: ClassVar[dict[str, Any]] = {}
    slug, icon, menu, menu_order = "processes", "workflow", "settings", 20
    is_configuration = True
    natural_key = ("entity", "name")
    columns = ("name", "entity", "status", "edition", "is_default", "units", "products", "categories", "updated_at")
    filters = ("entity", "status", "is_default")
    search = ("name",)
    sort = ("name",)
    hidden = ("org_unit",)
    facts: ClassVar[dict[str, dict[str, Any]]] = {
        "entity": {"type": TYPES["choice"], "choices": lazy(staged_kinds, tuple)()},
        "units": {"target": "people.orgunit", "help": UNITS_HELP},
        "products": {"target": "catalogue.product", "help": PRODUCTS_HELP},
        "categories": {"target": "catalogue.productcategory", "help": _("With all categories below them.")},
    }
    sections = (
        Section(_("Basics"), "name", "translations", "entity", "is_default", "units", "products", "categories"),
        Section(_("Rules"), "moves", "allow_back", "allow_reopen", "forecasts", "probability_source"),
    )
    related = (
        Related("processes.stage", "process", _("Stages"), show=("kind", "probability")),
        Related("processes.transition", "process", _("Rules for moves"), show=("to_stage", "allowed")),
    )
    access = Access(public=True)
    match = ("external_ids",)
    has_timeline = False
    actions = (
        Action("publish", _("Publish"), "kith.processes.editions.publish", icon="check", right="edit"),
        Action("revise", _("New edition"), "kith.processes.editions.revise", icon="copy", right="edit"),
        Action("retire", _("Retire"), "kith.processes.editions.retire", icon="archive", right="edit"),
    )

    def configured(self) -> QuerySet[Process]:
        """The editions that are in use."""
        return self.rows(SYSTEM).filter(status=Process.Status.PUBLISHED)

    def open_configured(self, actor: Actor, record: Process, changes: Sequence[Any]) -> Process:
        """A draft of the next edition where the published one cannot be changed."""
        from kith.processes import configuring

        return configuring.opened(actor, record, changes)

    def close_configured(self, actor: Actor, record: Process) -> None:
        """A draft is published."""
        from kith.processes import configuring

        configuring.close(actor, record)

    def drop_configured(self, actor: Actor, record: Process) -> None:
        """It is retired, unless records are in it."""
        from kith.processes import configuring

        configuring.drop(actor, record)

    def validate(self, record: Process, values: dict[str, Any]) -> dict[str, list[Any]]:
        """It is for a kind of record that has stages and, if it is for products, names some."""
        from kith.processes import editions

        return editions.validate_process(record, values)

    def derive(self, batch: Batch) -> None:
        """What is in use stays; every process of the machine reads it anew."""
        from kith.processes import book, editions

        editions.keep_used(batch)
        book.announce()
