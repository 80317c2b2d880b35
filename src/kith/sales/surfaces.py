"""What sales puts on pages: blocks of its own nouns, and what a company brought as a partner."""

from django.utils.translation import gettext_lazy as _

from kith.core.entity import Related, extend
from kith.processes import scope

from . import panels


def register() -> None:
    """Called once, when the app is ready."""
    extend(
        "sales.opportunity",
        panels=(panels.NEXT_STEP, panels.COMMITTEE, panels.PRODUCTS, panels.RIVALS, panels.SCORE, panels.BATTLE),
    )
    extend(
        "sales.lead",
        panels=(panels.CLOCK, panels.WHO, panels.SCORE),
        related=(Related("sales.lead", "joined_into", _("Joined leads"), show=("source", "received_at")),),
    )
    scope.sources["sales.lead"] = scope.Source(("interest",))
    scope.sources["sales.opportunity"] = scope.Source(
        ("interest",), ("sales.opportunityline", "opportunity", "product")
    )
    extend("sales.competitor", panels=(panels.AGAINST,))
    extend("sales.leadform", panels=(panels.EMBED,))
    extend(
        "parties.company",
        panels=(panels.BROUGHT,),
        related=(
            Related("sales.opportunity", "company", _("Opportunities"), show=("amount", "stage")),
            Related("sales.lead", "company", _("Leads"), show=("source", "stage")),
            Related("sales.partneragreement", "partner", _("Partner agreements"), show=("kind", "status")),
            Related(
                "sales.opportunity", "partner", _("Brought deals"), show=("company", "amount"), name="brought-deals"
            ),
        ),
    )
    extend(
        "parties.person",
        related=(
            Related("sales.opportunity", "person", _("Opportunities"), show=("amount", "stage")),
            Related("sales.lead", "person", _("Leads"), show=("source", "stage")),
            Related("sales.opportunityrole", "person", _("In buying teams"), show=("role", "attitude")),
        ),
    )
