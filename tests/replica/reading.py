"""The drill of reads: `python -m tests.replica.reading --times 100`.

A running Kith whose pages are read from a real replica. A program writes and reads what it has written, again and again, while the
replica replays and while it is stopped: it always sees its own. What somebody else reads meanwhile shows that pages do come from
the replica, and what the writer would see without the note of its last write, that the note is what helps. A replica that is five
seconds late is read no more, and the alarm says so.
"""

import argparse
import http.client
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.crash.installation import LOOPBACK, ROOT, Installation, wait_until
from tests.crash.installed import folder, installed
from tests.replica.node import Pair, following, url_of

LATE = 5.0


@dataclass
class Result:
    """What was seen."""

    own_writes: int = 0
    own_missed: int = 0
    from_replica: int = 0
    controls: dict[str, bool] = field(default_factory=dict)
    alarms: dict[str, bool] = field(default_factory=dict)
    replica_stopped: dict[str, Any] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether nobody missed an own write, and everything else was as it has to be."""
        said = [*self.controls.values(), *self.alarms.values(), *self.replica_stopped.values()]
        return not self.own_missed and bool(self.from_replica) and all(said)


class Reader:
    """A program with a token."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One request."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=60)
        try:
            headers = {"Host": "localhost", "Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def description(self, key: str) -> str:
        """The text of a company."""
        status, body = self.ask("GET", f"/api/v1/companies/{key}")
        assert status == 200, body
        return str(body["description"])


class Drill:
    """The steps, one after another."""

    def __init__(self, pair: Pair, installation: Installation, times: int) -> None:
        from tests.crash.ground import administrator

        self.pair, self.installation, self.times = pair, installation, times
        self.ground = administrator()
        self.writer = Reader(installation.port, self.ground.token)
        self.other = Reader(installation.port, self.second())
        self.result = Result()
        self.key = self.writer.ask("POST", "/api/v1/companies", {"name": "Drill"})[1]["id"]

    def second(self) -> str:
        """Another administrator's token."""
        from kith.access import shipped
        from kith.core import tokens, writes
        from kith.core.access import SYSTEM
        from kith.core.entity import registry

        user = writes.create(SYSTEM, registry.get("access.user"), {"name": "Other", "email": "other@kith.example"})
        shipped.give(shipped.roles()["administrator"], user=user)
        secret = tokens.new_secret()
        tokens.ApiToken.objects.create(user_id=user.pk, name="drill", shown=secret[:12], digest=tokens.digest(secret), scopes=["*"])  # fmt: skip
        return secret

    def run(self) -> Result:
        """All of it."""
        self.caught_up()
        self.own_writes(self.times)
        before = self.pages()
        for _number in range(20):
            self.other.description(self.key)
        self.result.from_replica = self.pages() - before
        self.stopped()
        self.gone()
        return self.result

    def own_writes(self, times: int) -> None:
        """Write and read."""
        for number in range(times):
            text = f"text {number} {time.monotonic()}"
            assert self.writer.ask("PATCH", f"/api/v1/companies/{self.key}", {"description": text})[0] == 200
            self.result.own_writes += 1
            self.result.own_missed += self.writer.description(self.key) != text

    def stopped(self) -> None:
        """The replica replays nothing: the writer sees its own, others see what was, until it is too late."""
        self.caught_up()
        old = self.other.description(self.key)
        self.pair.standby.ask("SELECT pg_wal_replay_pause()")
        began = time.monotonic()
        self.own_writes(1)
        new = self.writer.description(self.key)
        self.result.controls["others read from the replica"] = self.other.description(self.key) == old != new
        self.pair.primary.ask("DELETE FROM core_lastwrite")
        self.result.controls["without the note one's own write is missed"] = self.writer.description(self.key) == old
        assert time.monotonic() - began < LATE, "the machine is too slow to see what a replica would show in time"
        self.own_writes(self.times // 10)
        self.result.alarms["/readyz"] = wait_for(lambda: "replica" in self.installation.ready().get("warnings", []))
        self.result.alarms["read no more"] = wait_for(lambda: self.other.description(self.key) != old)
        self.result.alarms["kith doctor"] = "the replica is more than 5 s behind" in self.doctor()
        self.pair.standby.ask("SELECT pg_wal_replay_resume()")
        self.result.alarms["over again"] = wait_for(lambda: "warnings" not in self.installation.ready())
        self.result.alarms["kith doctor is content again"] = wait_for(lambda: "s behind" not in self.doctor(), 120)

    def gone(self) -> None:
        """The replica dies: pages are read where they are written."""
        self.pair.standby.kill()
        began = time.monotonic()
        answers = [self.other.ask("GET", f"/api/v1/companies/{self.key}")[0] for _number in range(10)]
        self.result.replica_stopped = {"all pages come": answers == [200] * 10, "soon": time.monotonic() - began < 30}
        self.own_writes(3)

    def caught_up(self) -> None:
        """Until the replica has everything."""
        query = "SELECT bool_and(replay_lsn >= pg_current_wal_lsn()) FROM pg_stat_replication"
        wait_until(lambda: self.pair.primary.ask(query), "the replica has everything")
        time.sleep(0.2)

    def pages(self) -> int:
        """How many rows the replica has read for questions."""
        time.sleep(1.5)  # statistics of the server come a second late
        return int(
            self.pair.standby.ask("SELECT sum(tup_fetched + tup_returned) FROM pg_stat_database WHERE datname = 'kith'")
        )

    def doctor(self) -> str:
        """What `kith doctor` says."""
        ours = self.installation.environment
        return subprocess.run(
            [sys.executable, "-m", "kith.cli", "doctor"], env=ours, cwd=ROOT, capture_output=True, text=True
        ).stdout


def wait_for(condition: Any, seconds: float = 60) -> bool:
    """Whether it becomes true."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def drill(times: int) -> Result:
    """The whole drill in a temporary folder."""
    with folder("reading") as base, following(base) as pair:
        names = {"DATABASE_URL": pair.url, "KITH_REPLICA_URL": url_of(pair.standby)}
        with installed(base, **names) as installation:
            return Drill(pair, installation, times).run()


def main() -> int:
    """0 when all was as it has to be."""
    parser = argparse.ArgumentParser(prog="python -m tests.replica.reading", description=__doc__)
    parser.add_argument("--times", type=int, default=100, help="writes that are read at once (default: %(default)s)")
    result = drill(parser.parse_args().times)
    print(json.dumps(asdict(result) | {"is_clean": result.is_clean}, indent=1))
    return 0 if result.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
