"""The records before and after one, in the list that it was opened from: the list's address tells filter and order."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict

from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import BadValue
from kith.core.filters import BadFilter
from kith.core.listing import beyond, direction, joined, order, ordered, rows, value_at
from kith.core.views import Look, from_address, saved_views

#: Positions are told only in lists of at most so many records: then they are counted in a millisecond or two.
COUNTED = 1000


def neighbours(entity: Entity, actor: Actor, record: Any, query: str) -> dict[str, Any]:
    """Addresses of the previous and the next record, and "3 / 48" in short lists."""
    try:
        look = from_address(
            entity, actor, QueryDict(tidy(query)), saved_views(entity, actor) if "view=" in query else ()
        )
        return found(look, actor, record, query)
    except (BadFilter, BadValue):  # a list that no longer exists has no neighbours
        return {"previous": "", "next": "", "position": 0, "total": 0}


def tidy(query: str) -> str:
    """The list's query without the page, which says nothing about the order."""
    return urlencode(
        [
            (name, value)
            for name, value in parse_qsl(query[:2000], keep_blank_values=True)
            if name not in ("after", "before")
        ]
    )


def found(look: Look, actor: Actor, record: Any, query: str) -> dict[str, Any]:
    """See neighbours."""
    keys = order(look.entity, look.sort, actor)
    listed = ordered(rows(look, actor), look.entity, keys, actor)
    here = joined(listed, keys).filter(pk=record.pk).first()
    if here is None:
        return {"previous": "", "next": "", "position": 0, "total": 0}
    place = [value_at(here, key.path) for key in keys]
    after = listed.filter(beyond(keys, place)).values_list("pk", flat=True).first()
    back = listed.filter(beyond(keys, place, backwards=True))
    before = back.order_by(*(direction(key, backwards=True) for key in keys)).values_list("pk", flat=True).first()
    total = listed.order_by().values("pk")[: COUNTED + 1].count()
    position = back.order_by().count() + 1 if total <= COUNTED else 0
    rest = f"?{urlencode({'from': query})}" if query else ""
    link = "/{}/{}/{}".format
    return {
        "previous": link(look.entity.slug, before, rest) if before else "", "next": link(look.entity.slug, after, rest) if after else "",
        "position": position, "total": total if position else 0,
    }  # fmt: skip
