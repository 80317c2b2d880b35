"""The condition of a rule while it is edited: terms that must all hold, a nested part that stays as it is, one more to come."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from kith.core import access, titles
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.filter_ops import LABELS
from kith.core.filters import BadFilter, Group, Test, compile_filter, from_json, term, to_json, to_term
from kith.core.ui import filter_editor, filter_words

from .book import Course


@dataclass(frozen=True, slots=True)
class Terms:
    """Conditions in their short form, and what cannot be written so as JSON."""

    terms: tuple[str, ...] = ()
    nested: str = ""

    def without(self, gone: str) -> "Terms":
        """All but one; "nested" is the nested part."""
        if gone == "nested":
            return replace(self, nested="")
        return replace(self, terms=tuple(text for text in self.terms if text != gone))

    @property
    def tree(self) -> dict[str, Any]:
        """The whole as a filter; empty for no condition."""
        nodes = [to_json(term(text)) for text in self.terms]
        nodes += [msgspec.json.decode(self.nested)] if self.nested else []
        return {} if not nodes else nodes[0] if len(nodes) == 1 else {"all": nodes}


def of(condition: Any) -> Terms:
    """A stored condition in parts."""
    node = from_json(condition)
    nodes = node.nodes if isinstance(node, Group) and node.mode == "all" else (node,)
    tests = tuple(to_term(one) for one in nodes if isinstance(one, Test))
    groups = [one for one in nodes if isinstance(one, Group)]
    rest = groups[0] if len(groups) == 1 else Group("all", tuple(groups))
    return Terms(tests, msgspec.json.encode(to_json(rest)).decode() if groups else "")


def sent(data: Any) -> Terms:
    """What the form carries."""
    return Terms(tuple(dict.fromkeys(data.getlist("term"))), data.get("nested", ""))


def entity_of(course: Course) -> Entity:
    """What the conditions are about."""
    return registry.get(course.process.entity)


def posted(course: Course, actor: Actor, data: Any) -> dict[str, Any]:
    """The condition of a form, with the one that is being typed; raises Refused for what cannot be asked."""
    known = sent(data)
    if data.get("field") and any(data.getlist("value")):
        known = added(course, actor, known, data)
    return checked(course, actor, known).tree


def added(course: Course, actor: Actor, known: Terms, data: Any) -> Terms:
    """One condition more."""
    values = [value for value in data.getlist("value") if value]
    test = Test(data.get("field", ""), data.get("op", ""), values[0] if len(values) == 1 else values or None)
    return checked(course, actor, replace(known, terms=tuple(dict.fromkeys((*known.terms, to_term(test))))))


def checked(course: Course, actor: Actor, known: Terms) -> Terms:
    """The same, when it can be asked; Refused in words when not."""
    try:
        compile_filter(entity_of(course), from_json(known.tree), actor)
    except (BadFilter, msgspec.DecodeError) as error:
        raise Refused({"condition": [getattr(error, "message", None) or _("This is no condition.")]}) from None
    return known


def context(course: Course, actor: Actor, known: Terms, data: Mapping[str, Any]) -> dict[str, Any]:
    """The parts for the template: chips in words, and the controls of the next condition."""
    entity = entity_of(course)
    names = [
        name for name in entity.filter_names if name in access.readable(actor, entity) and entity.fields[name].stored
    ]
    field = data.get("field") or ""
    spec = entity.fields.get(field) if field in names else None
    op = data.get("op", "") if spec and data.get("op") in spec.ops else spec.ops[0] if spec else ""
    raws = [value for value in data.getlist("value") if value] if spec and hasattr(data, "getlist") else []
    tests = [term(text) for text in known.terms]
    found = titles.load(
        actor,
        {
            pair
            for test in (*tests, *([Test(field, op, raws)] if spec else []))
            for pair in filter_words.links_in(entity, test)
        },
    )
    return {
        "chips": [filter_words.chip(entity, at, test, found) for at, test in enumerate(tests)], "terms": known.terms, "nested": known.nested,
        "fields": filter_editor.by_label(entity, names), "spec_asked": spec, "op_asked": op, "ops": [(key, LABELS[key]) for key in spec.ops] if spec else [],
        "control": filter_editor.control(spec, op, raws, found) if spec else None,
    }  # fmt: skip
