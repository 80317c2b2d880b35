"""How fast a large ledger is sealed and verified: `python -m tests.ledger.speed [--rows 1000000] [--data FOLDER]`.

In a database of its own, half entries of the ledger, half lines of the log of a month. A row in the middle is then changed
behind Kith's back: a verification that found nothing would be worth nothing.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.crash.installed import folder
from tests.overload.drill import prepared

CHANGESET = """
INSERT INTO core_changeset (id, at, kind, origin, reason, actor_id, actor_name, request_id, entity, records, confirmed)
VALUES (%(changeset)s, now(), 'edit', 'ui', '', %(actor)s, 'Ann Own', md5(%(changeset)s::text), 'parties.company', %(rows)s, '[]')
"""
CHANGES = """
INSERT INTO core_change (at, changeset_id, entity, record_id, op, title, version, before, after, source)
SELECT now(), %(changeset)s, 'parties.company', gen_random_uuid(), 'update', 'Company ' || n, n %% 9 + 1,
    jsonb_build_object('name', 'Company ' || n, 'city', 'Town ' || n %% 97, 'status', 'lead'),
    jsonb_build_object('name', 'Company & Sons ' || n, 'city', 'Town ' || n %% 89, 'status', 'customer'), '{}'
FROM generate_series(1, %(rows)s) n
"""
EVENTS = """
INSERT INTO core_auditevent (at, kind, origin, actor_id, actor_name, ip, agent, entity, record_id, title, count, request_id, detail)
SELECT now() - n * interval '1 day' / %(rows)s, (ARRAY['view', 'list', 'update', 'search'])[n %% 4 + 1], 'ui', %(actor)s, 'Ann Own', '10.1.2.' || n %% 200,
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 'parties.company', gen_random_uuid(), 'Company ' || n, 1, md5(n::text), '{"how": "page"}'
FROM generate_series(1, %(rows)s) n
"""
#: Change-sets, each with as many entries and as many lines of the log.
SETS = 20


def fill(rows: int) -> None:
    """So many rows in all, beside the change-sets."""
    import uuid

    from django.db import connection, transaction

    from kith.core.changes import maintenance

    for _number in range(SETS):
        values = {"changeset": uuid.uuid4(), "actor": uuid.uuid4(), "rows": rows // SETS // 2}
        with transaction.atomic(), maintenance("maintenance"), connection.cursor() as cursor:
            for statement in (CHANGESET, CHANGES, EVENTS):
                cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE core_change, core_changeset, core_auditevent")


def timed[T](ask: Callable[[], T]) -> tuple[T, float]:
    """An answer, and the seconds that it took."""
    start = time.monotonic()
    return ask(), round(time.monotonic() - start, 2)


def measured(rows: int) -> dict[str, Any]:
    """Everything."""
    from kith.audit import anomalies
    from kith.core import machine
    from kith.core.chain import sealer, verifying
    from kith.core.chain.models import Seal

    found: dict[str, Any] = {"processors": os.cpu_count(), "10 M additions": f"{machine.speed():.1f} s"}
    if not Seal.objects.exists():
        fill(rows)
        sealed, seconds = timed(sealer.seal)
        found["sealed_rows_per_second"] = round(sealed / seconds)
    before = spent()
    seen, found["verified_seconds"] = timed(verifying.verify)
    found["verified_processor_seconds"] = round(spent() - before, 2)
    found |= {"verified": seen.total, "findings": [str(one) for one in seen.findings]}
    lines, found["anomalies_seconds"] = timed(lambda: anomalies.find(30))
    found |= {"anomalies": len(lines), "tampering found": tampered()}
    return found


def spent() -> float:
    """Processor time of this process and of all connections so far; they are closed, so that the server counts them in."""
    from django.conf import settings

    from kith.core import database

    database.close()
    time.sleep(0.5)
    server = (settings.DATA / "pg" / "postmaster.pid").read_text().split()[0]
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def tampered() -> list[str]:
    """What verification says of a row that was changed without Kith; it is changed back."""
    from django.db import connection

    from kith.core.chain import verifying
    from kith.core.changes import maintenance

    def set_title(old: str, new: str) -> None:
        with maintenance("maintenance"), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_change SET title = %s WHERE id = (SELECT max(id) / 2 FROM core_change) AND title LIKE %s",
                [new, old],
            )
            assert cursor.rowcount == 1

    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM core_change WHERE id = (SELECT max(id) / 2 FROM core_change)")
        (title,) = cursor.fetchone()
    set_title(title, "Changed by night")
    try:
        return [str(one) for one in verifying.verify().findings]
    finally:
        set_title("Changed by night", title)


def main() -> int:
    """0 when nothing is wrong that does not depend on the machine."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledger.speed", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, help="a folder that is kept: the next run only verifies")
    options = parser.parse_args()
    with folder("ledger") as base:
        data = (options.data or base / "ledger").resolve()
        os.environ |= {"KITH_DATA": str(data), "DJANGO_SETTINGS_MODULE": "kith.settings", "KITH_PROCESS": "command"}
        found = prepared(data, lambda: measured(options.rows))
    print(json.dumps(found, indent=1))
    return int(bool(found["findings"]) or len(found["tampering found"]) != 1)


if __name__ == "__main__":
    raise SystemExit(main())
