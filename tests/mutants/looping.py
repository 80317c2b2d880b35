"""Breaks one rule after the other in forks of a process that has everything ready (see `run.py`).

1. Each proof (comparisons of the matrix, or the tests that pytest collected) runs once on the whole program; the lines that it
   runs through are noted.
2. For each broken rule a fork puts it in and runs the proofs that come by its lines, until one of them fails.
3. Every proof that noticed something runs once more in a fork without any broken rule; what fails there has noticed nothing.
"""

import gc
import hashlib
import json
import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from django.db import ProgrammingError, connection
from tests.matrix.test_matrix import rolled_back
from tests.matrix.world import build

from .applying import Unusable, applied, holders
from .breaking import Mutant, mutants
from .checks import cases
from .proofs import Proof, Recorder, asked

#: A proof that takes so many seconds longer than it did, hangs: the broken rule makes a loop or a lock.
PATIENCE = 60


@dataclass(slots=True)
class Found:
    """What became of one broken rule."""

    name: str
    key: tuple[str, ...]
    by: str = ""
    asked: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Fork:
    """A process at work."""

    pid: int
    pipe: int
    place: int
    told: Callable[[str, int], None]
    said: bytes = b""


class Run:
    """One run over all broken rules."""

    def __init__(self, session: pytest.Session) -> None:
        from pytest_django.plugin import blocking_manager_key

        self.session, self.blocker = session, session.config.stash[blocking_manager_key]
        self.wanted = json.loads(Path(os.environ["KITH_MUTANTS"]).read_text())
        self.at_once = int(self.wanted["at_once"])
        self.report = Path(self.wanted["report"])
        self.base = self.problem = ""
        self.running: list[Fork] = []

    def all(self) -> None:
        """Prepare, break, control."""
        only = set(self.wanted["only"])
        self.witnesses = {tuple(key): by for key, by in self.wanted["witnesses"]}
        items = [item for item in self.session.items if not only or item.nodeid in only]
        self.proofs = [Proof(item.nodeid, str(item.path), partial(self.test, item)) for item in items]
        with Recorder() as recorder:
            if not self.proofs[0].run():  # makes the database
                raise RuntimeError(f"{self.proofs[0].name} fails without any broken rule: {self.problem}")
            self.base = str(connection.settings_dict["NAME"])
            try:
                self.learn(recorder)
                self.tell({"proofs": len(self.proofs), "seconds": round(sum(one.seconds for one in self.proofs))})
            except BaseException:
                self.cleared()
                raise
        try:
            self.through()
        finally:
            self.cleared()

    # --- the proofs -----------------------------------------------------------------------------------------------------

    def test(self, item: pytest.Item) -> bool:
        """Whether a test passes; nothing of its module is left, all of its session is."""
        reports = runtestprotocol(item, log=False, nextitem=self.session)  # type: ignore[arg-type]
        self.problem = "\n".join(str(report.longrepr) for report in reports if report.failed)
        return not self.problem

    def case(self, ask: Callable[[], bool]) -> bool:
        """Whether a comparison of the matrix holds; whatever breaks does not."""
        try:
            with self.blocker.unblock(), rolled_back():
                return ask()
        except Exception:
            return False

    def learn(self, recorder: Recorder) -> None:
        """What each proof runs through, on the whole program; what did not change since the last run is known."""
        known = Known(self.wanted["known"])
        if self.wanted["ask"] == "matrix":
            self.closed()
            self.copied(self.base, f"{self.base}_w")
            self.use(f"{self.base}_w")
            with self.blocker.unblock():
                self.proofs = [
                    Proof(f"matrix: {name}", "matrix", partial(self.case, case)) for name, case in cases(build())
                ]
        self.recorded(recorder, known)
        known.save()
        self.closed()
        self.template = str(connection.settings_dict["NAME"])
        for place in range(self.at_once):
            self.copied(self.template, f"{self.base}_{place}")

    def recorded(self, recorder: Recorder, known: "Known") -> None:
        """Keep the proofs that hold; those that do not are told of."""
        kept = []
        for proof in self.proofs:
            if known.fill(proof) or recorder.record(proof):
                known.add(proof)
                kept.append(proof)
            else:
                self.tell({"does not hold on the whole program": proof.name})
        self.proofs = kept

    # --- the broken rules -----------------------------------------------------------------------------------------------

    def through(self) -> None:
        """Each broken rule, then the control; what was noticed by proofs that fail on the whole program is asked again."""
        todo = [(mutant, Found(mutant.name, mutant.key)) for mutant in self.chosen()]
        holders()
        gc.freeze()  # forks share what they do not touch
        while todo:
            for mutant, found in todo:
                self.fork(partial(self.attempt, mutant), partial(self.noticed, found))
            self.wait(0)
            killers = {found.by for _mutant, found in todo}
            doubtful = self.controlled([proof for proof in self.proofs if proof.name in killers])
            self.proofs = [proof for proof in self.proofs if proof.name not in doubtful]
            todo = [(mutant, Found(mutant.name, mutant.key)) for mutant, found in todo if found.by in doubtful]

    def chosen(self) -> Iterator[Mutant]:
        """Those of this part, of the wanted files."""
        first, every = map(int, self.wanted["part"].split("/"))
        for at, mutant in enumerate(mutants()):
            if (
                at % every == first - 1
                and mutant.file.startswith(self.wanted["files"])
                and mutant.key not in self.spared
            ):
                yield mutant

    @property
    def spared(self) -> set[tuple[str, ...]]:
        """Those that need not be asked again."""
        return {tuple(key) for key in self.wanted["without"]}

    def attempt(self, mutant: Mutant, place: int, say: Callable[[str], None]) -> None:
        """In a fork: put it in, and ask until somebody notices."""
        witness = self.witnesses.get(mutant.key)
        proofs = asked(mutant, self.proofs, int(self.wanted["most"]))
        if self.wanted["only"]:
            proofs = [one for one in self.proofs if one.name == witness]
        elif first := [one for one in self.proofs if one.name == witness]:
            proofs = [*first, *(one for one in proofs if one.name != witness)]
        try:
            with applied(mutant):
                say(f"asked {len(proofs)}")
                say(f"by {next((one.name for one in proofs if not self.holds(one, place, say)), '')}")
        except Unusable:
            say("by unusable")

    def holds(self, proof: Proof, place: int, say: Callable[[str], None]) -> bool:
        """In a fork: one proof on the database of its kind."""
        self.use(f"{self.base}_{place}")
        say(f"at {proof.name}")
        signal.alarm(int(PATIENCE + 10 * proof.seconds))
        return proof.run()

    def noticed(self, found: Found, told: str, code: int) -> None:
        """A fork has ended."""
        lines = [line.partition(" ") for line in told.splitlines()]
        facts = {word: rest for word, _space, rest in lines}
        found.asked = int(facts.get("asked", 0))
        found.by = facts["by"] if "by" in facts else facts.get("at", "putting it in")
        found.seconds = float(facts.get("took", 0))
        for proof in self.proofs:
            if proof.name == found.by:
                proof.kills += 1
        self.tell(asdict(found))
        how = "" if code == 0 else f" (ended by {code})"
        print(f"{time.strftime('%H:%M:%S')} {found.name}: {found.by or 'NOBODY'}{how} of {found.asked}", flush=True)

    def controlled(self, killers: list[Proof]) -> set[str]:
        """Names of the proofs that fail without any broken rule."""
        doubtful: set[str] = set()

        def control(proof: Proof, place: int, say: Callable[[str], None]) -> None:
            say("held" if self.holds(proof, place, say) else "failed")

        def told(proof: Proof, text: str, _code: int) -> None:
            if "held" not in text.splitlines():
                doubtful.add(proof.name)
                self.tell({"fails on the whole program": proof.name})

        for proof in killers:
            self.fork(partial(control, proof), partial(told, proof))
        self.wait(0)
        return doubtful

    # --- processes and databases ----------------------------------------------------------------------------------------

    def fork(self, work: Callable[[int, Callable[[str], None]], None], told: Callable[[str, int], None]) -> None:
        """Let a fork work once a place is free."""
        self.wait(self.at_once - 1)
        place = next(at for at in range(self.at_once) if at not in {one.place for one in self.running})
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            child(work, place, writing)
        os.close(writing)
        self.running.append(Fork(pid, reading, place, told))

    def wait(self, most: int) -> None:
        """Until no more than so many forks run."""
        while len(self.running) > most:
            ready, _w, _x = select.select([one.pipe for one in self.running], [], [])
            for one in [one for one in self.running if one.pipe in ready]:
                part = os.read(one.pipe, 65536)
                one.said += part
                if not part:
                    self.running.remove(one)
                    one.told(one.said.decode(), self.ended(one))

    def ended(self, one: Fork) -> int:
        """How a fork ended; a killed one may have left something in its database."""
        os.close(one.pipe)
        code = os.waitstatus_to_exitcode(os.waitpid(one.pid, 0)[1])
        if code:
            self.copied(self.template, f"{self.base}_{one.place}")
        return code

    def use(self, name: str) -> None:
        """Work on one of the databases from now on."""
        if connection.settings_dict["NAME"] != name:
            self.closed()
            connection.settings_dict["NAME"] = name

    def closed(self) -> None:
        """No connection is open."""
        with self.blocker.unblock():
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]

    def copied(self, template: str, name: str) -> None:
        """A database like another one, in place of what was there."""
        self.dropped(name)
        with self.blocker.unblock(), connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def dropped(self, name: str) -> None:
        """No such database any more; nobody may end the vacuum of one, so that is waited for."""
        for tries in range(100, -1, -1):
            try:
                with self.blocker.unblock(), connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                return
            except ProgrammingError:
                if not tries:
                    raise
                time.sleep(0.2)

    def cleared(self) -> None:
        """Nothing is left behind."""
        self.closed()
        connection.settings_dict["NAME"] = self.base
        for name in ("w", *range(self.at_once)):
            self.dropped(f"{self.base}_{name}")

    def tell(self, fact: dict[str, Any]) -> None:
        """Write a line of the report; the last one about a broken rule counts."""
        with self.report.open("a") as file:
            file.write(json.dumps(fact) + "\n")


def child(work: Callable[[int, Callable[[str], None]], None], place: int, pipe: int) -> None:
    """What a fork does; it never returns."""
    code, start = 1, time.monotonic()

    def say(line: str) -> None:
        os.write(pipe, f"{line}\n".encode())

    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        work(place, say)
        say(f"took {time.monotonic() - start:.1f}")
        code = 0
    finally:
        os._exit(code)


class Known:
    """What earlier runs learnt of proofs whose files, and the whole program, are as they were."""

    def __init__(self, file: str) -> None:
        root = Path(__file__).parents[2]
        self.file = Path(file)
        self.program = digest(path for path in sorted(root.glob("src/kith/**/*.py")) if "/tests/" not in str(path))
        self.cases = digest([*sorted(root.glob("tests/matrix/*.py")), Path(__file__).with_name("checks.py")])
        held = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.held: dict[str, Any] = held.get("proofs", {}) if held.get("program") == self.program else {}

    def mark(self, proof: Proof) -> str:
        """What must not have changed."""
        return f"{proof.name} {self.cases if proof.group == 'matrix' else digest([Path(proof.group)])}"

    def fill(self, proof: Proof) -> bool:
        """Take over what is known."""
        if found := self.held.get(self.mark(proof)):
            proof.seconds, proof.lines = found[0], frozenset(map(tuple, found[1]))
        return bool(found)

    def add(self, proof: Proof) -> None:
        """Remember it."""
        self.held[self.mark(proof)] = [proof.seconds, sorted(proof.lines)]

    def save(self) -> None:
        """For the next run."""
        self.file.write_text(json.dumps({"program": self.program, "proofs": self.held}))


def digest(paths: Any) -> str:
    """What tells contents of files apart."""
    return hashlib.sha1(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]
