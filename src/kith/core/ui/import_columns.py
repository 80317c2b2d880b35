"""One column of an import: where it goes, how it is read, what its values become."""

import uuid
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.core.access import Actor
from kith.core.entities.field_definition import FieldDefinition, name_for
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Missing, Refused
from kith.core.exchange import runs, targets
from kith.core.exchange.analysis import kind_of
from kith.core.exchange.checking import remark
from kith.core.exchange.convert import DATES, NUMBERS
from kith.core.exchange.facts import Facts
from kith.core.exchange.formats.messages import NOTATION_NAMES
from kith.core.exchange.imports import ImportRun, Step
from kith.core.exchange.keeping import suggested
from kith.core.exchange.mapping import ColumnMap
from kith.core.exchange.paths import Target, resolve
from kith.core.records import Pick
from kith.core.ui import import_pages
from kith.core.ui.base import page
from kith.core.ui.respond import go

#: So many values of a column can be replaced in the dialog.
MOST_VALUES = 50
#: Choices of a select are listed up to this number.
MOST_WORDS = 300


def run_of(actor: Actor, entity: Entity, key: uuid.UUID, at: int) -> tuple[ImportRun, str]:
    """The run and the name of one of its columns."""
    made = runs.find(actor, entity, key)
    if made.step == Step.DONE or at >= len(made.layout["columns"]):
        raise Missing("core.import", str(key))
    return made, made.layout["columns"][at]


@require_GET
@page
def fields(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """Options of the chooser of fields."""
    found = targets.as_options(targets.search(entity, actor, request.GET.get("q", "")[:100]))
    if import_pages.may_keep(entity, actor):
        found.append({"value": targets.KEEP, "text": _("Keep as a custom field"), "sub": ""})
    return render(request, "kith/import_fields.html", {"options": found})


@require_POST
@page
def place(request: HttpRequest, entity: Entity, actor: Actor, key: uuid.UUID, at: int) -> HttpResponse:
    """Let a column go to a field, to a new custom field, or nowhere; answers its row anew."""
    made, column = run_of(actor, entity, key, at)
    runs.set_column(made, column, chosen(made, entity, column, request.POST.get("to", "")))
    lines = [import_pages.line(entity, actor, made, index) for index in range(len(made.layout["columns"]))]
    return render(
        request,
        "kith/import_column_part.html",
        {"entity": entity, "run": made, "line": lines[at], "tally": import_pages.tally(lines)},
    )


def chosen(made: ImportRun, entity: Entity, column: str, path: str) -> ColumnMap | None:
    """The mapping of a column that goes to a path; what was set before stays where it still makes sense."""
    if not path:
        return None
    before = runs.map_of(made, column)
    if path == targets.KEEP:
        facts = runs.facts_of(made).get(column, Facts())
        return ColumnMap(column=column, to=name_for(column), keep=suggested(column, facts))
    try:
        resolve(entity, path)
    except BadValue as error:
        if before is None or before.to != path:  # a custom field still to be defined stays
            raise Refused({column: [error.message]}) from None
    return before if before is not None and before.to == path else ColumnMap(column=column, to=path)


@require_http_methods(["GET", "POST"])
@page
def options(request: HttpRequest, entity: Entity, actor: Actor, key: uuid.UUID, at: int) -> HttpResponse:
    """The dialog of a column: notation, prefix, values, what to do with unknown ones."""
    made, column = run_of(actor, entity, key, at)
    given = runs.map_of(made, column)
    if given is None:
        raise Refused(_("Choose a field for this column first."))
    if request.method == "POST":
        runs.set_column(made, column, changed(given, entity, request))
        return go(request, f"/{entity.slug}/import/{made.pk}/?step=columns#column-{at}")
    return render(request, "kith/import_options.html", dialog(entity, actor, made, given, at))


def dialog(entity: Entity, actor: Actor, made: ImportRun, given: ColumnMap, at: int) -> dict[str, Any]:
    """What the dialog offers for this kind of field."""
    facts = runs.facts_of(made).get(made.layout["columns"][at], Facts())
    kind = kind_of(entity, given)
    target = place_of(entity, given)
    target_entity = registry.get(target.spec.target) if target and target.is_link else None
    said = remark(actor, entity, runs.mapping_of(made), given, facts)
    return {
        "entity": entity, "run": made, "at": at, "column": made.layout["columns"][at], "given": given, "name": targets.name_of(entity, given.to), "facts": facts,
        "dates": [(name, f"{words}") for name, words in NOTATION_NAMES.items()] if kind in DATES else [], "numbers": [(".", _("point")), (",", _("comma"))] if kind in NUMBERS else [],
        "ways": ways(target, target_entity) if target and target_entity else [], "is_dictionary": bool(target_entity and issubclass(target_entity.model, Pick)), "is_link": bool(target_entity),
        "missing": import_pages.MISSING, "unknown": import_pages.UNKNOWN, "has_prefix": given.to.rpartition(".")[2] == "external_ids", "is_money": kind == "money", "remark": said,
        "values": values_of(given, said.values, facts), "words": words_of(actor, target, target_entity), "kinds": FieldDefinition.Kind.choices if given.keep else [],
    }  # fmt: skip


def place_of(entity: Entity, given: ColumnMap) -> Target | None:
    """The resolved place; None for a custom field that is still to be defined."""
    try:
        return resolve(entity, given.to)
    except BadValue:
        return None


def ways(target: Target, linked: Entity) -> list[tuple[str, str]]:
    """The fields by which the linked record may be found."""
    names = [
        "external_ids",
        *(
            name
            for name in ("email", linked.title, *linked.match)
            if name in linked.fields
            and linked.fields[name].columns
            and linked.fields[name].type.name in ("text", "mail", "phone")
        ),
    ]
    return [
        ("", _("by whatever tells")),
        ("id", _("by Kith id")),
        *((name, _("by %(field)s") % {"field": linked.fields[name].label}) for name in dict.fromkeys(names)),
    ]


def values_of(given: ColumnMap, open_ones: tuple[str, ...], facts: Facts) -> list[tuple[str, str]]:
    """Values that can be replaced, those that want it first, with what they become."""
    texts = dict.fromkeys(
        (
            *open_ones,
            *given.values,
            *(facts.distinct if not facts.has_more and len(facts.distinct) <= MOST_VALUES else ()),
        )
    )
    return [(text, given.values.get(text, "")) for text in list(texts)[:MOST_VALUES]]


def words_of(actor: Actor, target: Target | None, linked: Entity | None) -> list[tuple[str, str]]:
    """What a value may become, where that is a list."""
    if target is None:
        return []
    if target.spec.type.name in ("choice", "choices"):
        return [(key, capfirst(str(label))) for key, label in target.spec.choices]
    if linked is not None and issubclass(linked.model, Pick):
        names = (
            linked.rows(actor)
            .filter(is_active=True)
            .order_by("position", "name")
            .values_list("name", flat=True)[:MOST_WORDS]
        )
        return [(name, name) for name in names]
    return []


def changed(given: ColumnMap, entity: Entity, request: HttpRequest) -> ColumnMap:
    """The mapping as the dialog says."""
    form = request.POST
    changes: dict[str, Any] = {
        "prefix": form.get("prefix", given.prefix)[:60],
        "needed": bool(form.get("needed")),
        "currency": form.get("currency", given.currency)[:100],
    }
    for name, valid in (
        ("dates", ("ymd", "dmy", "mdy")),
        ("numbers", (".", ",")),
        ("missing", ("report", "create", "reject", "empty")),
        ("unknown", ("add", "empty", "reject")),
    ):
        if name in form:
            changes[name] = form[name] if form[name] in valid else None
    if "by" in form:
        changes["to"] = found_by(entity, given, form["by"])
    if given.keep is not None and form.get("label"):
        kind = form.get("kind", given.keep.kind)
        changes["keep"] = msgspec.structs.replace(
            given.keep,
            label=form["label"][:120],
            kind=kind if kind in dict(FieldDefinition.Kind.choices) else given.keep.kind,
        )
    texts = {name.removeprefix("old-"): value for name, value in form.items() if name.startswith("old-")}
    changes["values"] = {
        text: new for at, text in texts.items() if (new := form.get(f"new-{at}", "").strip()) or form.get(f"drop-{at}")
    }
    return msgspec.structs.replace(given, **changes)


def found_by(entity: Entity, given: ColumnMap, by: str) -> str:
    """The path of a link that is found by another field."""
    target = resolve(entity, given.to)
    bare = given.to.removesuffix(f".{target.by}") if target.by else given.to
    path = f"{bare}.{by}" if by else bare
    try:
        resolve(entity, path)
    except BadValue as error:
        raise Refused({", ".join(given.columns): [error.message]}) from None
    return path
