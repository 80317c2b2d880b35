"""The hand-over wizard: who leaves, where each kind of record goes, what would happen, and doing it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kith.core.access import SYSTEM, Actor
from kith.core.entity import registry
from kith.core.errors import BadValue, Forbidden, Missing, Refused
from kith.core.types.picks import as_uuid
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go
from kith.distribution import handover
from kith.distribution.handover import Target


@require_http_methods(["GET", "POST"])
@guarded
def page(request: HttpRequest) -> HttpResponse:
    """Choose, look, do: one page that grows."""
    actor = actor_of(request)
    if not handover.may_hand_over(actor):
        raise Forbidden("*:assign", _("You may not give records to others; somebody with the right “assign” can."))
    data = request.POST if request.method == "POST" else request.GET
    user = chosen(data.get("user", ""))
    context = {"user": user, "person": chosen(data.get("person", "")), "reason": data.get("reason", ""), "closed": data.get("closed") == "on", "picked": {}, "errors": {}}  # fmt: skip
    if user is None:
        return render(request, "distribution/handover.html", context)
    if request.method == "POST":
        try:
            return decided(request, actor, user, context)
        except Refused as refused:
            context["errors"] = refused.errors
    return shown(request, actor, user, context, status=422 if context["errors"] else 200)


def chosen(text: str) -> Any:
    """The user of an id; None for none."""
    if not text:
        return None
    try:
        found = registry.get("access.user").rows(SYSTEM).filter(pk=as_uuid(text)).first()
    except BadValue:
        found = None
    if found is None:
        raise Missing("access.user", text)
    return found


def decided(request: HttpRequest, actor: Actor, user: Any, context: dict[str, Any]) -> HttpResponse:
    """Show what would happen, or do it."""
    choices = targets(request, context)
    if request.POST.get("do") != "1":
        context["plans"] = handover.plan(actor, user.pk, choices, closed=context["closed"])
        return shown(request, actor, user, context)
    made, change = handover.perform(actor, user.pk, choices, context["reason"], closed=context["closed"])
    count = sum(len(one.moves) for one in made)
    text = ngettext("%(num)s record handed over.", "%(num)s records handed over.", count) % {"num": count}
    request.session["toast"] = {"text": text, "undo": f"/undo/{change}" if change else ""}
    return go(request, f"/handover?user={user.pk}")


def targets(request: HttpRequest, context: dict[str, Any]) -> dict[str, Target]:
    """Where each kind goes, as chosen; those that stay are left out."""
    found: dict[str, Target] = {}
    for entity, _column in handover.kinds():
        text = request.POST.get(f"to.{entity.label}", "")
        context["picked"][entity.label] = text
        if target := handover.target_of(text, request.POST.get("person", "")):
            found[entity.label] = target
    if not found:
        raise Refused(_("Say for at least one kind where it shall go."))
    return found


def shown(request: HttpRequest, actor: Actor, user: Any, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page with what the user holds."""
    held = handover.holdings(actor, user.pk, closed=context["closed"])
    lines = [(one, [("person", _("to the person below")), *handover.targets(one.entity, one.column)]) for one in held]
    return render(request, "distribution/handover.html", context | {"lines": lines}, status=status)
