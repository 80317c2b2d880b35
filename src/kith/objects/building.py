"""From plans to entities: a model over the common table for each object, and the Entity beside it.

The models live in a registry of their own: migrations, checks and reverse relations of Django do not see them. All objects
are built together, since their links lead to each other.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.db import models
from django.db.models.base import model_unpickle
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Section, equipped, registry
from kith.core.fields import Link
from kith.core.staged import Staged, State, Step

from .current import hold
from .plans import APP, LinkPlan, Plan, Words
from .table import TABLE, Noun

#: The stages that the process of a new object begins with.
STEPS = (
    Step("new", pgettext_lazy("stage", "new"), hue="grey"),
    Step("working", pgettext_lazy("stage", "in work"), hue="amber"),
    Step("done", pgettext_lazy("stage", "done"), State.WON, hue="green", category="closed"),
    Step("dropped", pgettext_lazy("stage", "given up"), State.LOST, hue="rose", category="closed"),
)
#: Columns of the plain list.
MOST = 8


class Beside(Apps):
    """A registry of models beside Django's, whose models they may link to."""

    def __init__(self) -> None:
        super().__init__(())

    def get_registered_model(self, app_label: str, model_name: str) -> type[models.Model]:
        """A model of its own, else one of Django's registry."""
        try:
            return super().get_registered_model(app_label, model_name)
        except LookupError:
            return apps.get_registered_model(app_label, model_name)


class ObjectEntity(Entity, abstract=True):
    """The entity of a custom object."""

    title = "name"
    search = ("name",)
    match = ("external_ids",)
    plan: Plan

    @property
    def list_columns(self) -> tuple[str, ...]:
        """Name, stage and date, then the fields of its own, links, owner."""
        own = [name for name, spec in self.fields.items() if spec.is_bag and spec.type.name not in ("longtext", "json")]
        first = ["name", *(["stage"] if self.board else []), *(["day"] if self.calendar else [])]
        last = [*(["owner"] if "owner" in self.declared else []), "updated_at"]
        links = [link.name for link in self.plan.links]
        return (*first, *[*links, *own][: MOST - len(first) - len(last)], *last)

    def prepare(self, batch: Batch) -> None:
        """As the object is now."""
        hold(self.plan)

    def derive(self, batch: Batch) -> None:
        """The same for what goes into the trash or comes back."""
        hold(self.plan)


def build(plans: tuple[Plan, ...]) -> Mapping[str, Entity]:
    """The entities of all objects, by label."""
    known = Beside()
    names = {plan.label: plan.name for plan in plans}
    kinds = [(plan, model_of(plan, known, names)) for plan in plans]
    return {plan.label: equipped(entity_of(plan, model)) for plan, model in kinds}


def model_of(plan: Plan, known: Apps, names: Mapping[str, Words]) -> type[Noun]:
    """The model of one object: the columns of the common table that it uses."""
    labels = {"verbose_name": plan.name.lazy, "verbose_name_plural": plan.plural.lazy}
    meta = {"app_label": APP, "apps": known, "db_table": TABLE, "managed": False, **labels}
    bases = (Noun, Staged) if plan.has_process else (Noun,)
    fields: dict[str, Any] = {link.name: link_field(link, names) for link in plan.links if is_there(link.target)}
    if plan.day:
        fields["day"] = models.DateField(plan.day.lazy, null=True, blank=True)
    if plan.has_subject:
        fields["subject_entity"] = models.CharField(max_length=60, blank=True, default="", editable=False)
        fields["subject_id"] = models.UUIDField(null=True, blank=True, editable=False)
    body = {
        "__module__": __name__, "__qualname__": plan.key, "__reduce__": reduced, "hue": plan.hue,
        "Meta": type("Meta", (Noun.Meta,), meta), **fields,
    }  # fmt: skip
    return type(plan.key, bases, body)


def reduced(record: Any) -> Any:
    """How a record is copied: by its class, which Django would look for in its own registry."""
    parts: Any = models.Model.__reduce__(record)
    return model_unpickle, (type(record),), parts[2]


def is_there(label: str) -> bool:
    """Whether a link can lead there: to a declared kind of record, or to a custom object."""
    return label in registry.declared or label.startswith(f"{APP}.")


def link_field(link: LinkPlan, names: Mapping[str, Words]) -> Link:
    """A link in the column of its slot; the database knows no foreign key there (see `usage`).

    It may be empty even where it has to be filled in: in records that were there before somebody said so.
    """
    target = registry.declared.get(link.target)
    label = link.label or names.get(link.target)
    title = label.lazy if label else target.name if target else link.target
    return Link(
        target.model if target else link.target, title, optional=True, db_column=f"link_{link.slot}", db_constraint=False, on_delete=models.PROTECT
    )  # fmt: skip


def entity_of(plan: Plan, model: type[Noun]) -> ObjectEntity:
    """The entity of one object."""
    links = tuple(link.name for link in plan.links if hasattr(model, link.name))
    subject = ("subject",) if plan.has_subject else ()
    stages = ("process", "stage", "state") if plan.has_process else ()
    day = ("day",) if plan.day else ()
    owner = ("owner",) if plan.has_owner else ()
    facts: dict[str, Any] = {
        "model": model, "plan": plan, "slug": plan.slug, "icon": plan.icon, "menu": plan.menu, "menu_order": plan.menu_order,
        "has_timeline": plan.has_timeline, "names_subject": plan.has_subject, "in_search": plan.in_search, "face": {"kind": plan.key}, "hidden": () if plan.has_owner else ("owner",),
        "access": Access(own=owner), "sections": (Section(_("Basics"), "name", *links, *subject, *stages, *day, *owner, "tags"),),
        "filters": (*stages[1:], *links, *day, *owner), "strip": (*links[:3], *day, *owner), "dimensions": (*stages[1:], *owner, *links),
        "board": "stage" if plan.has_process else "", "calendar": "day" if plan.day else "", "flow": STEPS if plan.has_process else (),
        "facts": {link.name: {"required": True} for link in plan.links if link.required},
        "example": {"process": None, "stage": None, "stage_checks": [], "closed_at": None} if plan.has_process else {},
    }  # fmt: skip
    kind: Any = type(f"{plan.key}_entity", (ObjectEntity,), {**facts, "__module__": __name__}, abstract=True)
    return kind()  # type: ignore[no-any-return]
