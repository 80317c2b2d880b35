"""Parts of a record that is at hand: whoever sees it sees them, so that their rows need no predicate.

A page asks some fifteen related lists and the timeline, and the predicate of each looked the same record up once more:
for a member of a team PostgreSQL read and planned 45,000 characters to count what it found in half a millisecond.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import access, past, predicates

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .access import Actor
    from .entity import Entity


def shows(part: "Entity", actor: "Actor", whole: "Entity") -> bool:
    """Whether whoever sees a record of one kind sees all its parts of another kind: no rule denies any, and none are kept from the reader."""
    if actor.is_system or past.current() is not None:
        return False
    kept, key = predicates.store(actor), predicates.key("shows", part, actor, whole.label)
    if key not in kept:
        kept[key] = work_out(part, actor, whole)
    return bool(kept[key])


def work_out(part: "Entity", actor: "Actor", whole: "Entity") -> bool:
    """See shows; not cached. The same conditions as `access.compute_predicate`, whose first alternative this is."""
    rights = part.access
    if actor.kind == "anonymous" or rights.faces or not (rights.parent or rights.subject):
        return False
    if not access.in_scope(actor, part, "view") or (rights.own_right and not access.has_rule(actor, part, "view")):
        return False
    if any(rule.deny for rule in access.rules_for(actor, part, "view")):
        return False
    if any(provider(part, actor) is not None for provider in access.ways_out):
        return False
    return any(whole.label in (other.label, *other.access.faces) for other in access.wholes(part))


def rows(part: "Entity", actor: "Actor", whole: "Entity", link: str) -> "QuerySet[Any]":
    """The rows of a part that the reader may see, to be asked for those whose `link` leads to a record of `whole` that the reader sees."""
    is_part = link == (part.access.parent or "subject")
    return rows_of(part, actor, [whole]) if is_part else part.rows(actor)


def rows_of(part: "Entity", actor: "Actor", wholes: "Iterable[Entity]") -> "QuerySet[Any]":
    """The same of parts of records of several kinds, all of which the reader sees."""
    kinds = list(wholes)
    if all(shows(part, actor, whole) for whole in kinds):
        return predicates.base(part, False).all()
    return part.rows(actor, about=[whole.label for whole in kinds])
