"""Keeps the scores of leads and opportunities: at once for a record that is written, by a job for all others (R66, R71).

The automatic score follows from other values and from everybody's experience; it is stored without a line in the ledger.
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from kith.core import store, writes
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch, Item
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.following import follow
from kith.core.staged import CLOSED
from kith.processes.book import book
from kith.processes.entities.process import Process

from . import preferences, score, scoring_basis

SCORED = ("sales.lead", "sales.opportunity")
#: What the score of a record depends on, besides the fields that the setting names.
BASICS = frozenset({"stage", "state", "org_unit", "person", "company", "score", "score_mode"})
COLUMNS = ("score", "score_auto")
CHUNK = 2000


def prepare(batch: Batch) -> None:
    """A score that is entered stays; emptied, it follows again."""
    for item in batch.items:
        if "score" in item.values and (item.is_new or item.values["score"] != item.record.score):
            by_hand = item.values["score"] is not None
            item.values.setdefault("score_mode", "manual" if by_hand else "automatic")


def derive(batch: Batch) -> None:
    """Score what was written; what was closed or opened again changes everybody's experience."""
    if batch.operation == "purge":
        return
    names = BASICS | set(preferences.all_score_fields())
    mine = [item.record for item in batch.items if item.is_new or not names.isdisjoint(item.after)]
    rescore(batch.entity, mine)
    if any("state" in item.after and (not item.is_new or item.record.state in CLOSED) for item in batch.items):
        from .jobs import ask_scores  # the job scores by this module

        ask_scores(batch.entity.label)


def rescore(entity: Entity, records: Iterable[Any]) -> int:
    """Store the scores of these records where they differ; returns how many did. Runs inside a change-set."""
    by_key = {record.pk: record for record in records}
    if not by_key:
        return 0
    scores = scores_of(entity, by_key.values())
    changed = [record for key, record in by_key.items() if settle(record, scores.get(key))]
    if changed:
        store.update(entity.model, changed, COLUMNS)
        follow_scores(entity, changed)
    return len(changed)


def settle(record: Any, found: Decimal | None) -> bool:
    """Set a record's scores; whether one of them changed."""
    before = record.score, record.score_auto
    record.score_auto = found
    if record.score_mode != "manual" or record.state in CLOSED:
        record.score = found
    return before != (record.score, record.score_auto)


def follow_scores(entity: Entity, records: Iterable[Any]) -> None:
    """Where a process takes its probability from the score, it follows (R54)."""
    if "probability_auto" not in entity.fields:
        return
    items = []
    for record in records:
        course = book().course(record.process_id)
        if record.is_open and course and course.process.probability_source == Process.Probability.SCORE:
            automatic = record.probability_mode == "automatic"
            items.append(
                Item(record, {"probability_auto": record.score, **({"probability": record.score} if automatic else {})})
            )
    if items:
        follow(entity, items)


def scores_of(entity: Entity, records: Iterable[Any]) -> dict[UUID, Decimal | None]:
    """The automatic scores of stored records; None where there is no experience at all."""
    counts = scoring_basis.counts_of(entity)
    found: dict[UUID, Decimal | None] = {}
    for record in records:
        found[record.pk] = Decimal(100 if record.state == "won" else 0) if record.state in CLOSED else None
    if counts and (asked := [record.pk for record in records if record.state not in CLOSED]):
        for key, team, position, values in facts(entity, asked):
            made = of(counts, team, position, values)
            found[key] = made.value if made else None
    return found


def of(
    counts: Mapping[str, score.Counts], team: Any, position: int, values: Mapping[str, list[str]]
) -> score.Score | None:
    """The score by the experience of a team; None without any."""
    known = scoring_basis.team_counts(counts, team)
    if known is None or known.is_empty:
        return None
    return score.compute(known, position, values, least_tags=preferences.get("score.min_count"))


def facts(entity: Entity, keys: Iterable[UUID]) -> Iterable[tuple[UUID, Any, int, dict[str, list[str]]]]:
    """What counts of stored records: id, team, position of the stage, values by factor."""
    names = [name for name in preferences.all_score_fields() if name != "tags"]
    rows = entity.rows(SYSTEM).filter(pk__in=list(keys)).order_by()
    rows = rows.annotate(**{f"v_{name}": scoring_basis.expression(entity, name) for name in names})
    for key, team, stage, tags, *values in rows.values_list(
        "pk", "org_unit_id", "stage_id", "tags", *(f"v_{name}" for name in names)
    ):
        known, asked = book().stage(stage), preferences.score_fields(team)
        found = {
            name: [value] for name, value in zip(names, values, strict=True) if value is not None and name in asked
        }
        if "tags" in asked:
            found["tags"] = [str(tag) for tag in tags]
        yield key, team, known.position if known else 0, found


def explain(entity: Entity, record: Any) -> score.Score | None:
    """The score of one open record with its reasons; None where there is none."""
    if record.state in CLOSED:
        return None
    counts = scoring_basis.counts_of(entity)
    return next((of(counts, *rest) for _key, *rest in facts(entity, [record.pk])), None) if counts else None


def renew(label: str, *, everything: bool = False) -> int:
    """Count all experience anew and score the open records of teams that learned something; returns how many scores changed."""
    entity = registry.get(label)
    with change_set(SYSTEM, kind="score", entity=label):
        learned, known = scoring_basis.renew(entity)
    rows = entity.rows(SYSTEM).exclude(state__in=CLOSED).order_by("pk")
    if not everything:
        if not learned:
            return 0
        rows = rows.filter(teams(learned) | ~teams(known) if scoring_basis.ALL in learned else teams(learned))
    changed, last = 0, None
    while keys := list((rows.filter(pk__gt=last) if last else rows).values_list("pk", flat=True)[:CHUNK]):
        with change_set(SYSTEM, kind="score", entity=label):
            changed += rescore(entity, writes.lock(entity, keys))
        last = keys[-1]
    return changed


def teams(keys: Collection[str]) -> Q:
    """Records of these teams; "" are those of none."""
    found = Q(org_unit__in=[key for key in keys if key not in ("", scoring_basis.ALL)])
    return found | Q(org_unit=None) if "" in keys else found


def recompute(actor: Actor, records: Iterable[Any]) -> None:
    """Count and score anew at once (the action "recompute scores")."""
    for label in sorted({record._meta.label_lower for record in records}):
        renew(label, everything=True)
