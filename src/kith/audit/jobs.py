"""Looking at the log on a clock, and verifying the chain each night and whenever somebody asks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core.chain import verdict
from kith.core.jobs import defer_once, job

from . import telling, verification


@job("audit.watch", queue="system", periodic="*/10 * * * *", lock="audit.watch", retry=3, label=_("Watching the log"))
def watch() -> int:
    """Tell whoever may read the log of anomalies that are new."""
    return telling.tell()


@job(verdict.JOB, lock=verdict.JOB, label=_("Verifying the chain"))
def verify() -> dict[str, Any]:
    """Verify the whole chain and tell whoever may read the log of what was found."""
    return verification.verify()


@job("audit.verify_nightly", queue="system", periodic="40 3 * * *", retry=3, label=_("Verifying the chain each night"))
def verify_nightly() -> None:
    """Ask for it as Kith itself, so that people see what came of it."""
    defer_once(verify)
