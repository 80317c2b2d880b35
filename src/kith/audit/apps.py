"""Who did what, when and through what."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, when and through what."""

    name = "kith.audit"
    label = "audit"

    def ready(self) -> None:
        """Offer the log in menu and settings to those who may read it."""
        from kith.core.ui.settings_page import add_cards
        from kith.core.ui.shell import add_menu

        from . import preferences  # noqa: F401 - declares settings
        from .menu import cards, items

        add_menu(items)
        add_cards(cards)
