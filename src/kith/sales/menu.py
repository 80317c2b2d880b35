"""Steering in the sidebar, for those who see opportunities."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kith.core.access import allowed
from kith.core.entity import registry
from kith.core.ui.base import actor_of
from kith.core.ui.shell import MenuGroup, MenuItem


def items(request: HttpRequest) -> list[MenuGroup]:
    """One line in the group of sales."""
    if not request.user.is_authenticated or not allowed(actor_of(request), registry.get("sales.opportunity"), "view"):
        return []
    return [MenuGroup(_("Sales"), (MenuItem("steering", _("Steering"), "gauge", "/sales/forecast"),), order=15)]
