"""The trash: deleted records of every kind, brought back or erased for good."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kith.core import access, housekeeping, titles, writes
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Missing, Refused
from kith.core.ledger import Change, ChangeSet, Op
from kith.core.merging.merged import current
from kith.core.ui import editors
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import closing, trigger, wants_part

PAGE = 50


def kinds(actor: Actor) -> list[Entity]:
    """Entities whose deleted records this actor could bring back; parts come and go with the whole."""
    whole = (entity for entity in registry if not entity.access.parent and access.allowed(actor, entity, "delete"))
    return sorted(whole, key=lambda entity: str(entity.plural))


def kind_of(actor: Actor, slug: str) -> Entity:
    """The entity of a slug, among those above."""
    found = next((entity for entity in kinds(actor) if entity.slug == slug), None)
    if found is None:
        raise Missing("core.trash", slug)
    return found


def rows(entity: Entity, actor: Actor) -> Any:
    """Deleted records, the latest first; merged ones are no such."""
    found = entity.rows(actor, "delete", trashed=True)
    if entity.duplicates:
        found = found.exclude(pk__in=current().filter(entity=entity.label).values("record_id"))
    return found.defer(*titles.HEAVY).order_by("-deleted_at", "-pk")


@require_GET
@guarded
def show(request: HttpRequest) -> HttpResponse:
    """The trash, one kind of record at a time."""
    actor = actor_of(request)
    counts = [(entity, rows(entity, actor).order_by().count()) for entity in kinds(actor)]
    tabs = [
        {
            "title": capfirst(str(entity.plural)),
            "href": f"/trash?kind={entity.slug}",
            "slug": entity.slug,
            "count": count,
        }
        for entity, count in counts
        if count
    ]
    wanted = request.GET.get("kind", "") or (tabs[0]["slug"] if tabs else "")
    entity = kind_of(actor, wanted) if wanted else None
    before = request.GET.get("before", "")
    found = page(entity, actor, before) if entity else []
    context = {
        "tabs": tabs,
        "entity": entity,
        "records": found[:PAGE],
        "more": found[PAGE - 1].pk if len(found) > PAGE else "",
        "users": deleters(actor, found),
        "how_long": how_long(),
        "may_erase": access.has_system_right(actor, "trash_purge"),
    }
    return render(request, "kith/trash_list.html" if wants_part(request) else "kith/trash.html", context)


def how_long() -> str:
    """How long deleted records can be brought back, in words."""
    if not (days := housekeeping.TRASH_DAYS):
        return _("Deleted records stay here until somebody erases them.")
    return ngettext(
        "Deleted records stay here for %(num)s day.", "Deleted records stay here for %(num)s days.", days
    ) % {"num": days}


def page(entity: Entity, actor: Actor, before: str) -> list[Any]:
    """One page of deleted records and one more, after the record `before`."""
    found = rows(entity, actor)
    if before:
        last = access.fetch(entity, actor, before, "delete", trashed=True)
        found = (
            found.filter(deleted_at__lte=last.deleted_at)
            .exclude(pk=last.pk)
            .exclude(deleted_at=last.deleted_at, pk__gt=last.pk)
        )
    return list(found[: PAGE + 1])


def deleters(actor: Actor, records: list[Any]) -> dict[Any, str]:
    """Who deleted each record, from the ledger."""
    entries = dict(
        Change.objects.filter(record_id__in=[record.pk for record in records], op=Op.DELETE)
        .order_by("at")
        .values_list("record_id", "changeset_id")
    )
    names = dict(ChangeSet.objects.filter(pk__in=set(entries.values())).values_list("pk", "actor_name"))
    return {record: names.get(changeset, "") for record, changeset in entries.items()}


@require_POST
@guarded
def restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring the selected records back."""
    actor = actor_of(request)
    entity = kind_of(actor, slug)
    outcome = writes.restore(actor, entity, chosen(request))
    text = ngettext("%(num)s record restored", "%(num)s records restored", len(outcome.records)) % {
        "num": len(outcome.records)
    }
    return closing(text, undo=f"/undo/{outcome.changeset}" if outcome.records else "", **{"refresh-list": {}})


@require_POST
@guarded
def erase(request: HttpRequest, slug: str) -> HttpResponse:
    """Erase the selected records for good, after the word for it was typed."""
    actor = actor_of(request)
    access.require_system_right(actor, "trash_purge")
    entity, keys = kind_of(actor, slug), chosen(request)
    word = _("erase")
    records = list(rows(entity, actor).filter(pk__in=keys))
    if not records:
        raise Refused(_("Nothing is selected."))
    context = {
        "entity": entity,
        "ids": ",".join(str(record.pk) for record in records),
        "count": len(records),
        "word": word,
        "address": f"/trash/{slug}/erase?go=1",
    }
    if "go" not in request.GET:
        return render(request, "kith/erase_form.html", context)
    if request.POST.get("word", "").strip().casefold() != word.casefold():
        return render(
            request,
            "kith/erase_form.html",
            context | {"errors": [_("Type “%(word)s” to confirm.") % {"word": word}]},
            status=422,
        )
    try:
        writes.purge(actor, entity, records)
    except Refused as refused:
        return render(request, "kith/erase_form.html", context | {"errors": refused.errors.get("", [])}, status=422)
    words = ngettext("%(num)s record erased", "%(num)s records erased", len(records)) % {"num": len(records)}
    return trigger(closing(words), **{"refresh-list": {}})


def chosen(request: HttpRequest) -> list[Any]:
    """The posted ids; raises Refused when there are none."""
    keys = editors.as_ids(request.POST)
    if not keys:
        raise Refused(_("Nothing is selected."))
    return keys
