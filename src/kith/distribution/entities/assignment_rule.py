"""AssignmentRule: to whom records without an owner are given, by which method, and what happens when nobody can take one."""

from typing import Any, ClassVar

from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.core.choices import HueChoices
from kith.core.entity import Access, Action, Entity, Related, Section, registry
from kith.core.fields import ChoiceField, ConditionField, Link, user_link
from kith.core.owning import is_owned
from kith.core.records import Record
from kith.core.types import TYPES


def owned_kinds() -> tuple[tuple[str, Any], ...]:
    """Kinds of records that are distributed among people."""
    return tuple((entity.label, entity.plural) for entity in registry if is_owned(entity))


class AssignmentRule(Record):
    class Method(HueChoices):
        ROUND_ROBIN = "round_robin", "blue", _("in turn")
        WEIGHTED = "weighted", "teal", _("in turn, by weight")
        LEAST_BUSY = "least_busy", "green", _("to the least busy")
        CAPACITY = "capacity", "violet", _("by daily quota")
        TERRITORY = "territory", "amber", _("by territory")
        LANGUAGE = "language", "plum", _("by language")
        SKILL = "skill", "orange", _("by skill")
        PREVIOUS = "previous", "grey", _("to the previous owner")

    class Fallback(HueChoices):
        WAIT = "wait", "grey", _("wait for the next run")
        NEXT = "next", "blue", _("ask the next rule")
        POOL = "pool", "teal", _("put into a pool")
        OWNER = "owner", "amber", _("give to one person")

    name = models.CharField(_("name"), max_length=120)
    entity = models.CharField(_("for"), max_length=60)
    position = models.PositiveSmallIntegerField(
        _("step"), default=1,
        help_text=_("Rules of a lower step are asked first; those of one step share the records by their capacity."),
    )  # fmt: skip
    is_active = models.BooleanField(pgettext_lazy("rule", "on"), default=True)
    condition = ConditionField(_("condition"), decides=True, help_text=_("Which records; empty takes all."))
    method = ChoiceField(_("method"), Method, default=Method.ROUND_ROBIN)
    field = models.CharField(
        _("compared field"), max_length=60, blank=True,
        help_text=_("For territory, language, skill and previous owner: the field of the record that decides."),
    )  # fmt: skip
    unit = Link("people.OrgUnit", _("only for department"), optional=True)
    on_creation = models.BooleanField(_("as soon as a record arrives"), default=True)
    hourly = models.BooleanField(_("every hour"), default=True)
    ignore_load = models.BooleanField(_("do not count what was given today"), default=False)
    fallback = ChoiceField(_("if nobody can take it"), Fallback, default=Fallback.WAIT)
    fallback_pool = Link("distribution.Pool", _("pool for the rest"), optional=True)
    fallback_owner = user_link(_("person for the rest"))
    rehearsed_at = models.DateTimeField(_("rehearsed"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        ordering: ClassVar[list[str]] = ["entity", "position", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class AssignmentRuleEntity(Entity):
    model = AssignmentRule
    example: ClassVar[dict[str, Any]] = {"entity": "parties.company", "condition": {}, "field": "", "fallback": "wait"}
    slug, icon, menu, menu_order = "assignment-rules", "split", "settings", 25
    is_configuration = True
    natural_key = ("entity", "name")
    columns = (
        "name",
        "entity",
        "condition",
        "position",
        "method",
        "is_active",
        "fallback",
        "rehearsed_at",
        "updated_at",
    )
    filters = ("entity", "is_active", "method")
    search = ("name",)
    sort = ("entity", "position", "name")
    facts: ClassVar[dict[str, dict[str, Any]]] = {
        "entity": {"type": TYPES["choice"], "choices": lazy(owned_kinds, tuple)()}
    }
    sections = (
        Section(_("Basics"), "name", "entity", "position", "is_active", "condition", "unit"),
        Section(_("Distribution"), "method", "field", "ignore_load", "on_creation", "hourly"),
        Section(_("The rest"), "fallback", "fallback_pool", "fallback_owner"),
    )
    related = (Related("distribution.rulemember", "rule", _("Members"), show=("weight", "capacity", "is_paused")),)
    access = Access(public=True)
    match = ("external_ids",)
    has_timeline = False
    actions = (Action("run", _("Distribute now"), "kith.distribution.running.by_hand", icon="play", right="edit"),)

    def validate(self, record: AssignmentRule, values: dict[str, Any]) -> dict[str, list[Any]]:
        """The condition can be asked; the compared field exists; the fallback says where to."""
        from kith.distribution import checking

        return checking.validate_rule(record, values)
