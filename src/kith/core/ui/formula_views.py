"""The live check of a formula or a roll-up while it is typed: its kind of value or what is wrong and where, and what it gives for three records."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kith.core import access, rollups, titles, worked_out
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Missing
from kith.core.filters import compile_filter, from_json
from kith.core.formulas.fields import KIND_OF
from kith.core.formulas.functions import FUNCTIONS
from kith.core.formulas.reading import FormulaError
from kith.core.formulas.terms import KINDS, Term
from kith.core.specs import FieldSpec, LinkSpec, renamed
from kith.core.stored import building
from kith.core.types import TYPES
from kith.core.ui import editors
from kith.core.ui.base import page
from kith.core.ui.values import show

#: How many records show what a formula gives.
SAMPLES = 3
DEFINITIONS = (worked_out.FORMULA, worked_out.ROLLUP)


@dataclass(slots=True)
class Check:
    """What is told beside the control: the kind of value, the place of an error, samples."""

    kind: Any = ""
    error: Any = ""
    before: str = ""
    wrong: str = ""
    after: str = ""
    samples: list[tuple[str, Any]] = field(default_factory=list)
    note: Any = ""


@require_POST
@page
def check(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """What is typed, checked as it would be saved."""
    writable(entity, actor)
    return render(request, "kith/formula_check.html", {"check": checked(actor, typed(entity, request))})


@require_POST
@page
def words(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The fields and functions that can be used, for the kind of record that is chosen."""
    writable(entity, actor)
    data = request.POST
    label = str(data.get("source" if entity.label == worked_out.ROLLUP else "entity") or "")
    about = registry.find(label)
    about = about if about is not None and access.allowed(actor, about, "view") else None
    fields = [] if about is None else known(actor, about)
    links = [
        f"{link.name} ({link.label})" for other, link in links_of(str(data.get("entity") or "")) if other.label == label
    ]
    context = {
        "functions": FUNCTIONS.values(), "fields": fields, "about": about, "kinds": KINDS, "id": f"f-{'value' if entity.label == worked_out.ROLLUP else 'formula'}",
        "links": links if entity.label == worked_out.ROLLUP else [],
    }  # fmt: skip
    return render(request, "kith/formula_words.html", context)


def writable(entity: Entity, actor: Actor) -> None:
    """Only those who may define fields are told about them."""
    if entity.label not in DEFINITIONS or not any(access.allowed(actor, entity, what) for what in ("create", "edit")):
        raise Missing(entity.label)


def links_of(label: str) -> list[tuple[Entity, LinkSpec]]:
    """What can be rolled up on a kind of record."""
    entity = registry.find(label)
    return rollups.links_here(entity) if entity is not None else []


def typed(entity: Entity, request: HttpRequest) -> Any:
    """The definition as it stands in the form; what is not typed yet has its default."""
    fresh = entity.model()
    given: dict[str, Any] = {name: getattr(fresh, name) for name in entity.fields if name not in ("owner", "org_unit", "created_by")}  # fmt: skip
    for name in request.POST.keys() & given.keys():
        spec = entity.fields[name]
        try:
            given[name] = spec.type.parse(raw, spec) if isinstance(raw := editors.posted(spec, request.POST), str) else raw  # fmt: skip
        except BadValue:
            continue
    return SimpleNamespace(**given | {"name": given.get("name") or "x_"}, pk=None, _meta=entity.model._meta)


def checked(actor: Actor, now: Any) -> Check:
    """The result of a check."""
    about = registry.find(str(now.entity or ""))
    text = str((now.value if worked_out.is_rollup(now) else now.formula) or "")
    if about is None:
        return Check(note=_("Choose the kind of record first."))
    if worked_out.is_rollup(now):
        links = [link.name for other, link in links_of(about.label) if other.label == now.source]
        now.link = now.link or (links[0] if len(links) == 1 else "")
        if now.link not in links:
            return Check(note=_("Choose the records and their link to this one."))
    if not text and not (worked_out.is_rollup(now) and now.how == "count"):
        return Check(note=_("Type a formula; what it gives is shown here."))
    book, key = worked_out.book(now), (about.label, now.name)
    if now.name in book.plain(
        about.label
    ):  # else it would be read in place of the field of that name, whoever may read that
        return Check(error=_("This kind of record has a field of that name already; choose another one."))
    for old in [old for old, row in book.rows.items() if old == key and row is not now]:
        del book.rows[old]
    term = term_of(book, key, now, text)
    if isinstance(term, Check):
        return term
    spec = worked_out.spec_of(now, term)
    found = Check(kind=KINDS[term.kind])
    if not access.may_follow(actor, spec, ()):
        found.note = _("You may not read all fields that it uses, so no values are shown.")
        return found
    found.samples = samples(actor, about, spec)
    if not found.samples:
        found.note = _("There is no record yet to show it on.")
    return found


def term_of(book: worked_out.Book, key: worked_out.Key, now: Any, text: str) -> Term | Check:
    """The term of what is typed, or what is wrong with it."""
    try:
        term = book.term(key)
        if worked_out.is_rollup(now):
            compile_filter(registry.get(now.source), from_json(now.condition or {}), SYSTEM)
            if now.is_indexed and (why := building.why_not(book, now)):
                return Check(error=why)
    except FormulaError as error:
        end = error.at + error.length
        return Check(error=error.message, before=text[: error.at], wrong=text[error.at : end] or "…", after=text[end:])
    except worked_out.BROKEN as error:
        return Check(error=worked_out.why_broken(error))
    return term


def samples(actor: Actor, entity: Entity, spec: worked_out.WorkedSpec) -> list[tuple[str, Any]]:
    """The records that were changed last, with what the field gives for them."""
    records = list(entity.rows(actor).order_by("-updated_at", "-pk")[:SAMPLES])
    values = worked_out.values([spec], [record.pk for record in records])
    names = titles.for_records(actor, [spec], records)
    return [(str(record), show(spec, values.get(record.pk, {}).get(spec.name), record, names)) for record in records]


def known(actor: Actor, entity: Entity) -> list[tuple[str, Any, Any]]:
    """The fields of a kind of record that formulas can read: name, label, kind of value; those of linked records behind a dot."""
    readable = access.readable(actor, entity)
    found = []
    for name, spec in sorted(entity.fields.items(), key=lambda pair: str(pair[1].label).casefold()):
        if name not in readable or not (spec.columns or spec.sortable):
            continue
        if isinstance(spec, LinkSpec):
            found.append((f"{name}.…", capfirst(str(spec.label)), KINDS["link"]))
        elif kind := KIND_OF.get(spec.type.name):
            found.append((name, capfirst(str(spec.label)), KINDS[kind]))
    return found


def offer(actor: Actor, entity: Entity, spec: FieldSpec, record: Any, many: bool) -> FieldSpec:
    """Kinds of records as a list to choose from."""
    if entity.label not in DEFINITIONS or spec.name not in ("entity", "source"):
        return spec
    if spec.name == "entity":
        kinds = [one for one in registry if not one.access.faces]
    else:
        kinds = [one for one in registry if any(isinstance(each, LinkSpec) for each in one.declared.values()) and not one.access.faces]  # fmt: skip
    choices = tuple(sorted(((one.label, capfirst(str(one.plural))) for one in kinds), key=lambda pair: pair[1].casefold()))  # fmt: skip
    return renamed(spec, type=TYPES["choice"], choices=choices)


editors.narrowings.append(offer)
