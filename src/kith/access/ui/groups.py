"""Adding a member to a group, with a look at who gains and loses what before it is saved (N5)."""

import uuid
from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kith.access import looking, whatif
from kith.core import access, writes
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.errors import Refused, Warned
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import closing

NAMES = ("user", "child", "valid_from", "valid_to")


def members() -> Entity:
    """The entity of memberships."""
    return registry.get("access.groupmember")


@guarded
@require_http_methods(["GET", "POST"])
def new_member(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The dialog; "look" rehearses, "add" saves."""
    actor = actor_of(request)
    group = access.fetch(registry.get("access.group"), actor, key, "edit")
    typed = {name: request.POST.get(name, "") for name in NAMES}
    if request.method == "GET":
        return dialog(request, actor, group, typed)
    try:
        if request.POST.get("do") == "look":
            return dialog(request, actor, group, typed, outcome=rehearse(actor, group, typed))
        with change_set(actor, kind="rights", entity="access.group") as changes:
            add(actor, group, typed, confirm=request.POST.getlist("confirm"))
    except Warned as warned:
        more = rehearse(actor, group, typed)
        return dialog(request, actor, group, typed, outcome=more, warnings=warned.warnings, status=409)
    except Refused as error:
        return dialog(request, actor, group, typed, errors=error.errors, status=422)
    return closing(_("Added."), undo=f"/undo/{changes.id}", **{"record-reload": {}, "related-changed": {}})


def add(actor: Actor, group: Any, typed: dict[str, str], confirm: Collection[str] = ()) -> None:
    """Write the membership."""
    values = {"group": group.pk, **{name: value or None for name, value in typed.items()}}
    writes.create(actor, members(), values, typed=True, confirm=confirm)


def rehearse(actor: Actor, group: Any, typed: dict[str, str]) -> whatif.Outcome:
    """Who would gain and lose what."""
    whatif.require(actor)
    return whatif.compare(actor, lambda: add(actor, group, typed))


def dialog(
    request: HttpRequest, actor: Actor, group: Any, typed: dict[str, str], *, status: int = 200, **more: Any
) -> HttpResponse:
    """Draw the dialog with what was typed."""
    chosen = {
        name: chosen_of(actor, label, typed[name])
        for name, label in (("user", "access.user"), ("child", "access.group"))
    }
    context = {
        "group": group,
        "typed": typed,
        "chosen": chosen,
        "errors": {},
        "warnings": (),
        "may_look": whatif.may_ask(actor),
    }
    context |= looking.context(more["outcome"]) if "outcome" in more else {"outcome": None}
    return render(request, "access/member_new.html", context | more, status=status)


def chosen_of(actor: Actor, label: str, key: str) -> list[tuple[str, str]]:
    """The record chosen so far, for the combobox."""
    try:
        ident = uuid.UUID(key)
    except ValueError:
        return []
    return [(str(row.pk), str(row)) for row in registry.get(label).rows(actor).filter(pk=ident)]
