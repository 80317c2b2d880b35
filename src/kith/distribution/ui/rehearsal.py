"""The dry run of a rule on its page: what it would have done, record by record."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kith.core import access, titles
from kith.core.access import Actor
from kith.core.batch import Item
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.following import follow
from kith.core.ui.base import actor_of, guarded
from kith.core.writes import lock
from kith.distribution import rehearsal, running

SHOWN = 300


@require_POST
@guarded
def rehearse(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Do the dry run and show it; the rule remembers when it was rehearsed."""
    actor, noun = actor_of(request), registry.get("distribution.assignmentrule")
    rule = access.fetch(noun, actor, key, "edit")
    text = request.POST.get("days", "")
    days = int(text) if text.isascii() and text.isdigit() and int(text) in rehearsal.DAYS else rehearsal.DAYS[1]
    entity = registry.get(rule.entity)
    made = rehearsal.rehearse(entity, rehearsal.with_rule(rule, running.rules_of(entity)), days)
    remember(actor, noun, rule)
    return render(request, "distribution/rehearsed.html", context(actor, entity, made, days))


def remember(actor: Actor, noun: Entity, rule: Any) -> None:
    """Note the moment."""
    with change_set(actor, kind="rehearse", entity=noun.label):
        (fresh,) = lock(noun, [rule.pk])
        follow(noun, [Item(fresh, {"rehearsed_at": timezone.now()})])


def context(actor: Actor, entity: Entity, made: rehearsal.Rehearsal, days: int) -> dict[str, Any]:
    """What the result shows; records that the reader may not see keep their line without a name."""
    lines = made.lines[:SHOWN]
    wanted = {(entity.label, line.record) for line in lines}
    people = {key for line in made.lines for key in (line.owner, line.now) if key}
    found = titles.load(actor, wanted | {("access.user", key) for key in people})
    return {
        "made": made, "lines": lines, "titles": found, "entity": entity, "days": days, "hidden": len(made.lines) - len(lines),
        "tally": sorted(made.tally.items(), key=lambda pair: -pair[1]), "most": max(made.tally.values(), default=1),
        "same": sum(1 for line in made.lines if line.is_same),
    }  # fmt: skip
