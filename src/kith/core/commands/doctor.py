"""Tell versions, places, settings and what is wrong, with the remedy."""

import argparse
import platform
import shutil
import sys
from collections.abc import Iterator

import django
from django.conf import settings
from django.core import checks
from django.db import connection
from django.utils import timezone

import kith
from kith import env
from kith.core import control_totals, database, database_safety, deciding, health, replica_lag, room
from kith.core.backup import base, crypt, erased, keeping, wal
from kith.core.chain import anchors, sealer, verdict
from kith.core.egress import connecting, places
from kith.core.home import CHECKOUT, data_folder
from kith.core.kept import checking as figures
from kith.core.postgres import releases
from kith.core.postgres.binaries import LEAST
from kith.core.stored import checking

LATE = 300  # seconds
OLD = 200  # days; PostgreSQL mends security every quarter


def arguments(parser: argparse.ArgumentParser) -> None:
    """How much to tell."""
    parser.add_argument(
        "--settings", action="store_true", help="only the table of settings, as it stands in the README"
    )
    parser.add_argument("--deploy", action="store_true", help="also run Django's checks for production")


def run(options: argparse.Namespace) -> int:
    """Print everything; fails when something is wrong."""
    if options.settings:
        print(table())
        return 0
    _print_table("Versions", _versions())
    _print_table("Places", _places())
    facts = _database_facts()
    _print_table("Database", ((fact.name, fact.value) for fact in facts))
    _print_table("Sealing", _sealing())
    _print_table("Backups", _backups())
    _print_table("Kept ready", _kept())
    _print_table("Settings", ((f"{s.name}={s.shown()}", s.help) for s in _settings()))
    wrong = [*_problems(facts, deploy=options.deploy)]
    print("\nAll is well." if not wrong else "\nWrong:")
    for line in wrong:
        print(f"  - {line}")
    return int(bool(wrong))


def table() -> str:
    """The settings as a table in Markdown."""
    rows = [f"| `{s.name}` | {s.default or '(empty)'} | {s.help} |" for s in _settings()]
    return "\n".join(["| setting | default | what it does |", "|---|---|---|", *rows])


def _print_table(title: str, rows: Iterator[tuple[str, str]]) -> None:
    lines = list(rows)
    width = min(44, max(len(name) for name, _ in lines))
    print(f"\n{title}")
    for name, value in lines:
        print(f"  {name:{width}}  {value}")


def _settings() -> list[env.Setting]:
    for read in (keeping.folder, keeping.numbers, crypt.keys):
        read()  # else declared only when a backup is made
    return [env.DECLARED[name] for name in sorted(env.DECLARED)]


def _server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split(" ", 1)[0]


def _versions() -> Iterator[tuple[str, str]]:
    yield "Kith", kith.__version__
    yield "Python", f"{platform.python_version()} ({sys.executable})"
    yield "Django", django.get_version()
    version = _server_version()
    released = releases.released_on(version)
    age = f", released {released}, {(timezone.localdate() - released).days} days old" if released else ", age unknown"
    yield "PostgreSQL", version + age
    yield "System", platform.platform()


def _places() -> Iterator[tuple[str, str]]:
    server = database.embedded()
    free = shutil.disk_usage(data_folder()).free
    yield "Program", str(CHECKOUT)
    yield "Data", f"{data_folder()} ({free // 1024**2} MB free)"
    yield "Database", f"embedded, {server.url}" if server else "outside, DATABASE_URL"
    yield "Address", f"{settings.BASE_URL} (listens on {settings.HOST}:{settings.PORT})"


def _database_facts() -> list[database_safety.Fact]:
    return [*database_safety.settings(), *database_safety.rights(), *replica_lag.facts()]


def _sealing() -> Iterator[tuple[str, str]]:
    """How far the ledger is sealed, and where its last anchor stands."""
    if health.problems():
        yield "Sealed", "unknown until the database is ready"
        return
    head, (lines, age), anchor = sealer.head(), sealer.waiting(), anchors.written()
    yield "Sealed", f"{head.number} seals; {lines} rows wait, the oldest for {age:.0f} s"
    yield "Verified", verdict.told()
    yield "Anchor", f"seal {anchor.number} of {anchor.moment} in {anchors.path()}" if anchor else "none yet"


def _kept() -> Iterator[tuple[str, str]]:
    """Reports and grouped lists whose figures are kept."""
    found = [] if health.problems() else list(figures.states())
    yield from found or [("Figures", "of no report")]


def _closed_mail() -> str:
    """Why the mail server is not reached, if that is for its address; "" when it is open, unknown or none."""
    server = settings.MAILERS["default"].get("OPTIONS", {})
    try:
        if "host" in server:
            connecting.resolve(places.host_of(server["host"]), server["port"], places.MAIL)
    except places.Denied as denied:
        return str(denied)
    except OSError:
        pass  # a name that is not found now may be there tomorrow
    return ""


def _backups() -> Iterator[tuple[str, str]]:
    """What there is to go back to."""
    days, weeks, months = keeping.numbers()
    for name, place in (("Backups", keeping.folder()), ("Bases", base.place())):
        found = list(keeping.backups(place))
        yield name, f"{place}: {len(found)}{f', the newest of {found[-1]:%Y-%m-%d %H:%M} UTC' if found else ''}"
    yield "Kept", f"of {days} days, {weeks} weeks, {months} months; {'encrypted' if crypt.keys() else 'not encrypted'}"
    yield (
        "Archive",
        f"on; {wal.waiting()[0]} segments wait" if wal.is_on() else "off: no way back to a moment between backups",
    )


def _problems(facts: list[database_safety.Fact], *, deploy: bool) -> Iterator[str]:
    for name, problem in (unready := health.problems()).items():
        yield f"{name}: {problem}"
    if not unready and (due := erased.waiting()):
        yield due
    yield from _database_problems()
    yield from (fact.problem for fact in facts if fact.problem)
    if not unready and sealer.waiting()[1] > LATE and health.workers_alive():
        yield f"rows of the ledger have not been sealed for more than {LATE} s; look for what the worker says of it, or for a transaction that does not end."
    for problem_of in (
        ()
        if unready
        else (verdict.problem, control_totals.problem, checking.problem, figures.problem, deciding.problem)
    ):
        if wrong := problem_of():
            yield wrong
    if closed := _closed_mail():
        yield f"EMAIL_URL: {closed}"
    if problem := room.problem() or wal.problem():
        yield problem
    if not unready and not health.workers_alive():
        yield "no worker is running, so jobs wait; start `kith serve` or `kith worker`."
    for message in checks.run_checks(include_deployment_checks=deploy):
        if message.level >= checks.WARNING and not message.is_silenced():
            yield f"{message.id}: {message.msg}{f' {message.hint}' if message.hint else ''}"


def _database_problems() -> Iterator[str]:
    version = _server_version()
    released = releases.released_on(version)
    if released and (timezone.localdate() - released).days > OLD:
        yield f"PostgreSQL {version} is older than {OLD} days and misses security fixes; update it."
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower('ЖЁ') = 'жё', current_setting('server_encoding') = 'UTF8', current_setting('server_version_num')::int")  # fmt: skip
        letters, encoding, number = cursor.fetchone()
    if number < LEAST * 10000:
        yield f"PostgreSQL {version} is too old; Kith needs {LEAST} or newer."
    if not (letters and encoding):
        yield "the database's locale does not know all letters; create it with LOCALE_PROVIDER builtin and UTF8."
