"""The filter language a second time, in plain Python over rows in memory; it shares no code with the compiler to SQL.

A condition on "no value" is false, so "is not" and "is none of" are true of it; `none` is true where its parts are false.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils import timezone

Row = dict[str, Any]


@dataclass
class World:
    """Rows by kind and id; the kinds of their fields and where links lead; fields in which trees hang together."""

    rows: dict[str, dict[Any, Row]]
    kinds: dict[str, dict[str, str]]
    targets: dict[str, dict[str, str]]
    trees: dict[str, str] = field(default_factory=dict)
    me: Any = None


def holds(world: World, label: str, row: Row, node: Any) -> bool:
    """Whether a row fulfils a tree of conditions in its JSON form."""
    for mode, decide in MODES.items():
        if mode in node:
            return decide([holds(world, label, row, child) for child in node[mode]])
    return test(world, label, row, node["field"].split("."), node["op"], node.get("value"))


MODES: dict[str, Callable[[list[bool]], bool]] = {
    "all": all,
    "any": lambda parts: any(parts) or not parts,
    "none": lambda parts: not any(parts),
}


def test(world: World, label: str, row: Row, path: list[str], op: str, asked: Any) -> bool:
    """One condition, over links when the path has dots."""
    name, *rest = path
    if rest:
        target = world.targets[label][name]
        other = world.rows[target].get(row[name])
        return other is not None and test(world, target, other, rest, op, asked)
    kind, value = world.kinds[label][name], row[name]
    nothing = value is None or value == "" or value == []
    if op in ("empty", "filled"):
        return nothing == (op == "empty")
    if op in ("not_any", "has_not", "is_not"):
        return not test(world, label, row, path, {"not_any": "any", "has_not": "has", "is_not": "is"}[op], asked)
    if op == "within":
        return any(value in below(world, world.targets[label][name], key) for key in asked)
    if nothing:
        return False
    if op == "any":
        return value in [world.me if each == "me" else each for each in asked]
    if op == "has":
        return bool(set(value) & set(asked))
    if kind in ("date", "moment"):
        return in_days(timezone.localdate(value) if kind == "moment" else value, op, asked)
    return compared(kind, value, op, asked)


def compared(kind: str, value: Any, op: str, asked: Any) -> bool:
    """Texts without regard to case, numbers by size."""
    if isinstance(value, str) and kind != "choice":
        mine, theirs = folded(value), folded(str(asked).strip())
        return {"is": mine == theirs, "contains": theirs in mine, "starts": mine.startswith(theirs)}[op]
    if op == "between":
        return bool(asked[0] <= value <= asked[1])
    answers = {"is": value == asked}
    if kind != "boolean":
        answers |= {"lt": value < asked, "le": value <= asked, "gt": value > asked, "ge": value >= asked}
    return bool(answers[op])


def folded(text: str) -> str:
    """Capitals, letter by letter as the database makes them."""
    return "".join(sign.upper() if len(sign.upper()) == 1 else sign for sign in text)


def in_days(day: dt.date, op: str, asked: Any) -> bool:
    """Conditions on days; relative ones count from today."""
    today = timezone.localdate()
    if op == "between":
        return read(asked[0]) <= day <= read(asked[1])
    if op in ("on", "before", "after"):
        other = read(asked)
        return {"on": day == other, "before": day < other, "after": day > other}[op]
    if op == "this":
        return PERIOD[asked](day) == PERIOD[asked](today)
    count, unit = asked.split(" ")
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit.rstrip("s"))
    length = relativedelta(months=int(count) * months) if months else dt.timedelta(days=int(count) * (7 if unit.startswith("week") else 1))  # fmt: skip
    return today - length < day <= today if op == "last" else today <= day < today + length


def read(asked: str) -> dt.date:
    """A day in words or figures."""
    words = {"today": 0, "yesterday": -1, "tomorrow": 1}
    today = timezone.localdate()
    return today + dt.timedelta(days=words[asked]) if asked in words else dt.date.fromisoformat(asked)


PERIOD: dict[str, Callable[[dt.date], Any]] = {
    "day": lambda day: day,
    "week": lambda day: day - dt.timedelta(days=day.weekday()),
    "month": lambda day: (day.year, day.month),
    "quarter": lambda day: (day.year, (day.month - 1) // 3),
    "year": lambda day: day.year,
}


def below(world: World, label: str, key: Any) -> set[Any]:
    """A record of a tree and everything below it."""
    found, parent = {key}, world.trees[label]
    while more := {pk for pk, row in world.rows[label].items() if row[parent] in found} - found:
        found |= more
    return found
