"""The database guard: triggers that refuse any write no change-set announced, and any change of the ledger (law 3)."""

from collections.abc import Iterable

from django.db import connection

from .entity import registry

FUNCTIONS = """
CREATE OR REPLACE FUNCTION kith_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('kith.changeset', true), '') = '' THEN
        RAISE EXCEPTION 'unannounced % on %: write through kith.core.writes', TG_OP, TG_TABLE_NAME USING ERRCODE = 'KG001';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION kith_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('kith.changeset', true), '') <> 'maintenance' THEN
        RAISE EXCEPTION '% of % refused: the ledger is only ever added to', TG_OP, TG_TABLE_NAME USING ERRCODE = 'KG002';
    END IF;
    RETURN NULL;
END $$;
"""
LEDGER = ("core_change", "core_auditevent")


def tables() -> list[str]:
    """Tables of all entities, each once."""
    return list(dict.fromkeys(entity.model._meta.db_table for entity in registry if entity.model._meta.managed))


def install(names: Iterable[str] | None = None) -> None:
    """Create the guard on every entity table and on the ledger that lacks it. Idempotent; runs after each migration."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'kith_guard'")
        present = {row[0].strip('"') for row in cursor.fetchall()}
        cursor.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')")
        existing = {row[0] for row in cursor.fetchall()}
        cursor.execute(FUNCTIONS)
        for table in [*(tables() if names is None else names)]:
            if table in existing - present:
                cursor.execute(
                    f"CREATE TRIGGER kith_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {connection.ops.quote_name(table)} FOR EACH STATEMENT EXECUTE FUNCTION kith_guard()"
                )
        for table in set(LEDGER) & (existing - present):
            cursor.execute(
                f"CREATE TRIGGER kith_guard BEFORE UPDATE OR DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION kith_append_only()"
            )


def missing() -> list[str]:
    """Entity and ledger tables without their guard; readiness and tests ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'kith_guard' AND tgenabled <> 'D'"
        )
        present = {row[0].strip('"') for row in cursor.fetchall()}
    return [table for table in [*tables(), *LEDGER] if table not in present]
