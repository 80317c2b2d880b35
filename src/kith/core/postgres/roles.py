"""Roles with no more rights than each needs, on a server of one's own: one owns, one is Kith's, one reads for reports.

- The owner migrates, and nothing else.
- The application's role reads and writes rows, makes nothing, and may only add to the ledger and the log; what erasing
  personal data needs it does through `kith_erase`. The SQL of stored roll-ups, which the owner's writes run too, it may not change.
- The role for reports reads all but secrets, and is stopped after a minute.
"""

import secrets
from dataclasses import dataclass

import psycopg
from psycopg import sql

#: Tables that are only ever added to; their partitions are guarded one by one, for a statement may name them directly.
LEDGER = ("core_change", "core_changeset", "core_auditevent", "core_seal", "core_erasure")
#: What reports never read: proofs of identity, keys, what waits to be sent.
SECRET = (
    "access_authenticator", "access_passkey", "access_recoverycode", "access_signin", "access_user", "core_apitoken", "core_idempotencykey",
    "core_outboxevent", "django_session",
)  # fmt: skip
LIMIT = "60s"
RELATIONS = """
SELECT c.oid::regclass::text, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v') AND c.relowner <> %(owner)s::regrole
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('i', 'a', 'e') AND c.relkind = 'S')
"""
FUNCTIONS = """
SELECT p.oid::regprocedure::text, CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END FROM pg_proc p
WHERE p.pronamespace = current_schema()::regnamespace AND p.proowner <> %(owner)s::regrole
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
TYPES = """
SELECT t.oid::regtype::text, 'TYPE' FROM pg_type t WHERE t.typnamespace = current_schema()::regnamespace AND t.typtype IN ('e', 'd') AND t.typowner <> %(owner)s::regrole
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
"""
PARTS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent::regclass::text = ANY(%s)"
#: As for the application, in this order: all rows, then less.
APPLICATION = """
REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC;
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {app}, {report};
GRANT USAGE ON SCHEMA {schema} TO {app}, {report};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {app};
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {schema} TO {app};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {app};
REVOKE UPDATE, DELETE, TRUNCATE ON {ledger} FROM {app};
REVOKE INSERT ON core_erasure FROM {app};
REVOKE INSERT, UPDATE, DELETE ON django_migrations, core_rollupstore FROM {app};
GRANT UPDATE (is_ready) ON core_rollupstore TO {app};
GRANT UPDATE (undone_by) ON core_changeset TO {app};
GRANT EXECUTE ON FUNCTION kith_erase(uuid, text, text, uuid, boolean, text), kith_forget(uuid, text, text, uuid, uuid[], uuid[], text[], text[], text), kith_partitions(integer) TO {app};
REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {report};
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {report};
REVOKE SELECT ON {secret} FROM {report};
ALTER ROLE {report} SET default_transaction_read_only = on;
ALTER ROLE {report} SET statement_timeout = {limit};
"""


@dataclass(frozen=True, slots=True)
class Roles:
    """Their names."""

    owner: str
    app: str
    report: str

    @classmethod
    def named(cls, prefix: str) -> "Roles":
        """kith_owner, kith_app, kith_report."""
        return cls(f"{prefix}_owner", f"{prefix}_app", f"{prefix}_report")


def install(connection: psycopg.Connection, roles: Roles) -> dict[str, str]:
    """Make the roles that are missing and give each its rights, in one transaction; the passwords of those that were made."""
    with connection.transaction():
        made = {
            name: password for name in (roles.owner, roles.app, roles.report) if (password := make(connection, name))
        }
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(roles.owner)))
        hand_over(connection, roles.owner)
        grant(connection, roles)
    let_see_others(connection, roles.app)
    return made


def make(connection: psycopg.Connection, name: str) -> str:
    """A role that may sign in and nothing more, with its password; empty when it is there."""
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).rowcount:
        return ""
    password = secrets.token_urlsafe(24)
    words = "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}"
    connection.execute(sql.SQL(words).format(sql.Identifier(name), sql.Literal(password)))
    return password


def hand_over(connection: psycopg.Connection, owner: str) -> None:
    """Give the owner what is there."""
    database, schema = place(connection)
    role = sql.Identifier(owner)
    connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(database), role))
    connection.execute(sql.SQL("ALTER SCHEMA {} OWNER TO {}").format(sql.Identifier(schema), role))
    for query in (RELATIONS, FUNCTIONS, TYPES):
        for name, kind in connection.execute(query.encode(), {"owner": owner}).fetchall():
            # Names come from PostgreSQL, quoted where they need it.
            connection.execute(sql.SQL("ALTER {} {} OWNER TO {}").format(sql.SQL(kind), sql.SQL(name), role))


def grant(connection: psycopg.Connection, roles: Roles) -> None:
    """Give each role what it needs; a second time changes nothing."""
    database, schema = place(connection)
    names = {
        "database": sql.Identifier(database), "schema": sql.Identifier(schema), "owner": sql.Identifier(roles.owner), "app": sql.Identifier(roles.app),
        "report": sql.Identifier(roles.report), "ledger": sql.SQL(", ".join(LEDGER)), "secret": sql.SQL(", ".join(SECRET)), "limit": sql.Literal(LIMIT),
    }  # fmt: skip
    connection.execute(sql.SQL(APPLICATION).format(**names))
    for (part,) in connection.execute(PARTS, [list(LEDGER)]).fetchall():
        connection.execute(sql.SQL("REVOKE ALL ON {} FROM {app}, {report}").format(sql.SQL(part), **names))
    columns = "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attrelid = 'access_user'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'password'"
    row = connection.execute(columns.encode()).fetchone()
    assert row is not None
    connection.execute(sql.SQL("GRANT SELECT ({}) ON access_user TO {report}").format(sql.SQL(row[0]), **names))
    if connection.info.server_version >= 170000:
        connection.execute(sql.SQL("GRANT MAINTAIN ON ALL TABLES IN SCHEMA {schema} TO {app}").format(**names))


def let_see_others(connection: psycopg.Connection, app: str) -> bool:
    """Let the application see transactions of other databases, so that they hold no sealing up; where that may not be granted, it waits for them."""
    try:
        with connection.transaction():
            connection.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(sql.Identifier(app)))
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def place(connection: psycopg.Connection) -> tuple[str, str]:
    """Database and schema."""
    row = connection.execute("SELECT current_database(), current_schema()").fetchone()
    assert row is not None
    return row[0], row[1]
