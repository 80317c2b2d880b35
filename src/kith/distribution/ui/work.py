"""Who works on a record now, shown on its page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.ui.base import record_page
from kith.core.ui.record_rights import may
from kith.distribution import leases, offering
from kith.distribution.book import book
from kith.distribution.entities.work_item import WorkItem


@require_GET
@record_page()
def state(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """The block beside the record: waiting in a pool, being worked by somebody, or free."""
    return render(request, "distribution/work.html", context(entity, actor, record))


def context(entity: Entity, actor: Actor, record: Any) -> dict[str, Any]:
    """What the block shows."""
    item = leases.current(record.pk)
    rival = None if item else next(iter(leases.rivals(actor, [entity.work_party(record)]).values()), None)
    shown = item or rival
    basin = book().basins.get(item.pool_id) if item and item.pool_id else None
    rights = may(actor, entity, record, ("edit", "assign"))
    return {
        "item": item, "rival": rival, "who": leases.name_of(shown.lease_owner_id) if shown and shown.lease_owner_id else "",
        "is_mine": bool(shown and shown.lease_owner_id == actor.id), "waits": bool(item and item.state == WorkItem.State.WAITING),
        "pool": basin.pool if basin else None, "takes": bool(basin and basin.has(actor)), "here": f"/{entity.slug}/{record.pk}/",
        "edits": "edit" in rights, "assigns": "assign" in rights, "returns": record.owner_id is not None and offering.has_pools(actor, entity),
        "item_shown": shown,
    }  # fmt: skip
