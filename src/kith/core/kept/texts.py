"""The SQL of kept figures: the differences that a write makes, all figures anew, and the relation that readers ask.

Names come from the registry, values are literals of psycopg; nothing of it is typed by a person.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from psycopg import sql

from kith.core.stored.texts import column_of, text

from .cubes import BAG, Added, Cube, Key

#: How many records a line of the relation stands for.
WEIGHT = "kept_n"
#: One row for each record: its groups, and what is added up.
EACH = "SELECT {weight} AS weight, jsonb_build_array({keys}) AS keys{values} FROM {relation} r WHERE r.deleted_at IS NULL{face}"
GROUPED = "SELECT {id}, keys, ARRAY[sum(weight){sums}]::numeric[] FROM ({rows}) rows GROUP BY keys"
CHANGED = " HAVING sum(weight) <> 0{sums}"
SUM = "coalesce(sum(weight * {value}), 0), coalesce(sum(weight) FILTER (WHERE {value} IS NOT NULL), 0)"
IN_BAG = "CASE WHEN pg_input_is_valid({0}, 'numeric(30, 10)') THEN {0}::numeric(30, 10) END"
MOVED = (
    " OR coalesce(sum(weight * {value}), 0) <> 0 OR coalesce(sum(weight) FILTER (WHERE {value} IS NOT NULL), 0) <> 0"
)
ADD = "INSERT INTO core_keptline (report, keys, figures) {figures}"
FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $kept$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {inserted};
    ELSIF TG_OP = 'UPDATE' THEN
        {updated};
    ELSIF TG_OP = 'DELETE' THEN
        {deleted};
    ELSE
        DELETE FROM core_keptline WHERE report = {id};
    END IF;
    RETURN NULL;
END $kept$
"""
#: The lines go and the figures of all records come, as of one moment: what is being written meanwhile adds its lines afterwards.
FILL = "WITH gone AS (DELETE FROM core_keptline WHERE report = {id}) {added}"
FOLDED = "SELECT report, keys, ARRAY[sum(figures[1]){sums}]::numeric[] FROM {lines} GROUP BY report, keys HAVING sum(figures[1]) <> 0"
FOLD = "WITH gone AS (DELETE FROM core_keptline WHERE report = {id} RETURNING *) {added}"
#: Groups whose figures are not those of the records, both as of one moment.
DIFFER = """
SELECT count(*) FROM ({folded}) AS kept (report, keys, figures) FULL JOIN ({counted}) AS found (report, keys, figures) ON found.keys = kept.keys
WHERE kept.figures IS DISTINCT FROM found.figures
"""


@dataclass(frozen=True, slots=True)
class Texts:
    """What the database runs for one cube."""

    id: UUID
    table: str
    function: str
    fill: str
    fold: str
    differ: str

    @property
    def name(self) -> str:
        """The name of the function, and what the names of its triggers begin with."""
        return name_of(self.id)


def name_of(key: UUID) -> str:
    """The name of a function for the kept figures with this id."""
    return f"kith_kept_{key.hex}"


def texts_of(cube: Cube) -> Texts:
    """The SQL of a cube; its id follows from it."""
    draft = written(cube, UUID(int=0))
    told = "\0".join([cube.entity.label, draft.function, draft.fill, relation(cube, draft.id)])
    return written(cube, UUID(bytes=hashlib.sha256(told.encode()).digest()[:16]))


def written(cube: Cube, key: UUID) -> Texts:
    """The SQL of a cube under an id."""
    table = cube.entity.model._meta.db_table
    one = {"id": sql.Literal(key), "name": sql.Identifier(name_of(key))}
    counted, lines = whole(cube, key, table), sql.SQL("(SELECT * FROM core_keptline WHERE report = {id}) lines")
    function = sql.SQL(FUNCTION).format(
        **one,
        inserted=changed(cube, key, {"fresh": 1}),
        updated=changed(cube, key, {"fresh": 1, "gone": -1}),
        deleted=changed(cube, key, {"gone": -1}),
    )
    return Texts(
        key, table, text(function), text(sql.SQL(FILL).format(**one, added=added(counted))),
        text(sql.SQL(FOLD).format(**one, added=added(folded(cube, sql.Identifier("gone"))))),
        text(sql.SQL(DIFFER).format(folded=folded(cube, lines.format(**one)), counted=counted)),
    )  # fmt: skip


# --- writing ------------------------------------------------------------------------------------------------------------


def rows(cube: Cube, name: str, weight: int) -> sql.Composed:
    """The records of a relation with their groups and values."""
    values = [sql.SQL(", {} AS {}").format(number(one), value_at(at)) for at, one in enumerate(cube.sums)]
    face = [sql.SQL(" AND r.{} = {}").format(sql.Identifier(column_of(cube.entity, one)), sql.Literal(value)) for one, value in cube.entity.face.items()]  # fmt: skip
    return sql.SQL(EACH).format(
        weight=sql.Literal(weight), keys=sql.SQL(", ").join(group(cube, key) for key in cube.keys), values=sql.Composed(values),
        relation=sql.Identifier(name), face=sql.Composed(face),
    )  # fmt: skip


def number(one: Added) -> sql.Composable:
    """The value of a record that is added up; in the bag only what is a number, so that no write can fail of it."""
    if not one.path:
        return sql.SQL("r.{}::numeric").format(sql.Identifier(one.column))
    return sql.SQL(IN_BAG).format(sql.SQL("(r.{} #>> {})").format(sql.Identifier(one.column), path_of(one)))


def path_of(one: Added | Key) -> sql.Composable:
    """The way to a value in the bag."""
    return sql.SQL("{}::text[]").format(sql.Literal(list(one.path)))


def value_at(at: int) -> sql.Identifier:
    """The name of a value that is added up."""
    return sql.Identifier(f"value{at}")


def group(cube: Cube, key: Key) -> sql.Composable:
    """The group of a record: a value, of a date the first day of its period."""
    column = sql.Identifier("r", key.column)
    if key.path:
        return sql.SQL("{} #> {}").format(column, path_of(key))
    if key.kind == "moment":
        zone = sql.Literal(cube.zone)
        return sql.SQL("date_trunc({}, {} AT TIME ZONE {})").format(sql.Literal(key.grain), column, zone)
    if key.kind == "date" and key.grain != "day":
        return sql.SQL("date_trunc({}, {}::timestamp)::date").format(sql.Literal(key.grain), column)
    return column


def grouped(cube: Cube, key: UUID, found: sql.Composable) -> sql.Composed:
    """The figures of rows by group."""
    sums = sql.Composed([sql.SQL(", " + SUM).format(value=value_at(at)) for at in range(len(cube.sums))])
    return sql.SQL(GROUPED).format(id=sql.Literal(key), rows=found, sums=sums)


def whole(cube: Cube, key: UUID, table: str) -> sql.Composed:
    """The figures of all records."""
    return grouped(cube, key, rows(cube, table, 1))


def changed(cube: Cube, key: UUID, relations: dict[str, int]) -> sql.Composed:
    """The statement that adds what a write changed: rows that came count, rows that went count against."""
    found = sql.SQL(" UNION ALL ").join(rows(cube, name, weight) for name, weight in relations.items())
    sums = sql.Composed([sql.SQL(MOVED).format(value=value_at(at)) for at in range(len(cube.sums))])
    return added(grouped(cube, key, found) + sql.SQL(CHANGED).format(sums=sums))


def added(figures: sql.Composable) -> sql.Composed:
    """The statement that adds figures as lines."""
    return sql.SQL(ADD).format(figures=figures)


def folded(cube: Cube, lines: sql.Composable) -> sql.Composed:
    """The figures of lines by group."""
    sums = sql.SQL("").join(sql.SQL(f", sum(figures[{at}])") for at in range(2, 2 + 2 * len(cube.sums)))
    return sql.SQL(FOLDED).format(sums=sums, lines=lines)


# --- reading ------------------------------------------------------------------------------------------------------------


def relation(cube: Cube, key: UUID) -> str:
    """The kept figures as rows with the columns of the table by which they are kept, one for each group."""
    columns = [sql.SQL("{} AS {}").format(value_of(cube, one, at), sql.Identifier(one.column)) for at, one in enumerate(cube.keys) if not one.path]  # fmt: skip
    columns += [sql.SQL("{}::{} AS {}").format(sql.Literal(value), sql.SQL(type_of(cube, name)), sql.Identifier(column_of(cube.entity, name))) for name, value in [("deleted_at", None), *cube.entity.face.items()]]  # fmt: skip
    columns.append(sql.SQL("sum(figures[1]) AS {}").format(sql.Identifier(WEIGHT)))
    for at, one in enumerate(cube.sums):
        if not one.path:
            columns.append(sql.SQL("{} AS {}").format(summed(at), sql.Identifier(one.column)))
        columns.append(sql.SQL("{} AS {}").format(total(at, 1), sql.Identifier(one.values)))
    if cube.bag:
        columns.append(sql.SQL("{} AS {}").format(bag(cube), sql.Identifier(BAG)))
    query = "SELECT {columns} FROM core_keptline WHERE report = {id} GROUP BY keys HAVING sum(figures[1]) <> 0"
    return text(sql.SQL(query).format(columns=sql.SQL(", ").join(columns), id=sql.Literal(key)))


def total(at: int, step: int) -> sql.Composed:
    """One of the two figures of a value that is added up: its sum, and of how many records."""
    return sql.SQL("sum(figures[{}])").format(sql.Literal(2 + 2 * at + step))


def summed(at: int) -> sql.Composed:
    """The sum of a value, nothing where no record has one."""
    return sql.SQL("CASE WHEN {} > 0 THEN {} END").format(total(at, 1), total(at, 0))


def bag(cube: Cube) -> sql.Composed:
    """The bag of a group: the values that its records share, and in the place of numbers their sums."""
    places = {key.path: sql.SQL("keys -> {}").format(sql.Literal(at)) for at, key in enumerate(cube.keys) if key.path}
    for at, one in enumerate(cube.sums):
        if len(one.path) == 1:
            places[one.path] = sql.SQL("to_jsonb(({})::text)").format(summed(at))
        elif one.path:
            currency = places.pop((one.name, "currency"))
            amount = sql.SQL("CASE WHEN {} > 0 THEN jsonb_build_object('amount', ({})::text, 'currency', {}) END")
            places[(one.name,)] = amount.format(total(at, 1), total(at, 0), currency)
    pairs = [sql.SQL("{}, {}").format(sql.Literal(path[0]), value) for path, value in places.items()]
    return sql.SQL("jsonb_strip_nulls(jsonb_build_object({}))").format(sql.SQL(", ").join(pairs))


def value_of(cube: Cube, key: Key, at: int) -> sql.Composable:
    """The value of a group as the column has it."""
    value = sql.SQL("(keys ->> {})").format(sql.Literal(at))
    if key.kind == "moment":
        return sql.SQL("({}::timestamp AT TIME ZONE {})").format(value, sql.Literal(cube.zone))
    return sql.SQL("{}::{}").format(value, sql.SQL(type_of(cube, key.name)))


def type_of(cube: Cube, name: str) -> str:
    """The type of a column, of the model."""
    return cube.entity.model._meta.get_field(name).db_type(connection) or "text"
