"""What a form asks for, what it was opened with and what it sent: the steps between a page and the write path."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest

from kith.core import access, cleaning, files, layouts, pipeline, titles
from kith.core.access import Actor
from kith.core.cleaning import Errors, references
from kith.core.entity import Entity, Section
from kith.core.errors import BadValue
from kith.core.ledger import Change, Op
from kith.core.titles import Titles
from kith.core.ui.editors import posted_values


def sections(
    entity: Entity, actor: Actor, *, quick: bool = False, only: int | None = None, first: Iterable[str] = ()
) -> list[Section]:
    """The sections of a form with the fields that the actor may write; `first` names stand on top where no section has them.

    `quick` takes the few fields that the entity names for it, else those of its first section.
    """
    writable, laid = access.writable(actor, entity), layouts.of(entity, actor)
    required = [name for name in entity.required if name not in laid.hidden]
    if quick:
        few = entity.quick or laid.sections[0].names
        shown = [Section("", *dict.fromkeys((*first, *(name for name in few if name not in laid.hidden), *required)))]
    else:
        shown = [section for number, section in enumerate(laid.sections) if only in (None, number)]
        known = {name for section in shown for name in section.names}
        missing = [name for name in dict.fromkeys((*first, *(required if only is None else ()))) if name not in known]
        shown = [Section("", *missing), *shown] if missing else shown
    kept = [
        Section(section.title, *(name for name in section.names if name in writable), open=section.open)
        for section in shown
    ]
    return [section for section in kept if section.names]


def names_in(shown: Iterable[Section]) -> list[str]:
    """All fields of a form."""
    return list(dict.fromkeys(name for section in shown for name in section.names))


def presets(entity: Entity, actor: Actor, data: Mapping[str, Any]) -> dict[str, Any]:
    """Values that the address gives for a new record; what cannot be one is left out."""
    found = {}
    for name in access.writable(actor, entity) & data.keys():
        spec = entity.fields[name]
        try:
            value = data[name]
            found[name] = (
                spec.type.clean(value, spec) if spec.type.name in ("link", "ref") else spec.type.parse(value, spec)
            )
        except BadValue:
            continue
    return found


def defaults(entity: Entity, actor: Actor, names: Iterable[str]) -> dict[str, Any]:
    """What a new record has before anything is typed; it belongs to whoever makes it."""
    mine = {"owner": actor.id} if "owner" in entity.access.own else {}
    known = {name: entity.fields[name].default for name in names if entity.fields[name].default is not None}
    return known | {name: value for name, value in mine.items() if name in names}


def sent(entity: Entity, names: Iterable[str], request: HttpRequest, actor: Actor) -> tuple[dict[str, Any], Errors]:
    """What was typed, by field; uploaded files are stored and become their tickets."""
    names = list(names)
    values, errors = (
        posted_values(entity, [name for name in names if entity.fields[name].type.name != "file"], request.POST),
        Errors(),
    )
    for name in names:
        if entity.fields[name].type.name == "file" and (upload := request.FILES.get(name)):
            try:
                values[name] = files.ticket(actor, files.store(upload.chunks()))
            except BadValue as error:
                errors[name] = [error.message]
    kept = {name for name in values if request.POST.get(f"merge.{name}") == "theirs"}
    return {name: value for name, value in values.items() if name not in kept}, errors


def touched(actor: Actor, entity: Entity, record: Any, values: Mapping[str, Any], version: int) -> dict[str, Any]:
    """The values without those that merely repeat what stood in the form when it was opened, though somebody changed it since."""
    if version >= record.version:
        return dict(values)
    base: dict[str, Any] = {}
    for change in Change.objects.filter(record_id=record.pk, op=Op.UPDATE, version__gt=version).order_by("at", "id"):
        base = change.before | base
    cleaned, _errors = cleaning.clean(
        actor, entity, {name: value for name, value in values.items() if name in base}, typed=True
    )
    repeated = {name for name, value in cleaned.items() if same(pipeline.dump(entity.fields[name], value), base[name])}
    return {name: value for name, value in values.items() if name not in repeated}


def same(one: Any, other: Any) -> bool:
    """Whether two values of the ledger are equal, empty ones all alike."""
    return one == other or (one in (None, "", []) and other in (None, "", []))


def titles_for(entity: Entity, actor: Actor, names: Iterable[str], values: Mapping[str, Any]) -> Titles:
    """Titles of the records that the values link to; what was typed and is no id links to nothing."""
    wanted = set()
    for name in names:
        spec = entity.fields[name]
        if spec.type.names_records and values.get(name):
            try:
                wanted |= set(references(spec, spec.type.clean(values[name], spec)))
            except BadValue:
                continue
    return titles.load(actor, wanted)
