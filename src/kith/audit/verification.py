"""Verifying the chain as a job: with the anchors of the data folder, as `kith audit verify` does, and those who may read the log are told of what was found."""

import time
import uuid
from typing import Any

import psycopg
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import ngettext

from kith.access import holders
from kith.core import notify, room
from kith.core.access import SYSTEM, actor_of
from kith.core.chain import anchors, verifying
from kith.core.jobs import Running, running
from kith.core.jobs.running import passes
from kith.core.jobs_models import JobRun
from kith.core.ui import formats

KIND = "chain"
#: So many findings are kept in words.
KEPT = 20


def verify() -> dict[str, Any]:
    """Compare everything, a step at a time and on one connection beside this one, so that other jobs have room; what came of it."""
    began, job = time.monotonic(), running()
    kept, found = readable()
    with room.reading():
        job.expect(verifying.total())
        report, spoilt = compared(kept, job)
    found += [*spoilt, *map(str, report.findings)]
    if found and job.record:
        tell(job.record, len(found), is_cut=report.is_cut)
    return {
        "rows": report.total, "seals": report.seals, "anchors": report.anchors, "waiting": report.waiting, "erased": report.erased,
        "seconds": round(time.monotonic() - began, 1), "found": len(found), "is_cut": report.is_cut, "findings": found[:KEPT],
    }  # fmt: skip


def compared(kept: list[anchors.Anchor], job: Running) -> tuple[verifying.Report, list[str]]:
    """The comparison. A chain that cannot even be read is a finding, too; what is no fault of the chain is tried again as in any job."""
    try:
        return verifying.verify(kept, at_once=1, compared=job.step), []
    except (DatabaseError, psycopg.DataError, ValueError, OverflowError) as error:
        if passes(error):
            raise
        return verifying.Report(), [f"the chain cannot be read: {str(error).strip()}"]


def readable() -> tuple[list[anchors.Anchor], list[str]]:
    """The anchors of the data folder. A file that cannot be read is a finding: whoever spoils it must not silence verification."""
    try:
        return anchors.kept(), []
    except anchors.Unreadable as error:
        return [], [f"anchors: {error}"]


def tell(run: JobRun, found: int, *, is_cut: bool = False) -> None:
    """Tell everybody who may read the log once, in the own language, also when the job runs twice."""
    readers = holders.of_system_right("audit")
    told = {user for user, detail in notify.told(readers, KIND, run.created_at) if detail.get("run") == str(run.pk)}
    for reader in readers:
        if reader not in told:
            with translation.override(actor_of(reader).language):
                notify.tell([reader], KIND, by=SYSTEM, title=title(found, is_cut), url=address(run.pk), run=str(run.pk))


def title(found: int, is_cut: bool = False) -> str:
    """How much was found, in words; whether that is all there is."""
    said = {"num": formats.num(found)}
    if is_cut:
        return ngettext("at least %(num)s place is not as it was sealed", "at least %(num)s places are not as they were sealed", found) % said  # fmt: skip
    return ngettext("%(num)s place is not as it was sealed", "%(num)s places are not as they were sealed", found) % said


def address(key: uuid.UUID) -> str:
    """The page of a verification."""
    return f"/audit/chain/{key}"
