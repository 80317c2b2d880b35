"""Layout: what a kind of record shows where, for everybody, a group or a role, as differences from its declaration."""

from typing import Any, ClassVar

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM
from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Section, registry
from kith.core.fields import Link
from kith.core.records import Record
from kith.core.system_rights import require_system_right

AUDIENCES = ("access.group", "access.role")


class Layout(Record):
    entity = models.CharField(_("kind of record"), max_length=60)
    pieces = models.JSONField(_("differences"), default=dict, blank=True)
    view = Link("core.View", _("opens with"), optional=True, help_text=_("The view that a list of these records opens with."))  # fmt: skip
    subject_entity = models.CharField(max_length=60, blank=True, default="", editable=False)
    subject_id = models.UUIDField(null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("layout")
        verbose_name_plural = _("layouts")
        ordering: ClassVar[list[str]] = ["entity", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["entity", "subject_entity", "subject_id"],
                condition=models.Q(deleted_at=None),
                nulls_distinct=False,
                name="layout_once",
                violation_error_message=_("There is such a layout already; change that one."),
            )
        ]

    def __str__(self) -> str:
        entity = registry.find(self.entity)
        return str(_("Layout: %(what)s") % {"what": capfirst(str(entity.name)) if entity else self.entity})


class LayoutEntity(Entity):
    model = Layout
    example: ClassVar[dict[str, Any]] = {
        "entity": "parties.company",
        "pieces": {"fields": {"hidden": ["website"]}},
        "view": None,
        "subject": "access.group/{id}",
    }
    slug, icon, title = "layouts", "layout-dashboard", "entity"
    is_configuration = True
    natural_key = ("entity", "subject")
    columns = ("entity", "subject", "view", "created_by", "updated_at")
    filters = ("entity",)
    sections = (Section(_("Basics"), "entity", "subject", "view", "pieces"),)
    facts: ClassVar[dict[str, dict[str, Any]]] = {"subject": {"label": _("only for")}}
    hidden = ("owner", "org_unit", "tags")
    access = Access(own=())
    has_timeline = in_search = False
    sort = ("entity",)

    def validate(self, record: Layout, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A kind of record that exists, a group or a role, differences that name what there is and hide nothing that is needed."""
        from kith.core.layout_deltas import problems  # layouts read these rows

        now = {name: values.get(name, self.fields[name].get(record)) for name in ("entity", "pieces", "subject")}
        entity = registry.find(str(now["entity"]))
        if entity is None:
            valid = ", ".join(other.label for other in registry)
            return {"entity": [_("Unknown kind of record; there are: %(valid)s.") % {"valid": valid}]}
        if now["subject"] and now["subject"].entity not in AUDIENCES:
            return {"subject": [_("A layout is for everybody, a group or a role.")]}
        if wrong := problems(entity, now["pieces"] if now["pieces"] is not None else {}):
            return {"pieces": wrong}
        return self.wrong_view(record, values, entity, now["subject"])

    def wrong_view(self, record: Layout, values: dict[str, Any], entity: Entity, subject: Any) -> dict[str, list[Any]]:
        """The view is one of this kind of record that all of them see."""
        key = self.fields["view"].get(record) if "view" not in values else values["view"]
        if key is None:
            return {}
        found = registry.get("core.view").rows(SYSTEM).filter(pk=key).first()
        if found is None or found.entity != entity.label:
            return {"view": [_("This view shows other records.")]}
        shared = subject is not None and subject.entity == "access.group" and subject.id in found.shared_with
        if not found.is_public and not shared:
            return {"view": [_("Not all of them see this view; share it with everybody, or with the group that the layout is for.")]}  # fmt: skip
        return {}

    def derive(self, batch: Batch) -> None:
        """The layout holds at once, in every process; rights on "every kind of record" are not enough to write one."""
        require_system_right(batch.actor, "settings")
        from kith.core.layouts import announce  # layouts read these rows

        announce()
