"""A program that does with companies of its own what a merge does with parties: gives them away, trashes and restores them, takes
changes back; it also makes users, who are mailed, and attaches files."""

import http.client
import json
import random
from typing import Any

from tests.crash.client import Client, Create, Notes
from tests.crash.installation import LOOPBACK

MOST = 12  # companies that are moved at the same time
BOUNDARY = "kith-drill"


class Mover(Client):
    """One step after another. A step that nobody answered leaves its company in doubt, and alone."""

    def __init__(
        self, port: int, token: str, owner: str, cookie: str, csrf: str, notes: Notes, dice: random.Random, label: str
    ) -> None:
        super().__init__(port, token, (), notes, dice, label)
        self.owners, self.session = (
            [owner],
            {"Cookie": cookie, "X-CSRFToken": csrf, "Origin": f"http://localhost:{port}"},
        )
        self.mine: list[str] = []

    def step(self) -> None:
        """Finish a creation that nobody has answered, else anything."""
        try:
            if self.waiting or len(self.mine) < MOST:
                self.create()
                return
            key = self.dice.choice(self.mine)
            acts = (self.trash, self.trash, self.trash, self.assign, self.assign, self.undo, self.attach, self.invite)
            (self.restore if self.notes.moved[key] else self.dice.choice(acts))(key)
        except (OSError, http.client.HTTPException):
            self.notes.answers["no answer"] += 1
            self.hang_up()
            self.stopping.wait(0.1)

    def took(self, order: Create, body: Any) -> None:
        """Note what was created."""
        if order.kind == "users":
            self.notes.invited.append(order.body["email"])
            self.owners.append(body["id"])
        elif order.kind == "attachments":
            self.notes.attached[body["id"]] = order.extra
        else:
            self.notes.moved[body["id"]] = False
            self.mine.append(body["id"])

    def asked(
        self, key: str, method: str, path: str, body: dict[str, Any] | None = None, *, expected: int = 200
    ) -> Any:
        """A step on a company; None, and the company in doubt, unless it was acknowledged."""
        was, self.notes.moved[key] = self.notes.moved[key], None
        self.mine.remove(key)
        status, answer = self.send(method, path, body or {}, {})
        if status < 500 and status not in (expected, 409):
            raise AssertionError(f"{method} {path} was answered with {status}: {answer}")
        if status != expected:
            return None
        self.notes.moved[key] = was
        self.mine.append(key)
        return answer or {}

    def trash(self, key: str) -> None:
        """Into the trash."""
        if self.asked(key, "DELETE", f"/api/v1/companies/{key}", expected=204) is not None:
            self.notes.moved[key] = True
            self.notes.moves += 1

    def restore(self, key: str) -> None:
        """Out of it."""
        if self.asked(key, "POST", f"/api/v1/companies/{key}/restore") is not None:
            self.notes.moved[key] = False
            self.notes.moves += 1

    def assign(self, key: str) -> Any:
        """To another owner; the version that was told."""
        owner = self.dice.choice(self.owners)
        answer = self.asked(
            key, "PATCH", f"/api/v1/companies/{key}", {"owner": owner, "description": f"{owner} {self.next_name()}"}
        )
        if answer:
            self.notes.patched.append((key, answer["version"], "description", answer["description"]))
        return answer

    def undo(self, key: str) -> None:
        """Take a change back that has just been made."""
        if not self.assign(key):
            return
        status, history = self.send("GET", f"/api/v1/companies/{key}/history", {}, {})
        if status == 200:
            change_set = history["results"][0]["changeset"]
            if self.asked(key, "POST", f"/api/v1/undo/{change_set}") is not None:
                self.notes.undone.append(change_set)

    def invite(self, _key: str) -> None:
        """Make a user, who is mailed a link to choose a password."""
        name = self.next_name()
        self.waiting = Create(name, {"name": name, "email": f"{name.lower()}@invited.example"}, "users")
        self.create()

    def attach(self, key: str) -> None:
        """Upload a file and attach it."""
        content = f"content of {self.next_name()} {self.dice.random()}".encode()
        status, ticket = self.upload(content)
        if status == 201:
            body = {
                "name": f"{self.label}-{self.number}.txt",
                "subject": {"entity": "parties.company", "id": key},
                "file": ticket["ticket"],
            }
            self.waiting = Create(body["name"], body, "attachments", extra=content)
            self.create()

    def upload(self, content: bytes) -> tuple[int, Any]:
        """Through the page: the API takes the ticket."""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
        data = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=60)
        try:
            kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Host": f"localhost:{self.port}"}
            connection.request("POST", "/files", data, self.session | kind)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        self.notes.answers[str(answer.status)] += 1
        return answer.status, json.loads(body) if answer.status == 201 else None
