"""Conditions of a list in words: as chips, with the records and values they name."""

import json
import uuid
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kith.core.conditions import spec_at
from kith.core.entity import Entity
from kith.core.errors import BadValue
from kith.core.filter_ops import BARE, LABELS, ME, MY_REPORTS, MY_TEAM, PERIODS, SPAN
from kith.core.filters import Group, Node, Test, to_json, to_term
from kith.core.specs import FieldSpec
from kith.core.titles import Titles
from kith.core.types import TYPES
from kith.core.ui import values
from kith.core.views import Look

PEOPLE = {ME: gettext_lazy("me"), MY_TEAM: gettext_lazy("my team"), MY_REPORTS: gettext_lazy("me and my reports")}
DAYS = {"today": gettext_lazy("today"), "yesterday": gettext_lazy("yesterday"), "tomorrow": gettext_lazy("tomorrow")}


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition in words; `term` is its f= parameter, empty for nested groups."""

    id: str
    term: str
    field: str
    operator: str
    value: str
    edit: str
    drop: str = ""
    invalid: str = ""


def chips(look: Look, found: Titles) -> list[Chip]:
    """All conditions of a look."""
    entity, nested = look.entity, look.nested
    made = [chip(entity, at, test, found) for at, test in enumerate(look.terms)]
    for at, group in enumerate(nested):
        kept: tuple[Node, ...] = (*look.terms, *(node for node in nested if node is not group))
        address = f"/{entity.slug}/filter/nested?{look.query()}&at={at}&shape={look.shape}"
        drop = f"{look.path}?{explicit(look, Group('all', kept))}"
        made.append(Chip(f"n{at}", "", *nested_words(entity, group, found), address, drop))
    return made


def chip(entity: Entity, at: int, test: Test, found: Titles) -> Chip:
    """One condition as a chip."""
    words, spec = spec_at(entity, test.field)
    operator = str(LABELS.get(test.op, test.op))
    value = "" if spec is None or test.op in BARE else value_words(spec, test, found)
    written = to_term(test)
    return Chip(str(at), written, words, operator, value, f"/{entity.slug}/filter?{urlencode_term(written)}")


def urlencode_term(written: str) -> str:
    """`term=…` for an address."""
    return urlencode({"term": written})


def value_words(spec: FieldSpec, test: Test, found: Titles) -> str:
    """The value of a condition as people say it."""
    raws = list(test.value) if isinstance(test.value, list | tuple) else [test.value]
    spoken = [one_value(spec, test.op, raw, found) for raw in raws]
    return " – ".join(spoken) if test.op == "between" else ", ".join(spoken)


def one_value(spec: FieldSpec, op: str, raw: Any, found: Titles) -> str:
    """One value as people say it; what cannot be read stays as it is."""
    kind, text = spec.type.name, str(raw)
    spoken = PEOPLE if kind in ("link", "tags") else DAYS if kind in ("date", "moment") else {}
    if op == "this":
        spoken = PERIODS
    if text in spoken:
        return str(spoken[text])
    if op in ("last", "next"):
        return span_words(text)
    if kind in ("link", "tags"):
        return link_words(spec, raw, found)
    return text if op in ("contains", "starts") else typed_words(spec, raw)


def link_words(spec: FieldSpec, raw: Any, found: Titles) -> str:
    """The title of a record that a condition names."""
    try:
        title = found.get((spec.target, uuid.UUID(str(raw))))
    except ValueError:
        return str(raw)
    return title.text if title else _("hidden")


def typed_words(spec: FieldSpec, raw: Any) -> str:
    """A plain value in the reader's notation."""
    kind = (
        TYPES["choice"] if spec.type.name == "choices" else TYPES["date"] if spec.type.name == "moment" else spec.type
    )
    try:
        value = kind.parse(raw, spec) if isinstance(raw, str) else kind.clean(raw, spec)
    except BadValue:
        return str(raw)
    if kind.name == "number" and value is not None:
        return str(values.number(spec, value, {}, cell=True))
    words = "" if value is None else kind.text(value, spec)
    return capfirst(words) if kind.name == "choice" else words


def span_words(raw: str) -> str:
    """ "30 days" in the reader's language."""
    match = SPAN.fullmatch(raw.strip().lower())
    if not match:
        return raw
    number, unit = int(match[1]), match[2]
    return {
        "day": lambda: ngettext("%(num)s day", "%(num)s days", number),
        "week": lambda: ngettext("%(num)s week", "%(num)s weeks", number),
        "month": lambda: ngettext("%(num)s month", "%(num)s months", number),
        "quarter": lambda: ngettext("%(num)s quarter", "%(num)s quarters", number),
        "year": lambda: ngettext("%(num)s year", "%(num)s years", number),
    }[unit]() % {"num": number}


def nested_words(entity: Entity, group: Group, found: Titles) -> tuple[str, str, str]:
    """A nested group in three words for its chip: how it joins, nothing, and its parts."""
    mode = {"all": _("All of"), "any": _("Any of"), "none": _("None of")}[group.mode]
    return mode, "", in_words(entity, group, found)


def in_words(entity: Entity, node: Node, found: Titles) -> str:
    """A tree of conditions as one line."""
    if isinstance(node, Test):
        words, spec = spec_at(entity, node.field)
        value = "" if spec is None or node.op in BARE else value_words(spec, node, found)
        return f"{words} {LABELS.get(node.op, node.op)} {value}".strip()
    joint = {"all": _(" and "), "any": _(" or "), "none": _(" or ")}[node.mode]
    inner = joint.join(
        f"({in_words(entity, child, found)})" if isinstance(child, Group) else in_words(entity, child, found)
        for child in node.nodes
    )
    return _("not (%(what)s)") % {"what": inner} if node.mode == "none" else inner


# --- addresses --------------------------------------------------------------------------------------------------------


def explicit(look: Look, node: Node | None = None) -> str:
    """The address of a look with its conditions written out even where the saved view has the same."""
    shown = look if node is None else replace(look, filter=node)
    kept = [
        (name, value) for name, value in parse_qsl(look.query(), keep_blank_values=True) if name not in ("f", "filter")
    ]
    terms = [("f", to_term(test)) for test in shown.terms] or [("f", "")]
    groups = shown.nested
    tree = (
        [
            (
                "filter",
                json.dumps(to_json(groups[0] if len(groups) == 1 else Group("all", tuple(groups))), ensure_ascii=False),
            )
        ]
        if groups
        else []
    )
    return urlencode([*kept, *terms, *tree])
