"""Tests run on the embedded server of one folder, kept between runs; each xdist worker has its own database."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
import pytest_django
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

    from kith.core.postgres import Server

ROOT = Path(__file__).resolve().parent


def _test_folder() -> Path:
    """A private folder outside the checkout, which may be where PostgreSQL's user cannot go."""
    name = hashlib.sha1(str(ROOT).encode()).hexdigest()[:8]
    return Path("/tmp") / f"kith-test-{os.geteuid()}-{name}"


os.environ["KITH_DATA"] = str(_test_folder())
os.environ["PYTHONPATH"] = str(ROOT / "src")  # for the processes that tests start
os.environ["KITH_PROCESS"] = "command"
os.environ["KITH_FREE_PERCENT"] = os.environ["KITH_FREE_MB"] = "0"  # the disk of this machine is no matter of the tests
# Not in pyproject: pytest-django would read the settings before this file.
os.environ["DJANGO_SETTINGS_MODULE"] = "kith.settings"
# Playwright's loop runs in the thread of the tests; Django would refuse every query as if it were asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
os.environ.pop("BASE_URL", None)


# Timing never decides a test.
hypothesis_settings.register_profile("kith", deadline=None)
hypothesis_settings.load_profile("kith")


def pytest_configure(config: pytest.Config) -> None:
    """Start the server and read the settings, now that the environment is ready; pytest-django then sets Django up."""
    from django.conf import settings

    from kith.core.database import embedded

    if server := embedded():
        server.ensure()
        _let_triggers_rest(server)
        _make_ground(config, server)
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_kith_{_slot()}_{_schema()}"
    config.addinivalue_line("markers", "browser: opens pages in Chromium (added by itself)")
    config.option.reuse_db = True
    # Tests often leave a download unread, which keeps its place at the gate until it is collected.
    settings.THREADS = 64


def _let_triggers_rest(server: "Server") -> None:
    """Allow the role of the tests to lay triggers aside: see core.testing.tables."""
    with server.connect("postgres", "postgres") as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('kith tests'))")  # several processes begin at once
        connection.execute("GRANT SET ON PARAMETER session_replication_role TO kith")


def _make_ground(config: pytest.Config, server: "Server") -> None:
    """Let the database that all processes copy be made, where there are several, while they read the tests."""
    from kith.core.testing import ground

    if config.getoption("numprocesses", None) and (making := ground.begin(server, _schema())):
        config.add_cleanup(lambda: making.wait() and None)


#: Files with few tests that take minutes: they begin first, so that no process is left alone with one of them at the end.
DEAR = (
    "test_crash",
    "test_universal_axe",
    "test_proof",
    "test_analysis_browser",
    "test_fill",
    "test_first_interest_to_won",
    "test_wizard",
    "test_jobs",
    "test_commands",
    "test_passkeys_browser",
    "test_matrix",
    "test_routes",
    "test_universal_api",
    "test_universal_ui",
    "test_universal_past",
    "test_database_roles",
    "test_adventureworks",
    "test_custom_fields_walk",
    "test_serving",
    "test_failover",
    "test_drills",
    "test_production",
    "test_config",
)


#: Files in which any test opens a browser.
browsing: set[Path] = set()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Take one look of each test in the browser (`core.testing.looks`), and put files in order after pytest-django, which would have all that commit stand last."""
    items.sort(key=lambda item: item.path)  # whatever was read first
    browsing.update(item.path for item in items if opens_a_browser(item))
    _one_look_each(config, items)
    yield
    items[:] = in_order(items)


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Files with a browser first, so that one browser serves them all, and dear ones before others; each file whole, these in their order."""
    place = {path: number for number, path in enumerate(dict.fromkeys(item.path for item in items))}
    return sorted(items, key=lambda one: (one.path not in browsing, one.path.stem not in DEAR, place[one.path]))


def opens_a_browser(item: pytest.Item) -> bool:
    """Whether a test needs Chromium."""
    return "browser" in getattr(item, "fixturenames", ())


def _one_look_each(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the other looks out, and say so; whoever names a test gets it."""
    from kith.core.testing import looks

    for item in filter(opens_a_browser, items):
        item.add_marker("browser")
    if looks.is_long() or any("::" in word for word in config.args):
        return
    cases = [
        looks.Case(item, item.nodeid.partition("[")[0], item.callspec.params if hasattr(item, "callspec") else {})
        for item in items
        if opens_a_browser(item)
    ]
    kept = looks.thinned(cases)
    whole = {str(ROOT / "src"), str(ROOT / "tests")} <= {str(ROOT / word) for word in config.args}
    if whole and (missing := looks.missing(kept)):
        raise pytest.UsageError(f"No test in the browser is run in this size, theme or language: {missing}")
    left = {case.test for case in cases} - {case.test for case in kept}
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=[*left])


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[pytest.CollectReport]:
    """Every second process reads the tests from the end, so that each rewrites half of the files and finds the others rewritten."""
    report = yield
    if isinstance(collector, pytest.Directory) and os.environ.get("PYTEST_XDIST_WORKER", "0")[-1] in "13579":
        report.result.reverse()
    return report


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """While tests are read there are only declared kinds of record: those made at run time stand in a database."""
    from kith.core.entity import registry

    source, registry.source = registry.source, None
    try:
        return (yield)
    finally:
        registry.source = source


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse tests that would harm others: those that ask the database when read, and those that commit around a shared world."""
    from django.db.backends.postgresql.base import DatabaseWrapper

    if DatabaseWrapper._connection_pools:
        raise pytest.UsageError(
            "A module asked the database while it was read: all tests would use the database of work, not their own. "
            "Take Entity.declared instead of Entity.fields there."
        )
    if mixed := sorted(_files(session.items, commits) & _files(session.items, shares_a_world)):
        raise pytest.UsageError(
            f"Tests that commit need a file of their own, beside a world made once for the module they would not: {mixed}"
        )


#: Fixtures that commit.
COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}
#: Fixtures that hold a transaction open from their first use to the end of the module.
WORLDS = {"world", "made"}


def commits(item: pytest.Item) -> bool:
    """Whether a test runs outside the transaction that others are rolled back with."""
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or not COMMITTING.isdisjoint(
        getattr(item, "fixturenames", ())
    )


def shares_a_world(item: pytest.Item) -> bool:
    """Whether a test uses what was made once for its module."""
    return not WORLDS.isdisjoint(getattr(item, "fixturenames", ()))


def _files(items: list[pytest.Item], chosen: Callable[[pytest.Item], bool]) -> set[str]:
    return {item.path.relative_to(ROOT).as_posix() for item in items if chosen(item)}


def _slot() -> int:
    """A number that no other test run on this machine has now: runs side by side use databases of their own."""
    folder = Path(os.environ["KITH_DATA"])
    for number in range(64):
        handle = (folder / f"slot-{number}.lock").open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            continue
        _held.append(handle)
        return number
    raise RuntimeError("64 test runs at once on this machine")


def _schema() -> str:
    """The state of all migrations: a database made for another one is not used again."""
    files = sorted((ROOT / "src").glob("kith/*/migrations/*.py"))
    return hashlib.sha1(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


_held: list[object] = []


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Before pytest-django makes the database of this process: take a copy of the one that is migrated once for all."""
    from django.db import connection

    from kith.core.database import embedded
    from kith.core.testing import ground

    if server := embedded():
        ground.copy(server, _schema(), connection.settings_dict["TEST"]["NAME"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> None:
    """Empty what a killed run may have left; a commit need not wait for the disk: this database may be lost with the machine."""
    from django.db import connection

    from kith.core.testing import tables

    with django_db_blocker.unblock():
        tables.empty()
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def _announced_flush() -> None:
    """Let Django's own flush after transactional tests pass the database guard, and touch only what holds rows."""
    from django.core.management.commands.flush import Command

    from kith.core.testing import tables

    Command.handle = lambda self, **options: tables.empty()  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def _files_stay_in_the_browser() -> None:
    """Scripts and styles are fetched once by each visitor, as where they have hashed names: a page asks for thirty of them."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    serve = StaticFilesHandler.serve

    def kept(self: StaticFilesHandler, request: "HttpRequest") -> "HttpResponseBase":
        answer = serve(self, request)
        answer.headers["Cache-Control"] = "max-age=3600"
        return answer

    StaticFilesHandler.serve = kept  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def _quick_hashes() -> None:
    """The same hasher of passwords with little work: 0.3 s for each sign-in would make the tests slow."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 64


@pytest.fixture(autouse=True)
def _fresh_configuration() -> None:
    """Nothing configured or counted by a test before, and taken back with it, is remembered, nor what moment a clock of its own had come to."""
    from kith.core import clock, counting, custom_fields, past_known

    custom_fields.forget()
    counting.forget()
    past_known.forget()
    clock._latest = None


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[object]:
    """The five people of the tests, made once for a whole module; each test's own changes are rolled back as always."""
    from django.db import connection, transaction

    from kith.core.testing.people import make_people

    with django_db_blocker.unblock(), transaction.atomic():
        made = make_people()
        connection.check_constraints()  # once: what waits until the end of the transaction would be looked at after each test
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def people(world: object, db: None) -> object:
    """The five people, with no rights remembered from a test that was rolled back."""
    from kith.access import principals

    principals._cache.clear()
    return world


@pytest.fixture
def make(db: None) -> Callable[..., Any]:
    """Creates a record of a kind, as Kith or as `actor`: make("parties.person", family_name="Lind")."""
    from kith.core import writes
    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    return lambda label, actor=SYSTEM, **values: writes.create(actor, registry.get(label), values)


@pytest.fixture
def fresh() -> Callable[[Any], Any]:
    """A record as it stands in the database, in the trash or not."""
    return lambda record: type(record)._base_manager.get(pk=record.pk)


@pytest.fixture(scope="module", autouse=True)
def _no_browser_elsewhere(request: pytest.FixtureRequest) -> None:
    """Playwright keeps an event loop running, which other modules must not meet."""
    if request.path not in browsing:
        _browser.close()


@pytest.fixture(scope="session", autouse=True)
def _browser_ends() -> Iterator[None]:
    """The browser goes with the last test."""
    yield
    _browser.close()


#: The running browser, which goes when this is closed.
_browser = ExitStack()
_running: list[Browser] = []


@pytest.fixture(scope="module")
def browser(_browser_ends: None) -> Browser:
    """A headless Chromium, the same one for all modules that need one in a row.

    Skips, and says so, where there is no Chromium.
    """
    from kith.core.testing.browser import chromium, program

    if program() is None:
        pytest.skip("Chromium is not there: browser tests are skipped (Debian: apt-get install chromium)")
    if not _running or not _running[0].is_connected():
        _browser.close()
        _running.append(_browser.enter_context(chromium()))
        _browser.callback(_running.clear)
    return _running[0]


@pytest.fixture
def new_page(browser: Browser, live_server: "LiveServer") -> Iterator[Callable[..., Page]]:
    """Makes pages of the browser, kept until the end of the test: new_page(people.clients.ann, size="phone"); without a client for a visitor.

    Pages of one client and look are tabs of one window.
    """
    from django.test import Client

    from kith.core.testing.browser import another, page, sign_in

    opened: dict[tuple[Client, str], Page] = {}
    with ExitStack() as stack:

        def make(client: "Client | None" = None, **kind: Any) -> Page:
            if client is None:
                return stack.enter_context(page(browser, **kind))
            window = client, repr(sorted(kind.items()))
            shown = another(opened[window].context) if window in opened else stack.enter_context(page(browser, **kind))
            opened[window] = shown
            sign_in(shown, client, live_server.url)
            return shown

        yield make


@pytest.fixture
def visit_as(new_page: Callable[..., Page], live_server: "LiveServer") -> Callable[..., Callable[[str], Page]]:
    """Opens pages of the server in one page of the browser: visit_as(people.clients.ann, size="phone")("/companies/")."""

    def at(client: "Client | None" = None, **kind: Any) -> Callable[[str], Page]:
        shown = new_page(client, **kind)

        def go(address: str) -> Page:
            shown.goto(live_server.url + address)
            return shown

        return go

    return at


@pytest.fixture(scope="session")
def enterable() -> Iterator[Callable[[str], Path]]:
    """Makes temporary folders that PostgreSQL's own user may enter, since as root the server runs as nobody.

    Not in pytest's own folder: every other run on this machine closes that again.
    """
    with ExitStack() as stack:

        def make(name: str) -> Path:
            folder = TemporaryDirectory(prefix=f"kith-{name}-", ignore_cleanup_errors=True)
            base = Path(stack.enter_context(folder))
            base.chmod(0o711)
            return base

        yield make
