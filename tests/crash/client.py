"""A program that creates and changes companies over the API, one after another, and notes every answer it got."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.crash.installation import LOOPBACK, wait_until

TIMEOUT = 60.0


@dataclass
class Notes:
    """What was acknowledged: created records by id, changes of one field, and how often which answer came."""

    created: dict[str, tuple[str, int]] = field(default_factory=dict)
    patched: list[tuple[str, int, str, str]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    #: Records that are moved in and out of the trash: whether they are in it; None where a move was not answered.
    moved: dict[str, bool | None] = field(default_factory=dict)
    moves: int = 0
    #: Change-sets that were undone.
    undone: list[str] = field(default_factory=list)
    #: Addresses of users that were made and so get a mail, and attachments with their content.
    invited: list[str] = field(default_factory=list)
    attached: dict[str, bytes] = field(default_factory=dict)

    @property
    def acknowledged(self) -> int:
        """How many writes were."""
        return sum(self.counts().values())

    def counts(self) -> dict[str, int]:
        """How many of each kind were acknowledged."""
        return {
            "creations": len(self.created) + len(self.moved), "changes": len(self.patched), "moves": self.moves,
            "undone": len(self.undone), "invitations": len(self.invited), "attachments": len(self.attached),
        }  # fmt: skip

    def copied(self) -> "Notes":
        """What is acknowledged by now, whatever comes later."""
        return Notes(
            dict(self.created), list(self.patched), Counter(self.answers), self.repeated, dict(self.moved), self.moves,
            list(self.undone), list(self.invited), dict(self.attached),
        )  # fmt: skip


@dataclass
class Create:
    """A record that is to exist exactly once, however often it has to be asked for."""

    name: str
    body: dict[str, Any]
    kind: str = "companies"
    tries: int = 0
    extra: Any = None


class Client(threading.Thread):
    """Works until it is told to stop; then it still repeats the creation that nobody has answered."""

    def __init__(
        self, port: int, token: str, companies: tuple[Any, ...], notes: Notes, dice: random.Random, label: str
    ) -> None:
        super().__init__(name="client", daemon=True)
        self.port, self.token, self.notes, self.dice, self.label = port, token, notes, dice, label
        self.known = [str(key) for key in companies]
        self.stopping = threading.Event()
        self.waiting: Create | None = None
        self.number = 0
        self.connection: http.client.HTTPConnection | None = None
        self.failure: BaseException | None = None

    def run(self) -> None:
        """One write after another."""
        try:
            while not self.stopping.is_set():
                self.step()
            while self.waiting:
                self.step()
        except BaseException as error:
            self.failure = error
            raise

    def stop(self) -> None:
        """Let it finish what it is at."""
        self.stopping.set()
        wait_until(lambda: not self.is_alive(), "the last creation is answered")
        if self.failure:
            raise self.failure

    def step(self) -> None:
        """Create or change; an unanswered creation comes first."""
        try:
            if self.waiting or self.dice.random() < 0.6:
                self.create()
            else:
                self.patch()
        except (OSError, http.client.HTTPException):
            self.notes.answers["no answer"] += 1
            self.hang_up()
            time.sleep(0.1)

    def create(self) -> None:
        """Create a company; the same key is used until there is an answer."""
        if self.waiting is None:
            self.waiting = self.order()
        order = self.waiting
        order.tries += 1
        status, body = self.send("POST", f"/api/v1/{order.kind}", order.body, {"Idempotency-Key": order.name})
        if status == 201:
            self.took(order, body)
            self.notes.repeated += order.tries > 1
            self.waiting = None
        elif status < 500 and status != 409:
            raise AssertionError(f"creating {order.name} was answered with {status}: {body}")
        else:
            time.sleep(0.2)

    def order(self) -> Create:
        """What to create next."""
        name = self.next_name()
        phone = f"+4930{self.dice.randrange(10**6, 10**7)}"
        return Create(name, {"name": name, "email": f"{name.lower()}@client.example", "phone": phone})

    def next_name(self) -> str:
        """A name that nobody else has."""
        self.number += 1
        return f"{self.label}-{self.number}"

    def took(self, order: Create, body: Any) -> None:
        """Note what was created."""
        self.notes.created[body["id"]] = (order.name, body["version"])
        self.known.append(body["id"])

    def patch(self) -> None:
        """Change one field of any company."""
        key, name = (
            self.dice.choice(self.known),
            self.dice.choice(("description", "price_list_name", "registration_number")),
        )
        value = f"{self.label} {self.dice.randrange(10**12)}"
        status, body = self.send("PATCH", f"/api/v1/companies/{key}", {name: value}, {})
        if status == 200:
            self.notes.patched.append((key, body["version"], name, value))
        elif status < 500 and status != 409:
            raise AssertionError(f"changing {key} was answered with {status}: {body}")

    def send(self, method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, Any]:
        """One request over the kept connection."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=TIMEOUT)
        common = {"Host": "localhost", "Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        self.connection.request(method, path, json.dumps(body), common | headers)
        answer = self.connection.getresponse()
        content = answer.read()
        self.notes.answers[str(answer.status)] += 1
        return answer.status, json.loads(content) if "json" in answer.headers.get("Content-Type", "") else content[:300]

    def hang_up(self) -> None:
        """The connection is of no more use."""
        if self.connection:
            self.connection.close()
        self.connection = None
