"""The people and companies the company works with."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The people and companies the company works with."""

    name = "kith.parties"
    label = "parties"

    def ready(self) -> None:
        """Put the org chart and the relationship on the customer cards; say where territories lie; declare the settings."""
        from kith.core.entity import extend
        from kith.core.reports import places

        from . import company_settings, panels, territories  # noqa: F401 - settings declare themselves

        places.located["parties.territory"] = territories.countries_of
        extend("parties.company", panels=(panels.ORG_CHART, panels.RELATIONSHIP))
        extend("parties.person", panels=(panels.RELATIONSHIP,))
