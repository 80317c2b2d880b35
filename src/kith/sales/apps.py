"""From first interest to won or lost: leads, opportunities, competitors, partners, targets, forecasts."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    """From first interest to won or lost: leads, opportunities, competitors, partners, targets, forecasts."""

    name = "kith.sales"
    label = "sales"

    def ready(self) -> None:
        """Closings offer the reasons that fit."""
        from kith.core.ui import editors

        from . import closing

        editors.narrowings.append(closing.offer)
