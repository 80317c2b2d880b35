"""Finding records by words: a tsquery over the search text, prefixes and other scripts included; typos through trigrams."""

import uuid
from collections.abc import Callable, Container
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from . import finding, past, predicates
from .access import predicate, ways
from .finding import ANY_WAY, ONLY_BITMAPS, Part, asked_of, keys_by_label, walked
from .identity.searchquery import as_whole, body_query, query_terms, tsquery
from .types.base import UNSAFE

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity

SHORTEST_TYPO = 4
#: Parts of a question that a row has to hold to be like it; of long ones more, since there each per cent less is another thousand rows to compare.
LIKE, MOST_LIKE = 0.6, 0.72
NEARNESS = "SET LOCAL pg_trgm.word_similarity_threshold = %s; "


@dataclass(frozen=True, slots=True)
class Hit:
    """One found record."""

    entity: "Entity"
    record: Any
    exact: bool


def condition(text: str, *, whole: bool = False) -> Q:
    """Rows whose words hold the question (all of its words, as beginnings or as `whole` words); Q() for an empty question, nothing for one without usable words."""
    asked = UNSAFE.sub("", text).strip()
    if not asked:
        return Q()
    groups = query_terms(asked)
    names = tsquery(as_whole(groups) if whole else groups)
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
    return rows.filter(of_faces(entity, asked), within_rights(entity, actor, text)) if asked else rows


def of_faces(entity: "Entity", condition: Q) -> Q:
    """A condition on words for the rows of an entity: each kind of record in a shared table has an index of its own."""
    from .entity import registry

    return reduce(or_, (Q(**registry.get(label).face) & condition for label in entity.access.faces)) if entity.access.faces else condition  # fmt: skip


def searched(entity: "Entity") -> set[str]:
    """Names of the fields whose words stand in the search text."""
    from .entity import registry

    names = {name for face in entity.access.faces for name in searched(registry.get(face))}
    return names | (entity.found_by - ({entity.title} - {*entity.search} if entity.search else set()))


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
    return [hit.record for hit in hits_of([entity], actor, similar_keys([entity], actor, text, limit), exact=False)]


def similar_keys(entities: list["Entity"], actor: "Actor", text: str, limit: int) -> dict[str, list[uuid.UUID]]:
    """Ids of the most similar rows of each entity, in one query."""
    from .identity.text import fold

    word = fold(UNSAFE.sub("", text))[:100]
    if len(word) < SHORTEST_TYPO:
        return {}
    open_ones = [one for one in entities if not within_rights(one, actor, text)]  # a hidden value must not be guessed
    return best_of(
        open_ones, lambda one: near(one, actor, word, limit), {one.label for one in open_ones},
        NEARNESS % likeness(word), f"; {NEARNESS % LIKE}".removesuffix("; "),
    )  # fmt: skip


def likeness(word: str) -> float:
    """How much of a question a row has to hold: a word of n letters has n + 1 trigrams, a wrong letter spoils up to four of all of them."""
    trigrams = sum(len(part) + 1 for part in word.split())
    return round(min(MOST_LIKE, max(LIKE, 1 - 4 / trigrams)), 2)


def near(entity: "Entity", actor: "Actor", word: str, limit: int) -> Part:
    """SQL of label and ids of the rows with the most similar words."""
    like, distance = (RawSQL(f"%s {sign} search_text", (word,)) for sign in ("<%%", "<<->"))  # noqa: S611
    rows = (
        entity.rows(actor)
        .annotate(word_near=like, word_distance=distance, word_of=Value(entity.label))
        .filter(word_near=True)
    )
    sql, params = rows.order_by("word_distance", "-pk").values_list("word_of", "pk")[:limit].query.sql_with_params()
    return f"({sql})", params


def union_of(parts: list[Part]) -> Part:
    """SQL of what any of the parts finds."""
    if not parts:
        raise EmptyResultSet
    return " UNION ".join(f"({sql})" for sql, _params in parts), tuple(value for _sql, params in parts for value in params)  # fmt: skip


def everywhere(actor: "Actor", text: str, limit: int = 6) -> list[Hit]:
    """The best rows of every entity that takes part in global search."""
    from .access import NOTHING
    from .entity import registry

    entities = [entity for entity in registry if entity.in_search and predicate(entity, actor, "view") != NOTHING]
    hits = hits_of(entities, actor, union_keys(entities, actor, text, limit), exact=True)
    if not hits:
        hits = hits_of(entities, actor, similar_keys(entities, actor, text, 3), exact=False)
    return ranked(hits, actor, text)


def hits_of(entities: list["Entity"], actor: "Actor", keys: dict[str, list[uuid.UUID]], *, exact: bool) -> list[Hit]:
    """The rows of these ids, in their order."""
    hits = []
    for entity in entities:
        if wanted := keys.get(entity.label):
            records = entity.rows(actor).defer("search_text", "search_body", "search_vector").in_bulk(wanted)
            hits += [Hit(entity, records[key], exact) for key in wanted if key in records]
    return hits


def union_keys(entities: list["Entity"], actor: "Actor", text: str, limit: int) -> dict[str, list[uuid.UUID]]:
    """Ids of the best matches of each entity, in three queries: of large tables the latest rows, then words, then the best of those.

    One more asks for rights before it cuts where the actor may see too few of the candidates.
    """
    asked = asked_for(entities[0], text) if entities else None
    if asked is None:  # nothing to look for
        return {}
    there = finding.matched(entities, asked)
    found = best_of(entities, lambda one: candidates(one, actor, asked, text, limit, there[one.label]), there)
    cut = {label for label, known in there.items() if known.is_cut and len(found.get(label, ())) < limit}
    return found | best_of(
        entities, lambda one: visible(one, actor, asked, text, limit, there[one.label].is_frequent), cut, ONLY_BITMAPS, ANY_WAY
    )  # fmt: skip


def asked_for(entity: "Entity", text: str) -> finding.Asked | None:
    """A question as conditions; None for one that asks nothing."""
    beginnings, words = (predicates.compiled(entity.model, condition(text, whole=whole)) for whole in (False, True))
    if not isinstance(beginnings, predicates.Compiled):
        return None
    asks_less = isinstance(words, predicates.Compiled) and words.values != beginnings.values
    return finding.Asked(beginnings, words if asks_less else None)


def best_of(
    entities: list["Entity"],
    part: Callable[["Entity"], Part],
    labels: Container[str],
    before: str = "",
    after: str = "",
) -> dict[str, list[uuid.UUID]]:
    """What the parts of one query find, for the entities with these labels."""
    parts = []
    for entity in entities:
        if entity.label in labels:
            with suppress(EmptyResultSet):  # nothing that this actor may see
                parts.append(part(entity))
    return keys_by_label(before, parts, after)


def candidates(
    entity: "Entity", actor: "Actor", asked: finding.Asked, text: str, limit: int, some: finding.Matches
) -> Part:
    """SQL of the best matches: of some, which are all where the question is rare; of the latest and the own ones as well where it is frequent.

    Sorting all matches of a frequent prefix takes seconds; walking the latest records for a rare word reads the whole
    table; and asking for rights row by row, until enough are found that may be seen, takes longest for who sees least.
    """
    seen, params = readable_rows(entity, actor, text)
    more = [walked(entity, asked, limit, finding.NEAR, actor.id)] if some.is_cut and actor.id else []
    more += [walked(entity, asked, finding.RECENT, finding.NEAR)] if some.is_cut and not some.has_latest else []
    arrays = "".join(f" || ARRAY({sql})" for sql, _values in more)
    chosen = f"{seen} AND {connection.ops.quote_name(entity.model._meta.db_table)}.id = ANY(%s::uuid[]{arrays})"
    values = (*params, some.array, *(value for _sql, given in more for value in given))
    return sorted_part(entity, actor, text, limit, (chosen, values))


def visible(entity: "Entity", actor: "Actor", asked: finding.Asked, text: str, limit: int, is_frequent: bool) -> Part:
    """SQL of the best of all matches that the actor may see, for one who may see few of the candidates.

    All of them are sorted, and still it is cheap: who sees fewer than `limit` of so many candidates sees few of the matches
    altogether, and only bitmaps may be used. Each way to see a row (own, of the team or unit, shared) has an index of its
    own. It is joined with that of the words before a row is read where these are rare, and used alone where they are
    frequent (as a test IS TRUE, which no index answers): then the actor sees few rows, and gathering the words costs
    more (at 1,000,000 rows 80 ms for a word of every twelfth, 2 ms for the 20,000 rows of a team of 40). Dear is only who
    sees all rows but not all fields, and asks for a frequent word of a hidden one: each match is looked into.
    """
    match, words = asked_of(entity, asked.beginnings)
    match = f"({match}){' IS TRUE' if is_frequent and predicate(entity, actor, 'view') else ''}"
    parts = list[Part]()
    for rows in ways(entity, actor):
        with suppress(EmptyResultSet):  # of this way alone
            sql, params = shown(entity, rows, actor, text)
            parts.append((f"{sql} AND {match}", (*params, *words)))
    return sorted_part(entity, actor, text, limit, union_of(parts))


def readable_rows(entity: "Entity", actor: "Actor", text: str) -> Part:
    """The same of all rows that the actor may see; written once for who may read all that is searched."""
    kept, name = predicates.store(actor), predicates.key("found", entity, actor, "view")
    if past.current() is not None or within_rights(entity, actor, text):
        return shown(entity, entity.rows(actor), actor, text)
    if name not in kept:
        kept[name] = shown(entity, entity.rows(actor), actor, text)
    return kept[name]  # type: ignore[no-any-return]


def shown(entity: "Entity", rows: QuerySet[Any], actor: "Actor", text: str) -> Part:
    """SQL of what rows are sorted by, of those whose readable fields hold the question."""
    spec = entity.fields[entity.title]
    title = F(spec.path) if spec.stored and spec.columns and spec.type.name in ("text", "longtext") else Value("")
    rows = rows.filter(within_rights(entity, actor, text)).order_by()
    words = {"shown_words": F("search_text")} if has_low(entity) else {}
    return rows.values("id", "updated_at", "owner_id", shown_title=title, **words).query.sql_with_params()


def sorted_part(entity: "Entity", actor: "Actor", text: str, limit: int, chosen: Part) -> Part:
    """SQL of label and ids of the best of the chosen rows: titles that begin with the question, own ones, recent ones."""
    sql, params = chosen
    weighed, words = by_weight(entity, text)
    order = f"starts_with(lower(shown_title), lower(%s)) DESC, owner_id IS NOT DISTINCT FROM %s DESC, {weighed}updated_at DESC, id DESC"
    sql = f"(WITH chosen AS ({sql}) SELECT %s, id FROM chosen ORDER BY {order} LIMIT {int(limit)})"
    return sql, (*params, entity.label, text.strip(), actor.id, *words)


def by_weight(entity: "Entity", text: str) -> Part:
    """The part of the order that puts rows of which only words of a low weight hold the question behind the others; nothing where none has such words."""
    if not has_low(entity):
        return "", ()
    return "shown_words LIKE ALL (%s::text[]) DESC, ", ([f"%{word}%" for word in folded_words(text)],)


def has_low(entity: "Entity") -> bool:
    """Whether some words of these records count for less."""
    return any(spec.searched_low for spec, _kind in entity.searched)


def folded_words(text: str) -> list[str]:
    """The words of a question as they are stored."""
    from .identity.text import fold

    return fold(UNSAFE.sub("", text)).replace("\\", "").replace("%", "").replace("_", "").split()[:10]


def ranked(hits: list[Hit], actor: "Actor", text: str) -> list[Hit]:
    """Titles that begin with the question first, then own records, then recent ones."""
    start = text.strip().casefold()
    return sorted(
        hits, key=lambda hit: (not str(hit.record).casefold().startswith(start), hit.record.owner_id != actor.id)
    )


__all__ = ["Hit", "best", "condition", "everywhere", "matching", "similar"]
