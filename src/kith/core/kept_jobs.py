"""What follows in the background when a report or grouped list is to be kept ready: its figures, folded now and then and compared at night."""

import logging
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from . import pipeline
from .batch import Batch, Item
from .errors import Refused
from .jobs import defer, job
from .kept import building, checking

log = logging.getLogger(__name__)


@job("core.keep_figures", lock="core.keep_figures", retry=2, label=_("Figures that are kept ready"))
def keep_figures() -> dict[str, int]:
    """Build and drop kept figures until they are those that saved views ask for."""
    if not connection.in_atomic_block:  # a large table takes longer than any other statement may
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
    return building.settle()


@job("core.tend_figures", queue="system", lock="core.keep_figures", periodic="*/5 * * * *")
def tend_figures() -> dict[str, int]:
    """Fold the lines that writes have added; build what an update of Kith or a change of fields has asked for."""
    done = {"built": 0, "dropped": 0}
    if not building.is_settled():
        try:
            done = keep_figures()
        except Refused as refused:  # the doctor tells it
            log.warning("figures cannot be kept", extra={"why": str(refused)})
    return {**done, "folded": building.fold()}


@job("core.check_figures", queue="system", lock="core.keep_figures", periodic="40 3 * * *", retry=2)
def check_figures() -> dict[str, Any]:
    """Compare kept figures with the records; those that differ are built anew."""
    found = checking.differing()
    if found:
        log.error("kept figures differ", extra={"figures": found})
        checking.distrust(found)
    return {"differ": found}


def follow_views(batch: Batch) -> None:
    """Ask for the job where a written view changes what is kept."""
    if batch.entity.label != "core.view" or not any(concerns(item) for item in batch.items):
        return
    if not building.is_settled():
        defer(keep_figures)


def concerns(item: Item) -> bool:
    """Whether a view is kept, or was."""
    return bool(item.record.is_kept or "is_kept" in item.after.keys() | item.before.keys())


pipeline.following.append(follow_views)
