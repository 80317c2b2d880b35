"""Functions that formulas are written with (`core/formulas`): what each does with too much, too little or two currencies."""

from django.db import migrations

FUNCTIONS = """
CREATE OR REPLACE FUNCTION kith_over(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT round(round(a, 20) / nullif(b, 0), 10) $$;
CREATE OR REPLACE FUNCTION kith_same(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN a = b THEN a END $$;
CREATE OR REPLACE FUNCTION kith_alike(x numeric, a text, b text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN a = b THEN x END $$;
CREATE OR REPLACE FUNCTION kith_alike(x boolean, a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN a = b THEN x END $$;
CREATE OR REPLACE FUNCTION kith_days_on(day date, days numeric) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN floor(days) BETWEEN date '0001-01-01' - day AND date '9999-12-31' - day THEN day + floor(days)::integer END $$;
CREATE OR REPLACE FUNCTION kith_months_on(day date, months numeric) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN extract(year FROM day) * 12 + extract(month FROM day) - 1 + floor(months) BETWEEN 12 AND 119999
        THEN (day + make_interval(months => floor(months)::integer))::date END $$;
CREATE OR REPLACE FUNCTION kith_bounded(x numeric, places integer) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN abs(x) < 1000000000000000000 THEN round(x, places) END $$;
CREATE OR REPLACE FUNCTION kith_left(given text, signs numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT left(given, least(greatest(floor(signs), 0), 1000)::integer) $$;
CREATE OR REPLACE FUNCTION kith_right(given text, signs numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT right(given, least(greatest(floor(signs), 0), 1000)::integer) $$;
"""
BACK = """
DROP FUNCTION kith_over(numeric, numeric);
DROP FUNCTION kith_same(text, text);
DROP FUNCTION kith_alike(numeric, text, text);
DROP FUNCTION kith_alike(boolean, text, text);
DROP FUNCTION kith_days_on(date, numeric);
DROP FUNCTION kith_months_on(date, numeric);
DROP FUNCTION kith_bounded(numeric, integer);
DROP FUNCTION kith_left(text, numeric);
DROP FUNCTION kith_right(text, numeric);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0011_field_rules")]

    operations = [migrations.RunSQL(FUNCTIONS, BACK)]
