"""What this app adds to the settings page."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor, allowed, has_system_right
from kith.core.entity import registry
from kith.core.ui.settings_page import PEOPLE, SYSTEM, Card


def cards(actor: Actor) -> Iterable[Card]:
    """Permissions and explanations for who may change roles, tokens for who manages them."""
    if allowed(actor, registry.get("access.role"), "edit"):
        yield Card(
            PEOPLE,
            _("Permissions"),
            _("What each role permits, kind by kind and field by field."),
            "shield-check",
            "/settings/roles",
        )
        yield Card(
            PEOPLE,
            _("Explain rights"),
            _("Why may somebody do something, or not?"),
            "circle-question-mark",
            "/settings/explain",
        )
    if has_system_right(actor, "tokens"):
        yield Card(SYSTEM, _("API tokens"), _("Keys of programs and services."), "key-round", "/settings/tokens")
