"""The own queue of prospects in the sidebar, for those who may work prospects."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kith.core.access import allowed
from kith.core.entity import registry
from kith.core.ui.base import actor_of
from kith.core.ui.shell import MenuGroup, MenuItem

from .calling import ENTRY


def items(request: HttpRequest) -> list[MenuGroup]:
    """One line in the group of sales."""
    if not request.user.is_authenticated or not allowed(actor_of(request), registry.get(ENTRY), "edit"):
        return []
    return [
        MenuGroup(_("Sales"), (MenuItem("my-prospects", _("My prospects"), "phone-call", "/my-prospects"),), order=15)
    ]
