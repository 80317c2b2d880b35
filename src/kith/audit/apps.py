"""Who did what, when and through what."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, when and through what."""

    name = "kith.audit"
    label = "audit"

    def ready(self) -> None:
        """Offer the log in menu and settings to those who may read it."""
        from django.utils.translation import gettext_lazy as _

        from kith.core.ui.notification_views import add_kind
        from kith.core.ui.settings_page import add_cards
        from kith.core.ui.shell import add_menu

        from . import preferences, telling, verification  # noqa: F401 - settings are declared by being read
        from .menu import cards, items

        add_menu(items)
        add_cards(cards)
        add_kind(telling.KIND, "siren", _("found something conspicuous in the log:"))
        add_kind(verification.KIND, "shield-alert", _("found the chain of the log broken:"))
