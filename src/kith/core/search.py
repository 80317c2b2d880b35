"""Finding records by words: a tsquery over the search text, prefixes and other scripts included; typos through trigrams."""

import uuid
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from . import predicates
from .access import SYSTEM
from .identity.searchquery import body_query, query_terms, tsquery
from .types.base import UNSAFE

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity

#: A frequent prefix matches a hundred thousand rows: so many are looked at, and the most recent and the own ones besides.
CANDIDATES, RECENT = 500, 100
#: Of so many latest rows so many hold a frequent question: then an index of words would gather a large part of the table.
LATEST, FREQUENT = 1000, 50
SHORTEST_TYPO = 4
#: How the planner is told to use indexes of words, for one statement.
ONLY_BITMAPS = "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; "
ANY_WAY = "; SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on"


@dataclass(frozen=True, slots=True)
class Hit:
    """One found record."""

    entity: "Entity"
    record: Any
    exact: bool


def condition(text: str) -> Q:
    """Rows whose words hold the question (all of its words); Q() for an empty question, nothing for one without usable words."""
    asked = UNSAFE.sub("", text).strip()
    if not asked:
        return Q()
    groups = query_terms(asked)
    names = tsquery(groups)
    if not names:
        return Q(pk__in=[])
    words = Func(Value(names), function="to_tsquery", template="(%(expressions)s)::tsquery")
    bodies = Func(
        Value("russian"),
        Value(body_query(asked)),
        function="plainto_tsquery",
        template="plainto_tsquery(%(expressions)s)",
        arg_joiner="::regconfig, ",
    )
    return Q(Matches(F("search_vector"), words)) | Q(Matches(F("search_vector"), bodies))


class Matches(Func):
    """vector @@ query, usable as a condition."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    conditional = True

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*expressions, output_field=BooleanField(), **extra)


def matching(rows: QuerySet[Any], entity: "Entity", actor: "Actor", text: str) -> QuerySet[Any]:
    """The rows that hold the question."""
    asked = condition(text)
    return rows.filter(asked, within_rights(entity, actor, text)) if asked else rows


def searched(entity: "Entity") -> set[str]:
    """Names of the fields whose words stand in the search text."""
    from .entity import registry

    names = {name for face in entity.access.faces for name in searched(registry.get(face))}
    return names | {*(entity.search or (entity.title,)), *entity.search_body, *entity.search_depends}


def within_rights(entity: "Entity", actor: "Actor", text: str) -> Q:
    """Q() for who may read all that is searched; for others every word must stand in a field that they may read (R139)."""
    from .access import readable
    from .filter_ops import compare

    names = searched(entity)
    allowed = names & readable(actor, entity)
    if allowed == names:
        return Q()
    specs = [spec for name in sorted(allowed) if (spec := entity.fields[name]).stored and spec.type.bag_cast == "text"]
    found = Q()
    for word in UNSAFE.sub("", text).split()[:10]:
        found &= reduce(or_, (compare(spec, "icontains", word) for spec in specs), Q(pk__in=[]))
    return found


def best(entity: "Entity", actor: "Actor", text: str, limit: int = 10, *, unasked: Q | None = None) -> list[Any]:
    """The best rows for a question: titles that begin with it and own ones first, then the most recent; typos forgiven when nothing else is found.

    Without a question the most recent ones, of those that `unasked` lets through.
    """
    rows = entity.rows(actor).defer("search_text", "search_body", "search_vector")
    if not condition(text):
        return list(rows.filter(unasked or Q()).order_by("-updated_at", "-pk")[:limit])
    keys = union_keys([entity], actor, text, limit).get(entity.label, [])
    if not keys:
        return similar(entity, actor, text, limit)
    found = rows.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def similar(entity: "Entity", actor: "Actor", text: str, limit: int) -> list[Any]:
    """Rows with a word like the question, for typing errors."""
    from .identity.text import fold

    word = fold(UNSAFE.sub("", text))[:100]
    if len(word) < SHORTEST_TYPO:
        return []
    near = RawSQL("%s <%% search_text", (word,))
    distance = RawSQL("%s <<-> search_text", (word,))
    if within_rights(entity, actor, text):
        return []  # a typo of a hidden value must not be guessed either
    rows = entity.rows(actor).annotate(near=near, distance=distance).filter(near=True)
    return list(rows.order_by("distance", "-pk")[:limit])


def everywhere(actor: "Actor", text: str, limit: int = 6) -> list[Hit]:
    """The best rows of every entity that takes part in global search."""
    from .access import NOTHING, predicate
    from .entity import registry

    entities = [entity for entity in registry if entity.in_search and predicate(entity, actor, "view") != NOTHING]
    keys = union_keys(entities, actor, text, limit)
    hits = []
    for entity in entities:
        if wanted := keys.get(entity.label):
            records = entity.rows(actor).defer("search_text", "search_body", "search_vector").in_bulk(wanted)
            hits += [Hit(entity, records[key], True) for key in wanted if key in records]
    if not hits:
        hits = [Hit(entity, record, False) for entity in entities for record in similar(entity, actor, text, 3)]
    return ranked(hits, actor, text)


def union_keys(entities: list["Entity"], actor: "Actor", text: str, limit: int) -> dict[str, list[uuid.UUID]]:
    """Ids of the best matches of each entity, in three queries: which have any, by their latest rows and by words, then the best of those."""
    asked = predicates.compiled(entities[0].model, condition(text)) if entities else None
    if not isinstance(asked, predicates.Compiled):  # nothing to look for
        return {}
    there, frequent = matched(entities, asked)
    parts = []
    for entity in entities:
        try:
            if some := there.get(entity.label):
                parts.append(candidates(entity, actor, asked, text, limit, some, entity.label in frequent))
        except EmptyResultSet:  # nothing that this actor may see
            continue
    found: dict[str, list[uuid.UUID]] = {}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join(sql for sql, _params in parts), [value for _sql, params in parts for value in params]
            )
            for label, key in cursor.fetchall():
                found.setdefault(label, []).append(key)
    return found


def matched(entities: list["Entity"], asked: predicates.Compiled) -> tuple[dict[str, list[uuid.UUID]], set[str]]:
    """Ids of some rows of each entity that match, whoever may see them: the latest where they are frequent, all where they are few; where they are frequent.

    Where the latest rows do not tell, only indexes of words may answer: PostgreSQL takes every prefix for one of at least five
    rows in a thousand, and would read the whole table until it has found enough (measured at 1,000,000 opportunities:
    700 ms for a word of none).
    """
    latest = keys_by_label("", [latest_of(entity, asked) for entity in entities], "")
    frequent = {label for label, keys in latest.items() if len(keys) >= FREQUENT}
    rare = [some_of(entity, asked) for entity in entities if entity.label not in frequent]
    found = {label: latest[label] for label in frequent}
    return found | (keys_by_label(ONLY_BITMAPS, rare, ANY_WAY) if rare else {}), frequent


def keys_by_label(before: str, parts: list[tuple[str, tuple[Any, ...]]], after: str) -> dict[str, list[uuid.UUID]]:
    """Labels and ids that these parts of one query find, between statements about how to plan it."""
    found: dict[str, list[uuid.UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            before + " UNION ALL ".join(sql for sql, _params in parts) + after,
            [value for _sql, params in parts for value in params],
        )
        while cursor.description is None:
            cursor.nextset()
        for label, key in cursor.fetchall():
            found.setdefault(label, []).append(key)
    return found


def latest_of(entity: "Entity", asked: predicates.Compiled) -> tuple[str, tuple[Any, ...]]:
    """SQL of those of the latest rows that match."""
    table = connection.ops.quote_name(entity.model._meta.db_table)
    faces = "".join(f" AND {connection.ops.quote_name(name)} = %s" for name in entity.face)
    rows = f"SELECT id, search_vector FROM {table} WHERE deleted_at IS NULL{faces} ORDER BY updated_at DESC, id DESC LIMIT {LATEST}"
    match = asked.text.replace(predicates.TABLE, "latest")
    sql = f"(SELECT %s, id FROM ({rows}) latest WHERE {match} LIMIT {CANDIDATES})"
    return sql, (entity.label, *entity.face.values(), *asked.values)


def some_of(entity: "Entity", asked: predicates.Compiled) -> tuple[str, tuple[Any, ...]]:
    """SQL of some rows that match. What a row is by its face is looked at in the row: an index of it holds half of the table."""
    table = connection.ops.quote_name(entity.model._meta.db_table)
    match = asked.text.replace(predicates.TABLE, table)
    faces = "".join(f" AND {table}.{connection.ops.quote_name(name)} || '' = %s" for name in entity.face)
    sql = f"(SELECT %s, {table}.id FROM {table} WHERE {match} AND {table}.deleted_at IS NULL{faces} LIMIT {CANDIDATES})"
    return sql, (entity.label, *asked.values, *entity.face.values())


def candidates(
    entity: "Entity",
    actor: "Actor",
    asked: predicates.Compiled,
    text: str,
    limit: int,
    some: list[uuid.UUID],
    is_frequent: bool,
) -> tuple[str, tuple[Any, ...]]:
    """SQL of the best matches: of some, which are all where the question is rare; of the latest and the own ones as well where it is frequent.

    Sorting all matches of a frequent prefix takes seconds; walking the latest records for a rare word reads the whole
    table; and asking for rights row by row, until enough are found that may be seen, takes longest for who sees least.
    """
    spec = entity.fields[entity.title]
    title = F(spec.path) if spec.stored and spec.columns and spec.type.name in ("text", "longtext") else Value("")
    rows = entity.rows(actor).filter(within_rights(entity, actor, text)).order_by()
    seen, params = rows.values("id", "updated_at", "owner_id", shown_title=title).query.sql_with_params()
    every, always = entity.rows(SYSTEM).order_by().values("id").query.sql_with_params()
    table = connection.ops.quote_name(entity.model._meta.db_table)
    match, words = asked.text.replace(predicates.TABLE, table), asked.values
    latest = f"ORDER BY {table}.updated_at DESC, {table}.id DESC LIMIT"
    mine = f"({every} AND {match} AND {table}.owner_id = %s {latest} {int(limit)})"
    more, values = "", tuple[Any, ...]()
    if len(some) >= CANDIDATES:
        more = f" || ARRAY((({every} AND {match} {latest} {RECENT}) UNION {mine}))"
        values = (*always, *words, *always, *words, actor.id)
    elif is_frequent:
        more, values = f" || ARRAY({mine})", (*always, *words, actor.id)
    sql = (
        f"(WITH chosen AS ({seen} AND {table}.id = ANY(%s::uuid[]{more})) "
        f"SELECT %s, id FROM chosen ORDER BY starts_with(lower(shown_title), lower(%s)) DESC, owner_id IS NOT DISTINCT FROM %s DESC, updated_at DESC, id DESC LIMIT {int(limit)})"
    )
    return sql, (*params, some, *values, entity.label, text.strip(), actor.id)


def ranked(hits: list[Hit], actor: "Actor", text: str) -> list[Hit]:
    """Titles that begin with the question first, then own records, then recent ones."""
    start = text.strip().casefold()
    return sorted(
        hits, key=lambda hit: (not str(hit.record).casefold().startswith(start), hit.record.owner_id != actor.id)
    )


__all__ = ["Hit", "best", "condition", "everywhere", "matching", "similar"]
