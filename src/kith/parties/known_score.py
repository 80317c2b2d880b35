"""How likely the parties of a stored pair are the same, by what a reader may know: as SQL, to filter, order and page by."""

from collections.abc import Collection
from decimal import Decimal
from functools import reduce
from operator import mul
from typing import Any

from django.db.models import Case, DecimalField, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Greatest, Round

from .likeness import AGAINST, BY_KEY, FOR, GROUPS, PROPOSED, TOLD_BY

SHARE = DecimalField(max_digits=30, decimal_places=20)


def untold(kind: str, readable: Collection[str]) -> list[str]:
    """Reasons and signs that tell a field which the reader may not read."""
    words = {*BY_KEY[kind], *FOR, *AGAINST}
    return sorted(word for word in words if TOLD_BY.get(word, "name") not in readable)


def known(pairs: Any, kind: str, readable: Collection[str]) -> Any:
    """Pairs of a kind with `known`, the score out of what is told; open ones that nobody would propose by that are left out."""
    hidden = untold(kind, readable)
    if not hidden:
        return pairs.annotate(known=F("score"))
    touched = Q(reasons__overlap=hidden) | Q(signs__overlap=hidden)
    found = pairs.annotate(
        known=Case(When(touched, then=computed(kind, hidden)), default=F("score"), output_field=IntegerField())
    )
    return found.exclude(touched & Q(state="open", known__lt=PROPOSED))


def computed(kind: str, hidden: Collection[str]) -> Any:
    """What `likeness` computes, without the hidden words."""
    groups: dict[str, list[Any]] = {}
    for word, chance in BY_KEY[kind].items():
        if word not in hidden:
            groups.setdefault(GROUPS.get(word, word), []).append(holds("reasons", word, chance, 0.0))
    doubts: list[Any] = [real(1.0) - (Greatest(*some) if len(some) > 1 else some[0]) for some in groups.values()]
    doubts += [holds("signs", word, 1 - chance, 1.0) for word, chance in FOR.items() if word not in hidden]
    shares = [holds("signs", word, share, 1.0) for word, share in AGAINST.items() if word not in hidden]
    likely = reduce(mul, shares, real(1.0) - reduce(mul, doubts, real(1.0)))
    return Cast(Round(likely * real(100.0)), IntegerField())


def holds(column: str, word: str, yes: float, no: float) -> Case:
    """One number where a pair has a word, else another one."""
    return Case(When(**{f"{column}__contains": [word]}, then=real(yes)), default=real(no), output_field=SHARE)


def real(number: float) -> Value:
    """A number as the database reckons with it."""
    return Value(Decimal(str(number)), output_field=SHARE)
