"""What is particular to merging leads, and to merging opportunities (R30-R35; docs/decisions/035).

The one that stays keeps its process, its stage and how it stands; what the others went through stays their own history. Amounts
follow the product lines, which move.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused
from kith.core.staged import CLOSED
from kith.processes.book import book


def rank(record: Any) -> tuple[Any, ...]:
    """Open before closed, the higher stage, the likelier one (R32); then the older one."""
    stage = book().stage(record.stage_id)
    chance = getattr(record, "probability", None)
    return (record.state in CLOSED, -(stage.position if stage else -1), -(chance or 0))


def check(ranked: Sequence[Any]) -> None:
    """Refuse what does not belong together: won ones, an open one into a closed one, other customers, another process."""
    first = ranked[0]
    for record in ranked:
        if record.state == "won":
            raise Refused(_("“%(name)s” is won; what is won is not merged.") % {"name": record})
        if first.state in CLOSED and record.state not in CLOSED:
            words = _("“%(name)s” is open; it cannot go into “%(first)s”, which is closed. Let the open one stay.")
            raise Refused(words % {"name": record, "first": first})
        if other := stranger(record, ranked):
            words = _(
                "“%(name)s” and “%(first)s” are about different customers; merge the customers first if they are one."
            )
            raise Refused(words % {"name": record, "first": other})
        if series(record) != series(first):
            words = _("“%(name)s” and “%(first)s” are in different processes; move one of them first.")
            raise Refused(words % {"name": record, "first": first})


def stranger(record: Any, ranked: Sequence[Any]) -> Any:
    """One of the records that is about another customer: another company than any of them, or nobody whom the first is about."""
    other = next((one for one in ranked if one.company_id and record.company_id not in (None, one.company_id)), None)
    first = ranked[0]
    return other or (first if record is not first and not same_customer(first, record) else None)


def same_customer(one: Any, other: Any) -> bool:
    """Whether two records are about the same company, or where one names none, the same person."""
    if one.company_id and other.company_id:
        return bool(one.company_id == other.company_id)
    return one.person_id is not None and bool(one.person_id == other.person_id)


def series(record: Any) -> Any:
    """The process of a record, in whatever edition."""
    course = book().course(record.process_id)
    return course.process.series if course else None


def earliest(ranked: Sequence[Any], name: str) -> dict[str, Any]:
    """The first of the moments at which they began (R34)."""
    known = [value for record in ranked if (value := getattr(record, name)) is not None]
    return {name: min(known)} if known and min(known) != getattr(ranked[0], name) else {}
