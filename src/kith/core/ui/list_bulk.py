"""What can be done with a selection: edit a field, assign, tag, delete, the entity's own acts; small ones at once, large ones as a job."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kith.core import access, bulk, cleaning, confirming, jobs_bulk, listing, owning
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.jobs import defer
from kith.core.jobs_models import JobRun, State
from kith.core.merging import merge
from kith.core.specs import FieldSpec
from kith.core.types import TYPES
from kith.core.ui import asking, editors
from kith.core.ui.base import actor_of, guarded, page
from kith.core.ui.filter_words import explicit
from kith.core.ui.respond import closing, go, into, toast, trigger
from kith.core.views import from_address, saved_views

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """One button over a selection."""

    what: str
    label: str
    icon: str


def offers(entity: Entity, actor: Actor) -> list[Offer]:
    """What this actor may do with a selection of this entity."""
    found = list[Offer]()
    fields = editable(entity, actor)
    if fields:
        found.append(Offer("edit", _("Edit field"), "pencil"))
    if any(spec.name == "owner" for spec in fields) and owning.may_assign(actor, entity):
        found.append(Offer("assign", _("Assign"), "user-round-pen"))
    if any(spec.name == "tags" for spec in fields):
        found += [Offer("tag", _("Add tags"), "tag"), Offer("untag", _("Remove tags"), "tags")]
    if confirming.confirmable(actor, entity):
        found.append(Offer("confirm", _("Confirm values"), "badge-check"))
    found += [
        Offer(item.name, str(item.label), item.icon)
        for item in entity.actions
        if item.bulk and access.allowed(actor, entity, item.right or item.name) and item.is_offered(actor, entity)
    ]
    if merge.may_merge(actor, entity):
        found.append(Offer("merge", _("Merge"), "git-merge"))
    if access.allowed(actor, entity, "delete"):
        found.append(Offer("delete", _("Delete"), "trash-2"))
    return found


def editable(entity: Entity, actor: Actor) -> list[FieldSpec]:
    """Fields that can be set on many records at once."""
    if not access.allowed(actor, entity, "edit"):
        return []
    names = access.writable(actor, entity)
    specs = (spec for spec in entity.fields.values() if spec.name in names and spec.type.flat)
    return sorted(specs, key=lambda spec: str(spec.label).casefold())


@dataclass(frozen=True, slots=True)
class Selection:
    """The records that an act is for: ids, or every record of a query, whose conditions are all written out."""

    keys: list[uuid.UUID]
    query: str | None = None
    is_large: bool = False

    @property
    def fields(self) -> dict[str, str]:
        """What a dialog carries on."""
        return {"ids": ",".join(map(str, self.keys))} if self.query is None else {"every": "1", "query": self.query}


def selected(request: HttpRequest, entity: Entity, actor: Actor) -> Selection:
    """The selection that was posted; raises Refused for an empty one."""
    if request.POST.get("every") != "1":
        keys = editors.as_ids(request.POST)
        if not keys:
            raise Refused(_("Nothing is selected."))
        return Selection(keys)
    # The address may be empty and still mean the view that opens first.
    look = from_address(entity, actor, QueryDict(request.POST.get("query", "").lstrip("?")), saved_views(entity, actor))
    keys = listing.keys_of(look, actor, limit=AT_ONCE + 1)
    return Selection(keys, explicit(look), len(keys) > AT_ONCE)


@require_POST
@page
def act(request: HttpRequest, entity: Entity, actor: Actor, what: str) -> HttpResponse:
    """Ask what is missing, then do it."""
    if not any(offer.what == what for offer in offers(entity, actor)):
        raise Forbidden(access.right(entity, what), _("You may not do this with a selection."))
    chosen = selected(request, entity, actor)
    if what == "merge":
        merge.chosen(actor, entity, chosen.keys)
        return go(request, f"/{entity.slug}/merge?ids={','.join(map(str, chosen.keys))}")
    specs = asked(request, entity, actor, what)
    if specs and "go" not in request.GET:
        return dialog(request, entity, actor, what, chosen, specs)
    values = {spec.name: editors.posted(spec, request.POST) for spec in specs}
    try:
        verify(actor, entity, what, values)
        return perform(request, entity, actor, what, chosen, values)
    except Refused as refused:
        if not specs:
            raise
        return dialog(request, entity, actor, what, chosen, specs, values, refused.errors)


def asked(request: HttpRequest, entity: Entity, actor: Actor, what: str) -> list[FieldSpec]:
    """The fields that the act needs."""
    if what == "delete":
        return []
    if what in ("assign", "tag", "untag"):
        return [entity.field("owner" if what == "assign" else "tags")]
    if what == "confirm":
        return [values_to_confirm(entity, actor)]
    if what == "edit":
        return [field_of(request, {spec.name: spec for spec in editable(entity, actor)})]
    return list(next(item for item in entity.actions if item.name == what).fields)


def values_to_confirm(entity: Entity, actor: Actor) -> FieldSpec:
    """The choice of the fields whose values are confirmed: those first that grow old."""
    names = confirming.confirmable(actor, entity)
    names.sort(key=lambda name: (name not in entity.fresh, str(entity.fields[name].label).casefold()))
    return FieldSpec(
        name="fields",
        label=_("Values"),
        type=TYPES["choices"],
        required=True,
        choices=tuple((name, capfirst(str(entity.fields[name].label))) for name in names),
    )


def field_of(request: HttpRequest, fields: dict[str, FieldSpec]) -> FieldSpec:
    """The field to edit: the one named, or the first one as long as none was chosen; never another one than was meant."""
    name = request.POST.get("field", "")
    if name in fields:
        return fields[name]
    if name or "go" in request.GET:
        raise Refused({"field": [_("Unknown field; there are: %(valid)s.") % {"valid": ", ".join(sorted(fields))}]})
    return next(iter(fields.values()))


def verify(actor: Actor, entity: Entity, what: str, values: dict[str, Any]) -> None:
    """Tell what is wrong before anything begins."""
    if what in ("edit", "assign"):
        cleaning.check_names(actor, entity, values)
        cleaned, errors = cleaning.clean(actor, entity, values, typed=True)
        empty = {
            name: [cleaning.REQUIRED]
            for name, value in cleaned.items()
            if entity.fields[name].required and entity.fields[name].type.is_empty(value)
        }
        if errors | empty:
            raise Refused(errors | empty)
    elif what == "confirm":
        confirming.check(actor, entity, values.get("fields") or [])
    elif what != "delete":
        bulk.act_of(entity, what, values)


def perform(
    request: HttpRequest, entity: Entity, actor: Actor, what: str, chosen: Selection, values: dict[str, Any]
) -> HttpResponse:
    """Now, or as a job when there are many."""
    verb = "edit" if what == "assign" else what
    if chosen.is_large:
        run = defer(jobs_bulk.bulk_job, request.user, entity=entity.label, what=verb, query=chosen.query, values=values)
        return progress(request, run)
    result = bulk.run(lambda: access.actor_of(actor.id), entity, chosen.keys, verb, values)
    text = jobs_bulk.result_words(result.done, result.skipped)
    undo = f"/undo/{result.changeset}" if result.changeset else ""
    if result.refused:
        context = {
            "entity": entity,
            "text": text,
            "refused": [(*told, asking.remedy(entity, told[0], values)) for told in result.refused],
            "left": result.skipped,
        }
        response = into(render(request, "kith/bulk_result.html", context), "#modal", "innerHTML")
        return trigger(toast(response, text, undo=undo), **{"refresh-list": {}})
    if result.reasons:
        text += ": " + " ".join(result.reasons)
    return closing(text, undo=undo, **{"refresh-list": {}})


def dialog(
    request: HttpRequest,
    entity: Entity,
    actor: Actor,
    what: str,
    chosen: Selection,
    specs: list[FieldSpec],
    values: Any = None,
    errors: Any = None,
) -> HttpResponse:
    """The dialog that asks for the values."""
    label = next(offer.label for offer in offers(entity, actor) if offer.what == what)
    context = {
        "title": label, "address": f"/{entity.slug}/bulk/{what}", "specs": [editors.narrowed(actor, entity, spec, many=True) for spec in specs], "values": values or {}, "errors": errors or {}, "actor": actor, "carried": chosen.fields,
        "fields": [(spec.name, capfirst(str(spec.label))) for spec in editable(entity, actor)] if what == "edit" else [],
        "count": len(chosen.keys), "is_large": chosen.is_large,
    }  # fmt: skip
    return render(request, "kith/bulk_form.html", context, status=422 if errors else 200)


# --- progress of a job ------------------------------------------------------------------------------------------------


def progress(request: HttpRequest, run: JobRun) -> HttpResponse:
    """Close the dialog and show a message that follows the job."""
    return trigger(render(request, "kith/job_toast.html", {"run": run, "place": True}), close={})


@require_GET
@guarded
def follow(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The message of a job that runs, or what came of it."""
    run = JobRun.objects.filter(pk=key, actor=actor_of(request).id).first()
    if run is None:
        raise Missing("core.job", str(key))
    if run.is_open:
        return render(request, "kith/job_toast.html", {"run": run, "place": False})
    response = HttpResponse("")
    trigger(response, **{"refresh-list": {}})
    if run.state == State.DONE:
        facts = run.outcome
        words = (
            jobs_bulk.redone_words if facts.get("redone")
            else jobs_bulk.undone_words if facts.get("undone") else jobs_bulk.result_words
        )  # fmt: skip
        return toast(
            response,
            words(facts.get("done", 0), facts.get("skipped", 0)),
            undo=f"/undo/{facts['changeset']}" if facts.get("changeset") else "",
            redo=f"/redo/{facts['undo']}" if facts.get("undo") else "",
        )
    return toast(response, run.message or run.get_state_display(), tone="bad")
