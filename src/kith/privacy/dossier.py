"""Everything that Kith holds about a person or company, as a ZIP of a page to read, JSON and files.

It holds what the person may ask for, not who of our people did it: the names of colleagues are theirs.
"""

import json
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kith.core import access, files, ledger, notify, proof, room, titles
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue
from kith.core.jobs import running
from kith.core.ledger import AuditEvent, Change, ChangeSet
from kith.core.specs import FieldSpec
from kith.core.timeline_changes import loaded

from . import subjects

PIECE = 64 * 1024
MOST_BYTES = 8 << 30
#: How Kith keeps a record; says nothing about anybody.
OWN = frozenset({"owner", "org_unit", "created_by", "external_ids"})
#: Who of our people had to do with it is not data of the person.
OURS = frozenset({"access.user", "access.group", "people.employee", "people.orgunit"})


@dataclass
class Part:
    """Records of one kind: their fields in words, and as data."""

    title: str
    records: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)
    label: str = ""


def require(actor: Actor, entity: Entity, key: uuid.UUID) -> Any:
    """The party, for who may give out everything about it."""
    party = access.fetch(entity, actor, str(key))
    access.require_system_right(actor, "personal_export")
    return party


def write(actor: Actor, entity: Entity, key: uuid.UUID) -> dict[str, Any]:
    """Gather and store it; who asked is told. The export is a line of the log."""
    room.require_much()
    proof.demand()
    party = require(actor, entity, key)
    with TemporaryFile() as file:
        count = fill(file, entity, party)
        file.seek(0)
        stored = files.store(iter(lambda: file.read(PIECE), b""), most=MOST_BYTES)
    ledger.log(actor, "export", entity=entity.label, record_id=party.pk, title=str(party), count=count, format="zip", everything=True)  # fmt: skip
    run = running().record
    if actor.id and run:
        notify.tell([actor.id], "job", by=SYSTEM, entity=entity.label, title=_("The file with everything about a person is ready to download."), url=f"/exports/{run.pk}")  # fmt: skip
    return {"done": count, "stored": {"key": stored, "name": f"{entity.slug}-{party.pk}.zip", "kind": "zip"}}


def fill(file: IO[bytes], entity: Entity, party: Any) -> int:
    """Write the ZIP into an open file; how many records it is about."""
    holding = subjects.of(entity, party)
    groups = {entity.label: holding.itself, **holding.own}
    parts = [part_of(registry.get(label), rows) for label, rows in groups.items()]
    linked = [part_of(registry.get(label), rows) for label, rows in holding.linked.items()]
    past, seen = list(changes(holding.own_keys)), log(holding.own_keys)
    context = {"party": str(party), "at": timezone.now(), "parts": parts, "linked": linked, "past": past, "log": seen}
    data = {
        "about": str(party), "made_at": timezone.now(), "records": {one.label: one.data for one in parts},
        "linked": {one.label: one.data for one in linked}, "history": [one["data"] for one in past], "log": seen,
    }  # fmt: skip
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("index.html", render_to_string("privacy/dossier.html", context))
        out.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder))
        for name, key in attached(groups):
            try:
                out.write(files.path_of(key), name)
            except (OSError, BadValue):
                continue  # the bytes are gone; the record says that there was a file
    return sum(len(one.data) for one in (*parts, *linked))


def part_of(entity: Entity, rows: list[Any]) -> Part:
    """The records of one kind with every field that has a value."""
    specs = [spec for spec in entity.fields.values() if spec.columns and not is_ours(spec)]
    found = titles.for_records(SYSTEM, specs, rows)
    made = Part(str(capfirst(entity.plural)), label=entity.label)
    for row in rows:
        filled = [spec for spec in specs if not spec.type.is_empty(spec.get(row))]
        made.records.append(
            (str(row), [(str(capfirst(spec.label)), words(spec, spec.get(row), found)) for spec in filled])
        )
        made.data.append({"id": str(row.pk), **{spec.name: spec.type.dump(spec.get(row), spec) for spec in filled}})
    return made


def is_ours(spec: FieldSpec) -> bool:
    """Whether a field says who of our people keeps a record or did something."""
    return spec.name in OWN or spec.target in OURS


def words(spec: FieldSpec, value: Any, found: titles.Titles) -> str:
    """A value as people read it."""
    if spec.type.name == "file":
        return f"files/{value}"
    return str(titles.text(spec, value, found) or spec.type.text(value, spec))


def attached(groups: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """Names in the ZIP and keys of the files that the records hold."""
    for label, rows in groups.items():
        entity = registry.get(label)
        for spec in entity.fields.values():
            if spec.type.name != "file":
                continue
            for row in rows:
                if key := spec.get(row):
                    yield f"files/{key}", key


def changes(keys: Iterable[uuid.UUID]) -> Iterator[dict[str, Any]]:
    """What the ledger says of the records, oldest first, without who did it."""
    rows = list(Change.objects.filter(record_id__in=list(keys)).order_by("at", "id"))
    origins = dict(ChangeSet.objects.filter(pk__in={row.changeset_id for row in rows}).values_list("pk", "origin"))
    for row in rows:
        entity = registry.find(row.entity)
        known = entity.fields if entity else {}
        before, after = (
            {
                name: value
                for name, value in side.items()
                if not (is_ours(known[name]) if name in known else name in OWN)
            }
            for side in (row.before, row.after)
        )
        lines = [
            (
                str(capfirst(known[name].label)),
                said(known[name], before.get(name)),
                said(known[name], after.get(name)),
            )
            for name in {**before, **after}
            if name in known
        ]
        origin = origins.get(row.changeset_id, "")
        door = str(ChangeSet.Origin(origin).label) if origin else ""
        data = {"at": row.at, "entity": row.entity, "id": str(row.record_id), "op": row.op, "through": origin, "before": before, "after": after, "source": row.source}  # fmt: skip
        yield {"at": row.at, "title": row.title, "op": row.op, "door": door, "lines": lines, "data": data}


def said(spec: FieldSpec, raw: Any) -> str:
    """A former value in words."""
    value = loaded(spec, raw)
    return "" if value is None else spec.type.text(value, spec)


def log(keys: Iterable[uuid.UUID]) -> list[dict[str, Any]]:
    """When the records were looked at, exported and changed."""
    rows = AuditEvent.objects.filter(record_id__in=list(keys)).order_by("at", "id")
    return [dict(line) for line in rows.values("at", "kind", "entity", "origin")]
