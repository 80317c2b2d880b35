"""Sharing out a target list: choose people and the way, look who would get how many, do it."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kith.core import access, bulk, titles
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.ui import editors
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go
from kith.marketing import splitting
from kith.marketing.calling import ENTRY
from kith.marketing.entities.call_list import SHARING

LISTS = "marketing.targetlist"
ACTION = "share_out"


@require_http_methods(["GET", "POST"])
@guarded
def page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One page that grows: the questions, then what would happen, then the button that does it."""
    actor = actor_of(request)
    target_list = access.fetch(registry.get(LISTS), actor, key, "view")
    for label in ("marketing.calllist", ENTRY):
        access.require(actor, registry.get(label), "create")
    if request.method == "GET":
        values = {"name": target_list.name, "method": "round_robin", "attempts_limit": 3}
        return shown(request, actor, target_list, values)
    values = {spec.name: editors.posted(spec, request.POST) for spec in SHARING}
    try:
        return decided(request, actor, target_list, values)
    except Refused as refused:
        return shown(request, actor, target_list, values, errors=refused.errors)
    except Forbidden as refused:
        return shown(request, actor, target_list, values, errors={"reps": [refused.message]})


def decided(request: HttpRequest, actor: Actor, target_list: Any, values: dict[str, Any]) -> HttpResponse:
    """Show what would happen, or do it."""
    action = next(item for item in registry.get(LISTS).actions if item.name == ACTION)
    given = bulk.action_values(action, values)
    if request.POST.get("do") != "1":
        plan = splitting.plan(actor, target_list, given["reps"], given["method"])
        return shown(request, actor, target_list, values, plan=plan)
    made = splitting.share_out(actor, [target_list], **given)
    count = len(made.gifts)
    text = ngettext("%(num)s prospect shared out.", "%(num)s prospects shared out.", count) % {"num": count}
    request.session["toast"] = {"text": text, "undo": f"/undo/{made.changeset}"}
    return go(request, f"/call-lists/{made.made.pk}/?tab=progress")


def shown(request: HttpRequest, actor: Actor, target_list: Any, values: dict[str, Any], *, errors: Any = None, plan: splitting.Plan | None = None) -> HttpResponse:  # fmt: skip
    """The page."""
    reps = [key for text in values.get("reps") or () if (key := as_id(text))]
    left = list(plan.left.items())[:50] if plan else []
    wanted = {("access.user", key) for key in reps} | {("parties.party", key) for key, _reason in left}
    context = {
        "target_list": target_list, "specs": SHARING, "values": values, "errors": errors or {}, "plan": plan, "actor": actor, "left": left,
        "titles": titles.load(actor, wanted),
        "heading": _("Share out “%(name)s”") % {"name": target_list},
    }  # fmt: skip
    return render(request, "marketing/share_out.html", context, status=422 if errors else 200)


def as_id(text: Any) -> uuid.UUID | None:
    """An id of a form, None for what is none."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
