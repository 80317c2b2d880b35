"""My day for sales: figures of the period, deals that need a look, leads to answer, the pipeline; the team for whoever has one."""

from django.utils.translation import gettext as _

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.ui.home_blocks import Card, FirstStep, add_card, add_steps
from kith.core.ui.home_views import new_step

from . import attention, closing, figures, forecast, leads, pipeline, targets, team


def register() -> None:
    """Put the cards on the first page."""
    add_card(Card("sales-figures", "sales/home_figures.html", figures.context, order=10, place="tiles"))
    add_card(Card("sales-note", "sales/home_note.html", attention.note, order=10, place="note"))
    add_card(Card("sales-team", "sales/home_team.html", team.context, order=10, place="top"))
    add_card(Card("sales-leads", "sales/home_leads.html", leads.context, order=7))
    add_card(Card("sales-attention", "sales/home_attention.html", attention.context, order=20))
    add_card(Card("sales-pipeline", "sales/home_pipeline.html", pipeline.context, order=10, place="side"))
    add_card(Card("sales-forecast", "sales/home_forecast.html", forecast.context, order=12, place="side"))
    add_card(Card("sales-targets", "sales/home_targets.html", targets.context, order=14, place="side"))
    add_card(Card("sales-closing", "sales/home_closing.html", closing.context, order=10, place="wide"))
    add_steps(steps)


def steps(actor: Actor) -> list[FirstStep]:
    """The first deal."""
    deals = registry.get("sales.opportunity")
    return (
        [new_step(deals, _("Follow a possible sale from first interest to won or lost."))]
        if access.allowed(actor, deals, "create")
        else []
    )
