"""Distribution over the API: the queue of a pool, taking and giving out, leases, the ledger of owners, the route, rehearsal, hand-over."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kith.core import access
from kith.core.access import Actor
from kith.core.api import reading, rows
from kith.core.api.callers import api
from kith.core.api.idempotency import once
from kith.core.api.problems import BadRequest, as_json
from kith.core.api.views import entity_of
from kith.core.entity import registry
from kith.core.errors import BadValue, Missing
from kith.core.types.picks import as_uuid
from kith.processes.rules import is_staged

from . import claiming, hiding, leases, route, running
from . import handover as handing
from . import ownership as owners
from . import rehearsal as dry
from .entities.work_item import WorkItem
from .ui.pools import watched

MOST = 200


def ids(data: dict[str, Any], name: str) -> list[UUID]:
    """A list of ids in a body."""
    raw = data.get(name)
    try:
        return [as_uuid(one) for one in raw] if isinstance(raw, list) else [as_uuid(raw)]
    except BadValue as error:
        raise BadRequest(_("“%(name)s” must be a list of ids.") % {"name": name}, f"/{name}") from error


def body(request: HttpRequest, *names: str) -> dict[str, Any]:
    """The body, with these names and no others."""
    data = reading.record(reading.body(request)) if request.body else {}
    if unknown := set(data) - set(names):
        text = _("Unknown field “%(name)s”; there are: %(valid)s.")
        raise BadRequest(text % {"name": sorted(unknown)[0], "valid": ", ".join(names)})
    return data


def outcome(made: claiming.Outcome) -> HttpResponse:
    """What was taken and what was not, with the reason."""
    refused = [{"id": str(key), "reason": str(reason)} for key, reason in made.refused]
    change = str(made.changeset) if made.changeset else None
    return as_json({"taken": [str(key) for key in made.taken], "refused": refused, "changeset": change})


@api("GET")
def queue(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """What waits in a pool, in order, with the fields that the caller may see there."""
    basin = watched(actor, key)
    reading.parameters(request, "limit")
    entity = claiming.entity_of(basin)
    items = list(claiming.queue(basin)[: reading.integer(request, "limit", 50, 1, MOST)])
    known = {one.pk: one for one in entity.rows(access.SYSTEM).filter(pk__in=[item.subject_id for item in items])}
    names = hiding.shown(basin, entity, actor)
    results = [rows.as_data(entity, known[item.subject_id], names) | {"since": item.entered_at.isoformat(), "reason": item.reason} for item in items if item.subject_id in known]  # fmt: skip
    return as_json({"results": results, "count": claiming.queue(basin).count()})


@api("POST")
def claim(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Take named records ({"records": […]}) or the next ones ({"next": 1})."""
    data = body(request, "records", "next")
    if ("records" in data) == ("next" in data):
        raise BadRequest(_("Give either “records” or “next”."))
    if "records" in data:
        wanted = ids(data, "records")
        return once(request, actor, lambda: outcome(claiming.claim(actor, key, wanted)))
    count = reading.whole(data, "next", 1, 1, claiming.AT_ONCE)
    return once(request, actor, lambda: outcome(claiming.claim_next(actor, key, count)))


@api("POST")
def assign(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Give records of a pool to somebody: {"records": […], "owner": id}."""
    data = body(request, "records", "owner")
    (owner,) = ids(data, "owner")[:1]
    return outcome(claiming.give_out(actor, key, ids(data, "records"), owner))


@api("GET")
def ownership(request: HttpRequest, actor: Actor, slug: str, key: UUID) -> HttpResponse:
    """Who owned a record from when to when, and why it changed hands."""
    entity = entity_of(slug, actor)
    access.fetch(entity, actor, key)
    access.fetch(entity, actor, key, "history")
    if "owner" not in access.readable(actor, entity):
        raise Missing(entity.label, "ownership")
    return as_json({"results": [one.as_json() for one in owners.of(entity, key)]})


@api("GET")
def route_of(request: HttpRequest, actor: Actor, slug: str, key: UUID) -> HttpResponse:
    """The route of a record: each stage with each holder, oldest first; whose it was only for those who see its history."""
    reading.parameters(request)
    entity = entity_of(slug, actor)
    record = access.fetch(entity, actor, key)
    found = route.of(actor, record) if is_staged(entity) else None
    if found is None:
        raise Missing(entity.label, "route")
    return as_json(route.as_json(found))


@api("GET", "POST", "DELETE")
def lease(request: HttpRequest, actor: Actor, slug: str, key: UUID) -> HttpResponse:
    """Who works on a record (GET); begin or go on for some minutes (POST); stop (DELETE, with a reason for somebody else's)."""
    entity = entity_of(slug, actor)
    record = access.fetch(entity, actor, key, "view" if request.method == "GET" else "edit")
    if request.method == "POST":
        data = body(request, "minutes")
        leases.take(actor, entity, record, minutes=reading.whole(data, "minutes", leases.MINUTES, 1, 1440))
    elif request.method == "DELETE":
        reason = reading.text(body(request, "reason"), "reason")
        leases.release(actor, entity, record, reason=reason)
        return HttpResponse(status=204)
    return as_json(state(leases.current(record.pk)))


def state(item: WorkItem | None) -> dict[str, Any]:
    """An open item of a record as JSON; the state "free" for none."""
    if item is None:
        return {"state": "free"}
    if item.state == WorkItem.State.WAITING:
        return {"state": "waiting", "pool": str(item.pool_id), "since": item.entered_at.isoformat(), "reason": item.reason}  # fmt: skip
    return {
        "state": "leased", "owner": str(item.lease_owner_id), "name": leases.name_of(item.lease_owner_id),
        "since": item.leased_at and item.leased_at.isoformat(), "until": item.lease_until and item.lease_until.isoformat(),
    }  # fmt: skip


@api("GET")
def rehearsal(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """What the rules of this kind would have done with the records of the last days; nothing is written."""
    rule = access.fetch(registry.get("distribution.assignmentrule"), actor, key, "edit")
    reading.parameters(request, "days")
    entity = registry.get(rule.entity)
    made = dry.rehearse(entity, dry.with_rule(rule, running.rules_of(entity)), reading.integer(request, "days", 7, 1, 90))  # fmt: skip
    seen = set(entity.rows(actor).filter(pk__in=[one.record for one in made.lines]).values_list("pk", flat=True))
    lines = [{"record": str(one.record), "day": one.day.isoformat(), "why": one.words, "owner": one.owner and str(one.owner), "now": one.now and str(one.now)} for one in made.lines if one.record in seen]  # fmt: skip
    return as_json(
        {
            "results": lines,
            "hidden": len(made.lines) - len(lines),
            "waiting": made.waiting,
            "pooled": made.pooled,
            "more": made.more,
        }
    )


@api("POST")
def handover(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Hand over: {"user": id, "targets": {"sales.lead": "person:<id>" | "rule:<id>" | "pool:<id>"}, "reason": "", "closed": false, "preview": true}."""
    data = body(request, "user", "targets", "reason", "closed", "preview")
    (user,) = ids(data, "user")[:1]
    choices = {label: target for label, text in reading.record(data.get("targets"), "/targets").items() if (target := handing.target_of(str(text), ""))}  # fmt: skip
    closed, preview = reading.flag(data, "closed"), reading.flag(data, "preview")
    reason = reading.text(data, "reason")
    change = None
    if preview:
        made = handing.plan(actor, user, choices, closed=closed)
    else:
        made, change = handing.perform(actor, user, choices, reason, closed=closed)
    plans = [{"entity": one.entity.label, "to": dict(one.counts), "stays": one.stays} for one in made]
    return as_json({"plans": plans, "changeset": str(change) if change else None})
