"""Which rows hold the words of a question, whoever may see them: all of a rare one, the latest of a frequent one.

Ids stay text: thousands of them go from one query to the next, and nobody else reads them.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from . import counting, predicates

if TYPE_CHECKING:
    from .entity import Entity

#: A frequent prefix matches a hundred thousand rows: so many are looked for, and of more than these so many taken.
CANDIDATES, TAKEN = 2000, 500
#: So many are enough when they are found among the latest rows.
ENOUGH = 100
#: Of so many latest rows so many hold a frequent question: then an index of words would gather a large part of the table,
#: and its candidates are looked for in more of the latest rows (10 ms for 10,000). In smaller tables nothing is frequent.
LATEST, FREQUENT, DEEP, SMALL = 400, 8, 10_000, 20_000
#: Where so many rows hold the very words, those that hold longer ones are not looked for: gathering the beginnings of words takes five times as long.
EXACT = 200
#: Beside candidates that are not all, so many of the latest matches come, and own ones, as far as so many rows hold them.
RECENT, NEAR = 40, 2000
#: How the planner is told to use indexes of words, for one statement.
ONLY_BITMAPS = "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; "
ANY_WAY = "; SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on"
#: SQL and its values.
type Part = tuple[str, tuple[Any, ...]]


@dataclass(slots=True)
class Matches:
    """Rows of one entity that hold the question."""

    ids: list[str] = field(default_factory=list)
    #: Whether many of the latest rows hold it.
    is_frequent: bool = False
    #: Whether there may be more than these.
    is_cut: bool = False
    #: Whether the latest of all are among them.
    has_latest: bool = False

    @property
    def array(self) -> str:
        """The ids as PostgreSQL reads them."""
        return "{" + ",".join(self.ids) + "}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as conditions: words as beginnings, and (if that asks less) as they are."""

    beginnings: predicates.Compiled
    words: predicates.Compiled | None = None


def matched(entities: list["Entity"], asked: Asked) -> dict[str, Matches]:
    """The matches of each entity that has any.

    Where the latest rows do not hold as many, only indexes of words may answer: PostgreSQL takes every prefix for one of at
    least five rows in a thousand, and would read the whole table until it has found enough (measured at 1,000,000
    opportunities: 700 ms for a word of none). They gather all matches first (1 ms for each 1,000 of them), and a frequent
    word finds its candidates in the latest rows before it comes to that, unless the table is small or the word went out of use.
    """
    found = {one.label: Matches() for one in entities}
    sizes = counting.of_tables(one.model for one in entities)
    is_large = {one.label: sizes[one.model] >= SMALL for one in entities}
    large = [latest_of(one, asked.beginnings) for one in entities if is_large[one.label]]
    for label, sample, count, ids in rows_of("", large):
        enough = count >= ENOUGH
        found[label] = Matches(ids.split(",") if ids else [], sample >= FREQUENT, enough, enough)
    few = [
        some_of(one, asked.beginnings, asked.words if is_large[one.label] else None)
        for one in entities
        if not found[one.label].is_cut
    ]
    for label, count, ids, is_exact in rows_of(ONLY_BITMAPS, few, ANY_WAY):
        known = found[label]
        known.is_cut = count >= CANDIDATES or is_exact
        known.ids += ids.split(",")[: TAKEN if count >= CANDIDATES else None] if ids else []
    return {label: known for label, known in found.items() if known.ids}


def rows_of(before: str, parts: list[Part], after: str = "") -> list[tuple[Any, ...]]:
    """What these parts of one query find, between statements about how to plan it."""
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            before + " UNION ALL ".join(sql for sql, _params in parts) + after,
            [value for _sql, params in parts for value in params],
        )
        while cursor.description is None:
            cursor.nextset()
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def keys_by_label(before: str, parts: list[Part], after: str) -> dict[str, list[Any]]:
    """Labels and ids that these parts of one query find."""
    found: dict[str, list[Any]] = {}
    for label, key in rows_of(before, parts, after):
        found.setdefault(label, []).append(key)
    return found


def latest_of(entity: "Entity", asked: predicates.Compiled) -> Part:
    """SQL of how many of the latest rows match, and, where those are many, of the latest that do: how many, and their ids."""
    match = asked.text.replace(predicates.TABLE, "latest")
    sample, sampled = walk(entity, LATEST)
    deep, walked = walk(entity, DEEP)
    sql = (
        f"(WITH sample AS MATERIALIZED (SELECT id FROM ({sample}) latest WHERE {match}), "
        f"deep AS (SELECT id FROM ({deep}) latest WHERE {match} AND (SELECT count(*) FROM sample) >= {FREQUENT} LIMIT {ENOUGH}) "
        "SELECT %s, (SELECT count(*) FROM sample), count(*), string_agg(id::text, ',') FROM deep)"
    )
    return sql, (*sampled, *asked.values, *walked, *asked.values, entity.label)


def walk(entity: "Entity", count: int, owner: Any = None) -> Part:
    """SQL of so many latest rows (of an owner)."""
    table = connection.ops.quote_name(entity.model._meta.db_table)
    facts = {**entity.face, **({"owner_id": owner} if owner else {})}
    where = "".join(f" AND {connection.ops.quote_name(name)} = %s" for name in facts)
    sql = f"SELECT id, search_vector FROM {table} WHERE deleted_at IS NULL{where} ORDER BY updated_at DESC, id DESC LIMIT {int(count)}"
    return sql, tuple(facts.values())


def walked(entity: "Entity", asked: Asked, count: int, among: int, owner: Any = None) -> Part:
    """SQL of so many of the latest matches (of an owner), as far as so many latest rows hold them."""
    rows, facts = walk(entity, among, owner)
    match = asked.beginnings.text.replace(predicates.TABLE, "latest")
    return f"(SELECT id FROM ({rows}) latest WHERE {match} LIMIT {int(count)})", (*facts, *asked.beginnings.values)


def some_of(entity: "Entity", beginnings: predicates.Compiled, words: predicates.Compiled | None) -> Part:
    """SQL of some rows that match: how many, their ids, and whether they are only those that hold the very words."""
    rows, values = rows_with(entity, beginnings)
    if words is None:
        return f"(SELECT %s, count(*), string_agg(id::text, ','), false FROM ({rows} LIMIT {CANDIDATES}) found)", (entity.label, *values)  # fmt: skip
    exact, given = rows_with(entity, words)
    enough = f"(SELECT count(*) >= {EXACT} FROM exact)"
    sql = (
        f"(WITH exact AS MATERIALIZED ({exact} LIMIT {CANDIDATES}) "
        f"SELECT %s, count(*), string_agg(id::text, ','), {enough} FROM ("
        f"(SELECT id FROM exact WHERE {enough}) UNION ALL ({rows} AND NOT {enough} LIMIT {CANDIDATES})) found)"
    )
    return sql, (*given, entity.label, *values)


def rows_with(entity: "Entity", asked: predicates.Compiled) -> Part:
    """SQL of the ids of rows that match."""
    table = connection.ops.quote_name(entity.model._meta.db_table)
    match, values = asked_of(entity, asked)
    faces = "".join(f" AND {table}.{connection.ops.quote_name(name)} = %s" for name in entity.face)
    return f"SELECT {table}.id FROM {table} WHERE {match} AND {table}.deleted_at IS NULL{faces}", (*values, *entity.face.values())  # fmt: skip


def asked_of(entity: "Entity", asked: predicates.Compiled) -> Part:
    """The condition on words for the table of an entity; each kind of record in a shared table has an index of its own."""
    from .entity import registry

    table = connection.ops.quote_name(entity.model._meta.db_table)
    match = asked.text.replace(predicates.TABLE, table)
    faces = [registry.get(label).face for label in entity.access.faces]
    if not faces:
        return match, asked.values
    kinds = (" AND ".join(f"{table}.{connection.ops.quote_name(name)} = %s" for name in face) for face in faces)
    whole = " OR ".join(f"({kind} AND {match})" for kind in kinds)
    return f"({whole})", tuple(value for face in faces for value in (*face.values(), *asked.values))
