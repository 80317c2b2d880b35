"""From first interest to won or lost: leads, opportunities, competitors, partners, targets, forecasts."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    """From first interest to won or lost: leads, opportunities, competitors, partners, targets, forecasts."""

    name = "kith.sales"
    label = "sales"

    def ready(self) -> None:
        """Closings offer the reasons that fit; steering stands in the sidebar and its facts on every opportunity."""
        from kith.core.entity import extend
        from kith.core.ui import editors, shell

        from . import closing, menu
        from .steering import facts

        editors.narrowings.append(closing.offer)
        shell.add_menu(menu.items)
        extend("sales.opportunity", computed=facts.FACTS)
        extend("sales.lead", computed=(facts.REACHED,))
