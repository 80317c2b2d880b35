"""Dashboard: tiles over saved views on one page, private, for groups or for everybody; which one opens first for whom."""

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
from kith.core.entity import Access, Entity, Section
from kith.core.errors import BadValue
from kith.core.fields import ChoiceField, TranslationsField
from kith.core.records import Record
from kith.core.system_rights import require_system_right

ICON = re.compile(r"[a-z0-9-]{1,40}")
DEFAULTS = ("default_groups", "default_roles")


class Dashboard(Record):
    class Period(HueChoices):
        WEEK = "week", "grey", _("this week")
        MONTH = "month", "grey", _("this month")
        QUARTER = "quarter", "grey", _("this quarter")
        YEAR = "year", "grey", _("this year")
        LAST_7 = "last_7", "grey", _("last 7 days")
        LAST_30 = "last_30", "grey", _("last 30 days")
        LAST_90 = "last_90", "grey", _("last 90 days")
        BEFORE_MONTH = "before_month", "grey", _("month before")
        BEFORE_QUARTER = "before_quarter", "grey", _("quarter before")
        BEFORE_YEAR = "before_year", "grey", _("year before")

    class Whose(HueChoices):
        ME = "me", "grey", _("mine")
        MY_TEAM = "my_team", "grey", _("my team’s")
        MY_REPORTS = "my_reports", "grey", _("my people’s")

    name = models.CharField(_("name"), max_length=120)
    icon = models.CharField(_("icon"), max_length=40, blank=True, default="layout-dashboard")
    tiles = models.JSONField(_("tiles"), default=list, blank=True)
    period = ChoiceField(_("opens with period"), Period, blank=True, default="")
    whose = ChoiceField(_("opens with records"), Whose, blank=True, default="")
    is_public = models.BooleanField(_("for everybody"), default=False)
    shared_with = ArrayField(models.UUIDField(), verbose_name=_("shared with groups"), default=list, blank=True)
    is_default = models.BooleanField(_("opens first"), default=False)
    default_groups = ArrayField(models.UUIDField(), verbose_name=_("opens first for groups"), default=list, blank=True)
    default_roles = ArrayField(models.UUIDField(), verbose_name=_("opens first for roles"), default=list, blank=True)
    position = models.PositiveIntegerField(_("position"), default=100)
    translations = TranslationsField(_("translations"), default=dict, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboards")
        ordering: ClassVar[list[str]] = ["position", "name", "pk"]

    def __str__(self) -> str:
        return str(self.translations.get(get_language() or "") or self.name)


class DashboardEntity(Entity):
    model = Dashboard
    slug, icon, menu, menu_order = "dashboards", "layout-dashboard", "insight", 10
    example: ClassVar[dict[str, Any]] = {
        "tiles": [{"id": "t1", "kind": "note", "title": "Hello", "text": "<p>What this page is for.</p>"}],
        "icon": "star", "shared_with": [], "default_groups": [], "default_roles": [], "period": "quarter", "whose": "",
    }  # fmt: skip
    is_configuration = True
    natural_key = ("name",)
    columns = ("name", "is_public", "shared_with", "is_default", "owner", "updated_at")
    filters = ("owner", "is_public")
    sections = (
        Section(_("Basics"), "name", "icon", "period", "whose"),
        Section(_("Who sees it"), "is_public", "shared_with", "is_default", *DEFAULTS, "position"),
    )
    facts = {
        "shared_with": {"target": "access.group"},
        "default_groups": {"target": "access.group", "help": _("They see it, too. Only for those who may change the settings.")},
        "default_roles": {"target": "access.role", "help": _("They see it, too. Only for those who may change the settings.")},
    }  # fmt: skip
    access = Access()
    sort = ("position", "name")
    has_timeline = in_search = False
    views: ClassVar[dict[str, Any]] = {"menu": "/dashboard"}

    @property
    def form_sections(self) -> tuple[Section, ...]:
        """Without the tiles: those have an editor."""
        found = super().form_sections
        return tuple(
            Section(one.title, *(name for name in one.names if name != "tiles"), open=one.open) for one in found
        )

    def extra_access(self, actor: Actor, operation: str) -> Q | None:
        """Own ones always; those for one's groups, roles or everybody are seen. Files of them need a rule."""
        if operation == "export":
            return None
        mine = Q(owner=actor.id) if actor.id else Q(pk__in=[])
        if operation != "view":
            return mine
        groups, audiences = sorted(actor.group_ids), list(actor.audiences)
        shared = Q(is_public=True) | Q(shared_with__overlap=groups) | Q(default_groups__overlap=groups)
        return mine | shared | Q(default_roles__overlap=audiences)

    def configured(self) -> QuerySet[Dashboard]:
        """Those that their owners share with others."""
        shared = (
            Q(is_public=True) | Q(shared_with__len__gt=0) | Q(default_groups__len__gt=0) | Q(default_roles__len__gt=0)
        )
        return self.rows(SYSTEM).filter(shared)

    def prepare(self, batch: Batch) -> None:
        """Whoever is called otherwise is called so in every language; views that tiles name are those that one may see."""
        from kith.core.dashboards.checking import require_views  # tiles name views, which use entities

        for item in batch.items:
            if not item.is_new and item.values.get("name", item.record.name) != item.record.name:
                item.values.setdefault("translations", {})
            if "tiles" in item.values and batch.operation in ("create", "edit"):
                require_views(batch.actor, item.values["tiles"], item.record.tiles)
            if any(set(item.values.get(name) or ()) - set(getattr(item.record, name) or ()) for name in DEFAULTS):
                require_system_right(batch.actor, "settings")

    def validate(self, record: Dashboard, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Tiles that can be drawn, an icon that has such a name."""
        from kith.core.dashboards.checking import check

        if (icon := values.get("icon")) and not ICON.fullmatch(str(icon)):
            return {"icon": [_("An icon is written in small letters, digits and hyphens.")]}
        try:
            if "tiles" in values:
                check(values["tiles"])
        except BadValue as error:
            return {"tiles": [error.message]}
        return {}

    def derive(self, batch: Batch) -> None:
        """One opens first: choosing it unmarks the others of the same person."""
        from kith.core.dashboards.opening import only_default

        if batch.operation in ("create", "edit"):
            for item in batch.items:
                if item.after.get("is_default") is True:
                    only_default(batch.actor, item.record)
