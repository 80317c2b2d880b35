"""View: a named way of looking at an entity (filter, columns, order, grouping, shape): list tab, board, segment, feed."""

import re
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, registry
from kith.core.errors import BadValue
from kith.core.fields import ChoiceField, TranslationsField
from kith.core.records import Record
from kith.core.system_rights import require_system_right

ICON = re.compile(r"[a-z0-9-]{1,40}")


class View(Record):
    class Shape(HueChoices):
        LIST = "list", "grey", _("list")
        GROUPED = "grouped", "blue", _("grouped list")
        BOARD = "board", "violet", _("board")
        CALENDAR = "calendar", "amber", _("calendar")
        REPORT = "report", "teal", _("report")

    entity = models.CharField(_("kind of record"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    icon = models.CharField(_("icon"), max_length=40, blank=True, default="table-2")
    shape = ChoiceField(_("shape"), Shape, default=Shape.LIST)
    filter = models.JSONField(_("filter"), default=dict, blank=True)
    columns = ArrayField(models.CharField(max_length=120), verbose_name=_("columns"), default=list, blank=True)
    widths = models.JSONField(_("column widths"), default=dict, blank=True)
    sort = ArrayField(models.CharField(max_length=120), verbose_name=_("order"), default=list, blank=True)
    group = models.CharField(_("grouped by"), max_length=250, blank=True, default="")
    report = models.JSONField(_("report"), default=dict, blank=True)
    is_public = models.BooleanField(_("for everybody"), default=False)
    shared_with = ArrayField(models.UUIDField(), verbose_name=_("shared with groups"), default=list, blank=True)
    is_default = models.BooleanField(_("opens first"), default=False)
    position = models.PositiveIntegerField(_("position"), default=100)
    is_kept = models.BooleanField(
        _("kept ready"),
        default=False,
        db_default=False,
        help_text=_("Keeps the numbers and sums of this report or grouped list beside the records, so that it is there at once however many these are."),
    )  # fmt: skip
    translations = TranslationsField(_("translations"), default=dict, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("view")
        verbose_name_plural = _("views")
        ordering = ["position", "name", "pk"]

    def __str__(self) -> str:
        return str(self.translations.get(get_language() or "") or self.name)


class ViewEntity(Entity):
    model = View
    example: ClassVar[dict[str, Any]] = {
        "entity": "parties.company",
        "filter": {},
        "columns": ["name"],
        "sort": ["name"],
        "group": "",
        "icon": "star",
        "shared_with": [],
        "report": {},
        "is_kept": False,
    }
    slug, icon = "views", "table-2"
    is_configuration = True
    natural_key = ("entity", "name")
    columns = ("name", "entity", "shape", "is_public", "owner", "updated_at")
    facts = {"shared_with": {"target": "access.group"}}
    access = Access()
    has_timeline = in_search = False

    def extra_access(self, actor: Actor, operation: str) -> Q | None:
        """Own views always; those shared with one's groups or everybody are seen. Files of them need a rule."""
        if operation == "export":
            return None
        mine = Q(owner=actor.id) if actor.id else Q(pk__in=[])
        if operation == "view":
            return mine | Q(is_public=True) | Q(shared_with__overlap=sorted(actor.group_ids))
        return mine

    def configured(self) -> QuerySet[View]:
        """Those that their owners share with others."""
        return self.rows(SYSTEM).filter(Q(is_public=True) | Q(shared_with__len__gt=0))

    def prepare(self, batch: Batch) -> None:
        """A view that is called otherwise is called so in every language; to keep one ready is a matter of settings."""
        for item in batch.items:
            if not item.is_new and item.values.get("name", item.record.name) != item.record.name:
                item.values.setdefault("translations", {})
            if asks_for_others(item.record, item.values):
                require_system_right(batch.actor, "settings")

    def validate(self, record: View, values: dict[str, object]) -> dict[str, list[object]]:
        """A view must name an entity that exists, and fields of it."""
        from kith.core.in_view import within
        from kith.core.views import check  # views use this model

        label = str(values.get("entity", record.entity))
        if registry.find(label) is None:
            return {
                "entity": [
                    _("Unknown kind of record; there are: %(valid)s.") % {"valid": ", ".join(e.label for e in registry)}
                ]
            }
        now = {n: self.fields[n].get(record) for n in ("filter", "columns", "sort", "group", "report")}
        try:
            with within(record.pk):
                check(registry.get(label), {**now, **values})
        except BadValue as error:
            return {"": [error.message]}
        if (icon := values.get("icon")) and not ICON.fullmatch(str(icon)):
            return {"icon": [_("An icon is written in small letters, digits and hyphens.")]}
        widths = values.get("widths") or {}
        if not isinstance(widths, dict) or not all(
            isinstance(width, int) and 0 < width < 10_000 for width in widths.values()
        ):
            return {"widths": [_("Column widths are whole numbers of pixels by the name of the column.")]}
        return unkept(record, values)


#: What decides which figures a view asks for.
ASKED = ("entity", "filter", "group", "report", "shape")


def asks_for_others(record: View, values: dict[str, object]) -> bool:
    """Whether other figures would be kept ready after a write: each costs every write of records of that kind."""
    if values.get("is_kept", record.is_kept) != record.is_kept:
        return True
    return record.is_kept and any(values.get(name, getattr(record, name)) != getattr(record, name) for name in ASKED)


def unkept(record: View, values: dict[str, object]) -> dict[str, list[object]]:
    """Why a view cannot be kept ready, where it should be."""
    from kith.core.kept import asking  # views use this model

    now = View(**{name: values.get(name, getattr(record, name)) for name in ("entity", "filter", "columns", "sort", "group", "report", "shape", "is_kept")})  # fmt: skip
    try:
        if now.is_kept:
            asking.of_view(now)
    except asking.Unkept as error:
        return {"is_kept": [error.message]}
    return {}
