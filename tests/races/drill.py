"""The races in the large: `python -m tests.races.drill --clients 64 --repeat 20`.

64 clients of a running Kith do the same to the same record, importers bring the same file, four workers have a clock each. Every
race must come to nothing wrong every time, and its careless variant to something.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.crash.installation import ROOT, Installation, wait_until
from tests.crash.installed import folder, installed

IMPORTERS, WORKERS, SECONDS = 4, 4, 20
#: Each job of a clock that is asked for, and for which tick.
WATCH = """
CREATE TABLE drill_tick (task text, tick bigint);
CREATE FUNCTION drill_tick() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO drill_tick SELECT NEW.task_name, (NEW.args ->> 'timestamp')::bigint WHERE NEW.args ? 'timestamp';
    RETURN NEW;
END $$;
CREATE TRIGGER drill_tick AFTER INSERT ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION drill_tick()
"""


def ticks(installation: Installation) -> dict[str, Any]:
    """Four workers on one database: how often each tick was asked for; then the same with one that was asked for twice."""
    from django.db import connection

    def doubles() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE times > 1) FROM (SELECT count(*) AS times FROM drill_tick GROUP BY task, tick) AS each"
            )
            found: tuple[int, int] = cursor.fetchone()
        return found

    with connection.cursor() as cursor:
        cursor.execute(WATCH)
    more = installation.environment | {"KITH_PROCESS": "worker"}
    workers = [subprocess.Popen([sys.executable, "-m", "kith.core.serving.worker"], env=os.environ | more, cwd=ROOT) for _number in range(WORKERS - 1)]  # fmt: skip
    try:
        wait_until(lambda: installation.ready().get("workers", 0) >= WORKERS, "four workers live")
        before = doubles()[0]
        time.sleep(SECONDS)
        asked, twice = doubles()
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO drill_tick SELECT * FROM drill_tick LIMIT 1")
    return {"ticks": asked - before, "violations": [f"{twice} ticks more than once"] if twice else [], "control_seen": int(doubles()[1] == twice + 1), "control": 1}  # fmt: skip


def repeated(race: Callable[..., list[str]], repeat: int, *given: Any) -> dict[str, Any]:
    """A race, again and again, and its careless variant once."""
    began, wrong = time.monotonic(), list[str]()
    for number in range(repeat):
        wrong += [f"{number}: {words}" for words in race(*given, f"{race.__name__} {number}")]
    seconds = round(time.monotonic() - began, 1)
    seen = race(*given, f"{race.__name__} careless", careless=True)
    return {"times": repeat, "violations": wrong[:20], "control_seen": int(bool(seen)), "control": 1, "example": seen[:1], "seconds": seconds}  # fmt: skip


def drill(clients: int, repeat: int, *, keep: bool = False) -> dict[str, Any]:
    """The whole drill in a temporary folder."""
    with folder("races", keep=keep) as base, installed(base) as installation:
        from tests.crash.ground import administrator
        from tests.races import cases
        from tests.races.together import over_http

        send = over_http(installation.port, administrator().token)
        found = {name: repeated(race, repeat, send, clients) for name, race in cases.RACES.items()}
        found["importers"] = repeated(cases.importers, repeat, IMPORTERS)
        found["schedulers"] = repeated(cases.schedulers, repeat, WORKERS)
        return found | {"workers": ticks(installation)}


def main() -> int:
    """0 when nothing was wrong but what had to be."""
    parser = argparse.ArgumentParser(prog="python -m tests.races.drill", description=__doc__)
    parser.add_argument(
        "--clients", type=int, default=64, help="who do the same at the same time (default: %(default)s)"
    )
    parser.add_argument("--repeat", type=int, default=20, help="how often each race is run (default: %(default)s)")
    parser.add_argument("--keep", action="store_true", help="keep the data folder")
    options = parser.parse_args()
    result = drill(options.clients, options.repeat, keep=options.keep)
    print(json.dumps(result, indent=1))
    return 0 if all(not one["violations"] and one["control_seen"] == one["control"] for one in result.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
