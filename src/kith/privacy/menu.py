"""The register among the settings."""

from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor, has_system_right
from kith.core.ui.settings_page import COMPANY, Card


def cards(actor: Actor) -> list[Card]:
    """For those who may read it."""
    if not has_system_right(actor, "personal"):
        return []
    words = _("Which personal data are held, why, for how long, and who may read them.")
    return [Card(COMPANY, _("Personal data"), words, "fingerprint", "/personal-data/")]
