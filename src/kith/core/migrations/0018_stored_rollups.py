"""Stored roll-ups: their values beside the records, and the functions that keep them in the transaction of every write (decisions/032)."""

import django.utils.timezone
from django.db import migrations, models

import kith.core.stored.models

FUNCTIONS = """
CREATE UNLOGGED TABLE core_rolluptouch (xact xid8 NOT NULL, field_id uuid, record_id uuid);
CREATE INDEX rolluptouch_xact ON core_rolluptouch (xact, field_id, record_id);

-- After a statement on a table of roll-ups: note whose values it concerns. Nothing is locked yet, so that no two writers wait in a circle.
CREATE FUNCTION kith_rollup_touch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE one record; noted bigint; is_any boolean := false;
BEGIN
    FOR one IN
        SELECT field_id, CASE TG_OP WHEN 'INSERT' THEN touched_insert WHEN 'UPDATE' THEN touched_update ELSE touched_delete END AS asked
        FROM core_rollupstore WHERE child_table = TG_TABLE_NAME
        UNION ALL
        SELECT field_id, CASE TG_OP WHEN 'INSERT' THEN made ELSE unmade END FROM core_rollupstore WHERE parent_table = TG_TABLE_NAME AND TG_OP <> 'UPDATE'
    LOOP
        EXECUTE 'INSERT INTO core_rolluptouch SELECT DISTINCT pg_current_xact_id(), $1, t.id FROM (' || one.asked || ') AS t(id) WHERE t.id IS NOT NULL' USING one.field_id;
        GET DIAGNOSTICS noted = ROW_COUNT;
        is_any := is_any OR noted > 0;
    END LOOP;
    IF is_any AND NOT EXISTS (SELECT FROM core_rolluptouch WHERE xact = pg_current_xact_id() AND field_id IS NULL) THEN
        INSERT INTO core_rolluptouch VALUES (pg_current_xact_id(), NULL, NULL);
    END IF;
    RETURN NULL;
END $$;

-- Lock the values of some records in the order of their ids, then work them out by a statement of its own: it sees what was committed before the lock was given.
CREATE FUNCTION kith_rollup_renew(field uuid, renew text, keys uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_rollupvalue (field_id, record_id) SELECT field, key FROM unnest(keys) AS key ORDER BY key ON CONFLICT DO NOTHING;
    PERFORM FROM core_rollupvalue WHERE field_id = field AND record_id = ANY (keys) ORDER BY record_id FOR UPDATE;
    EXECUTE renew USING keys;
END $$;

-- At the end of a change-set: all that was noted. The lock is against the job that replaces the SQL of a roll-up.
CREATE FUNCTION kith_rollup_settle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE one uuid; renew_by text; last uuid; keys uuid[];
BEGIN
    FOR one IN SELECT DISTINCT field_id FROM core_rolluptouch WHERE xact = pg_current_xact_id() AND field_id IS NOT NULL ORDER BY field_id LOOP
        PERFORM pg_advisory_xact_lock_shared(hashtextextended(one::text, 5170000032));
        SELECT renew INTO renew_by FROM core_rollupstore WHERE field_id = one;
        CONTINUE WHEN NOT FOUND;
        last := '00000000-0000-0000-0000-000000000000';
        LOOP
            SELECT array_agg(record_id ORDER BY record_id) INTO keys FROM (
                SELECT DISTINCT record_id FROM core_rolluptouch WHERE xact = pg_current_xact_id() AND field_id = one AND record_id > last ORDER BY record_id LIMIT 5000
            ) AS piece;
            EXIT WHEN keys IS NULL;
            last := keys[array_upper(keys, 1)];
            PERFORM kith_rollup_renew(one, renew_by, keys);
        END LOOP;
    END LOOP;
    DELETE FROM core_rolluptouch WHERE xact = pg_current_xact_id();
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER kith_rollup_settle AFTER INSERT ON core_rolluptouch DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.field_id IS NULL) EXECUTE FUNCTION kith_rollup_settle();
"""
BACK = """
DROP TABLE core_rolluptouch;
DROP FUNCTION kith_rollup_settle();
DROP FUNCTION kith_rollup_renew(uuid, text, uuid[]);
DROP FUNCTION kith_rollup_touch() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0017_forgetting")]

    operations = [
        migrations.AddField(
            "rollupfield",
            "is_indexed",
            models.BooleanField(
                default=False,
                help_text="Keeps the values beside the records, so that lists stay fast among many that are sorted or filtered by them.",
                verbose_name="often filtered",
            ),
        ),
        migrations.CreateModel(
            "RollupStore",
            fields=[
                ("field_id", models.UUIDField(primary_key=True, serialize=False)),
                ("child_table", models.CharField(max_length=63)),
                ("parent_table", models.CharField(max_length=63)),
                ("touched_insert", models.TextField()),
                ("touched_update", models.TextField()),
                ("touched_delete", models.TextField()),
                ("made", models.TextField()),
                ("unmade", models.TextField()),
                ("renew", models.TextField()),
                ("print", models.CharField(max_length=64)),
                ("is_ready", models.BooleanField(default=False)),
                ("built_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["child_table"], name="rollupstore_child"),
                    models.Index(fields=["parent_table"], name="rollupstore_parent"),
                ]
            },
        ),
        migrations.CreateModel(
            "RollupValue",
            fields=[
                ("pk", models.CompositePrimaryKey("field_id", "record_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("field_id", models.UUIDField()),
                ("record_id", models.UUIDField()),
                ("number", kith.core.stored.models.Numeric(decimal_places=10, max_digits=38, null=True)),
                ("exact", kith.core.stored.models.Numeric(decimal_places=10, max_digits=38, null=True)),
                ("day", models.DateField(null=True)),
                ("moment", models.DateTimeField(null=True)),
                ("currency", models.TextField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["field_id", name, "record_id"], name=f"rollupvalue_{name}", condition=models.Q((f"{name}__isnull", False)))
                    for name in ("number", "day", "moment")
                ]
            },
        ),
        migrations.RunSQL(FUNCTIONS, BACK),
    ]  # fmt: skip
