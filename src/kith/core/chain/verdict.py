"""What verification said of the chain: kept as the result of the job that does it each night and whenever somebody asks.

The result of such a job holds `rows`, `seals`, `anchors`, `waiting`, `erased`, `seconds`, `found` (how many places are not
as they were sealed) and `findings` (the first of them in words).
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from kith.core.chain.models import Seal
from kith.core.jobs_models import OPEN, JobRun, State

JOB = "audit.verify"
#: It is verified each night; after so long somebody should look why it was not.
LATE = dt.timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verification that waits or runs now, the last one that compared the chain, and the last one that failed since."""

    now: JobRun | None = None
    done: JobRun | None = None
    failed: JobRun | None = None

    @property
    def found(self) -> int:
        """How many places are not as they were sealed."""
        return int(self.done.outcome.get("found", 0)) if self.done else 0

    @property
    def state(self) -> str:
        """The word for all of it: broken until a later comparison says otherwise, else running, failed, intact or unknown."""
        if self.found:
            return "broken"
        if self.now:
            return "running"
        if self.failed:
            return "failed"
        return "intact" if self.done else "unknown"

    @property
    def run(self) -> JobRun | None:
        """The verification that the state speaks of."""
        return {"broken": self.done, "running": self.now, "failed": self.failed}.get(self.state, self.done)


def runs() -> QuerySet[JobRun]:
    """All verifications, the latest first."""
    return JobRun.objects.filter(name=JOB).select_related("actor").order_by("-created_at", "-pk")


def verdict() -> Verdict:
    """What is known at this moment; one that was stopped says nothing."""
    done = runs().filter(state=State.DONE).first()
    failed = runs().filter(state=State.FAILED, **({"created_at__gt": done.created_at} if done else {})).first()
    return Verdict(runs().filter(state__in=OPEN).first(), done, failed)


def told() -> str:
    """The last verification in a line of the doctor."""
    known = verdict()
    last = known.failed or known.done
    if last is None or last.finished_at is None:
        return "never"
    facts = last.outcome
    compared = (
        f"{facts.get('rows', 0):,} rows of {facts.get('seals', 0):,} seals with {facts.get('anchors', 0):,} anchors"
    )
    return f"{last.finished_at:%Y-%m-%d %H:%M} UTC: {'failed' if known.failed else compared}"


def problem(now: dt.datetime | None = None) -> str:
    """What is wrong with the chain or with its verification; empty when nothing is."""
    known, late = verdict(), (now or timezone.now()) - LATE
    if known.found:
        return f"the chain of the ledger is broken: {known.found} findings; run `kith audit verify`, or see the log."
    if known.failed:
        return f"the chain of the ledger could not be verified: {known.failed.message} Run `kith audit verify`, or see the log."
    since = (
        known.done.finished_at
        if known.done
        else Seal.objects.order_by("number").values_list("sealed_at", flat=True).first()
    )
    if since and since < late:
        return f"the chain of the ledger was not verified for more than {LATE.days} days; look for what the worker says of {JOB}."
    return ""
