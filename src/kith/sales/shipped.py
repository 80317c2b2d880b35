"""What every installation begins with in sales: reasons and ready views; what is there already is never touched."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.core import external_ids, writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.staged import GOING
from kith.processes.shipped import worded

#: Result, key, name, colour, whether it asks for a text.
REASONS: Sequence[tuple[str, str, Any, str, bool]] = (
    ("won", "product", _("product fits best"), "green", False),
    ("won", "price", _("best price"), "teal", False),
    ("won", "service", _("service and support"), "blue", False),
    ("won", "relationship", _("trust and relationship"), "violet", False),
    ("won", "delivery", _("quick delivery"), "amber", False),
    ("won", "other", pgettext_lazy("reason", "other"), "grey", True),
    ("lost", "price", _("too expensive"), "rose", False),
    ("lost", "competitor", _("competitor was better"), "orange", False),
    ("lost", "product", _("product does not fit"), "amber", False),
    ("lost", "budget", _("no budget"), "plum", False),
    ("lost", "timing", _("wrong time"), "blue", False),
    ("lost", "no_decision", _("no decision taken"), "violet", False),
    ("lost", "no_contact", _("no answer any more"), "teal", False),
    ("lost", "other", pgettext_lazy("reason", "other"), "grey", True),
    ("unqualified", "no_need", _("no need"), "grey", False),
    ("unqualified", "no_budget", _("no money"), "plum", False),
    ("unqualified", "not_reached", _("not reached"), "teal", False),
    ("unqualified", "wrong_details", _("wrong contact data"), "amber", False),
    ("unqualified", "spam", _("spam"), "rose", False),
    ("unqualified", "other", pgettext_lazy("reason", "other"), "grey", True),
)
OPEN = {"field": "state", "op": "any", "value": [*GOING]}
#: Entity, key, name, icon, conditions, order.
VIEWS: Sequence[tuple[str, str, Any, str, list[dict[str, Any]], list[str]]] = (
    ("sales.opportunity", "no_next_step", _("Without next step"), "lightbulb", [{"field": "no_next_step", "op": "is", "value": True}], ["closes_on"]),
    ("sales.opportunity", "rotting", _("Stuck"), "hourglass", [OPEN, {"field": "rotting_days", "op": "gt", "value": "0"}], ["stage_at"]),
    ("sales.lead", "late", _("Not answered in time"), "timer", [{"field": "is_late", "op": "is", "value": True}], ["respond_by"]),
    ("sales.lead", "unowned", _("Without owner"), "inbox", [OPEN, {"field": "owner", "op": "empty", "value": None}], ["received_at"]),
)  # fmt: skip


def install() -> None:
    """Make the reasons of each result that has none at all, and the views that were never made; may run at any time."""
    with translation.override(settings.LANGUAGE_CODE):
        reasons()
        views()


def reasons() -> None:
    """Reasons; a result for which somebody keeps reasons already is left alone."""
    entity = registry.get("sales.reason")
    present = {
        result
        for trashed in (False, True)
        for result in entity.rows(SYSTEM, trashed=trashed).values_list("result", flat=True)
    }
    rows = [
        {**worded(name), "result": result, "hue": hue, "needs_text": asks, "position": position, "external_ids": [f"kith:reason:{result}:{key}"]}
        for position, (result, key, name, hue, asks) in enumerate(REASONS)
        if result not in present
    ]  # fmt: skip
    if rows:
        with change_set(SYSTEM, kind="reasons", entity=entity.label):
            writes.create_many(SYSTEM, entity, rows)


def views() -> None:
    """Views for everybody; one that was thrown away does not come back."""
    entity = registry.get("core.view")
    present = external_ids.present(entity, {f"kith:view:{label}:{key}" for label, key, *_rest in VIEWS})
    rows = [
        {
            **worded(name), "entity": label, "icon": icon, "filter": {"all": tests}, "sort": sort, "is_public": True, "position": 50 + position,
            "external_ids": [f"kith:view:{label}:{key}"],
        }
        for position, (label, key, name, icon, tests, sort) in enumerate(VIEWS)
        if f"kith:view:{label}:{key}" not in present
    ]  # fmt: skip
    if rows:
        with change_set(SYSTEM, kind="views", entity=entity.label):
            writes.create_many(SYSTEM, entity, rows)
    name_in_all_languages(entity)


def name_in_all_languages(entity: Entity) -> None:
    """Give shipped views that are still called as they were made the names of the other languages."""
    names = {f"kith:view:{label}:{key}": worded(name) for label, key, name, *_rest in VIEWS}
    with change_set(SYSTEM, kind="views", entity=entity.label):
        for view in entity.rows(SYSTEM).filter(external_ids__overlap=list(names), translations={}):
            said = next(names[mark] for mark in view.external_ids if mark in names)
            if view.name == said["name"] and said["translations"]:
                writes.save(SYSTEM, view, {"translations": said["translations"]})
