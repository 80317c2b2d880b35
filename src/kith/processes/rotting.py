"""Rotting: an open record that stays in its stage longer than the stage allows; only a move ends it (R62)."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, DateTimeField, DurationField, ExpressionWrapper, F, IntegerField, Value, When
from django.db.models.functions import Cast, Extract
from django.utils.translation import gettext_lazy as _

from kith.core import past, prepared
from kith.core.specs import ComputedSpec
from kith.core.staged import CLOSED
from kith.core.types import TYPES

from .book import book
from .entities.stage import Stage

DAY = 86_400


def days(record: Any) -> int:
    """Whole days since the record entered a stage in which it rots; 0 while it does not."""
    return days_in(book().stage(record.stage_id), record)


def days_in(stage: Stage | None, record: Any) -> int:
    """The same where the stage is known already."""
    if stage is None or not stage.max_days or stage.kind in CLOSED:
        return 0
    spent = (past.now() - record.stage_at).total_seconds()
    return int(spent // DAY) if spent > stage.max_days * DAY else 0


def limits() -> dict[int, list[UUID]]:
    """Stages by the days they allow; those without a limit and the closed ones are left out."""
    found: dict[int, list[UUID]] = defaultdict(list)
    for stage in book().stages.values():
        if stage.max_days and stage.kind not in CLOSED:
            found[stage.max_days].append(stage.pk)
    return found


def sql(prefix: str = "") -> Any:
    """The same in the database."""
    now = prepared.now()
    moment = Value(now, output_field=DateTimeField())
    whole = Cast(Extract(ExpressionWrapper(moment - F(f"{prefix}stage_at"), DurationField()), "day"), IntegerField())
    late = [
        When(**{f"{prefix}stage__in": stages, f"{prefix}stage_at__lt": now - timedelta(days=allowed)}, then=whole)
        for allowed, stages in sorted(limits().items())
    ]
    return Case(*late, default=Value(0), output_field=IntegerField())


ROTTING = ComputedSpec(
    name="rotting_days", label=_("stuck for days"), type=TYPES["number"], editable=False, compute=days, sql=sql,
    help=_("Days in a stage that allows fewer; 0 while it is in time."),
)  # fmt: skip
