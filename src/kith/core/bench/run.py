"""One benchmark from beginning to end."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from kith.core import database
from kith.core.postgres import Server

from . import build, client, ground, imports, measure, parts, report, server, users
from .cases import CASES
from .measure import Result

CREW = "bench-crew.json"
PASSWORD = "bench bench bench 1"  # noqa: S105 - of a database that nobody else uses
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What to measure."""

    people: int
    companies: int
    further: int
    changes: int
    clients: tuple[int, ...]
    cold: bool
    only: str
    part: str
    data: Path
    command: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Who is measured: e-mails and ids by level, and how long their data took to make."""

    mails: dict[str, str]
    ids: dict[str, UUID]
    seconds: int


def filled(wish: Wish, say: Say) -> Measured:
    """Make the data set unless this folder has it; who is measured."""
    place = wish.data / CREW
    if not place.exists():
        say(f"Making {wish.people:,} people, {wish.companies:,} companies, {wish.further:,} of each further kind.")
        started = time.monotonic()
        crew = users.build(PASSWORD)
        further = parts.makers(wish.further)
        build.build(crew, people=wish.people, companies=wish.companies, changes=wish.changes, say=say, further=further)
        ids = {level: str(key) for level, key in crew.ids.items()}
        known = {"mails": crew.mails, "ids": ids, "seconds": round(time.monotonic() - started)}
        place.write_text(json.dumps(known), encoding="utf-8")
    found = json.loads(place.read_text(encoding="utf-8"))
    return Measured(found["mails"], {level: UUID(key) for level, key in found["ids"].items()}, found["seconds"])


def run(wish: Wish, say: Say) -> str:
    """Build, measure, report."""
    known = filled(wish, say)
    area = ground.survey(known.ids)
    own = () if wish.part else CASES
    cases = (*own, *parts.cases(wish.part)) if wish.further else own
    results = [Result(case) for case in cases if wish.only.lower() in f"{case.name} {case.level}".lower()]
    began = report.speed()
    with server.serving(wish.data) as web:
        browsers = {level: client.signed_in(web.port, mail, PASSWORD) for level, mail in known.mails.items()}
        programs = {level: client.with_token(web.port, users.token(key)) for level, key in known.ids.items()}
        idle = web.memory()
        for result in results:
            one(result, area, web, browsers, programs, wish, say)
        facts = [size(wish, known), memory(idle, web.memory())]
    facts.append(report.speeds(began, report.speed()))
    if not (wish.only or wish.part):
        facts.append(imports.told(area.actors["all"]))
    facts += chill(wish, results, area, browsers, programs)
    return report.text(wish.command, facts, results)


def one(
    result: Result,
    area: ground.Ground,
    web: server.Web,
    browsers: dict[str, client.Browser],
    programs: dict[str, client.Browser],
    wish: Wish,
    say: Say,
) -> None:
    """Measure one case and say how it went."""
    for clients in wish.clients:
        result.runs.append(measure.warm(result.case, area, web, browsers, programs, clients))
    with web.database.connect() as connection:
        connection.autocommit = True
        result.floor = measure.plain(result.case, area, connection)
    say(report.row(result))


def chill(
    wish: Wish,
    results: list[Result],
    area: ground.Ground,
    browsers: dict[str, client.Browser],
    programs: dict[str, client.Browser],
) -> list[str]:
    """The first request of each case after a restart of database and web server; the time to the first page."""
    if not wish.cold:
        return []
    database.close()
    Server(wish.data).stop()
    started = time.monotonic()
    with server.serving(wish.data, "kith.cli", "serve") as web:
        first = time.monotonic() - started
        for result in results:
            line = measure.browser_for(result.case, browsers, programs)
            line.port = web.port
            answer = result.case.send(area, line, 990)
            result.cold = answer.timing("app") if answer.status in result.case.expect else None
            line.close()
    return [f"Cold start of everything (`kith serve`) to the first page: {first:.1f} s (budget 3 s)"]


def memory(idle: list[float], after: list[float]) -> str:
    """What the web processes hold."""
    before, then = (", ".join(f"{size:.0f}" for size in sizes) for sizes in (idle, after))
    return f"Memory of the web processes, resident: idle {before} MB, after the run {then} MB (budget 250 MB each)"


COUNTS = """
SELECT (SELECT count(*) FROM parties_party WHERE kind = 'person'), (SELECT count(*) FROM parties_party WHERE kind = 'company'),
(SELECT count(*) FROM activities_note) + (SELECT count(*) FROM activities_task), (SELECT count(*) FROM core_change),
pg_size_pretty(pg_database_size(current_database()))
"""


def size(wish: Wish, known: Measured) -> str:
    """How large the data set is."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        people, companies, activities, changes, bytes_ = cursor.fetchone()
        more = "".join(f"{counted(cursor, part):,} {part.name}, " for part in parts.parts()) if wish.further else ""
    text = f"Data: {people:,} people, {companies:,} companies, {more}{activities:,} notes and tasks, {changes:,} ledger rows; {bytes_}"
    return f"{text}; made in {known.seconds} s"


def counted(cursor: Any, part: parts.Part) -> int:
    """How many rows an app has made."""
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(part.table)))
    return int(cursor.fetchone()[0])
