"""One benchmark from beginning to end."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from kith.core import database, machine
from kith.core.postgres import Server

from . import (
    build,
    check,
    client,
    fields,
    ground,
    growth,
    imports,
    indexes,
    measure,
    nights,
    parts,
    report,
    server,
    users,
)
from .cases import CASES
from .measure import Result
from .press import Press
from .results import Kept

CREW = "bench-crew.json"
PASSWORD = "bench bench bench 1"  # noqa: S105 - of a database that nobody else uses
#: Copies are made where there is much to make, and where enough is left that differs.
WRITTEN, FEWEST, MOST = 20_000, 400, 50
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What to measure."""

    people: int
    companies: int
    further: int
    activities: int | None
    changes: int
    clients: tuple[int, ...]
    cold: bool
    only: str
    part: str
    resume: bool
    growth: Path | None
    data: Path
    command: str
    imported: int = imports.ROWS
    fields: int = 0

    def copies(self) -> int:
        """How many of each batch of rows there will be."""
        sizes = [count for count in (self.people, self.companies, self.further) if count]
        return max(1, min(MOST, max(sizes) // WRITTEN, min(sizes) // FEWEST))


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
        crew = made(wish, say)
        ids = {level: str(key) for level, key in crew.ids.items()}
        known = {"mails": crew.mails, "ids": ids, "seconds": round(time.monotonic() - started)}
        place.write_text(json.dumps(known), encoding="utf-8")
    if wish.fields and not fields.has(wish.fields):
        fields.add(Server(wish.data), wish.fields, say)
    found = json.loads(place.read_text(encoding="utf-8"))
    return Measured(found["mails"], {level: UUID(key) for level, key in found["ids"].items()}, found["seconds"])


def made(wish: Wish, say: Say) -> users.Crew:
    """Fill an empty database: rows, indexes, statistics; then see whether they are what the write path would have stored."""
    crew = users.build(PASSWORD)
    further = parts.makers(wish.further)
    press = Press(Server(wish.data), wish.copies())
    with ExitStack() as stack:
        if press.copies > 1:
            stack.enter_context(indexes.put_off(Server(wish.data), say))
        build.build(
            crew, people=wish.people, companies=wish.companies, activities=wish.activities, changes=wish.changes, say=say, further=further, press=press
        )  # fmt: skip
    build.timed("statistics", build.vacuum, say)
    build.timed("sample compared with what the write path stores", check.check, say)
    return crew


def run(wish: Wish, say: Say) -> str:
    """Build, measure, report."""
    known = filled(wish, say)
    area = ground.survey(known.ids)
    own = () if wish.part else (*CASES, *(fields.cases() if wish.fields else ()))
    cases = (*own, *parts.cases(wish.part)) if wish.further else own
    kept = Kept.of(wish.data)
    chosen = [case for case in cases if wish.only.lower() in f"{case.name} {case.level}".lower()]
    results = [kept.result(case) if wish.resume else Result(case) for case in chosen]
    kept.facts["data"], kept.numbers["rows"] = size(wish, known), max(wish.people, wish.further)
    speeds = [machine.speed()]
    warm(wish, kept, results, area, known, say, speeds)
    if asks_for(wish, kept, "import"):
        brought = imports.brought(area.actors["all"], wish.imported)
        kept.facts["import"], kept.numbers["import"] = str(brought), brought.speed
        kept.keep()
    if asks_for(wish, kept, "night"):
        kept.facts["night"] = nights.told()
        kept.keep()
    chill(wish, kept, results, area, known, say)
    kept.facts["speed"] = report.speeds([*speeds, machine.speed()])
    kept.keep(results)
    measured = [result for result in results if result.runs]
    text = report.text(wish.command, list(kept.facts.values()), measured)
    return text if wish.growth is None else f"{text}\n{growth.table(Kept.of(wish.growth), kept, measured)}"


def asks_for(wish: Wish, kept: Kept, what: str) -> bool:
    """Whether what is no page is to be measured as well, "import" or "night": with everything, or when it alone is asked for."""
    if wish.only:
        return wish.only.lower() == what
    return not (wish.part or (wish.resume and what in kept.facts)) and (what == "import" or wish.further > 0)


def warm(
    wish: Wish, kept: Kept, results: list[Result], area: ground.Ground, known: Measured, say: Say, speeds: list[float]
) -> None:
    """All cases that are not measured yet, against a running web server; before each the machine's own speed."""
    left = [result for result in results if missing(wish, result)]
    if not left:
        return
    with server.serving(wish.data) as web:
        browsers, programs = signed_in(web.port, known)
        idle = web.memory()
        for result in left:
            speeds.append(machine.speed(share=10))
            one(result, area, web, browsers, programs, wish, say)
            kept.keep([result])
        kept.facts["memory"] = memory(idle, web.memory())


def missing(wish: Wish, result: Result) -> list[int]:
    """With how many clients a case is still to be measured."""
    return [clients for clients in wish.clients if clients not in [figures.clients for figures in result.runs]]


def signed_in(port: int, known: Measured) -> tuple[dict[str, client.Browser], dict[str, client.Browser]]:
    """Browsers and programs of the measured users by level."""
    browsers = {level: client.signed_in(port, mail, PASSWORD) for level, mail in known.mails.items()}
    return browsers, {level: client.with_token(port, users.token(key)) for level, key in known.ids.items()}


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
    for clients in missing(wish, result):
        result.runs.append(measure.warm(result.case, area, web, browsers, programs, clients))
    result.runs.sort(key=lambda figures: figures.clients)
    with web.database.connect() as connection:
        connection.autocommit = True
        result.floor = measure.plain(result.case, area, connection)
    say(report.row(result))


def chill(wish: Wish, kept: Kept, results: list[Result], area: ground.Ground, known: Measured, say: Say) -> None:
    """The first request of each case after a restart of database and web server, the files of the database out of memory; the time to the first page."""
    if not wish.cold:
        return
    with server.serving(wish.data) as web:
        browsers, programs = signed_in(web.port, known)
        for result in results:  # what a case asks for is looked up now
            result.case.send(area, measure.browser_for(result.case, browsers, programs), 990)
    database.close()
    Server(wish.data).stop()
    server.forget(wish.data)
    started = time.monotonic()
    with server.serving(wish.data, "kith.cli", "serve") as web:
        first = time.monotonic() - started
        say(f"first page after {first:.1f} s")
        for result in results:
            line = measure.browser_for(result.case, browsers, programs)
            line.port = web.port
            answer = result.case.send(area, line, 990)
            result.cold = answer.timing("app") if answer.status in result.case.expect else None
            line.close()
    kept.facts["cold"] = (
        f"Cold start of everything (`kith serve`) to the first page: {first:.1f} s (budget {report.START} s: {report.met(first <= report.START)})"
    )


def memory(idle: list[float], after: list[float]) -> str:
    """What the web processes hold."""
    before, then = (", ".join(f"{size:.0f}" for size in sizes) for sizes in (idle, after))
    return f"Memory of the web processes, resident: idle {before} MB, after the run {then} MB (budget {report.MEMORY} MB each when idle: {report.met(max(idle) <= report.MEMORY)})"


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
