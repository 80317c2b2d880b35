"""Least privilege on a server of one's own: Kith runs as a role that can add to the ledger and nothing else, and the doctor tells of others."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from psycopg import sql

from kith.core import database, database_safety
from kith.core.backup import programs
from kith.core.database import embedded
from kith.core.postgres import roles

NAME = PREFIX = f"test_kith_roles_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
KINDS = ("owner", "app", "report")


def url(role):
    server = embedded()
    return urlsplit(server.url)._replace(netloc=f"{role}@", path=f"/{NAME}").geturl()


@pytest.fixture(scope="module")
def place(tmp_path_factory, django_db_setup):
    """A database with all tables, copied from that of the tests, as on an outside server; its three roles made by the command."""
    server = embedded()
    with server.connect("postgres", "postgres") as admin:
        admin.autocommit = True
        admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        for kind in KINDS:
            admin.execute(f"DROP ROLE IF EXISTS {PREFIX}_{kind}")
        admin.execute(f"CREATE DATABASE {NAME} OWNER kith TEMPLATE template0")
    data = tmp_path_factory.mktemp("roles")

    def run(role, *words):
        environment = {**os.environ, "KITH_DATA": str(data), "DATABASE_URL": url(role)}
        return subprocess.run(
            [sys.executable, "-m", "kith.cli", *words], env=environment, capture_output=True, text=True
        )

    template, _password = programs.apart(database.address(), str(connection.settings_dict["NAME"]))
    dump = data / "tables"
    programs.run("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", template)
    programs.run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={url('kith')}", str(dump))
    run.first = run("postgres", "db", "roles", "--prefix", PREFIX)
    yield run
    with server.connect("postgres", "postgres") as admin:
        admin.autocommit = True
        admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
        for kind in KINDS:
            admin.execute(f"DROP ROLE {PREFIX}_{kind}")


def app():
    return psycopg.connect(url(f"{PREFIX}_app"), autocommit=True)


def test_the_command_makes_them_and_a_second_time_changes_nothing(place):
    assert place.first.returncode == 0, place.first.stderr
    assert place.first.stdout.count("was made with the password") == 3
    again = place("postgres", "db", "roles", "--prefix", PREFIX)
    assert (again.returncode, again.stdout.count("was made")) == (0, 0)
    with app() as mine:
        flags = mine.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname LIKE %s ORDER BY 1",
            [f"{PREFIX}%"],
        ).fetchall()
    assert flags == [(f"{PREFIX}_{name}", *[False] * 5) for name in ("app", "owner", "report")]


def test_kith_works_as_the_application(place):
    """Writing, sealing, erasing, partitions: everything but migrating."""
    made = place(f"{PREFIX}_app", "createadmin", "eva@kith.test", "--name", "Eva")
    assert made.returncode == 0, made.stdout + made.stderr
    assert place(f"{PREFIX}_app", "audit", "seal").returncode == 0
    with app() as mine:
        key, before = mine.execute(
            "SELECT record_id, count(*) OVER () FROM core_change WHERE entity = 'access.user' LIMIT 1"
        ).fetchone()
        mine.execute("SELECT kith_erase(NULL, 'Kith', 'access.user', %s, true, 'asked for')", [key])
        mine.execute("SELECT kith_partitions(5)")
        assert mine.execute("SELECT count(*) FROM core_erasure").fetchone() == (1,)
        assert mine.execute("SELECT count(*) FROM core_change WHERE entity = 'access.user'").fetchone() == (before,)
        assert mine.execute("SELECT set_config('kith.changeset', 'x', false)").fetchone()
        mine.execute("UPDATE core_changeset SET undone_by = NULL")
    verified = place(f"{PREFIX}_app", "audit", "verify")
    assert verified.returncode == 0, verified.stdout


REFUSED = [
    *(
        deed.format(table=table)
        for table in ("core_change", "core_change_rest", "core_auditevent", "core_auditevent_rest", "core_changeset", "core_seal", "core_erasure")
        for deed in ("DELETE FROM {table}", "TRUNCATE {table}")
    ),
    "UPDATE core_change SET title = ''", "UPDATE core_auditevent SET count = 1", "UPDATE core_seal SET hash = hash", "UPDATE core_changeset SET reason = ''",
    "UPDATE core_erasure SET reason = ''", "INSERT INTO core_erasure (at, entity, record_id, places) VALUES (now(), 'x', gen_random_uuid(), '{}')",
    "INSERT INTO core_change_rest (at, changeset_id, entity, record_id, op) VALUES (now(), gen_random_uuid(), 'x', gen_random_uuid(), 'x')",
    "ALTER TABLE core_change DISABLE TRIGGER ALL", "DROP TABLE core_seal", "CREATE TABLE mine (x int)", "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1",
    "SELECT kith_unsalt('change', 0, 1, '[1]')", "DELETE FROM django_migrations", "COPY core_change TO PROGRAM 'cat'",
]  # fmt: skip


@pytest.mark.parametrize("deed", REFUSED)
def test_the_application_cannot(place, deed):
    with app() as mine:
        mine.execute("SELECT set_config('kith.changeset', 'maintenance', false)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            mine.execute(deed)


def test_partitions_of_the_coming_months_are_closed_as_well(place):
    with app() as mine:
        mine.execute("SELECT kith_partitions(7)")
        parts = [row[0] for row in mine.execute(roles.PARTS, [list(roles.LEDGER)]).fetchall()]
        assert len(parts) >= 18
        asked = "SELECT has_table_privilege(%s, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"
        assert [part for part in parts if mine.execute(asked, [part]).fetchone()[0]] == []
        guarded = mine.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname = 'kith_guard' AND tgrelid::regclass::text = ANY(%s)", [parts]
        )
        assert guarded.fetchone() == (len(parts),)


def test_reports_read_and_see_no_secrets(place):
    with psycopg.connect(url(f"{PREFIX}_report"), autocommit=True) as reader:
        assert reader.execute("SELECT count(*) FROM access_user WHERE name = 'Eva' OR true").fetchone()[0] >= 0
        assert reader.execute("SHOW statement_timeout").fetchone() == ("1min",)
        for table in ("django_session", "core_apitoken", "access_signin"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f"SELECT * FROM {table}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("SELECT password FROM access_user")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            reader.execute("DELETE FROM parties_party")
        reader.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("DELETE FROM parties_party")


def test_every_table_with_a_secret_is_kept_from_reports():
    words = {"secret", "password", "digest", "credential", "session_data"}
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if words & {field.name for field in model._meta.concrete_fields}
    }
    assert "access_authenticator" in tables and tables <= set(roles.SECRET)


def test_a_migration_as_the_owner_leaves_the_ledger_closed(place):
    assert place(f"{PREFIX}_owner", "migrate").returncode == 0
    with app() as mine:
        assert mine.execute("SELECT has_table_privilege('core_change', 'UPDATE, DELETE, TRUNCATE')").fetchone() == (
            False,
        )
        assert mine.execute("SELECT has_column_privilege('core_changeset', 'undone_by', 'UPDATE')").fetchone() == (
            True,
        )
    denied = place(f"{PREFIX}_app", "manage", "migrate", "core", "0004")
    assert denied.returncode != 0 and "must be owner" in denied.stderr + denied.stdout


def test_the_doctor_tells_what_the_role_may_do(place):
    printed = place(f"{PREFIX}_app", "doctor").stdout
    assert f"{PREFIX}_app: may only read and write rows" in printed
    assert "`kith db roles` makes a role that cannot" not in printed
    for setting in ("statement_timeout ", "lock_timeout ", "idle_in_transaction_session_timeout ", "data_checksums ", "password_encryption ", "connection ", "synchronous_commit, fsync, full_page_writes "):  # fmt: skip
        assert f"\n  {setting}" in printed


@pytest.mark.parametrize(
    ("role", "kind"),
    [("postgres", "a superuser"), (f"{PREFIX}_owner", "the owner of the tables")],
    ids=["superuser", "owner"],  # each process of a run has roles of its own
)
def test_what_the_doctor_tells_finds_roles_that_may_too_much(place, monkeypatch, role, kind):
    """Asked for without a process of its own, through a connection of that role."""
    with psycopg.connect(url(role)) as asked:
        monkeypatch.setattr(database_safety, "connection", asked)
        monkeypatch.setattr(database_safety, "embedded", lambda: None)
        found = {fact.name: fact for fact in database_safety.rights()}
    assert found["role"].value == f"{role}: {kind}"
    assert "`kith db roles` makes a role that cannot" in found["role"].problem


def test_the_embedded_database_needs_none(tmp_path):
    environment = {**os.environ, "DATABASE_URL": ""}
    answer = subprocess.run(
        [sys.executable, "-m", "kith.cli", "db", "roles"], env=environment, capture_output=True, text=True
    )
    assert (answer.returncode, "needs no roles" in answer.stdout) == (1, True)


@pytest.mark.django_db(transaction=True)
def test_a_failure_changes_nothing():
    """Without the right to make roles: told, nothing half done."""
    with psycopg.connect(
        host=connection.settings_dict["HOST"], user="kith", dbname=connection.settings_dict["NAME"]
    ) as mine:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            roles.install(mine, roles.Roles.named("never"))
        assert mine.execute(sql.SQL("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'never%'")).fetchone() == (0,)
