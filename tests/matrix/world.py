"""The world of the matrix: rows of every kind in every relation to the people, made once through the write path, and its dump.

Every text of a row holds a mark, a word that stands nowhere else: whoever may not read it must not meet it on any surface.
"""

import datetime as dt
import json
import re
import zlib
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from kith.core import access, tokens, writes
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.ledger import Change
from kith.core.testing import factory
from kith.core.testing.people import client_of
from kith.processes import shipped as processes

from .oracle import Oracle, Person
from .people import classes, made

MARK = re.compile(r"zq[0-9a-z]{7}")
#: The day at which all rows of a kind with a calendar stand.
DAY = "2026-03-18"
#: Whose the rows are: relation -> (owner, department, who makes it).
RELATIONS = {
    "own": ("ann", "", ""), "team": ("tom", "", ""), "other": ("far", "", ""), "unit": ("far", "South", ""), "nobody": ("", "", "mia"), "seen": ("far", "", ""), "lent": ("far", "", ""),
    "grouped": ("far", "", ""), "ended": ("far", "", ""), "reached": ("far", "", ""), "liz": ("liz", "", ""), "gone": ("ann", "", ""),
}  # fmt: skip
FEW = ("own", "gone", "other")
PARTS = ("own", "team", "other", "unit", "seen", "lent", "gone", "reached")
SCOPES = frozenset(
    {"parties.company:view", "parties.company:edit", "parties.contactpoint:view", "sales.opportunity:*", "*:export"}
)
NO_TEXT = {"mail", "phone", "url", "country", "choice"}


@dataclass
class World:
    """People with their browsers, rows by kind and relation, marks with what they stand in, and the oracle."""

    people: dict[str, Any]
    rows: dict[tuple[str, str], Any]
    marks: dict[str, list[tuple[str, str, str]]]
    oracle: Oracle
    browsers: dict[str, Client] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    #: What nobody may meet, by person: the dump does not change, and every answer is looked through for it.
    unmet: dict[str, set[str]] = field(default_factory=dict)

    def of(self, label: str) -> dict[str, Any]:
        """The rows of a kind by relation."""
        return {relation: row for (kind, relation), row in self.rows.items() if kind == label}

    def titled(self, label: str) -> dict[str, str]:
        """The rows of a kind that have a mark in their title, by id, with the mark; those in the trash as well."""
        title = registry.get(label).title
        return {
            key: mark
            for mark, places in self.marks.items()
            for kind, key, name in places
            if kind == label and name == title
        }

    def forbidden(self, who: str) -> set[str]:
        """The marks that somebody must not meet: those of which no place may be read."""
        if who not in self.unmet:
            person = self.persons[who]
            self.unmet[who] = {
                mark
                for mark, places in self.marks.items()
                if not any(self.may_meet(person, *place) for place in places)
            }
        return self.unmet[who]

    def may_meet(self, person: Person, label: str, key: str, name: str) -> bool:
        """Whether a text may be met: the row can be seen, now or before it came into the trash, and the field read."""
        there = any(key in self.oracle.ids(person, label, "view", trashed) for trashed in (False, True))
        return there and self.oracle.field(person, label, name) != "none"


def build() -> World:
    """Everything."""
    processes.install()
    people = made()
    maker = Maker(people)
    maker.run()
    oracle = dump()
    world = World(people, maker.rows, marks_of(oracle), oracle)
    for name, user in people.items():
        world.persons[name] = Person(world.oracle, str(user.pk))
        if name != "gon":
            world.browsers[name] = client_of(user)
    world.persons["token"] = Person(world.oracle, str(people["fay"].pk), SCOPES)
    world.browsers["token"] = bearer(people["fay"], SCOPES)
    world.persons["nobody"], world.browsers["nobody"] = Person(world.oracle, None), Client()
    world.browsers["gon"] = bearer(people["gon"], ("*",))
    return world


def bearer(user: Any, scopes: Any) -> Client:
    """A program with a token."""
    secret = tokens.new_secret()
    tokens.ApiToken.objects.create(
        user=user, name="matrix", shown=secret[:8], digest=tokens.digest(secret), scopes=sorted(scopes)
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})  # fmt: skip


@dataclass
class Maker:
    """Makes the rows: first what stands for itself, then parts, then what is about other records."""

    people: dict[str, Any]
    rows: dict[tuple[str, str], Any] = field(default_factory=dict)
    count: int = 0

    def run(self) -> None:
        """All kinds, then shares and what is trashed."""
        kinds = [kind for kind in registry if not kind.access.faces and kind.label != "access.share"]
        kinds.sort(key=lambda kind: (bool(kind.access.subject), bool(kind.access.parent), self.depth(kind)))
        for kind in kinds:
            self.make(kind, self.relations(kind))
        self.share()
        self.assign()
        self.trash(kinds)

    def depth(self, kind: Entity) -> int:
        """How many links must exist before: kinds that need others come later."""
        return sum(1 for spec in kind.declared.values() if spec.type.name == "link" and spec.required)

    def relations(self, kind: Entity) -> tuple[str, ...]:
        """The relations in which there are rows of a kind."""
        if kind.access.parent or kind.access.subject:
            whole = kind.access.parent and kind.declared[kind.access.parent].target
            if callable(kind.example.get("subject")):
                return ("own", "other")
            return FEW if whole and self.is_simple(registry.get(whole)) else PARTS
        return FEW if self.is_simple(kind) else tuple(RELATIONS)

    def is_simple(self, kind: Entity) -> bool:
        """Whether a kind has no rows of single people: everybody sees them, or only roles decide."""
        return kind.access.public or not kind.access.own

    def make(self, kind: Entity, relations: tuple[str, ...]) -> None:
        """The rows of a kind, made together; values that a kind refuses for reasons of its own are left out."""
        values = {relation: self.values(kind, relation) for relation in relations}
        for maker in ("", "mia"):
            mine = [relation for relation in relations if RELATIONS[relation][2] == maker]
            actor = access.actor_of(self.people[maker].pk) if maker else SYSTEM
            for relation, record in zip(
                mine, self.made(actor, kind, [values[relation] for relation in mine]), strict=True
            ):
                self.rows[kind.label, relation] = record

    def made(self, actor: Actor, kind: Entity, rows: list[dict[str, Any]]) -> list[Any]:
        """The records of rows, without the values that turn out to be refused."""
        for _try in range(9):
            try:
                return writes.create_many(actor, kind, rows)
            except Refused as refused:
                bad = set(refused.errors) & self.extra
                if not bad:
                    raise AssertionError((kind.label, refused.errors, rows)) from refused
                rows = [{name: value for name, value in row.items() if name not in bad} for row in rows]
        raise AssertionError(kind.label)

    def values(self, kind: Entity, relation: str) -> dict[str, Any]:
        """Required values and what makes the relation."""
        owner, _unit, _maker = RELATIONS[relation]
        given: dict[str, Any] = {}
        if kind.access.parent:
            given[kind.access.parent] = str(self.whole(kind, relation).pk)
        for spec in kind.declared.values():
            if (
                spec.type.name == "link"
                and spec.required
                and spec.name not in given
                and kind.example.get(spec.name, ...) is ...
            ):
                given[spec.name] = str(self.some(spec.target, relation).pk)
        if kind.access.subject and callable(kind.example.get("subject")):
            given["subject"] = self.given_to(kind.example["subject"](), owner)
        elif kind.access.subject:
            label = SUBJECTS.get(kind.label, "parties.company")
            given["subject"] = f"{label}/{self.rows[label, relation].pk}"
        extra = self.more(kind, relation)
        self.extra = set(extra) - set(given)
        return factory.values(kind, **given) | {name: value for name, value in extra.items() if name not in given}

    def more(self, kind: Entity, relation: str) -> dict[str, Any]:
        """Marked texts, links to a company that few may see, the day of the calendar, an id of another system, the owner."""
        owner, unit, _maker = RELATIONS[relation]
        extra: dict[str, Any] = {}
        for spec in kind.declared.values():
            if not (spec.editable and spec.columns):
                continue
            if (
                spec.type.name in ("text", "longtext", "richtext")
                and not spec.choices
                and kind.example.get(spec.name, ...) is ...
                and spec.name not in NAMED
            ):
                extra[spec.name] = f"{self.mark(kind.label, relation, spec.name)} {spec.name.replace('_', ' ')}"[
                    : spec.max_length or 200
                ]
            if (
                spec.type.name == "link"
                and not spec.required
                and ("parties.company", "other") in self.rows
                and spec.target == "parties.company"
            ):
                extra[spec.name] = str(self.rows["parties.company", "other"].pk)
        if kind.calendar and kind.fields[kind.calendar].editable:
            extra[kind.calendar] = DAY if kind.fields[kind.calendar].type.name == "date" else f"{DAY}T10:00:00+00:00"
        if "external_ids" in kind.declared:
            extra["external_ids"] = (
                [f"m-{kind.label}-{relation}"] if relation in ("own", "other", "unit", "lent") else []
            )
        if kind.access.own and "owner" in kind.declared:
            extra["owner"] = str(self.people[owner].pk) if owner else None
        if unit and "org_unit" in kind.declared:
            extra["org_unit"] = str(registry.get("people.orgunit").rows(SYSTEM).get(name=unit).pk)
        return extra

    def given_to(self, subject: dict[str, str], owner: str) -> dict[str, str]:
        """A record that a kind makes for its own examples, given to the owner of the relation."""
        record = registry.get(subject["entity"]).rows(SYSTEM).get(pk=subject["id"])
        writes.save(SYSTEM, record, {"owner": str(self.people[owner].pk)})
        return subject

    def mark(self, label: str, relation: str, name: str) -> str:
        """A word of its own for each text."""
        self.count += 1
        return f"zq{zlib.crc32(f'{label} {relation} {name}'.encode()) % 16**4:04x}{self.count % 1000:03}"

    def whole(self, kind: Entity, relation: str) -> Any:
        """The row that a part belongs to, in the same relation."""
        return self.some(kind.declared[kind.access.parent].target, relation, is_whole=True)

    def some(self, label: str, relation: str, *, is_whole: bool = False) -> Any:
        """A row of a kind in this relation, if there is one; a party is a company or a person."""
        entity = registry.get(label)
        labels = entity.access.faces or (label,)
        if label == "access.user":
            return self.people["far"]
        for name in labels if label != "parties.party" or is_whole else reversed(labels):
            if found := self.rows.get((name, relation)) or self.rows.get((name, "own")):
                return found
        return factory.make(label)

    def share(self) -> None:
        """Single records shared with a person and with a group, one of them no longer."""
        today = timezone.localdate()
        receivers = registry.get("access.group").rows(SYSTEM).get(name="Receivers")
        shares = registry.get("access.share")
        values = {
            "seen": {"user": self.people["sha"].pk, "level": "view", "valid_to": today},
            "lent": {"user": self.people["sha"].pk, "level": "edit"},
            "grouped": {"group": receivers.pk, "level": "edit"},
            "ended": {"user": self.people["sha"].pk, "level": "edit", "valid_to": today - dt.timedelta(days=1)},
        }
        about = [
            (label, relation, row)
            for (label, relation), row in self.rows.items()
            if relation in values and access.is_subject(registry.get(label))
        ]
        made = writes.create_many(
            SYSTEM, shares, [{"subject": f"{label}/{row.pk}", **values[relation]} for label, relation, row in about]
        )
        for (_label, relation, _row), share in zip(about, made, strict=True):
            self.rows.setdefault(("access.share", relation), share)

    def assign(self) -> None:
        """Tasks of Liz about a record of each kind, one of them done; of Ann, whom Bo is above."""
        tasks = registry.get("activities.task")
        about = [
            (f"{label}/{row.pk}", relation)
            for (label, relation), row in self.rows.items()
            if access.is_subject(registry.get(label))
        ]
        todo = [
            (subject, who, "todo") for subject, relation in about if relation == "reached" for who in ("liz", "ann")
        ]
        done = [(subject, "liz", "done") for subject, relation in about if relation == "other"]
        far = self.people["far"].pk
        writes.create_many(
            SYSTEM,
            tasks,
            [
                {"subject": subject, "name": "Reach", "assignee": self.people[who].pk, "owner": far, "status": status}
                for subject, who, status in todo + done
            ],
        )

    def trash(self, kinds: list[Entity]) -> None:
        """What lies in the trash, parts with their whole."""
        for kind in reversed([kind for kind in kinds if not kind.access.subject]):  # what is about them stays
            row = self.rows.get((kind.label, "gone"))
            if row is not None and kind.model._base_manager.filter(pk=row.pk, deleted_at=None).exists():
                try:
                    writes.delete(SYSTEM, kind, [row.pk])
                except Refused:
                    del self.rows[kind.label, "gone"]


SUBJECTS = {"activities.note": "sales.opportunity"}
NAMED = {"entity", "field", "operation", "number"}


def dump() -> Oracle:
    """The registry as plain data and all rows as PostgreSQL tells them."""
    kinds = {kind.label: declared(kind) for kind in registry}
    tables = {}
    with connection.cursor() as cursor:
        for table in {kind["table"] for kind in kinds.values()}:
            cursor.execute(f"SELECT coalesce(jsonb_agg(to_jsonb(t) - 'search_vector'), '[]') FROM \"{table}\" t")
            found = cursor.fetchone()[0]
            tables[table] = json.loads(found) if isinstance(found, str) else found
    return Oracle(kinds, tables, timezone.localdate().isoformat())


def marks_of(oracle: Oracle) -> dict[str, list[tuple[str, str, str]]]:
    """Where each mark stands or stood: kind, row and field. A value that a rule copies to other records stands there as well."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for change in Change.objects.all():
        for name, value in (*change.before.items(), *change.after.items()):
            for mark in MARK.findall(value) if isinstance(value, str) else ():
                found.setdefault(mark, []).append((change.entity, str(change.record_id), name))
    for label, kind in oracle.kinds.items():
        for row in () if kind["faces"] else oracle.tables[kind["table"]]:
            if all(row[name] == value for name, value in kind["face"].items()):
                for name in kind["fields"]:
                    for mark in MARK.findall(row[name]) if isinstance(row.get(name), str) else ():
                        found.setdefault(mark, []).append((label, row["id"], name))
    return found


def declared(kind: Entity) -> dict[str, Any]:
    """What an entity says about its rights."""
    rights = kind.access
    return {
        "table": kind.model._meta.db_table, "face": kind.face, "faces": rights.faces, "own": rights.own, "parent": rights.parent, "subject": rights.subject, "public": rights.public,
        "own_right": rights.own_right, "rules": rights.rules, "needs": rights.needs, "parent_kind": kind.declared[rights.parent].target if rights.parent else "",
        "is_subject": kind.has_timeline and not (rights.subject or rights.parent or rights.faces), "sensitive": kind.sensitive, "fields": sorted(kind.fields),
        "worked": {name: (sorted(spec.needs), sorted(spec.gathers)) for name, spec in kind.fields.items() if spec.needs or spec.gathers},
    }  # fmt: skip


__all__ = ["DAY", "FEW", "MARK", "PARTS", "RELATIONS", "World", "build", "classes"]
