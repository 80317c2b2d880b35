"""How people hear of us: campaigns; whom we mean: target lists, and the queues of those who call them."""

from django.apps import AppConfig


class MarketingConfig(AppConfig):
    """How people hear of us: campaigns; whom we mean: target lists, and the queues of those who call them."""

    name = "kith.marketing"
    label = "marketing"

    def ready(self) -> None:
        """Lists stand on the pages of those who are on them; whoever calls a customer sees the card; queues stand in the menu."""
        from kith.core import access
        from kith.core.ui import shell

        from . import menu, queues, surfaces

        access.ways_in.append(queues.way_in)
        shell.add_menu(menu.items)
        surfaces.register()
