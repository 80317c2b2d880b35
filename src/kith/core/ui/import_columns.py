"""One column of an import: where it goes, how it is read, what its values become."""

import re
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.core.access import Actor
from kith.core.entities.field_definition import FieldDefinition, name_for
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Missing, Refused
from kith.core.exchange import runs, targets
from kith.core.exchange.analysis import kind_of
from kith.core.exchange.checking import remark
from kith.core.exchange.convert import DATES, NUMBERS, reader
from kith.core.exchange.facts import Facts
from kith.core.exchange.formats.messages import NOTATION_NAMES
from kith.core.exchange.imports import ImportRun, Step
from kith.core.exchange.keeping import suggested
from kith.core.exchange.mapping import ColumnMap
from kith.core.exchange.paths import Target, resolve
from kith.core.records import Pick
from kith.core.ui import import_pages
from kith.core.ui.base import page
from kith.core.ui.respond import go, into, is_htmx, trigger

#: So many values of a column can be replaced in the dialog.
MOST_VALUES = 50
#: Choices of a select are listed up to this number.
MOST_WORDS = 300
#: Changes of a text with the label of each; those that want a sign are followed by it ("before:@").
CHANGES = (
    ("before", gettext_lazy("the part before a sign")),
    ("after", gettext_lazy("the part after a sign")),
    ("parent", gettext_lazy("the path without its last part: /3/1/2/ becomes /3/1/")),
    ("lower", gettext_lazy("in small letters")),
    ("upper", gettext_lazy("in capitals")),
)
WITH_SIGN = ("before", "after")
#: A row of the page: the position of the column, and what tells its further places apart.
KEY = re.compile(r"\d{1,4}(-[0-9a-f]{1,8})?")


def run_of(actor: Actor, entity: Entity, key: uuid.UUID, at: int) -> tuple[ImportRun, str]:
    """The run and the name of one of its columns."""
    made = open_run(actor, entity, key)
    if at >= len(made.layout["columns"]):
        raise Missing("core.import", str(key))
    return made, made.layout["columns"][at]


def open_run(actor: Actor, entity: Entity, key: uuid.UUID) -> ImportRun:
    """A run whose columns may still be changed."""
    made = runs.find(actor, entity, key)
    if made.step == Step.DONE:
        raise Missing("core.import", str(key))
    return made


@require_GET
@page
def fields(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """Options of the chooser of fields."""
    found = targets.as_options(targets.search(entity, actor, request.GET.get("q", "")[:100]))
    if import_pages.may_keep(entity, actor) and "plain" not in request.GET:
        found.append({"value": targets.KEEP, "text": _("Keep as a custom field"), "sub": ""})
    return render(request, "kith/import_fields.html", {"options": found})


@require_POST
@page
def place(request: HttpRequest, entity: Entity, actor: Actor, key: uuid.UUID, at: int) -> HttpResponse:
    """Let a column go to a field, to a new custom field, or nowhere; answers its row anew."""
    made, column = run_of(actor, entity, key, at)
    was = request.POST.get("was")
    given = chosen(made, entity, column, request.POST.get("to", ""), was)
    runs.set_column(made, column, given, was)
    return row_anew(request, entity, actor, made, at, given)


def row_anew(
    request: HttpRequest, entity: Entity, actor: Actor, made: ImportRun, at: int, given: ColumnMap | None
) -> HttpResponse:
    """The row of a column as it is now, with the counts above the table."""
    line = import_pages.line(entity, actor, made, at, given, key_of(request, at))
    tally = import_pages.tally(import_pages.lines_of(entity, actor, made))
    return render(
        request, "kith/import_column_part.html", {"entity": entity, "run": made, "line": line, "tally": tally}
    )


def key_of(request: HttpRequest, at: int) -> str:
    """The row that asks: the column's first, or one of its further places."""
    given = request.POST.get("key", "") or request.GET.get("key", "")
    return given if KEY.fullmatch(given) else str(at)


@require_GET
@page
def also(request: HttpRequest, entity: Entity, actor: Actor, key: uuid.UUID, at: int) -> HttpResponse:
    """One more row for a column: the number of a customer may be a key and a name."""
    made, _column = run_of(actor, entity, key, at)
    line = import_pages.line(entity, actor, made, at, None, f"{at}-{secrets.token_hex(4)}")
    return render(request, "kith/import_column.html", {"entity": entity, "run": made, "line": line, "is_new": True})


@require_POST
@page
def keep_rest(request: HttpRequest, entity: Entity, actor: Actor, key: uuid.UUID) -> HttpResponse:
    """Let all columns that go nowhere and hold something become custom fields."""
    made = open_run(actor, entity, key)
    if import_pages.may_keep(entity, actor):
        facts = runs.facts_of(made)
        for column in made.layout["columns"]:
            if runs.map_of(made, column) is None and (column not in facts or facts[column].filled):
                runs.set_column(made, column, kept(made, column))
    return go(request, f"/{entity.slug}/import/{made.pk}/?step=columns")


@require_POST
@page
def constant(request: HttpRequest, entity: Entity, actor: Actor, key: uuid.UUID) -> HttpResponse:
    """Let a field have the same value in every row, or no longer."""
    made = open_run(actor, entity, key)
    path, value = request.POST.get("to", ""), request.POST.get("value", "").strip()
    name = targets.name_of(entity, path) or _("Field")
    try:
        reader(resolve(entity, path), ColumnMap(to=path, constant=value), ()).value(())
    except BadValue as error:
        raise Refused({name: [error.message]}) from None
    runs.set_constant(made, path, value)
    return go(request, f"/{entity.slug}/import/{made.pk}/?step=columns#constants")


def kept(made: ImportRun, column: str) -> ColumnMap:
    """A column that becomes a custom field of its own."""
    keep = suggested(column, runs.facts_of(made).get(column, Facts()))
    name, taken = name_for(keep.label), {given.to for given in runs.mapping_of(made).columns}
    free = next(each for each in (name, *(f"{name[:56]}_{at}" for at in range(2, 9999))) if each not in taken)
    return ColumnMap(column=column, to=free, keep=keep)


def chosen(made: ImportRun, entity: Entity, column: str, path: str, was: str | None) -> ColumnMap | None:
    """The mapping of a column that goes to a path; what was set before stays where it still makes sense."""
    if not path:
        return None
    before = runs.map_of(made, column, was)
    if path == targets.KEEP:
        return kept(made, column)
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
    given = runs.map_of(made, column, request.GET.get("to"))
    if given is None:
        raise Refused(_("Choose a field for this column first."))
    if request.method == "POST":
        new = changed(given, entity, request)
        runs.set_column(made, column, new, given.to)
        if not is_htmx(request):
            return go(request, f"/{entity.slug}/import/{made.pk}/?step=columns#column-{at}")
        answer = trigger(row_anew(request, entity, actor, made, at, new), close={})
        return into(answer, f"#column-{key_of(request, at)}", "outerHTML")
    context = dialog(entity, actor, made, given, at) | {"key": key_of(request, at)}
    return render(request, "kith/import_options.html", context)


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
        "missing": import_pages.MISSING, "unknown": import_pages.UNKNOWN, "has_prefix": takes_prefix(given, target_entity), "is_money": kind == "money", "remark": said,
        "values": values_of(given, said.values, facts), "words": words_of(actor, target, target_entity), "kinds": FieldDefinition.Kind.choices if given.keep else [],
        "changes": CHANGES if len(given.change) < 2 else (), "change": given.change[0].partition(":") if given.change else ("", "", ""), "empty": given.values.get("", ""),
    }  # fmt: skip


def takes_prefix(given: ColumnMap, linked: Entity | None) -> bool:
    """Whether the texts may be numbers of another program: external ids, and links that can be found by them."""
    is_record = linked is not None and not issubclass(linked.model, Pick) and "external_ids" in linked.fields
    return given.to.rpartition(".")[2] == "external_ids" or is_record


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
    return [(text, given.values.get(text, "")) for text in list(filter(None, texts))[:MOST_VALUES]]


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
    return msgspec.structs.replace(given, **changes, values=replaced(given, form), change=stepped(given, form))


def replaced(given: ColumnMap, form: Mapping[str, str]) -> dict[str, str]:
    """What values become; those that the dialog did not show stay."""
    shown = {
        text: form.get(f"new-{name.removeprefix('old-')}", "") for name, text in form.items() if name.startswith("old-")
    }
    if "empty" in form:
        shown[""] = form["empty"]
    kept = {text: new.strip() for text, new in shown.items() if new.strip()}
    return {text: new for text, new in given.values.items() if text not in shown} | kept


def stepped(given: ColumnMap, form: Mapping[str, str]) -> tuple[str, ...]:
    """What is done to the text first; several steps of a mapping from a file stay as they are."""
    if "change" not in form:
        return given.change
    name, sign = form["change"], form.get("sign", "")
    if name in WITH_SIGN and not sign:
        raise Refused({_("Sign"): [_("Write the sign at which the text is divided, for example @.")]})
    return (f"{name}:{sign[:20]}" if name in WITH_SIGN else name,) if name in dict(CHANGES) else ()


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
