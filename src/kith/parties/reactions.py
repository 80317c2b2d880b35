"""What parties do about what happened: whoever came in by the dozen is looked at for duplicates at once (R29)."""

from kith.core.events import Event, subscribe
from kith.core.jobs import wake

from . import jobs

#: Single ones are looked at with the next search on the clock.
MANY = 20


@subscribe("parties.person.created")
@subscribe("parties.company.created")
def many_came(event: Event) -> None:
    """An import, or another bulk of new records, is over."""
    if len(event.record_ids) >= MANY:
        wake(jobs.find_duplicates)
