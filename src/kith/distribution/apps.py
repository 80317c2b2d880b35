"""Distribution: to whom work without an owner goes, who is working on what, and who owned it before."""

from django.apps import AppConfig


class DistributionConfig(AppConfig):
    """Distribution: to whom work without an owner goes, who is working on what, and who owned it before."""

    name = "kith.distribution"
    label = "distribution"

    def ready(self) -> None:
        """Take part in rights and writes; stand on the pages of everything that has an owner."""
        from kith.core import access, pipeline
        from kith.core.api import openapi
        from kith.core.merging import merge, unmerge
        from kith.core.ui import settings_page, shell

        from . import api_document, hiding, home, merging, panels, reactions, settling

        access.ways_in.append(hiding.way_in)
        access.ways_out.append(hiding.way_out)
        pipeline.completing.append(settling.keep_pool)
        pipeline.following.append(settling.follow)
        shell.add_menu(panels.menu)
        settings_page.add_cards(panels.cards)
        openapi.further.append(api_document.paths)
        merge.after += [merging.gather, merging.stop]
        unmerge.after += [merging.part, merging.wait_again]
        panels.place()
        home.register()
        reactions.listen()
