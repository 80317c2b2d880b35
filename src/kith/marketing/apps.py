"""How people hear of us: campaigns."""

from django.apps import AppConfig


class MarketingConfig(AppConfig):
    """How people hear of us: campaigns."""

    name = "kith.marketing"
    label = "marketing"
