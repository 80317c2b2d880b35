"""Which parties share match keys, asked of the database: each pair once among all parties, and who shares keys with some."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

Pair = tuple[UUID, UUID]
About = tuple[str, str]
#: The keys of live parties that neither one alone nor too many have, joined with themselves. Sorted, so that the parties of a
#: chunk lie near each other; what is gathered goes to the disk of the database, beyond its memory for one query.
PAIRS = """
WITH counted AS (
    SELECT found.key, found.kind, found.party_id, party.city, party.birth_date, party.employer_id, rule.most,
        count(*) OVER (PARTITION BY found.key, found.kind) AS members
    FROM parties_matchkey found JOIN parties_party party ON party.id = found.party_id
    JOIN unnest(%(kinds)s::text[], %(most)s::int[]) rule(kind, most) ON rule.kind = found.kind
    WHERE party.kind = %(kind)s AND party.deleted_at IS NULL AND found.kind = ANY(%(kinds)s::text[])
), shared AS MATERIALIZED (SELECT * FROM counted WHERE members BETWEEN 2 AND most)
SELECT DISTINCT one.party_id, other.party_id
FROM shared one JOIN shared other ON other.key = one.key AND other.kind = one.kind AND other.party_id > one.party_id
WHERE NOT %(supported)s OR one.city = other.city AND one.city <> '' OR one.birth_date = other.birth_date OR one.employer_id = other.employer_id
ORDER BY 1, 2
"""
#: Of a key that very many have only so many are looked at that it is known to be one.
AROUND = """
SELECT about.kind, about.key, found.party_id
FROM unnest(%(kinds)s::text[], %(keys)s::text[], %(most)s::int[]) about(kind, key, most), LATERAL (
    SELECT other.party_id FROM parties_matchkey other JOIN parties_party party ON party.id = other.party_id
    WHERE other.key = about.key AND other.kind = about.kind AND party.kind = %(kind)s AND party.deleted_at IS NULL
    LIMIT about.most + 1
) found
"""


def pairs(kind: str, most: Mapping[str, int], *, supported: bool, chunk: int) -> Iterator[list[Pair]]:
    """Pairs of live parties of a kind that share a key of these kinds, each pair once, in chunks.

    `most` tells how many may share a key of a kind. `supported`: only pairs with the same town, day of birth or employer.
    """
    values: dict[str, Any] = {"kinds": list(most), "most": list(most.values()), "kind": kind, "supported": supported}
    with connection.chunked_cursor() as cursor:
        cursor.execute(PAIRS, values)
        while rows := cursor.fetchmany(chunk):
            yield rows


def sharing(kind: str, keys: Collection[About], most: Mapping[str, int]) -> Iterator[tuple[str, str, UUID]]:
    """Kind, key and party for live parties of a kind with any of these keys: of each key at most one more than `most` tells of its kind."""
    kinds = [name for name, _key in keys]
    values: dict[str, Any] = {
        "kinds": kinds,
        "keys": [key for _name, key in keys],
        "most": [most[name] for name in kinds],
        "kind": kind,
    }
    with connection.cursor() as cursor:
        cursor.execute(AROUND, values)
        yield from cursor.fetchall()
