"""The log in the sidebar and among the settings."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor, has_system_right
from kith.core.ui.base import actor_of
from kith.core.ui.settings_page import SYSTEM, Card
from kith.core.ui.shell import MenuGroup, MenuItem


def items(request: HttpRequest) -> list[MenuGroup]:
    """One line among the settings, for those who may read it."""
    if not request.user.is_authenticated or not has_system_right(actor_of(request), "audit"):
        return []
    return [MenuGroup(_("Settings"), (MenuItem("audit", _("Log"), "scroll-text", "/audit/"),), order=90)]


def cards(actor: Actor) -> list[Card]:
    """The same in the settings."""
    return (
        [
            Card(SYSTEM, _("Log"), _("Who did what, when and from where."), "scroll-text", "/audit/"),
            Card(SYSTEM, _("Anomalies"), _("What is conspicuous in the log."), "siren", "/audit/anomalies"),
        ]
        if has_system_right(actor, "audit")
        else []
    )
