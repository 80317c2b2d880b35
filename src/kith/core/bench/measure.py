"""Runs the cases: warm with one client and with several, cold once, and plain SQL beside them."""

import gzip
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from psycopg import Connection

from .cases import Case
from .client import Answer, Browser
from .ground import Ground
from .server import Web

WARM_UP, REPEAT, EACH = 8, 60, 12
FLOOR_REPEAT = 30
#: After so many seconds a case ends, when it has this many answers of each client.
LONGEST, FEWEST = 6.0, 5


@dataclass(slots=True)
class Figures:
    """What one case took with so many clients, in milliseconds."""

    clients: int
    server: list[float] = field(default_factory=list)
    client: list[float] = field(default_factory=list)
    queries: int = 0
    database: float = 0.0
    web_processor: float = 0.0
    database_processor: float = 0.0
    size: int = 0
    problem: str = ""


@dataclass(slots=True)
class Result:
    """All figures of one case."""

    case: Case
    runs: list[Figures] = field(default_factory=list)
    cold: float | None = None
    floor: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the budget holds with one client; None where there is none."""
        return (
            None
            if self.case.budget is None or not self.runs[0].server
            else share(self.runs[0].server, 0.95) <= self.case.budget
        )


def share(values: Sequence[float], part: float) -> float:
    """The value below which this part of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))] if ordered else float("nan")


def browser_for(case: Case, browsers: dict[str, Browser], programs: dict[str, Browser]) -> Browser:
    """A connection of its own for the user of the case, already signed in."""
    known = (programs if case.api else browsers)[case.level]
    return Browser(known.port, dict(known.cookies), dict(known.headers))


def warm(
    case: Case, ground: Ground, web: Web, browsers: dict[str, Browser], programs: dict[str, Browser], clients: int
) -> Figures:
    """The case again and again, by so many clients at once."""
    figures, each = Figures(clients), REPEAT if clients == 1 else EACH
    lines = [browser_for(case, browsers, programs) for _client in range(clients)]
    ends = time.monotonic() + LONGEST
    for number in range(WARM_UP):
        if problem := wrong(case, case.send(ground, lines[0], number)):
            figures.problem = problem
            return figures
        if time.monotonic() > ends:
            break
    before = web.spent()
    with ThreadPoolExecutor(clients) as pool:
        parts = pool.map(lambda at: asked(case, ground, lines[at], WARM_UP + at * each, each), range(clients))
        answers = [answer for part in parts for answer in part]
    after = web.spent()
    for line in lines:
        line.close()
    return gathered(case, figures, answers, before, after)


def asked(case: Case, ground: Ground, line: Browser, first: int, count: int) -> list[Answer]:
    """The answers that one client gets, one after the other."""
    answers, ends = [], time.monotonic() + LONGEST
    for number in range(count):
        if number >= FEWEST and time.monotonic() > ends:
            break
        answers.append(case.send(ground, line, first + number))
    return answers


def gathered(
    case: Case, figures: Figures, answers: list[Answer], before: tuple[float, float], after: tuple[float, float]
) -> Figures:
    """The figures of these answers."""
    figures.problem = next((problem for answer in answers if (problem := wrong(case, answer))), "")
    figures.server = [answer.timing("app") for answer in answers]
    figures.client = [answer.seconds * 1000 for answer in answers]
    figures.queries = round(max(answer.timing("queries") for answer in answers))
    figures.database = median(answer.timing("db") for answer in answers)
    figures.web_processor, figures.database_processor = (
        (then - now) * 1000 / len(answers) for now, then in zip(before, after, strict=True)
    )
    figures.size = len(gzip.compress(answers[0].body, 6))
    return figures


def wrong(case: Case, answer: Answer) -> str:
    """What is wrong with an answer."""
    return "" if answer.status in case.expect else f"answered {answer.status}"


def plain(case: Case, ground: Ground, connection: Connection[Any]) -> float | None:
    """Median milliseconds of the same rows by plain SQL."""
    if case.floor is None:
        return None
    found: list[float] = []
    ends = time.monotonic() + LONGEST / 2
    for number in range(WARM_UP + FLOOR_REPEAT):
        if len(found) >= FEWEST and time.monotonic() > ends:
            break
        started = time.perf_counter()
        case.floor(ground, connection, number)
        found.append((time.perf_counter() - started) * 1000)
    return median(found[WARM_UP:] or found[1:])
