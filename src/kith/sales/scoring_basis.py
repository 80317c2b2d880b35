"""Counts what was won and lost, by team and value, and keeps the counts until they are counted anew (R66, R67)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import timezone

from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.staged import CLOSED
from kith.processes.book import book
from kith.processes.entities.stage_stay import StageStay

from . import preferences, score
from .entities.score_basis import ScoreBasis

#: Columns of the party, the person's before the company's.
PARTY = ("country", "region", "language")
ALL = "all"
TEXT = CharField()


def expression(entity: Entity, name: str) -> Any:
    """The value of a factor as SQL text; empty is NULL."""
    if name == "tags":
        return Cast(Func(F("tags"), function="unnest", output_field=UUIDField()), TEXT)
    if name in score.STATES:
        return state_of(name)
    own = entity.fields.get(name)
    if own is not None and own.stored and own.columns and own.type.name != "tags":
        plain = NullIf(Cast(own.expression(), TEXT), Value(""))
        return Coalesce(plain, of_party(name)) if name in PARTY else plain
    return of_party(name) if name in PARTY else Value(None, output_field=TEXT)


def of_party(name: str) -> Any:
    """A column of the person, else of the company."""
    return Coalesce(
        NullIf(F(f"person__{name}"), Value("")), NullIf(F(f"company__{name}"), Value("")), output_field=TEXT
    )


def state_of(name: str) -> Any:
    """How it stands with the phone or e-mail of the party: ok, bad or empty."""
    points = registry.get("parties.contactpoint").rows(SYSTEM)
    mine = Q(party=OuterRef("person_id")) | Q(party=OuterRef("company_id"))
    dead = points.filter(mine, kind=name).exclude(invalid_reason="")
    shown = {f"person__{name}__gt": ""}, {f"company__{name}__gt": ""}
    wrong = [When(Exists(dead), then=Value(score.BAD))]
    if name == "phone":  # what is no valid number is kept as it was typed
        wrong = [When(**one, then=Value(score.BAD)) for one in shown] + wrong
        shown = {"person__phone__startswith": "+"}, {"company__phone__startswith": "+"}
    good = [When(**one, then=Value(score.OK)) for one in shown]
    return Case(*good, *wrong, default=Value(score.EMPTY), output_field=TEXT)


def closed(entity: Entity) -> QuerySet[Any]:
    """What experience is made of."""
    rows = entity.rows(SYSTEM).filter(state__in=CLOSED).order_by()
    if entity.label == "sales.lead":  # a double that was joined into another record tells nothing about customers
        rows = rows.exclude(Q(state="lost") & (Q(joined_into__isnull=False) | Q(opportunity__isnull=False)))
    start: dt.date | None = preferences.get("score.start_date")
    return rows.filter(closed_at__date__gte=start) if start else rows


def count(entity: Entity) -> dict[str, Any]:
    """The counts of every team, and of all together, as they are stored."""
    found: dict[str, Any] = {}
    for team, state, number in closed(entity).values_list("org_unit_id", "state").annotate(n=Count("pk")):
        for one in both(found, team):
            one[state] += number
    for team, position, number in last_stages(entity):
        for one in both(found, team):
            one["stages"][str(position)] = one["stages"].get(str(position), 0) + number
    for name in preferences.all_score_fields():
        for team, value, state, number in seen(entity, name):
            for one in both(found, team):
                pair = one["values"].setdefault(name, {}).setdefault(value, [0, 0])
                pair[0 if state == "won" else 1] += number
    return found


def both(found: dict[str, Any], team: Any) -> Iterable[dict[str, Any]]:
    """The counts of a team and of all teams."""
    return [found.setdefault(key, {"won": 0, "lost": 0, "stages": {}, "values": {}}) for key in {str(team or ""), ALL}]


def last_stages(entity: Entity) -> Iterable[tuple[Any, int, int]]:
    """Of each team: positions of the last open stages of lost records, and how many there were."""
    stays = StageStay.objects.filter(record_id=OuterRef("pk"), state="open").order_by("-entered_at", "-pk")
    rows = closed(entity).filter(state="lost").annotate(last=Subquery(stays.values("stage_id")[:1]))
    for team, stage, number in rows.values_list("org_unit_id", "last").annotate(n=Count("pk")):
        known = book().stage(stage)
        yield team, known.position if known else 0, number


def seen(entity: Entity, name: str) -> Iterable[tuple[Any, str, str, int]]:
    """Values of a factor with team, state and number; empty ones left out."""
    rows = closed(entity).annotate(v=expression(entity, name)).values_list("org_unit_id", "v", "state")
    return [row for row in rows.annotate(n=Count("pk")) if row[1] is not None]


def renew(entity: Entity) -> tuple[set[str], set[str]]:
    """Count anew and keep the counts; returns the teams whose counts changed and all teams that have some."""
    before = ScoreBasis.objects.filter(pk=entity.label).values_list("counts", flat=True).first() or {}
    found = count(entity)
    ScoreBasis.objects.update_or_create(entity=entity.label, defaults={"counts": found, "counted_at": timezone.now()})
    return {team for team in before.keys() | found.keys() if before.get(team) != found.get(team)}, set(found)


_read: dict[str, tuple[Any, dict[str, score.Counts]]] = {}


def counts_of(entity: Entity) -> Mapping[str, score.Counts]:
    """The stored counts by team; read anew when they were counted anew."""
    at = ScoreBasis.objects.filter(pk=entity.label).values_list("counted_at", flat=True).first()
    if at is None:
        return {}
    if _read.get(entity.label, (None,))[0] != at:
        stored = ScoreBasis.objects.get(pk=entity.label)
        found = {team: score.from_json(data) for team, data in stored.counts.items()}
        _read[entity.label] = stored.counted_at, found
    return _read[entity.label][1]


def team_counts(counts: Mapping[str, score.Counts], team: Any) -> score.Counts | None:
    """The counts of a team, of all where it has closed nothing yet; None where nobody has."""
    return counts.get(str(team or "")) or counts.get(ALL)
