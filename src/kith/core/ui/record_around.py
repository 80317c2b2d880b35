"""The records before and after one, in the list that it was opened from: the list's address tells filter and order."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict

from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import BadValue
from kith.core.filters import BadFilter
from kith.core.listing import COUNTED, beside, rows
from kith.core.views import Look, from_address, saved_views


def neighbours(entity: Entity, actor: Actor, record: Any, query: str) -> dict[str, Any]:
    """Addresses of the previous and the next record, and "3 / 48" in short lists."""
    try:
        look = from_address(entity, actor, QueryDict(tidy(query)), saved_views(entity, actor))
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
    before, after, position = beside(look, actor, record)
    total = rows(look, actor).values("pk")[: COUNTED + 1].count() if position is not None else COUNTED + 1
    told = position is not None and total <= COUNTED
    rest = f"?{urlencode({'from': query})}" if query else ""
    link = "/{}/{}/{}".format
    return {
        "previous": link(look.entity.slug, before, rest) if before else "", "next": link(look.entity.slug, after, rest) if after else "",
        "position": position + 1 if told and position is not None else 0, "total": total if told else 0,
    }  # fmt: skip
