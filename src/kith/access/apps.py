"""Who may do what: users, groups, roles, shares, tokens."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may do what: users, groups, roles, shares, tokens."""

    name = "kith.access"
    label = "access"

    def ready(self) -> None:
        """Let core load actors; add to the settings page."""
        from django.utils.translation import gettext_lazy as _

        from kith.core.api import openapi
        from kith.core.ui.notification_views import add_kind
        from kith.core.ui.settings_page import add_cards

        from . import api, api_then, looking, principals  # noqa: F401 - principals registers itself with core.access
        from .cards import cards

        add_cards(cards)
        looking.register()
        openapi.further += [api.paths, api_then.paths]
        add_kind("factors_reset", "shield-off", _("took your second factors away; set up new ones in your profile"))
