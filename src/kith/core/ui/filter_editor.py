"""The editor of one condition, by field, operator and type of value; nested groups as JSON."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kith.core import access, in_view, past, titles
from kith.core.access import Actor
from kith.core.conditions import links_in, spec_at
from kith.core.entity import Entity, registry
from kith.core.filter_ops import BARE, LABELS, PERIODS
from kith.core.filters import BadFilter, Group, Node, Test, compile_filter, count, from_json, term, to_json
from kith.core.specs import FieldSpec
from kith.core.titles import Titles
from kith.core.ui import editors
from kith.core.ui.base import page
from kith.core.ui.filter_words import DAYS, PEOPLE, explicit, link_words, span_words
from kith.core.ui.respond import to_list
from kith.core.views import from_address, saved_views

SPANS = ("7 days", "14 days", "30 days", "60 days", "90 days", "6 months", "12 months", "2 years")


@page
@past.travels
def edit_filter(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The editor of one condition, for #filter-pop; asked again when its field or operator changes."""
    test = asked(request)
    names = [name for name in entity.filter_names if name in access.readable(actor, entity)]
    views = [(str(view.pk), str(view)) for view in saved_views(entity, actor)]
    names += [in_view.NAME] if views else []
    known = test.field if test.field.split(".")[0] in names else names[0]
    words, spec = spec_at(entity, known)
    if spec is None or not spec.stored:
        raise BadFilter(
            _("“%(field)s” is no field to filter by; there are: %(valid)s.")
            % {"field": known, "valid": ", ".join(names)}
        )
    op = test.op if test.op in spec.ops else spec.ops[0]
    raws = as_list(test.value)
    found = titles.load(actor, links_in(entity, Test(known, op, raws)))
    context = {
        "entity": entity, "actor": actor, "term": request.GET.get("term", ""), "path": known, "spec": spec, "op": op, "raws": raws,
        "first": [entity.fields[name] for name in names if name in entity.filters], "other": by_label(entity, [n for n in names if n not in entity.filters and n != in_view.NAME]) + ([in_view.SPEC] if views else []),
        "dotted": known if "." in known else "", "dotted_words": words, "ops": [(key, LABELS[key]) for key in spec.ops], "control": {"kind": "many", "options": views, "on": set(map(str, raws))} if known == in_view.NAME else control(spec, op, raws, found),
    }  # fmt: skip
    return render(request, "kith/filter_editor.html", context)


def asked(request: HttpRequest) -> Test:
    """The condition being edited: what the form holds, else the term of the chip."""
    data = request.GET
    if "field" in data:
        values = [value for value in data.getlist("value") if value]
        return Test(data["field"], data.get("op", ""), values or None)
    return term(data["term"]) if data.get("term") else Test("", "")


def by_label(entity: Entity, names: Iterable[str]) -> list[FieldSpec]:
    """Fields by what they are called."""
    return sorted((entity.fields[name] for name in names), key=lambda spec: str(spec.label).casefold())


def as_list(value: Any) -> list[Any]:
    """The values of a condition."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def control(spec: FieldSpec, op: str, raws: list[Any], found: Titles) -> dict[str, Any]:
    """What the editor asks for: kind of control, options, what is chosen."""
    first = str(raws[0]) if raws else ""
    if op in BARE:
        return {"kind": "none"}
    if op in ("last", "next"):
        spans = SPANS if not first or first in SPANS else (first, *SPANS)
        return {"kind": "select", "options": [(text, span_words(text)) for text in spans], "value": first or "30 days"}
    if op == "this":
        return {"kind": "select", "options": list(PERIODS.items()), "value": first or "month"}
    if spec.type.name in ("link", "tags"):
        return link_control(spec, raws, found)
    return plain_control(spec, op, raws)


def plain_control(spec: FieldSpec, op: str, raws: list[Any]) -> dict[str, Any]:
    """The control for choices, dates, numbers and texts."""
    kind, on = spec.type.name, {str(raw) for raw in raws}
    if kind in ("choice", "choices", "country"):
        return {"kind": "many" if kind == "country" else "boxes", "options": editors.options(spec), "on": on}
    if kind == "boolean":
        options = [("true", _("yes")), ("false", _("no"))]
        return {"kind": "select", "options": options, "value": "false" if "false" in on else "true"}
    shown = [*map(str, raws), "", ""][: 2 if op == "between" else 1]
    if kind in ("date", "moment"):
        return {
            "kind": "dates",
            "values": [text if text in DAYS else text[:10] for text in shown],
            "words": list(DAYS.items()),
        }
    return {"kind": "texts", "values": shown, "mode": "decimal" if kind in ("number", "percent", "money") else "text"}


def link_control(spec: FieldSpec, raws: list[Any], found: Titles) -> dict[str, Any]:
    """A chooser of records; for people also "me", "my team"."""
    people = spec.target == settings.AUTH_USER_MODEL.lower()
    chosen = [(str(raw), link_words(spec, raw, found)) for raw in raws if str(raw) not in PEOPLE]
    return {
        "kind": "combo",
        "lookup": f"/{registry.get(spec.target).slug}/lookup",
        "chosen": chosen,
        "people": list(PEOPLE.items()) if people else [],
        "on": {str(raw) for raw in raws},
    }


# --- nested groups ----------------------------------------------------------------------------------------------------


@page
@past.travels
def edit_nested(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """A nested group as JSON in a dialog: checked, then put into the address."""
    look = from_address(entity, actor, request.GET, saved_views(entity, actor))
    at = int(request.GET.get("at", "0")) if request.GET.get("at", "0").isdigit() else 0
    groups = look.nested
    old = groups[at] if at < len(groups) else Group("any", ())
    text, errors = json.dumps(to_json(old), ensure_ascii=False, indent=2), list[Any]()
    if request.method == "POST":
        text = request.POST.get("tree", "")
        try:
            new = read_tree(entity, actor, text)
            kept: tuple[Node, ...] = (*look.terms, *(node for node in groups if node is not old))
            node = Group("all", (*kept, new) if count(new) else kept)
            return to_list(request, f"{look.path}?{explicit(look, node)}")
        except BadFilter as error:
            errors = [error.message]
    valid = ", ".join(sorted(name for name in access.readable(actor, entity) if entity.fields[name].stored))
    context = {"entity": entity, "text": text, "errors": errors, "valid": valid, "address": request.get_full_path()}
    return render(request, "kith/filter_nested.html", context, status=422 if errors else 200)


def read_tree(entity: Entity, actor: Actor, text: str) -> Node:
    """The group that was typed; raises BadFilter saying what is wrong."""
    try:
        node = from_json(json.loads(text))
    except (ValueError, RecursionError):
        raise BadFilter(_("Not valid JSON.")) from None
    compile_filter(entity, node, actor)
    return node if isinstance(node, Group) else Group("all", (node,))
