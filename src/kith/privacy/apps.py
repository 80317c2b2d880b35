"""What Kith holds about people: the register, giving it out, erasing it, how long it is kept."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """What Kith holds about people: the register, giving it out, erasing it, how long it is kept."""

    name = "kith.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Put the acts on the customer cards and the register among the settings; erase again after a restore."""
        from kith.core import jobs_export, trash
        from kith.core.backup import erased
        from kith.core.entity import extend
        from kith.core.ui.settings_page import add_cards

        from . import erasing, holds, panels
        from .menu import cards

        add_cards(cards)
        trash.holders.append(holds.is_held)
        erased.ways[erasing.MARK] = erasing.again
        jobs_export.NAMES.add("privacy.export")
        for label in ("parties.person", "parties.company"):
            extend(label, panels=(panels.PERSONAL,))
        extend("privacy.retentionrule", panels=(panels.DRY_RUN,))
