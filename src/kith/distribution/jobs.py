"""Distribution on a clock: the hourly run of the rules and pools, and the end of leases that have run out."""

from django.utils.translation import gettext_lazy as _

from kith.core.jobs import job

from . import leases, recycling, running
from .book import book
from .subjects import kinds


@job(
    "distribution.hourly", periodic="7 * * * *", lock="distribution.hourly", retry=3, label=_("Distribution of records")
)
def hourly() -> dict[str, int]:
    """Distribute what has no owner, take back what was left alone, let pools take in the rest."""
    given = sum(running.run(entity, running.rules_of(entity, clock=True)).given for entity in kinds())
    moved = [recycling.tend(basin) for basin in book().basins.values()]
    return {"given": given, "moved": sum(moved)}


@job("distribution.expire", periodic="* * * * *", lock="distribution.expire", label=_("End of work that has run out"))
def expire() -> int:
    """Free what nobody renewed."""
    return leases.expire()
