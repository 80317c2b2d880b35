"""What `kith doctor` tells about the database's settings and about the rights of the role that Kith connects with."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from .database import SECONDS, embedded

SETTINGS = """
SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'), current_setting('data_checksums'),
    current_setting('password_encryption'), current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes'),
    coalesce((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl), ''), inet_server_addr() IS NULL, coalesce(host(inet_client_addr()) = host(inet_server_addr()), true)
"""
RIGHTS = """
SELECT current_user, rolsuper, pg_has_role(current_user, relowner, 'MEMBER'),
    has_table_privilege('core_change', 'UPDATE, DELETE, TRUNCATE') OR has_table_privilege('core_auditevent', 'UPDATE, DELETE, TRUNCATE') OR has_table_privilege('core_seal', 'UPDATE, DELETE, TRUNCATE'),
    has_schema_privilege(current_schema(), 'CREATE')
FROM pg_roles, pg_class WHERE rolname = current_user AND pg_class.oid = 'core_change'::regclass
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One setting: its value, and what is wrong with it."""

    name: str
    value: str
    problem: str = ""


def settings() -> Iterator[Fact]:
    """The settings that keep people's work and Kith itself safe."""
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        lock, idle, checksums, encryption, commit, fsync, pages, tls, is_socket, is_near = cursor.fetchone()
    yield Fact("statement_timeout", f"{SECONDS['web']}s for pages, {SECONDS['worker']}s for jobs, none for commands")
    yield Fact("lock_timeout", lock, _unless(lock != "0", "lock_timeout is off: one forgotten lock stops everybody."))
    yield Fact("idle_in_transaction_session_timeout", idle, _unless(idle != "0", "idle_in_transaction_session_timeout is off."))  # fmt: skip
    yield Fact("data_checksums", checksums, _unless(checksums == "on", "data_checksums is off, so rot on the disk stays unseen; stop PostgreSQL and run pg_checksums --enable."))  # fmt: skip
    yield Fact("password_encryption", encryption, _unless(encryption == "scram-sha-256", "password_encryption is not scram-sha-256."))  # fmt: skip
    way = "unix socket" if is_socket else tls or ("TCP on this machine" if is_near else "TCP without TLS")
    yield Fact("connection", way, _unless(way != "TCP without TLS", "the connection to the database is not encrypted; add sslmode=verify-full to DATABASE_URL."))  # fmt: skip
    safe = commit != "off" and fsync == "on" and pages == "on"
    yield Fact("synchronous_commit, fsync, full_page_writes", f"{commit}, {fsync}, {pages}", _unless(safe, "synchronous_commit, fsync or full_page_writes is off: a crash loses work that was confirmed."))  # fmt: skip


def rights() -> Iterator[Fact]:
    """What the role may do beyond what Kith needs; on the embedded server, which nobody else reaches, that is only told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('core_seal') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(RIGHTS)
        role, is_super, is_owner, may_change, may_create = cursor.fetchone()
    kind = "a superuser" if is_super else "the owner of the tables" if is_owner else "may only read and write rows"
    yield Fact("role", f"{role}: {kind}", _outside(is_super or is_owner, f"the role {role} is {kind}: whoever takes over Kith can rewrite the ledger and its seals. `kith db roles` makes a role that cannot."))  # fmt: skip
    ledger = "may be changed by this role" if may_change else "can only be added to"
    yield Fact("ledger", ledger, _outside(may_change and not (is_super or is_owner), f"the role {role} may change the ledger; run `kith db roles` again."))  # fmt: skip
    yield Fact("tables", "may be made by this role" if may_create else "cannot be made by this role", _outside(may_create and not (is_super or is_owner), f"the role {role} may make tables; run `kith db roles` again."))  # fmt: skip


def _unless(fine: bool, problem: str) -> str:
    return "" if fine else problem


def _outside(wrong: bool, problem: str) -> str:
    return problem if wrong and embedded() is None else ""
