"""The rounds of the drill: work, kill, wait, look."""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from tests.crash import asking, check_effects, controls, oracle
from tests.crash.asking import Facts
from tests.crash.client import Client, Notes
from tests.crash.ground import Ground, patiently
from tests.crash.installation import VICTIMS, Installation, wait_until
from tests.crash.mover import Mover
from tests.crash.work import Editor, Task, ask_import

AFTERWARDS = 5  # writes of the program that must succeed after a crash
TRIES = 10
KINDS = ("import", "bulk")


@dataclass
class Round:
    """What happened in one round."""

    number: int
    victim: str
    killed: int
    during: str
    after: float
    recovery: float
    acknowledged: int
    violations: list[str] = field(default_factory=list)


@dataclass
class Result:
    """What came of a drill."""

    seed: int
    rounds: list[Round] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    controls: dict[str, bool] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    #: Jobs that had to begin again.
    interrupted: dict[str, int] = field(default_factory=dict)
    mails_repeated: int = 0
    #: Files that no row knows: of somebody who was killed between storing and writing.
    files_ownerless: int = 0
    seconds: float = 0.0

    @property
    def kills(self) -> dict[str, int]:
        """How often each victim was killed."""
        return dict(Counter(each.victim for each in self.rounds))

    @property
    def recoveries(self) -> dict[str, float]:
        """The longest time until all was whole again, by victim."""
        return {victim: max(each.recovery for each in self.rounds if each.victim == victim) for victim in self.kills}

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost and every control was noticed."""
        return not self.violations and bool(self.controls) and all(self.controls.values())


@dataclass(frozen=True, slots=True)
class Moment:
    """A kill: seconds after the job that was aimed at had begun, whom, and during what."""

    after: float
    pids: list[int]
    during: str


class Drill:
    """The rounds on one installation."""

    def __init__(self, installation: Installation, ground: Ground, seed: int) -> None:
        self.installation, self.ground = installation, ground
        self.dice = random.Random(seed)
        self.facts = Facts(installation.data, Notes())
        self.editor = Editor(installation.port, ground)
        self.result = Result(seed)
        self.spans: dict[str, float] = {}  # seconds that each job takes without a crash

    def run(self, rounds: int, minutes: float = 0) -> Result:
        """One round without a crash, which tells how long the work takes, then the others as far as the time goes, then the controls."""
        began = time.monotonic()
        self.calm()
        for number, victim in enumerate(self.deck(rounds), start=1):
            if minutes and time.monotonic() - began > 60 * minutes:
                break
            self.round(number, victim)
        self.facts.since, self.facts.is_final = 0, True
        self.take(f"end: {words}" for words in [*oracle.look(self.facts), *check_effects.chain()])
        self.result.mails_repeated = check_effects.repeated_mails(self.facts.data)
        self.result.files_ownerless = len(check_effects.ownerless(self.facts.data))
        self.result.controls = controls.run(controls.narrowed(self.facts)) | controls.broken_chain()
        self.result.rows, self.result.interrupted = asking.size(), asking.interrupted()
        self.result.answers = dict(self.facts.notes.answers)
        self.result.acknowledged = self.facts.notes.counts() | {"creations repeated": self.facts.notes.repeated}
        self.result.seconds = time.monotonic() - began
        return self.result

    def deck(self, rounds: int) -> list[str]:
        """Whom to kill: everybody in turn, then in a random order again."""
        cards = list(VICTIMS)
        while len(cards) < rounds:
            cards += self.dice.sample(VICTIMS, len(VICTIMS))
        return cards[:rounds]

    def take(self, violations: Iterable[str]) -> None:
        """Keep what is wrong, and say it at once."""
        for words in violations:
            self.result.violations.append(words)
            print("VIOLATION", words, file=sys.stderr, flush=True)

    def calm(self) -> None:
        """The work without a crash: how long it takes, and that the checks hold when nothing happens."""
        clients = self.clients(0)
        pair = self.ask("calm", "bulk")
        wait_until(lambda: not self.at_work(), "jobs end")
        self.spans = {task.kind: task.seconds for task in pair}
        stop(clients)
        wait_until(lambda: not self.at_work(), "jobs end")  # what the last requests asked for
        self.settle("calm")

    def round(self, number: int, victim: str) -> None:
        """Work, kill, wait, look."""
        clients, before = self.clients(number), self.facts.notes.acknowledged
        moment = self.moment(number, victim)
        recovery = self.installation.recover(victim, moment.pids)
        self.take(
            f"round {number}, after killing {victim}: {words}" for words in patiently(lambda: oracle.look(self.facts))
        )
        reached = self.facts.notes.acknowledged
        wait_until(
            lambda: any(client.failure for client in clients) or self.facts.notes.acknowledged >= reached + AFTERWARDS,
            "the program goes on",
        )
        stop(clients)
        wait_until(lambda: not self.at_work(), "jobs end")
        done = Round(
            number,
            victim,
            len(moment.pids),
            moment.during,
            round(moment.after, 2),
            round(recovery, 2),
            self.facts.notes.acknowledged - before,
        )
        self.result.rounds.append(done)
        done.violations = self.settle(f"round {number}, {victim}")
        print(json.dumps(asdict(done)), file=sys.stderr, flush=True)

    def moment(self, number: int, victim: str) -> Moment:
        """Kill at a random moment of the import or, in turn, of the bulk edit; when it was over too early, give more work."""
        turn = VICTIMS.index(victim) + sum(each.victim == victim for each in self.result.rounds)
        kind = KINDS[turn % len(KINDS)]
        for trial in range(TRIES):
            pair = self.ask(f"r{number}t{trial}", kind)
            aim = next(task for task in pair if task.kind == kind)
            wait_until(lambda: aim.is_running or not aim.is_open, "a job begins", every=0.005)  # noqa: B023 - waits here
            began = time.monotonic()
            pids = self.installation.victims(victim, self.dice)
            pause = began + self.dice.uniform(0, self.spans[kind] / (trial + 1)) - time.monotonic()
            time.sleep(max(0.0, pause))
            if aim.is_running:
                self.installation.kill(victim, pids)
                return Moment(time.monotonic() - began, pids, kind)
            wait_until(lambda: not self.at_work(), "jobs end")
        raise AssertionError("the work is always over before anything can be killed")

    def ask(self, mark: str, last: str) -> list[Task]:
        """Ask for both jobs, for the one that is aimed at last."""
        acts = {"import": lambda: ask_import(self.ground, mark), "bulk": lambda: self.editor.ask(mark)}
        pair = [acts[kind]() for kind in sorted(acts, key=lambda kind: kind == last)]
        self.facts.tasks += pair
        return pair

    def at_work(self) -> int:
        """Jobs that wait or run, deliveries of events included."""
        query = "SELECT (SELECT count(*) FROM core_jobrun WHERE state IN ('queued', 'running')) + (SELECT count(*) FROM procrastinate_jobs WHERE queue_name <> 'system' AND status IN ('todo', 'doing'))"
        return patiently(lambda: asking.number(query))

    def clients(self, number: int) -> list[Client]:
        """Two programs at work: one writes, one moves."""
        port, ground, notes, browser = self.installation.port, self.ground, self.facts.notes, self.editor.browser
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        csrf = browser.headers["X-CSRFToken"]
        made = [
            Client(port, ground.token, ground.companies, notes, random.Random(self.dice.random()), f"C{number}"),
            Mover(
                port,
                ground.token,
                str(ground.user.pk),
                cookie,
                csrf,
                notes,
                random.Random(self.dice.random()),
                f"M{number}",
            ),
        ]
        for client in made:
            client.start()
        return made

    def settle(self, when: str) -> list[str]:
        """Look when all work is done, and remember where the ledger ends."""
        self.facts.is_final = True
        violations = [f"{when}: {words}" for words in oracle.look(self.facts)]
        self.facts.is_final = False
        self.facts.since = asking.last_change()
        self.take(violations)
        return violations


def stop(clients: Iterable[Client]) -> None:
    """Let programs finish what they are at."""
    for client in clients:
        client.stop()
