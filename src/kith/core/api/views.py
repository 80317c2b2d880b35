"""The operations of the API on any entity."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kith.core import access, asof, confirming, freshness, ledger, listing, past, provenance, undo, writes
from kith.core.access import Actor
from kith.core.cleaning import REQUIRED
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, KithError, Missing, Refused
from kith.core.history import changes_of
from kith.core.specs import FieldSpec
from kith.core.types.picks import as_uuid
from kith.core.views import LIST, from_address, saved_views

from . import reading, rows, then
from .callers import api
from .idempotency import once
from .problems import BadRequest, answer, as_json

LIST_PARAMETERS = ("view", "f", "filter", "sort", "fields", "q", "after", "limit", "count", "as_of")


def entity_of(slug: str, actor: Actor) -> Entity:
    """The entity of an address; missing when the caller may see none of its records."""
    entity = registry.by_slug(slug)
    if entity is None or not access.opens(actor, entity):
        raise Missing(slug)
    return entity


@api("GET", "POST", needs={"POST": "create"})
def collection(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """List records, or create one."""
    entity = entity_of(slug, actor)
    return (
        list_records(request, actor, entity)
        if request.method == "GET"
        else once(request, actor, lambda: create(request, actor, entity))
    )


def list_records(request: HttpRequest, actor: Actor, entity: Entity) -> HttpResponse:
    """One page, with the address of the next in the body and in Link (RFC 8288)."""
    reading.parameters(request, *LIST_PARAMETERS)
    is_counted = reading.integer(request, "count", 1, 0, 1) == 1
    when = past.asked(request.GET)
    if when:
        access.require(actor, entity, "history")
    names = then.told(request, actor, entity) if when else rows.chosen(request, actor, entity)
    with past.at(when):
        look = from_address(entity, actor, request.GET, chosen_view(request, actor, entity), LIST, everything=True)
        page = listing.page(
            look,
            actor,
            after=request.GET.get("after", ""),
            size=reading.integer(request, "limit", 50, 1, 200),
            counted=is_counted,
        )
    ledger.log(actor, "list", entity=entity.label, count=len(page.records))
    following = None
    if page.after:
        query = request.GET.copy()
        query["after"] = page.after
        following = f"/api/v1/{entity.slug}?{query.urlencode()}"
    body: dict[str, Any] = {"results": rows.as_list(entity, page.records, names), "next": following}
    if is_counted:
        body |= {"count": page.count, "count_is_exact": page.exact}
    response = as_json(body)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def chosen_view(request: HttpRequest, actor: Actor, entity: Entity) -> list[Any]:
    """The saved view that is asked for: its conditions and order hold where the address says no others."""
    wanted = request.GET.get("view")
    found = [view for view in saved_views(entity, actor) if str(view.pk) == wanted] if wanted else []
    if wanted is not None and not found:
        raise Missing("core.view", wanted)
    return found


def create(request: HttpRequest, actor: Actor, entity: Entity) -> HttpResponse:
    """Create one record."""
    access.require(
        actor, entity, "create"
    )  # before the body is read: without the right its faults are nobody's business
    reading.parameters(request, "confirm", "fields")
    names = rows.chosen(request, actor, entity)
    record = writes.create(actor, entity, reading.record(reading.body(request)), confirm=rows.confirmed(request))
    return as_json(
        rows.as_data(entity, record, names),
        201,
        ETag=rows.etag(record),
        Location=f"/api/v1/{entity.slug}/{record.pk}",
    )


@api("GET", "PATCH", "DELETE", needs={"PATCH": "edit", "DELETE": "delete"})
def single(request: HttpRequest, actor: Actor, slug: str, key: str) -> HttpResponse:
    """Read, change or trash one record."""
    entity = entity_of(slug, actor)
    if request.method == "GET" and (when := past.asked(request.GET)):
        reading.parameters(request, "fields", past.NAME)
        return then.single(request, actor, entity, asof.of_today(entity, actor, key), when)
    record = access.fetch(entity, actor, key)
    if request.method == "DELETE":
        access.fetch(entity, actor, key, "delete")
        reading.parameters(request)
        writes.delete(actor, entity, [record.pk])
        return HttpResponse(status=204)
    if request.method == "PATCH":
        access.fetch(entity, actor, key, "edit")
    reading.parameters(request, "fields", "confirm", *(("provenance",) if request.method == "GET" else ()))
    names = rows.chosen(request, actor, entity)
    if reading.integer(request, "provenance", 0, 0, 1):
        return with_sources(entity, actor, record, names)
    if request.method == "PATCH":
        record = writes.save(
            actor,
            record,
            reading.record(reading.body(request)),
            version=rows.version_of(request),
            confirm=rows.confirmed(request),
        )
    else:
        ledger.log(actor, "view", entity=entity.label, record_id=record.pk, title=str(record))
        if request.headers.get("If-None-Match") == rows.etag(record):
            return HttpResponse(status=304, headers={"ETag": rows.etag(record)})
    return as_json(rows.as_data(entity, record, names), ETag=rows.etag(record))


def with_sources(entity: Entity, actor: Actor, record: Any, names: list[str]) -> HttpResponse:
    """One record, and for each of its values who or what set it, when, and when it was last confirmed; needs the right to its history."""
    access.fetch(entity, actor, str(record.pk), "history")
    ledger.log(actor, "view", entity=entity.label, record_id=record.pk, title=str(record))
    found = provenance.of(entity, record, actor)
    old = freshness.stale(entity, [record], names).get(record.pk, frozenset())
    told = {name: found[name].as_data() | {"stale": name in old} for name in names if name in found}
    return as_json(rows.as_data(entity, record, names) | {"provenance": told}, ETag=rows.etag(record))


@api("POST")
def confirm(request: HttpRequest, actor: Actor, slug: str, key: str) -> HttpResponse:
    """Confirm values of one record without changing them: {"fields": ["phone"]}."""
    entity = entity_of(slug, actor)
    record = access.fetch(entity, actor, key, "edit")
    reading.parameters(request)
    data = reading.record(reading.body(request))
    fields = data.get("fields")
    if set(data) != {"fields"} or not isinstance(fields, list) or not all(isinstance(one, str) for one in fields):
        raise BadRequest(_("Expected “fields”: a list of names of fields."), "/fields")
    outcome = confirming.confirm(actor, entity, [record.pk], fields)
    return as_json(
        {"confirmed": len(outcome.records), "changeset": str(outcome.changeset) if outcome.records else None}
    )


@api("PUT")
def external(request: HttpRequest, actor: Actor, slug: str, external_id: str) -> HttpResponse:
    """Create the record with this external id, or change the one that has it."""
    entity = entity_of(slug, actor)
    reading.parameters(request, "confirm", "fields")
    names, values = rows.chosen(request, actor, entity), reading.record(reading.body(request))
    found = list(entity.rows(actor).filter(external_ids__contains=[external_id])[:2])
    if len(found) > 1:
        raise Refused({"external_ids": [_("Several records have this external id.")]})
    if found:
        record = writes.save(actor, found[0], values, version=rows.version_of(request), confirm=rows.confirmed(request))
    else:
        record = writes.create(
            actor, entity, {"external_ids": [external_id], **values}, confirm=rows.confirmed(request)
        )
    return as_json(rows.as_data(entity, record, names), 200 if found else 201, ETag=rows.etag(record))


@api("POST")
def bulk(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Many operations, each with its own status: {"operations": [{"op": "create|update|delete", "id": …, "version": …, "values": {…}}]}."""
    entity = entity_of(slug, actor)
    data = reading.record(reading.body(request, 20 * reading.MAX_BODY))
    operations = data.get("operations")
    if set(data) != {"operations"} or not isinstance(operations, list) or len(operations) > reading.MAX_ROWS:
        raise BadRequest(
            _("Expected “operations”: a list of at most %(limit)d.") % {"limit": reading.MAX_ROWS}, "/operations"
        )
    return once(
        request,
        actor,
        lambda: as_json({"results": [one_of_many(actor, entity, item, at) for at, item in enumerate(operations)]}),
    )


def one_of_many(actor: Actor, entity: Entity, item: Any, at: int) -> dict[str, Any]:
    """One operation of a bulk request; an error concerns only itself."""
    try:
        return operate(actor, entity, reading.record(item, f"/operations/{at}"))
    except KithError as error:
        import msgspec

        response = answer(error, actor)
        return {"status": response.status_code, "problem": msgspec.json.decode(response.content)}


def operate(actor: Actor, entity: Entity, item: dict[str, Any]) -> dict[str, Any]:
    """Do one operation."""
    if set(item) - {"op", "id", "version", "values", "confirm"}:
        raise BadRequest(_("An operation has op, id, version, values and confirm."))
    confirm = item.get("confirm") or []
    if not isinstance(confirm, list) or not all(isinstance(code, str) for code in confirm):
        raise BadRequest(_("“confirm” must be a list of codes."))
    version = item.get("version")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise BadRequest(_("“version” must be a whole number."))
    if item.get("op") == "create":
        record = writes.create(actor, entity, reading.record(item.get("values")), confirm=confirm)
        return {"status": 201, "id": str(record.pk), "version": record.version}
    if item.get("op") == "update":
        record = writes.save(
            actor,
            access.fetch(entity, actor, item.get("id")),
            reading.record(item.get("values")),
            version=version,
            confirm=confirm,
        )
        return {"status": 200, "id": str(record.pk), "version": record.version}
    if item.get("op") == "delete":
        record = access.fetch(entity, actor, item.get("id"), "delete")
        writes.delete(actor, entity, [record.pk])
        return {"status": 204, "id": str(record.pk)}
    raise BadRequest(_("“op” must be create, update or delete."))


@api("POST")
def restore(request: HttpRequest, actor: Actor, slug: str, key: str) -> HttpResponse:
    """Bring a record back from the trash."""
    entity = entity_of(slug, actor)
    record = access.fetch(entity, actor, key, "delete", trashed=True)
    reading.parameters(request, "fields")
    names = rows.chosen(request, actor, entity)
    writes.restore(actor, entity, [record.pk])
    return as_json(rows.as_data(entity, access.fetch(entity, actor, key), names))


@api("POST")
def act(request: HttpRequest, actor: Actor, slug: str, key: str, name: str) -> HttpResponse:
    """Do an action of the entity on one record; the body holds its fields. 204 where the caller sees the record no longer afterwards."""
    entity = entity_of(slug, actor)
    action = next((action for action in entity.actions if action.name == name), None)
    if action is None:
        raise Missing(name)
    record = access.fetch(entity, actor, key, action.right or action.name)
    reading.parameters(request, "fields")
    names = rows.chosen(request, actor, entity)
    values = reading.record(reading.body(request)) if request.body else {}
    unknown = set(values) - {spec.name for spec in action.fields}
    if unknown:
        raise BadRequest(
            _("Unknown field “%(name)s”; there are: %(valid)s.")
            % {"name": sorted(unknown)[0], "valid": ", ".join(spec.name for spec in action.fields)}
        )
    given = cleaned(action.fields, values)
    lacking = [spec.name for spec in action.fields if spec.required and spec.type.is_empty(given[spec.name])]
    if lacking:
        raise Refused({name: [REQUIRED] for name in lacking})
    action(actor, [record], **given)
    try:
        return as_json(rows.as_data(entity, access.fetch(entity, actor, key), names))
    except Missing:  # done, and by that no longer among the caller's records: put back for others
        return HttpResponse(status=204)


def cleaned(specs: Iterable[FieldSpec], values: dict[str, Any]) -> dict[str, Any]:
    """The values of an action's fields; Refused by name for those that cannot be."""
    given, errors = {}, {}
    for spec in specs:
        try:
            given[spec.name] = spec.type.clean(values.get(spec.name), spec)
        except BadValue as error:
            errors[spec.name] = [error.message]
    if errors:
        raise Refused(errors)
    return given


@api("GET")
def history(request: HttpRequest, actor: Actor, slug: str, key: str) -> HttpResponse:
    """What happened to a record: every change of every field the caller may read (R143)."""
    entity = entity_of(slug, actor)
    record = access.fetch(entity, actor, key)
    access.fetch(entity, actor, key, "history")
    reading.parameters(request)
    return as_json({"results": changes_of(entity, actor, record.pk)})


@api("GET")
def changes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The feed of changes after a cursor, oldest first, of records the caller may see."""
    from kith.core.history import feed

    reading.parameters(request, "after", "limit", "entity")
    after = reading.integer(request, "after", 0, 0, 10**18 - 1)
    found, cursor = feed(actor, after, reading.integer(request, "limit", 200, 1, 1000), request.GET.get("entity", ""))
    return as_json({"results": found, "after": cursor})


@api("POST")
def undo_changeset(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """Undo a change-set; `?preview=1` only says what would happen."""
    ident, is_preview = turned(request, key)
    return told(undo.preview(actor, ident) if is_preview else undo.undo(actor, ident))


@api("POST")
def redo_changeset(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """Do a change-set again that was undone, by its own id or that of its undo; `?preview=1` only says what would happen."""
    ident, is_preview = turned(request, key)
    return told(undo.preview_redo(actor, ident) if is_preview else undo.redo(actor, ident))


def turned(request: HttpRequest, key: str) -> tuple[uuid.UUID, bool]:
    """The change-set of an address, and whether only to say what would happen."""
    reading.parameters(request, "preview")
    is_preview = reading.integer(request, "preview", 0, 0, 1) == 1
    try:
        ident: uuid.UUID = as_uuid(key)
    except BadValue:
        raise Missing("core.changeset", key) from None
    return ident, is_preview


@api("POST")
def undo_together(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Undo several change-sets together: {"changesets": […]}; `?preview=1` only says what would happen."""
    reading.parameters(request, "preview")
    is_preview = reading.integer(request, "preview", 0, 0, 1) == 1
    data = reading.record(reading.body(request))
    keys = data.get("changesets")
    if set(data) != {"changesets"} or not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise BadRequest(_("Expected “changesets”: a list of ids."), "/changesets")
    try:
        ids = [as_uuid(key) for key in keys]
    except BadValue:
        raise BadRequest(_("Expected “changesets”: a list of ids."), "/changesets") from None
    return told(undo.preview(actor, *ids) if is_preview else undo.undo(actor, *ids))


def told(plan: undo.Plan) -> HttpResponse:
    """What an undo restored, kept and refused, and the change-set in which it did so."""
    return as_json({"restored": plan.restored, "changeset": str(plan.made) if plan.made else None, **lines_of(plan)})


def lines_of(plan: undo.Plan) -> dict[str, list[dict[str, str]]]:
    """What an undo kept and refused, with the reasons."""
    return {
        name: [
            {"entity": entity, "title": str(title), "reason": str(reason)}
            for entity, title, reason in getattr(plan, name)
        ]
        for name in ("kept", "refused")
    }
