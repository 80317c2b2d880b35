"""The people and companies the company works with."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The people and companies the company works with."""

    name = "kith.parties"
    label = "parties"

    def ready(self) -> None:
        """Put the org chart, the relationship and possible duplicates on the customer cards; the queue of duplicates into the menu; say where territories lie; declare the settings."""
        from kith.core import pipeline, trash
        from kith.core.api import openapi
        from kith.core.entity import extend
        from kith.core.merging import merge, unmerge
        from kith.core.reports import places
        from kith.core.ui import settings_page, shell

        from . import api, company_settings, holds, lookup, merging, panels, reactions, segments, territories  # noqa: F401 - settings declare themselves
        from .ui import duplicates

        openapi.further.append(lookup.described)
        places.located["parties.territory"] = territories.countries_of
        extend("parties.company", panels=(panels.ORG_CHART, panels.RELATIONSHIP, panels.DUPLICATES))
        extend("parties.person", panels=(panels.RELATIONSHIP, panels.DUPLICATES))
        shell.add_menu(duplicates.menu)
        settings_page.add_cards(duplicates.cards)
        openapi.further.append(api.described)
        trash.keepers.append(holds.why_not)
        pipeline.gates.append(segments.gate)
        pipeline.returning.append(segments.returned)
        merge.after.append(merging.pairs_merged)
        unmerge.after += [merging.pairs_apart, merging.names_anew]
