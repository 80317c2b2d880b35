"""How much is drawn, and random values of any field: often equal, often missing, sometimes of the awkward kind."""

import datetime as dt
import os
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from random import Random
from typing import Any

from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings

from kith.core.specs import FieldSpec

IS_LONG = os.environ.get("KITH_LONG") == "1"
TEXTS = (
    "Anna", "anna", "ANNA B", "Борис", "борис ёж", "张伟", "50% off", "a_b", "c\\d", "x,y:z", "Straße", "İnci", "=1+1", '"quoted"',
    "'", "-", "0", "007", "1.5", "true", "2026-01-02", "a;b", "a\tb",
)  # fmt: skip
LONG_TEXTS = (*TEXTS, "two\nlines", "\n", "a\n\nb, c")
DAYS = (-400, -366, -92, -31, -30, -29, -8, -7, -6, -1, 0, 1, 6, 7, 8, 28, 31, 90, 366)


def drawn(
    strategy: Any, *, short: int, long: int, fixed: Sequence[Any] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A property that holds for everything the strategy makes: the same examples in each run, many under KITH_LONG=1, or KITH_EXAMPLES of them.

    `fixed` are asked first, and with no others when `short` is 0.
    """
    count = int(os.environ.get("KITH_EXAMPLES", long if IS_LONG else short))
    chosen = settings(
        max_examples=max(count, 1),
        phases=tuple(Phase) if count else (Phase.explicit,),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: chosen(reduce(lambda made, one: example(one)(made), fixed, given(strategy)(test)))


def value(spec: FieldSpec, dice: Random, targets: dict[str, list[Any]], missing: float = 0.35) -> Any:
    """A valid JSON value of a field, or None; links lead to one of `targets`."""
    if not spec.required and dice.random() < missing:
        return None
    return MAKERS[spec.type.name](spec, dice, targets)


def text(spec: FieldSpec, dice: Random, _targets: Any) -> str:
    """A text that fits."""
    pool = LONG_TEXTS if spec.type.name in ("longtext", "richtext") else TEXTS
    return dice.choice([each for each in pool if len(each) <= (spec.max_length or 999)])


def number(spec: FieldSpec, dice: Random, _targets: Any) -> Any:
    """A number within the limits at the step of the field."""
    least, most = spec.minimum if spec.minimum is not None else -50, spec.maximum if spec.maximum is not None else 50
    whole = dice.choice([int(least), int(min(most, 1000)), *(n for n in (0, 1, 5, 12) if least <= n <= most)])
    if not spec.decimals:
        return whole
    found = Decimal(whole) + Decimal(dice.choice((0, 1, 5))).scaleb(-dice.randint(1, spec.decimals))
    return format(min(max(found, Decimal(least)), Decimal(most)), "f")


def money(spec: FieldSpec, dice: Random, _targets: Any) -> Any:
    """An amount in one of two currencies."""
    return {"amount": dice.choice(("0", "5", "10.5", "1250.5")), "currency": dice.choice(("EUR", "CNY"))}


def day(spec: FieldSpec, dice: Random, _targets: Any) -> str:
    """A day near an edge of what relative conditions ask for; nobody is born in the future."""
    days = [n for n in DAYS if n < 0] if spec.name == "birth_date" else DAYS
    return (timezone.localdate() + dt.timedelta(days=dice.choice(days))).isoformat()


def moment(_spec: FieldSpec, dice: Random, _targets: Any) -> str:
    """A moment, often the first or last one of a day here."""
    clock = dice.choice((dt.time(0, 0), dt.time(23, 59, 59), dt.time(12, 30)))
    date = timezone.localdate() + dt.timedelta(days=dice.choice(DAYS))
    return timezone.make_aware(dt.datetime.combine(date, clock)).isoformat()


def some(pool: list[Any], dice: Random) -> list[Any]:
    """Up to two of them."""
    return dice.sample(pool, min(len(pool), dice.randint(0, 2)))


MAKERS: dict[str, Callable[[FieldSpec, Random, Any], Any]] = {
    "text": text, "longtext": text, "richtext": text, "formula": text, "number": number, "percent": number, "money": money, "date": day, "moment": moment,
    "mail": lambda _s, dice, _t: dice.choice(("ann@kith.test", "b.c@kith.test")),
    "phone": lambda _s, dice, _t: dice.choice(("+4769184000", "+74951234567")),
    "url": lambda _s, dice, _t: dice.choice(("https://kith.test", "https://kith.test/a?b=c,d")),
    "country": lambda _s, dice, _t: dice.choice(("NO", "RU", "CN")),
    "boolean": lambda _s, dice, _t: dice.random() < 0.5,
    "choice": lambda spec, dice, _t: dice.choice(spec.choices)[0],
    "choices": lambda spec, dice, _t: some([key for key, _label in spec.choices], dice),
    "words": lambda _s, dice, _t: some(["sap", "Excel", "a b"], dice),
    "tags": lambda spec, dice, targets: some(targets[spec.target], dice),
    "link": lambda spec, dice, targets: dice.choice(targets[spec.target]),
}  # fmt: skip
