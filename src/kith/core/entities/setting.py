"""Setting: a value that somebody gave to a declared setting, for the whole company or for one record."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Section
from kith.core.errors import BadValue
from kith.core.records import Record
from kith.core.system_rights import require_system_right


class Setting(Record):
    name = models.CharField(_("setting"), max_length=80)
    value = models.JSONField(_("value"), null=True, blank=True)
    subject_entity = models.CharField(max_length=60, blank=True, default="", editable=False)
    subject_id = models.UUIDField(null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("setting")
        verbose_name_plural = _("settings")
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["name", "subject_entity", "subject_id"],
                condition=models.Q(deleted_at=None),
                nulls_distinct=False,
                name="setting_once",
                violation_error_message=_("This setting has a value there already; change that one."),
            )
        ]

    def __str__(self) -> str:
        from kith.core.settings_store import store  # the store reads these rows

        declared = store.declared.get(self.name)
        return str(declared.spec.label) if declared else self.name


class SettingEntity(Entity):
    model = Setting
    example: ClassVar[dict[str, Any]] = {"name": "default_country", "value": "PL", "subject": "people.orgunit/{id}"}
    slug, icon = "setting-values", "sliders-horizontal"
    is_configuration = True
    natural_key = ("name", "subject")
    columns = ("name", "value", "subject", "created_by", "updated_at")
    filters = ("name",)
    sections = (Section(_("Basics"), "name", "value", "subject"),)
    facts: ClassVar[dict[str, dict[str, Any]]] = {"subject": {"label": _("only for")}}
    hidden = ("owner", "org_unit", "tags")
    access = Access(own=())
    has_timeline = in_search = False
    sort = ("name",)

    def validate(self, record: Setting, values: dict[str, Any]) -> dict[str, list[Any]]:
        """The setting is declared, its value fits, and it may differ for such records."""
        from kith.core.settings_store import store  # the store reads these rows

        now = {name: values.get(name, self.fields[name].get(record)) for name in ("name", "value", "subject")}
        setting = store.declared.get(now["name"] or "")
        if setting is None:
            valid = ", ".join(sorted(store.declared))
            return {"name": [_("There is no such setting; there are: %(valid)s.") % {"valid": valid}]}
        if now["subject"] and now["subject"].entity not in setting.scopes:
            return {"subject": [_("This setting has no values of its own for such records.")]}
        try:
            if setting.spec.type.clean(now["value"], setting.spec) is None:
                return {"value": [_("Give a value.")]}
        except BadValue as error:
            return {"value": [error.message]}
        return {}

    def derive(self, batch: Batch) -> None:
        """The new value holds at once, in every process; rights on "every kind of record" are not enough to write one."""
        require_system_right(batch.actor, "settings")
        from kith.core.settings_store import announce  # the store reads these rows

        announce()
