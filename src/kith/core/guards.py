"""The database guard: triggers that refuse any write no change-set announced, and any change of the ledger (law 3)."""

from collections.abc import Iterable

from django.db import connection

from .entity import registry
from .postgres.roles import LEDGER

FUNCTIONS = """
CREATE OR REPLACE FUNCTION kith_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('kith.changeset', true), '') = '' THEN
        RAISE EXCEPTION 'unannounced %% on %%: write through kith.core.writes', TG_OP, TG_TABLE_NAME USING ERRCODE = 'KG001';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION kith_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('kith.changeset', true), '') <> 'maintenance' THEN
        RAISE EXCEPTION '%% of %% refused: the ledger is only ever added to', TG_OP, TG_TABLE_NAME USING ERRCODE = 'KG002';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION kith_guard_ledger() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    place record; others text;
BEGIN
    FOR place IN
        SELECT relation.oid::regclass AS name, relation.relname = 'core_changeset' AS is_set, relation.relispartition AS is_part, relation.relacl, relation.relowner
        FROM pg_class relation LEFT JOIN pg_inherits ON inhrelid = relation.oid
        WHERE coalesce(inhparent, relation.oid) IN (SELECT to_regclass(name) FROM unnest(ARRAY[%(ledger)s]) AS name)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = place.name AND tgname = 'kith_guard') THEN
            EXECUTE format('CREATE TRIGGER kith_guard BEFORE UPDATE%%s OR DELETE OR TRUNCATE ON %%s FOR EACH STATEMENT EXECUTE FUNCTION kith_append_only()',
                CASE WHEN place.is_set THEN ' OF %(fixed)s' ELSE '' END, place.name);
        END IF;
        SELECT string_agg(DISTINCT grantee::regrole::text, ', ') INTO others
        FROM aclexplode(place.relacl) WHERE grantee NOT IN (place.relowner, 0) AND (place.is_part OR privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE'));
        IF others IS NOT NULL THEN
            EXECUTE format('REVOKE %%s ON %%s FROM %%s', CASE WHEN place.is_part THEN 'ALL' ELSE 'UPDATE, DELETE, TRUNCATE' END, place.name, others);
        END IF;
    END LOOP;
END $$;
"""
#: Of a change-set all but who undid it is fixed.
FIXED = "id, xact, at, kind, origin, reason, actor_id, actor_name, token_id, request_id, entity, records, confirmed, undo_of"
GUARDED = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'kith_guard' AND tgenabled <> 'D'"
PARTS = "SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhparent WHERE relname = ANY(%s) AND relkind = 'p'"
#: Tables of kinds of record that are made at run time.
shared: list[str] = []


def tables() -> list[str]:
    """Tables of all entities, each once."""
    named = (entity.model._meta.db_table for entity in registry.declared.values() if entity.model._meta.managed)
    return list(dict.fromkeys([*named, *shared]))


def install(names: Iterable[str] | None = None) -> None:
    """Create the guard on every entity table and on the ledger that lacks it. Idempotent; runs after each migration."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'kith_guard'")
        present = {row[0].strip('"') for row in cursor.fetchall()}
        cursor.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')")
        existing = {row[0] for row in cursor.fetchall()}
        cursor.execute(FUNCTIONS % {"ledger": ", ".join(f"'{table}'" for table in LEDGER), "fixed": FIXED})
        for table in [*(tables() if names is None else names)]:
            if table in existing - present:
                cursor.execute(
                    f"CREATE TRIGGER kith_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {connection.ops.quote_name(table)} FOR EACH STATEMENT EXECUTE FUNCTION kith_guard()"
                )
        if existing.issuperset(LEDGER):  # not while migrations go back
            cursor.execute("SELECT kith_guard_ledger()")


def missing() -> list[str]:
    """Entity and ledger tables without their guard; readiness and tests ask."""
    with connection.cursor() as cursor:
        cursor.execute(GUARDED)
        present = {row[0].strip('"') for row in cursor.fetchall()}
        cursor.execute(PARTS, [list(LEDGER)])
        parts = [row[0].strip('"') for row in cursor.fetchall()]
    return [table for table in [*tables(), *LEDGER, *parts] if table not in present]
