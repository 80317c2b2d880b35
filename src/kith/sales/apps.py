"""From first interest to won or lost: leads, opportunities, competitors, partners, targets, forecasts."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SalesConfig(AppConfig):
    """From first interest to won or lost: leads, opportunities, competitors, partners, targets, forecasts."""

    name = "kith.sales"
    label = "sales"

    def ready(self) -> None:
        """Closings offer fitting reasons; pages get their blocks, my day its cards, the sidebar steering; answers stop clocks; reasons and views are shipped."""
        from kith.core import bench
        from kith.core.api import openapi
        from kith.core.entity import extend
        from kith.core.merging import unmerge
        from kith.core.ui import editors, shell
        from kith.distribution import running

        from . import api, closing, home, joining, menu, parting, reactions, shipped, surfaces
        from .steering import facts, goals

        editors.narrowings.append(closing.offer)
        running.before.append(joining.join)
        shell.add_menu(menu.items)
        extend("sales.opportunity", computed=facts.FACTS)
        extend("sales.lead", computed=(facts.REACHED,))
        surfaces.register()
        home.register()
        goals.register()
        reactions.listen()
        openapi.further.append(api.described)
        unmerge.after.append(parting.leads_back)
        bench.further.append("kith.sales.bench")
        post_migrate.connect(lambda **_facts: shipped.install(), dispatch_uid="kith.sales", weak=False)
