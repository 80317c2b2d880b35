"""Deals expected to close in the next days, of the reader and everybody below."""

from typing import Any

from django.utils import timezone

from kith.core import titles
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.filters import Group, Test, compile_filter
from kith.core.ui.tiles import counted
from kith.processes.book import book

from ..steering import addresses
from . import pipeline, scope

MOST = 6


def tests(actor: Actor) -> tuple[Test, ...]:
    """Which deals."""
    return (scope.whose(actor), Test("state", "any", ["open"]), pipeline.closing_soon())


def context(actor: Actor) -> dict[str, Any] | None:
    """The table; None when nothing closes soon."""
    count = pipeline.totals(actor).soon
    if not count:
        return None
    entity = registry.get(scope.DEALS)
    rows = entity.rows(actor).filter(compile_filter(entity, Group("all", tests(actor)), actor))
    deals = list(rows.only(*scope.COLUMNS).order_by("closes_on", "pk")[:MOST])
    shown = [name for name in ("company", "person", "owner") if scope.sees(actor, scope.DEALS, name)]
    found = titles.for_records(actor, [entity.fields[name] for name in shown], deals)
    lines = [
        (deal, next(iter(scope.customers(deal, found)), None), found.get(("access.user", deal.owner_id)))
        for deal in deals
    ]
    return {
        "deals": lines, "count": counted(count), "days": pipeline.SOON,
        "stage": lambda deal: str(book().stage(deal.stage_id) or ""), "team": bool(actor.report_ids), "today": timezone.localdate(),
        "steps": scope.sees(actor, scope.DEALS, "next_step", "next_step_on"), "href": addresses.rows(scope.DEALS, *tests(actor), sort="closes_on"),
    }  # fmt: skip
