"""The failover drill: `python -m tests.replica.failover --rounds 20 --writes 50000`.

Plain writers and programs of the API are at work when the primary is killed with all its processes; its standby, which each
commit waits for, takes its place. Nothing that was acknowledged may be missing, and the application, its processes never
started anew, has to go on by itself. Two controls lose something: a standby that nobody waits for, and commits that wait for
no disk. Without `--application` only the databases and the writers take part.
"""

import argparse
import itertools
import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.crash.installation import Installation, wait_until
from tests.crash.installed import folder, installed
from tests.replica.node import Pair, following
from tests.replica.writers import TABLE, Writers, lost

WRITERS, PROGRAMS = 16, 2
CONTROL = 2_000  # writes, at least
BACK_WITHIN = 10.0  # seconds from the promotion to the application's next write


@dataclass
class Failover:
    """What one kill cost."""

    acknowledged: int
    promoted: float
    web_back: float = 0.0
    worker_back: float = 0.0
    lost: int = 0


@dataclass
class Result:
    """What came of a drill."""

    rounds: list[Failover] = field(default_factory=list)
    acknowledged: int = 0
    lost: int = 0
    application: dict[str, Any] = field(default_factory=dict)
    controls: dict[str, dict[str, int]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost where nothing may be, the application went on, and each control lost something."""
        well = not self.lost and not self.application.get("violations") and self.application.get("same_processes", True)
        soon = all(max(each.web_back, each.worker_back) <= BACK_WITHIN for each in self.rounds)
        return bool(well and soon and self.controls and all(one["lost"] for one in self.controls.values()))


class Drill:
    """The rounds on one pair."""

    def __init__(self, pair: Pair, writes: int, rounds: int, seed: int, programs: "Programs | None") -> None:
        self.pair, self.programs = pair, programs
        self.each, self.count = -(-writes // rounds), rounds
        self.dice = random.Random(seed)
        self.result = Result()

    def run(self) -> Result:
        """Kill after kill; then everything is counted once more."""
        self.pair.primary.ask(TABLE)
        self.pair.primary.ask("GRANT ALL ON drill TO kith")
        self.pair.bind()
        writers = Writers(self.pair.url, WRITERS)
        with writers:
            for _number in range(self.count):
                self.round(writers)
        with self.pair.primary.connect() as connection:
            self.result.lost = lost(connection, writers.acknowledged)
        self.result.acknowledged = len(writers.acknowledged)
        if self.programs:
            self.result.application = self.programs.judged()
            self.result.acknowledged += self.result.application["acknowledged"]
        return self.result

    def round(self, writers: Writers) -> None:
        """Write, kill, promote, count, and make another standby."""
        before = len(writers.acknowledged)
        wait_until(lambda: len(writers.acknowledged) >= before + self.each, "writes are acknowledged")
        time.sleep(self.dice.uniform(0, 0.5))
        began = time.monotonic()
        self.pair.fail_over()
        done = Failover(0, round(time.monotonic() - began, 2))
        with self.pair.primary.connect() as connection:
            done.lost = lost(connection, writers.acknowledged[before:])
        if self.programs:
            done.web_back, done.worker_back = self.programs.back()
        self.pair.repair()
        done.acknowledged = len(writers.acknowledged) - before
        self.result.rounds.append(done)
        print(json.dumps(asdict(done)), file=sys.stderr, flush=True)


class Programs:
    """What programs of the API do meanwhile, and how soon they can go on."""

    def __init__(self, installation: Installation, pair: Pair) -> None:
        from tests.crash.asking import Facts
        from tests.crash.client import Client, Notes
        from tests.crash.ground import lay

        self.pair, self.ground, self.notes = pair, lay(), Notes()
        self.facts = Facts(installation.data, self.notes)
        self.processes: Callable[[], list[int]] = installation.members
        self.log = installation.data.with_name("serve.log")
        self.first = self.processes()
        self.clients = [Client(installation.port, self.ground.token, self.ground.companies, self.notes, random.Random(number), f"F{number}") for number in range(PROGRAMS)]  # fmt: skip
        for client in self.clients:
            client.start()

    def back(self) -> tuple[float, float]:
        """Seconds from now until a write is acknowledged, and until the worker has told of what was written after now."""
        now, reached = self.pair.primary.ask("SELECT now()"), self.notes.acknowledged
        web = wait_until(lambda: self.notes.acknowledged > reached, "a program goes on")
        told = "SELECT count(*) FROM core_outboxevent WHERE delivered_at > %s"
        return round(web, 2), round(web + wait_until(lambda: self.pair.primary.ask(told, now), "the worker goes on"), 2)

    def judged(self) -> dict[str, Any]:
        """What they were told, and whether it is so."""
        from tests.crash import check_work
        from tests.crash.ground import patiently

        for client in self.clients:
            client.stop()
        waiting = "SELECT count(*) FROM core_outboxevent WHERE delivered_at IS NULL"
        wait_until(lambda: not self.pair.primary.ask(waiting), "all events are delivered")
        violations = patiently(lambda: check_work.stored(self.facts) + check_work.answers(self.facts))
        return {
            "acknowledged": self.notes.acknowledged, "answers": dict(self.notes.answers), "violations": violations,
            "same_processes": self.processes() == self.first, "broken": self.broken() if self.notes.answers["500"] else [],
        }  # fmt: skip

    def broken(self) -> list[str]:
        """What the log says of answers 500."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line[:4000] for line in lines if '"level": "ERROR"' in line and '"django.request"' in line][:5]


# --- negative controls ------------------------------------------------------------------------------------------------


def control_async(pair: Pair, writes: int) -> dict[str, int]:
    """Nobody waits for the standby, whose sender stands still: what is acknowledged is not there after the failover."""
    pair.free()
    told = some(pair.url, writes // 2, first=10**9)
    assert pair.primary.stall()
    told += some(pair.url, writes // 2, first=2 * 10**9)
    pair.fail_over()
    with pair.primary.connect() as connection:
        return {"acknowledged": len(told), "lost": lost(connection, told)}


def control_off(pair: Pair, writes: int) -> dict[str, int]:
    """Commits wait for no disk, and the server is killed and started again."""
    node = pair.primary
    node.set("wal_writer_delay", "2s")
    told = some(pair.url, writes, "-c synchronous_commit=off", first=3 * 10**9, then=node.kill)
    node.start()
    with node.connect() as connection:
        return {"acknowledged": len(told), "lost": lost(connection, told)}


def some(
    url: str, count: int, options: str = "", *, first: int = 1, then: Callable[[], None] = lambda: None
) -> list[int]:
    """Numbers that were acknowledged, at least so many; `then` happens while the writers are at work."""
    with Writers(url, 8, options, numbers=itertools.count(first)) as writers:
        wait_until(lambda: len(writers.acknowledged) >= count, "writes are acknowledged")
        then()
        return list(writers.acknowledged)


def drill(rounds: int, writes: int, seed: int, *, application: bool) -> Result:
    """The whole drill in a temporary folder."""
    began = time.monotonic()
    with folder("replica") as base, following(base) as pair:
        with installed(base, DATABASE_URL=pair.url) if application else nullcontext() as kith:
            result = Drill(pair, writes, rounds, seed, Programs(kith, pair) if kith else None).run()
        result.controls = {
            "async, sender stalled": control_async(pair, CONTROL),
            "synchronous_commit=off": control_off(pair, CONTROL),
        }
    result.seconds = round(time.monotonic() - began, 1)
    return result


def main() -> int:
    """0 when nothing was lost but by the controls."""
    parser = argparse.ArgumentParser(prog="python -m tests.replica.failover", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="kills of the primary (default: %(default)s)")
    parser.add_argument("--writes", type=int, default=50_000, help="writes in all, at least (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="for the moments (default: %(default)s)")
    parser.add_argument("--no-application", dest="application", action="store_false", help="only databases and writers")
    options = parser.parse_args()
    result = drill(options.rounds, options.writes, options.seed, application=options.application)
    print(json.dumps(asdict(result) | {"is_clean": result.is_clean}, indent=1))
    return 0 if result.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
