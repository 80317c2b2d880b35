"""The clients of the drill: the page of the pool, its API, and a job that takes a whole list; all hurry to the same records."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from tests.claims.ground import Ground, Taker
from tests.crash.installation import LOOPBACK

#: Each looks at the first records of those that it believes to be free, as everybody does.
WINDOW, BATCH = 200, 5


@dataclass
class Board:
    """What all clients share: the records believed to be free, and what each person was told to have got."""

    free: list[UUID]
    told: dict[UUID, list[UUID]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pick(self, dice: random.Random, count: int) -> list[UUID]:
        """Some of the first ones."""
        with self.lock:
            return dice.sample(self.free[:WINDOW], min(count, len(self.free[:WINDOW])))

    def note(self, who: UUID, got: list[UUID], gone: list[UUID], answer: str) -> None:
        """What an answer said."""
        with self.lock:
            self.answers[answer] += 1
            self.told.setdefault(who, []).extend(got)
            over = {*got, *gone}
            if over:
                self.free = [key for key in self.free if key not in over]


class Client(threading.Thread):
    """Takes until nothing is left."""

    def __init__(self, port: int, ground: Ground, taker: Taker, board: Board, door: str, seed: int) -> None:
        super().__init__(name=f"{door}-{seed}", daemon=True)
        self.port, self.ground, self.taker, self.board, self.door = port, ground, taker, board, door
        self.dice = random.Random(seed)
        self.failure: BaseException | None = None
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """One attempt after another, by name and by "next" in turn."""
        try:
            while True:
                wanted = self.board.pick(self.dice, BATCH)
                if not wanted:
                    return
                getattr(self, self.door)(wanted, self.dice.random() < 0.5)
        except BaseException as error:
            self.failure = error
            raise

    def page(self, wanted: list[UUID], by_next: bool) -> None:
        """Press a button on the page of the pool."""
        headers = {"Cookie": self.taker.cookie, "X-CSRFToken": self.taker.csrf, "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        address = f"/pools/{self.ground.pool}/{'next' if by_next else 'take'}"
        status, head, _body = self.send(address, urlencode({"ids": "" if by_next else str(wanted[0])}), headers)
        self.expect(status, {302, 422, 409})
        if by_next:
            got = [UUID(head["Location"].strip("/").split("/")[-1])] if status == 302 else []
            self.board.note(self.taker.user.pk, got, [], f"page next {status}")
        else:
            got = wanted[:1] if status == 302 else []
            gone = wanted[:1] if status == 422 else []
            self.board.note(self.taker.user.pk, got, gone, f"page take {status}")

    def api(self, wanted: list[UUID], by_next: bool) -> None:
        """Ask the API of the pool."""
        headers = {"Authorization": f"Bearer {self.taker.token}", "Content-Type": "application/json"}
        body = {"next": 2} if by_next else {"records": [str(key) for key in wanted]}
        status, _head, raw = self.send(f"/api/v1/pools/{self.ground.pool}/claim", json.dumps(body), headers)
        self.expect(status, {200, 409})
        answer: dict[str, Any] = json.loads(raw) if status == 200 else {"taken": [], "refused": []}
        got = [UUID(key) for key in answer["taken"]]
        gone = [UUID(one["id"]) for one in answer["refused"]] if not by_next else []
        self.board.note(self.taker.user.pk, got, gone, f"api {'next' if by_next else 'named'} {status}")

    def expect(self, status: int, known: set[int]) -> None:
        """Stop the drill at an answer that no client should get."""
        if status not in known:
            raise AssertionError(f"{self.name}: answered with {status}")

    def send(self, address: str, body: str, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        """One request on a connection that is kept."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=120)
        self.connection.request("POST", address, body, headers | {"Host": "localhost"})
        answer = self.connection.getresponse()
        raw = answer.read()
        if answer.status == 409:
            time.sleep(0.05)
        return answer.status, answer.headers, raw
