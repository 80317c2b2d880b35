"""A record as it was at a moment, who could see it then as far as that is known, and what differs between two moments."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kith.core import access, askable, asof, differences, ledger, past, titles
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Missing
from kith.core.filters import BadFilter
from kith.core.ledger import Change, ChangeSet
from kith.core.past import Past
from kith.core.timeline_changes import linked
from kith.core.ui import past_bar, past_views, record_history
from kith.core.ui import record_parts as parts
from kith.core.ui.base import named_page
from kith.core.ui.past_bar import Bar

STEPS = 20
SHARE = "access.share"
#: What apps add to the bar of a record of the past: text, address, icon.
further: list[Callable[[Entity, Actor, Any, Past], tuple[tuple[str, str, str], ...]]] = []


def show(request: HttpRequest, entity: Entity, actor: Actor, key: Any, when: Past) -> HttpResponse:
    """The page of a record as of a moment: nothing of it can be changed."""
    today = asof.of_today(entity, actor, key)
    record = asof.of_record(entity, today.pk, when)
    if record is None and today.deleted_at is not None and access.is_merged(entity, today.pk):
        raise Missing(entity.label, str(today.pk))  # the survivor is what it was by then
    ledger.log(actor, "view", entity=entity.label, record_id=today.pk, title=str(today), as_of=when.text)
    here = parts.address(entity, today)
    context: dict[str, Any] = {
        "entity": entity,
        "record": record,
        "today": today,
        "bar": bar(entity, actor, today, when),
        "here": here,
    }
    if record is None:
        return render(request, "kith/past_record.html", context | {"when": past_bar.words(when)}, status=404)
    shown = [spec for spec in parts.shown_specs(entity, actor) if askable.is_told(entity, spec.name)]
    steps = steps_until(entity, actor, today, when)
    wanted = titles.wanted(shown, [record]) | {pair for step in steps for pair in linked(step.lines)}
    seen = seers(entity, actor, record, when)
    found = titles.load(actor, wanted | {pair for _words, pair in seen})
    context |= {
        "blocks": told_blocks(entity, actor, record, found), "steps": steps, "titles_of_steps": found, "older": None, "related": related(entity, actor, record, when),
        "seen": [(words, found.get(pair)) for words, pair in seen],
    }  # fmt: skip
    return render(request, "kith/past_record.html", context)


def bar(entity: Entity, actor: Actor, record: Any, when: Past) -> Bar:
    """The bar over it."""
    here = parts.address(entity, record)
    notes = (_("What follows from other records is not shown."),)
    links: tuple[tuple[str, str, str], ...] = (
        (_("Compare with today"), f"{here}differences?{urlencode({'from': when.text})}", "git-compare"),
    )
    links += tuple(link for more in further for link in more(entity, actor, record, when))
    in_trash = record.deleted_at is not None and not access.is_merged(entity, record.pk)
    back = here + ("?trash=1" if in_trash else "")
    return Bar(_("As of %(when)s") % {"when": past_bar.words(when)}, back, notes, links)


def told_blocks(entity: Entity, actor: Actor, record: Any, found: titles.Titles) -> list[parts.Block]:
    """The sections with the fields that the ledger tells."""
    made = []
    for block in parts.blocks(entity, actor, record, found, may=frozenset()):
        block.rows[:] = [row for row in block.rows if askable.is_told(entity, row.spec.name)]
        made += [block] if block.rows else []
    return made


def steps_until(entity: Entity, actor: Actor, record: Any, when: Past) -> list[record_history.Step]:
    """The last changes up to a moment."""
    changes = list(Change.objects.filter(record_id=record.pk, at__lte=when.moment).order_by("-pk")[:STEPS])
    sets = ChangeSet.objects.in_bulk({change.changeset_id for change in changes})
    made = [record_history.step_of(entity, actor, record, change, None) for change in changes]
    return [record_history.Step(step.change, sets.get(step.change.changeset_id), step.lines) for step in made]


def seers(entity: Entity, actor: Actor, record: Any, when: Past) -> list[tuple[str, tuple[str, Any]]]:
    """Who could see the record then, as far as the ledger of owners and shares tells; roles of then are not played back."""
    user = "access.user"
    found = (
        [(_("Owner"), (user, record.owner_id))] if record.owner_id and "owner" in access.readable(actor, entity) else []
    )
    share = registry.find(SHARE)
    if share is None or not access.is_subject(entity):
        return found
    rows = asof.rows(share, SYSTEM, when).filter(subject_entity=entity.label, subject_id=record.pk)
    for row in rows.order_by("created_at", "pk")[:50]:
        if row.valid_to is None or row.valid_to >= when.day:
            pair = (user, row.user_id) if row.user_id else ("access.group", row.group_id)
            found.append((_("Shared with"), pair))
    return found


def related(entity: Entity, actor: Actor, record: Any, when: Past) -> list[tuple[str, str, str]]:
    """The lists of records that linked to it then: title, icon, address."""
    made = []
    for item in entity.relations:
        other = registry.find(item.entity)
        if other is None or not access.allowed(actor, other, "history") or not askable.is_told(other, item.link):
            continue
        if item.link not in access.readable(actor, other):
            continue
        query = urlencode([("view", "all"), ("f", f"{item.link}:any:{record.pk}"), (past.NAME, when.text)])
        made.append((capfirst(str(item.title or other.plural)), other.icon, f"/{other.slug}/?{query}"))
    return made


@require_safe
@named_page
@past.travels
def ask(request: HttpRequest, entity: Entity, actor: Actor, key: Any) -> HttpResponse:
    """The dialog: of which day."""
    record = asof.of_today(entity, actor, key)
    here = past.current()
    context = {
        "action": parts.address(entity, record), "pairs": [], "today": timezone.localdate().isoformat(), "why": "",
        "chosen": (here.day if here else past_views.last_month()).isoformat(), "differences": parts.address(entity, record, "differences"),
    }  # fmt: skip
    return render(request, "kith/past_dialog.html", context)


@require_safe
@named_page
def compare(request: HttpRequest, entity: Entity, actor: Actor, key: Any) -> HttpResponse:
    """The fields of a record that differ between two days."""
    record = asof.of_today(entity, actor, key)
    since = past.of(request.GET.get("from", "") or past_views.last_month().isoformat())
    until = past.of(request.GET.get("to", "") or timezone.localdate().isoformat())
    if since.moment > until.moment:
        raise BadFilter(_("The first day must not be after the second one."))
    lines = differences.of_record(entity, actor, record.pk, since, until)
    acts = differences.last_acts(entity, [record.pk], since, until)
    entry = differences.Entry(record, acts[record.pk].op if record.pk in acts else "update", lines)
    ledger.log(actor, "view", entity=entity.label, record_id=record.pk, title=str(record), how="differences")
    context = {
        "entity": entity, "record": record, "entry": entry, "since_words": past_bar.words(since), "until_words": past_bar.words(until), "since": since, "until": until,
        "titles_of_lines": titles.load(actor, past_views.links_of([entry])), "action": parts.address(entity, record, "differences"), "here": parts.address(entity, record),
        "today": timezone.localdate().isoformat(), "pairs": [], "acts": acts.get(record.pk),
    }  # fmt: skip
    return render(request, "kith/record_differences.html", context)
