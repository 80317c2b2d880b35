"""`kith_forget` empties what ledger and log say of some records, and of whatever names one person, in one erasure; see chain/erasing.py."""

from django.db import migrations

FORGET = """
CREATE FUNCTION kith_forget(actor uuid, actor_name text, label text, record uuid, keys uuid[], linked uuid[], names text[], hints text[], reason text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER AS $$
#variable_conflict use_column
DECLARE
    gone jsonb := '{}'; found jsonb; announced text := coalesce(current_setting('kith.changeset', true), '');
BEGIN
    PERFORM pg_advisory_xact_lock(5170000001);
    PERFORM set_config('kith.changeset', 'maintenance', true);
    WITH emptied AS (
        UPDATE core_change SET title = '', before = '{}', after = '{}', source = '{}' WHERE (title, before, after, source) IS DISTINCT FROM ('', '{}'::jsonb, '{}'::jsonb, '{}'::jsonb) AND (
            record_id = ANY (keys) OR concat_ws(' ', title, before, after, source) ILIKE ANY (names)
            OR (record_id = ANY (linked) AND concat_ws(' ', title, before, after, source) ILIKE ANY (hints))) RETURNING id)
    SELECT jsonb_agg(id ORDER BY id) INTO found FROM emptied;
    gone := gone || jsonb_strip_nulls(jsonb_build_object('change.0', found));
    WITH emptied AS (
        UPDATE core_auditevent SET title = '', detail = '{}' WHERE (title, detail) IS DISTINCT FROM ('', '{}'::jsonb) AND (
            record_id = ANY (keys) OR concat_ws(' ', title, detail) ILIKE ANY (names) OR (record_id = ANY (linked) AND concat_ws(' ', title, detail) ILIKE ANY (hints))) RETURNING id)
    SELECT jsonb_agg(id ORDER BY id) INTO found FROM emptied;
    gone := gone || jsonb_strip_nulls(jsonb_build_object('event.1', found));
    WITH emptied AS (UPDATE core_changeset SET reason = '' WHERE reason <> '' AND reason ILIKE ANY (names) RETURNING id)
    SELECT jsonb_agg(id ORDER BY id) INTO found FROM emptied;
    gone := gone || jsonb_strip_nulls(jsonb_build_object('changeset.1', found));
    INSERT INTO core_erasure (at, actor_id, actor_name, entity, record_id, reason, places) VALUES (clock_timestamp(), actor, actor_name, label, record, reason, gone);
    PERFORM kith_unsalt('change', 0, 1, gone -> 'change.0');
    PERFORM kith_unsalt('event', 1, 2, gone -> 'event.1');
    PERFORM kith_unsalt('changeset', 1, 2, gone -> 'changeset.1');
    PERFORM set_config('kith.changeset', announced, true);
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION kith_forget(uuid, text, text, uuid, uuid[], uuid[], text[], text[], text) FROM PUBLIC;
DO $$
BEGIN
    -- Temporary tables come last: nobody can put one of his own before a table of the ledger.
    EXECUTE format('ALTER FUNCTION kith_forget(uuid, text, text, uuid, uuid[], uuid[], text[], text[], text) SET search_path = %I, pg_temp', current_schema());
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0016_layouts")]
    operations = [migrations.RunSQL(FORGET, "DROP FUNCTION kith_forget(uuid, text, text, uuid, uuid[], uuid[], text[], text[], text)")]  # fmt: skip
