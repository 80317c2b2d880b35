"""How many requests a web process works on at once: a few more wait in line, the rest are told to come again.

Without it every request would be taken, all would grow slower together, and browsers that had given up would still be worked
for. One caller has at most half of the places, so that nobody's impatience stops everybody else.
"""

import threading
import weakref
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from kith.core.api.problems import overloaded
from kith.core.middleware import Answer, client_ip
from kith.core.ui import errors

#: Asked by whoever watches the server, who must be answered when it is busy.
ALWAYS = frozenset(["/healthz", "/readyz"])
#: How long one waits in line: with the work itself, an answer takes two seconds at most.
SECONDS = 1.5


class Full(Exception):
    """No place became free in time, or too many wait already."""


@dataclass(slots=True, eq=False)
class Waiter:
    """Somebody in line."""

    caller: str
    let_in: threading.Event = field(default_factory=threading.Event)


class Gate:
    """Places at work and in line: `places` in all, `each` for one caller, `line` for those who wait, for `seconds` at most.

    Who came first goes in first, but for those who wait for places of their own. A place that is given back is handed to
    somebody in line at once: were the line only told of it, whoever comes by just then would take it, again and again.
    """

    def __init__(self, places: int, line: int, seconds: float) -> None:
        self.places, self.each, self.line, self.seconds = places, max(1, places // 2), line, seconds
        self.working: Counter[str] = Counter()
        self.waiting: list[Waiter] = []
        self.lock = threading.Lock()

    def is_free(self, caller: str) -> bool:
        """Whether this caller may have a place now. Nobody in line might have it: they would have got it when it became free."""
        return self.working.total() < self.places and self.working[caller] < self.each

    def enter(self, caller: str) -> "Place":
        """Take a place, after waiting in line for one if need be. Raises Full."""
        with self.lock:
            if self.is_free(caller):
                self.working[caller] += 1
                return Place(self, caller)
            if len(self.waiting) >= self.line:
                raise Full
            self.waiting.append(one := Waiter(caller))
        try:
            one.let_in.wait(self.seconds)
        except BaseException:  # broken off: whoever is gone keeps no place
            if not self.go(one):
                self.leave(caller)
            raise
        if self.go(one):
            raise Full
        return Place(self, caller)

    def go(self, one: Waiter) -> bool:
        """Leave the line; False for one who stands there no more, since a place was handed over."""
        with self.lock:
            if one in self.waiting:
                self.waiting.remove(one)
                return True
        return False

    def leave(self, caller: str) -> None:
        """Give a place back."""
        with self.lock:
            self.working[caller] -= 1
            if not self.working[caller]:
                del self.working[caller]
            if first := next((one for one in self.waiting if self.is_free(one.caller)), None):
                self.waiting.remove(first)
                self.working[first.caller] += 1
                first.let_in.set()


class Place:
    """A place that one request has; given back once."""

    def __init__(self, gate: Gate, caller: str) -> None:
        self.gate, self.caller, self.taken = gate, caller, threading.Lock()

    def leave(self) -> None:
        """Give it back, unless that is done."""
        if self.taken.acquire(blocking=False):
            self.gate.leave(self.caller)


def gate(answer: Answer) -> Answer:
    """Let requests in as far as there are places."""
    door = Gate(settings.THREADS, settings.LINE, SECONDS)

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in ALWAYS:
            return answer(request)
        try:
            place = door.enter(caller_of(request))
        except Full:
            return full(request)
        try:
            response = answer(request)
        except BaseException:
            place.leave()
            raise
        return kept(response, place)

    return middleware


def kept(response: HttpResponse, place: Place) -> HttpResponse:
    """An answer that gives its place back: at once, or a stream when it has been sent or nobody wants it any more."""
    if not response.streaming:
        place.leave()
        return response
    response._resource_closers.append(place.leave)  # type: ignore[attr-defined]  # what Django closes with an answer, such as its files
    weakref.finalize(response, place.leave)
    return response


def caller_of(request: HttpRequest) -> str:
    """Who asks, as far as can be told without asking the database: a token, a session, an address."""
    known = request.headers.get("Authorization") or request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return sha256((known or client_ip(request)).encode()).hexdigest()


def full(request: HttpRequest) -> HttpResponse:
    """503 in the form of the door."""
    with translation.override(translation.get_language_from_request(request)):
        text = _("Too many requests at this moment. Try again in a few seconds; nothing was changed.")
        return overloaded(text) if request.path.startswith("/api/") else errors.busy(request, text)
