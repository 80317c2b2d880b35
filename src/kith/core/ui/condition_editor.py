"""The editor of a condition in a form: its parts in words, and one more to come, by field, operator and value.

A field `scope` posts `scope` (each part as JSON, and an empty one so that none is told as well), `scope.mode` (all, any,
none of them) and the part that is being typed as `scope.field`, `scope.op`, `scope.value`. Every step asks the server for
the editor anew; saving takes what is being typed along.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kith.core import access, conditions, linked, titles
from kith.core.access import SYSTEM, Actor
from kith.core.conditions import MODES, Parts, apart, asked, check, limited, links, read
from kith.core.entity import Entity, registry
from kith.core.errors import Missing
from kith.core.filter_ops import BARE, LABELS, MULTI
from kith.core.filters import BadFilter, Group, Node, Test, compile_filter, to_json
from kith.core.specs import FieldSpec, renamed
from kith.core.ui import filter_editor, filter_words
from kith.core.ui.base import page

type Choices = list[tuple[str, list[tuple[str, str]]]]

MODE_WORDS = {
    "all": gettext_lazy("all of them must hold"), "any": gettext_lazy("one of them is enough"), "none": gettext_lazy("none of them may hold"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """One part in words; `sent` is what the form posts for it."""

    sent: str
    words: str
    edits: bool


@dataclass(slots=True)
class Editor:
    """What the template draws; `about` is empty while nothing says on which records the condition is."""

    about: str = ""
    mode: str = "all"
    marks: list[Mark] = field(default_factory=list)
    fields: Choices = field(default_factory=list)
    path: str = ""
    op: str = ""
    ops: list[tuple[str, Any]] = field(default_factory=list)
    control: dict[str, Any] | None = None
    error: str = ""
    fresh: bool = False

    @property
    def modes(self) -> list[tuple[str, Any]]:
        """How parts can be joined."""
        return list(MODE_WORDS.items())


# --- from a form --------------------------------------------------------------------------------------------------------


def posted(spec: FieldSpec, data: Any) -> Any:
    """The condition that a form sent, with the part that is being typed; text that is none, as it is, for the field's type to refuse."""
    try:
        nodes = tuple(read(text) for text in data.getlist(spec.name) if text.strip())
    except BadFilter:
        return next(text for text in data.getlist(spec.name) if text.strip() and not is_part(text))
    return Parts(mode_of(spec, data), (*nodes, *typing(spec, data))).tree


def is_part(text: str) -> bool:
    """Whether a text can be read as a part of a condition."""
    try:
        read(text)
    except BadFilter:
        return False
    return True


def mode_of(spec: FieldSpec, data: Any) -> str:
    """How the parts are joined."""
    mode = data.get(f"{spec.name}.mode", "")
    return mode if mode in MODES else "all"


def typing(spec: FieldSpec, data: Any) -> tuple[Test, ...]:
    """The part that is being typed, if there is any."""
    path, op = data.get(f"{spec.name}.field", ""), data.get(f"{spec.name}.op", "")
    if not path:
        return ()
    values = [value for value in data.getlist(f"{spec.name}.value") if value]
    return (Test(path, op, None if not values or op in BARE else values if op in MULTI else values[0]),)


# --- and onto a page ----------------------------------------------------------------------------------------------------


def of(spec: FieldSpec, value: Any, actor: Actor | None, asks: Actor | None = None) -> Editor:
    """The editor of a field that holds a condition; the first part that cannot be asked is opened to be mended.

    Names of records are those that `actor` may see, fields those that `asks` may ask for: the same person, if none is given.
    """
    try:
        parts = apart(value if isinstance(value, dict) else {})
    except BadFilter:
        parts = Parts()
    entity, reader = registry.find(spec.target), actor or SYSTEM
    if entity is None:
        return Editor(mode=parts.mode, marks=marks(spec, reader, parts.nodes))
    asks = asks or reader
    wrong = next((node for node in parts.nodes if isinstance(node, Test) and problem(entity, asks, node)), None)
    rest = tuple(node for node in parts.nodes if node is not wrong)
    return drawn(spec, entity, reader, Parts(parts.mode, rest), wrong, asks)


def problem(entity: Entity, actor: Actor, node: Node) -> str:
    """Why a part cannot be asked by this person; empty when it can."""
    try:
        check(node)
        compile_filter(entity, node, actor)
    except BadFilter as bad:
        return str(bad.message)
    return ""


def marks(spec: FieldSpec, actor: Actor, nodes: Iterable[Node]) -> list[Mark]:
    """The parts in words."""
    kept, entity = list(nodes), registry.find(spec.target)
    found = titles.load(actor, {pair for node in kept for pair in links(spec, to_json(node))})
    return [
        Mark(
            json.dumps(to_json(node), ensure_ascii=False),
            filter_words.in_words(entity, node, found) if entity else json.dumps(to_json(node), ensure_ascii=False),
            isinstance(node, Test) and entity is not None,
        )
        for node in kept
    ]


def drawn(spec: FieldSpec, entity: Entity, actor: Actor, parts: Parts, typed: Test | None, asks: Actor) -> Editor:
    """The editor with these parts and the one that is being typed."""
    made = Editor(entity.label, parts.mode, marks(spec, actor, parts.nodes), choices(entity, asks))
    known = {path for _title, mine in made.fields for path, _label in mine}
    words, leaf = conditions.spec_at(entity, typed.field) if typed else ("", None)
    if typed is None or leaf is None:
        return made
    if typed.field not in known:
        made.fields.insert(0, (_("Chosen"), [(typed.field, words)]))
    made.path, made.op = typed.field, typed.op if typed.op in leaf.ops else leaf.ops[0]
    made.ops = [(key, LABELS[key]) for key in leaf.ops]
    raws = filter_editor.as_list(typed.value) if made.op == typed.op else []
    found = titles.load(actor, set(conditions.links_in(entity, Test(typed.field, made.op, raws))))
    made.control = filter_editor.control(leaf, made.op, raws, found)
    return made


def choices(entity: Entity, actor: Actor) -> Choices:
    """Fields to ask for: those that the entity names for it first, then all others, then those behind its links."""
    readable = access.readable(actor, entity)
    own = [name for name in entity.filter_names if name in readable and entity.fields[name].stored]
    first = [pair(entity.fields[name]) for name in own if name in entity.filters]
    more = [pair(spec) for spec in filter_editor.by_label(entity, [name for name in own if name not in entity.filters])]
    behind = [
        (str(capfirst(str(link.label))), [behind_link(link, one) for one in found if one.leaf.stored])
        for link, found in linked.offered(actor, entity)
    ]
    return [(title, mine) for title, mine in ((_("Often used"), first), (_("More fields"), more), *behind) if mine]


def behind_link(link: FieldSpec, one: linked.LinkedSpec) -> tuple[str, str]:
    """A field of a linked record as an option; its own name comes first, so that typing it finds it."""
    return one.name, f"{capfirst(str(one.leaf.label))} ({link.label})"


def pair(spec: FieldSpec) -> tuple[str, str]:
    """A field as an option."""
    return spec.name, str(capfirst(str(spec.label)))


# --- step by step -------------------------------------------------------------------------------------------------------


@require_POST
@page
def step(request: HttpRequest, entity: Entity, actor: Actor, name: str) -> HttpResponse:
    """The editor after one step: another field or operator, one part added, opened again or taken away, other records."""
    spec = entity.fields.get(name)
    writes = any(access.allowed(actor, entity, operation) for operation in ("create", "edit"))
    if spec is None or spec.type.name != "condition" or not writes or name not in access.writable(actor, entity):
        raise Missing(entity.label, name)
    spec = renamed(spec, target=asked(actor, entity, spec, request.POST, request.GET.get("about", "")))
    at = "e" if request.GET.get("at") == "e" else "f"
    there = f"/{entity.slug}/condition/{name}?{urlencode({'about': spec.target, 'at': at})}"
    return answer(request, spec, actor, there, at)


def answer(
    request: HttpRequest, spec: FieldSpec, actor: Actor, there: str, at: str = "f", asks: Actor | None = None
) -> HttpResponse:
    """The editor after one step; `there` is the address that answers steps."""
    context = {"there": there, "spec": spec, "name": spec.name, "id": f"{at}-{spec.name}"}
    made = stepped(spec, actor, request.POST, asks or actor)
    return render(request, "kith/condition_step.html", context | {"editor": made})


def stepped(spec: FieldSpec, actor: Actor, data: Any, asks: Actor) -> Editor:
    """What the step comes to; a part that cannot be asked stays in its controls, with the reason."""
    target = registry.find(spec.target)
    if target is None:
        return Editor()
    texts = [text for text in data.getlist(spec.name) if text.strip() and is_part(text)]
    limited(Group("all", tuple(map(read, texts))))
    gone = {data.get(what) for what in ("drop", "open") if what in data}
    # What only this person may not ask stays, or adding a part would quietly widen the condition.
    nodes = [node for text in texts if text not in gone and not problem(target, SYSTEM, node := read(text))]
    typed, error = next(iter(typing(spec, data)), None), ""
    if "add" in data and typed and not (error := problem(target, asks, typed)):
        nodes, typed = [*nodes, *(node for node in (typed,) if node not in nodes)], None
    if "open" in data and is_part(data["open"]) and isinstance(opened := read(data["open"]), Test):
        nodes, typed = [*nodes, *(one for one in (typed,) if one and not problem(target, asks, one))], opened
    made = drawn(spec, target, actor, Parts(mode_of(spec, data), tuple(nodes)), typed, asks)
    made.error, made.fresh = error, bool({"add", "drop", "open"} & set(data))
    return made
