"""What distribution does because of others: a new record finds an owner or a pool, a closed account proposes a hand-over."""

from django.utils import translation
from django.utils.translation import gettext as _

from kith.core import notify
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.events import Event, subscribe
from kith.core.ledger import Change

from . import handover, recycling, running
from .book import book
from .subjects import kinds


def listen() -> None:
    """Hear of new records of every kind that is distributed."""
    for entity in kinds():
        subscribe(f"{entity.label}.created")(distribute)
    subscribe("access.user.updated")(propose_handover)


def distribute(event: Event) -> None:
    """Give new records without an owner to somebody; the rest to pools that take in what has no owner."""
    entity = registry.get(event.entity)
    rules, basins = running.rules_of(entity, clock=False), [one for one in book().of(entity) if one.pool.collects]
    if (rules or basins) and (fresh := running.waiting(entity, event.record_ids)):
        running.run(entity, rules, fresh)
        for basin in basins:
            recycling.collect(basin, fresh)


def propose_handover(event: Event) -> None:
    """Tell who deactivated a user that this user still works on something, with the way to hand it over."""
    changes = Change.objects.filter(changeset_id=event.changeset, entity=event.entity, after__is_active=False)
    for change in changes:
        if event.actor_id and handover.has_open(change.record_id):
            with translation.override(actor_of(event.actor_id).language):
                title = _("%(who)s still works on records; hand them over.") % {"who": change.title}
                notify.tell([event.actor_id], "handover", by=SYSTEM, entity=event.entity, record_id=change.record_id, title=title, url=f"/handover?user={change.record_id}")  # fmt: skip
