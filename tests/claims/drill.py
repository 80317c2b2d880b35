"""The claim drill: `python -m tests.claims.drill`.

64 clients take 10,000 leads from one pool of a running Kith, through its page, its API and jobs, all at the same time and all
after the same records. The oracle reads the ledger: each lead became somebody's exactly once, and of the one who was told so.
A negative control takes records carelessly, and the oracle has to see it.
"""

import argparse
import json
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.crash.installation import Installation, wait_until
from tests.crash.installed import folder, installed

if TYPE_CHECKING:
    from tests.claims.ground import Ground

DOORS = ("page", "api")
CONTROL = 20


def take_all(installation: Installation, ground: "Ground", jobs: int) -> dict[str, Any]:
    """Let everybody loose; what was told, how it was answered, how long it took."""
    from tests.claims.clients import Board, Client

    board, began = Board(list(ground.leads)), time.monotonic()
    job_people = ground.takers[:jobs]
    runs = [ask_job(taker, number) for number, taker in enumerate(job_people)]
    clients = [Client(installation.port, ground, taker, board, DOORS[at % 2], at) for at, taker in enumerate(ground.takers[jobs:])]  # fmt: skip
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    wait_until(lambda: all(ended(run) for run in runs), "the jobs end", every=0.5)
    failures = [repr(client.failure) for client in clients if client.failure]
    done = sum(outcome(run) for run in runs)
    return {"seconds": round(time.monotonic() - began, 1), "told": board.told, "answers": dict(board.answers), "failures": failures, "by_jobs": done}  # fmt: skip


def ask_job(taker: Any, number: int) -> Any:
    """A job that takes every lead whose name says so; each job wants others, the clients want all of them."""
    from kith.core.jobs import defer
    from kith.core.jobs_bulk import bulk_job

    query = f"f=name:contains:{number % 10}7"
    return defer(bulk_job, taker.user, entity="sales.lead", what="claim", query=query, values={})


def ended(run: Any) -> bool:
    """Whether a job is over."""
    from django.db import connection

    run.refresh_from_db()
    connection.close()
    return not run.is_open


def outcome(run: Any) -> int:
    """How many records a job says it took."""
    return int((run.outcome or {}).get("done", 0))


def judge(ground: "Ground", result: dict[str, Any], jobs: int) -> dict[str, Any]:
    """The oracle's word, and that of the control."""
    from tests.claims import controls, oracle
    from tests.claims import ground as grounds

    told, owners = result.pop("told"), oracle.owners_of(ground.leads)
    job_people = {taker.user.pk for taker in ground.takers[:jobs]}
    by_jobs = sum(1 for owner in owners.values() if owner in job_people)
    wrong = oracle.violations(ground.leads, told) + result["failures"]
    if by_jobs != result["by_jobs"]:
        wrong.append(f"jobs said {result['by_jobs']}, the records say {by_jobs}")
    total = sum(len(mine) for mine in told.values()) + by_jobs
    if total != len(ground.leads):
        wrong.append(f"{total} were told of, {len(ground.leads)} there are")
    bait = grounds.fill(ground.pool, CONTROL)
    seen = controls.careless(ground, bait)
    people = Counter(owners.values())
    return result | {
        "leads": len(ground.leads), "clients": len(ground.takers), "taken": sum(1 for owner in owners.values() if owner), "violations": wrong[:20],
        "least": min(people.values()), "most": max(people.values()), "control_seen": sum("times taken" in line for line in seen), "control": CONTROL,
    }  # fmt: skip


def drill(clients: int, leads: int, jobs: int, *, keep: bool = False) -> dict[str, Any]:
    """The whole drill in a temporary folder."""
    with folder("claims", keep=keep) as base, installed(base) as installation:
        from tests.claims.ground import lay

        ground = lay(clients, leads)
        return judge(ground, take_all(installation, ground, jobs), jobs)


def main() -> int:
    """0 when each lead was taken once and the control was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.claims.drill", description=__doc__)
    parser.add_argument(
        "--clients", type=int, default=64, help="people who take at the same time (default: %(default)s)"
    )
    parser.add_argument("--leads", type=int, default=10_000, help="leads in the pool (default: %(default)s)")
    parser.add_argument(
        "--jobs", type=int, default=8, help="of the clients, how many take by a job (default: %(default)s)"
    )
    parser.add_argument("--keep", action="store_true", help="keep the data folder")
    options = parser.parse_args()
    result = drill(options.clients, options.leads, options.jobs, keep=options.keep)
    print(json.dumps(result, indent=1))
    return 0 if not result["violations"] and result["control_seen"] == result["control"] else 1


if __name__ == "__main__":
    sys.exit(main())
