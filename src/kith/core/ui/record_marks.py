"""Favourites and followers of a record."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from kith.core import notify, titles
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.ui import record_parts as parts
from kith.core.ui.base import record_page

SHOWN = 100


@require_POST
@record_page("view")
def star(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Keep the record at hand, or no longer."""
    on = request.POST.get("on") == "1"
    notify.star(actor, entity.label, record.pk, on=on)
    return render(request, "kith/record_star.html", {"here": parts.address(entity, record), "starred": on})


@require_POST
@record_page("view")
def follow(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Hear of changes, or no longer."""
    if request.POST.get("on") == "1":
        notify.follow(actor, entity.label, record.pk)
    else:
        notify.unfollow(actor, record.pk)
    _starred, followed, followers = notify.marks(actor, record.pk)
    return render(
        request,
        "kith/record_follow.html",
        {"here": parts.address(entity, record), "followed": followed, "followers": followers},
    )


@require_safe
@record_page("view")
def followers(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Who follows the record."""
    people = notify.followers(record.pk)[:SHOWN]
    found = titles.load(actor, {("access.user", user) for user in people})
    return render(
        request,
        "kith/followers.html",
        {
            "entity": entity,
            "record": record,
            "people": [found["access.user", user] for user in people if ("access.user", user) in found],
        },
    )
