"""Tells load balancers and people whether this process lives and whether it can serve.

Other parts of core register what must hold before a request is served: `register("guards", check)`, where the check
returns an empty text or what is wrong.
"""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateWorker

import kith
from kith.core import guards, migrating, replica

type Check = Callable[[], str]
_checks: dict[str, Check] = {}
_doubts: dict[str, Check] = {}
_passed: set[str] = set()  # what cannot become untrue while this process runs


def register(name: str, check: Check) -> Check:
    """Add a condition of /readyz."""
    _checks[name] = check
    return check


def watch(name: str, check: Check) -> Check:
    """Add something that /readyz warns of, though requests can be served."""
    _doubts[name] = check
    return check


def warnings() -> dict[str, str]:
    """What somebody should look after, by the name of the check."""
    try:
        return {name: doubt for name, check in _doubts.items() if (doubt := check())}
    except DatabaseError as error:
        return {"database": str(error).strip()}


def problems() -> dict[str, str]:
    """What keeps this process from serving, by the name of the check."""
    try:
        found = {name: check() for name, check in _checks.items()}
    except DatabaseError as error:
        return {"database": str(error).strip()}
    return {name: problem for name, problem in found.items() if problem}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    if "migrations" in _passed:
        return ""
    executor = MigrationExecutor(connection)
    if problem := migrating.unreachable(executor.loader):
        return problem
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not waiting:
        _passed.add("migrations")
    return f"{len(waiting)} migrations wait; run `kith migrate`" if waiting else ""


def _guards() -> str:
    """The triggers that let nothing past the write path; somebody with the owner's rights may have switched one off."""
    open_tables = guards.missing() if "migrations" in _passed else []
    return f"{', '.join(open_tables)}: no guard against unannounced writes; run `kith migrate`" if open_tables else ""


register("database", _database)
register("migrations", _migrations)
register("guards", _guards)
watch("replica", replica.trouble)


def workers_alive() -> int:
    """How many workers gave a sign of life in the last half minute."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - timedelta(seconds=30)).count()


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"status": "ok", "version": kith.__version__})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Every check passes, so requests can be served. Names of failed checks only: the page is public."""
    failed = sorted(problems())
    if failed:
        return JsonResponse({"status": "not ready", "failed": failed}, status=503)
    doubts = sorted(warnings())
    return JsonResponse({"status": "ready", "workers": workers_alive()} | ({"warnings": doubts} if doubts else {}))
