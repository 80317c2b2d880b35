"""People and companies of `census` as rows of a database: made by the same code as every write, brought by COPY.

Stored is what the search for duplicates reads: parties, contact points, match keys. Their ledger, jobs and addresses are not.
A sample is kept as it was typed; `check` has the real write path store it once more and compares.
"""

import datetime as dt
import json
import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from itertools import batched
from pathlib import Path
from typing import Any
from uuid import UUID

from . import census
from .dirty import Row
from .labels import can_be_told

KEPT = "truth.json"
BATCH = 1000
#: Processes that write, and how far the numbers of their people lie apart.
WRITERS, APART = 3, 2_000_000
TABLES = ("parties_party", "parties_matchkey", "parties_contactpoint")
#: So many rows are compared with what the write path stores; of these so many are dirty.
SAMPLE, DIRTY = 140, 60
#: Columns that tell when and in which order a row was written; search texts are compared word by word.
OWN = {"id", "created_at", "updated_at", "version", "search_text", "search_body"}
Say = Callable[[str], None]


def fill(data: Path, people: int, companies: int, say: Say) -> dict[str, Any]:
    """Fill an empty database and tell what is the same in it."""
    from kith.core.bench.indexes import put_off
    from kith.core.postgres import Server

    with put_off(Server(data), say, TABLES), multiprocessing.get_context("spawn").Pool(WRITERS, begun) as pool:
        found = rows(people, companies, WRITERS, pool.starmap)
    (data / KEPT).write_text(json.dumps(found, default=str))
    return known(data) or {}


def begun() -> None:
    """Become a process that writes into the database of this environment."""
    os.environ["KITH_PROCESS"] = "command"
    import django

    django.setup()


def known(data: Path) -> dict[str, Any] | None:
    """What is the same in the database of this folder; None when it is empty."""
    place = data / KEPT
    return json.loads(place.read_text()) if place.exists() else None


def rows(people: int, companies: int, writers: int, run: Callable[..., Iterable[Any]]) -> dict[str, Any]:
    """Companies, then people who work for them, by so many writers; pairs that are the same, and a sample of what was typed."""
    found: dict[str, Any] = {"pairs": [], "sample": []}
    for write, count in ((companies_of, companies), (people_of, people)):
        parts = [(at, len(range(at, count, writers)), max(1, (people + companies) // SAMPLE)) for at in range(writers)]
        for truth in run(write, parts):
            found["pairs"] += truth.pairs
            found["sample"] += truth.sample
    return found


def companies_of(writer: int, count: int, every: int) -> "Truth":
    """Write the companies of one writer."""
    maker, truth = census.Census(2026 + writer), Truth(every)
    maker.count = writer * APART
    for some in batched(census.companies(maker, count), BATCH, strict=False):
        truth.add(some, stored("parties.company", some))
    return truth


def people_of(writer: int, count: int, every: int) -> "Truth":
    """Write the people of one writer."""
    maker, truth = census.Census(3026 + writer), Truth(every)
    maker.count = writer * APART + APART // 2
    for some in batched(census.people(maker, count, firms()), BATCH, strict=False):
        truth.add(some, stored("parties.person", some))
    return truth


def firms() -> list[tuple[object, str]]:
    """Companies with their phones, in an order that has nothing to do with how they were written."""
    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    found = list(
        registry.get("parties.company")
        .rows(SYSTEM)
        .order_by("sort_key", "phone", "tax_id", "email")
        .values_list("pk", "phone")
    )
    random.Random(9).shuffle(found)
    return found


class Truth:
    """What is known of the rows that were stored."""

    def __init__(self, every: int) -> None:
        self.pairs: list[tuple[UUID, UUID, str, str, bool]] = []
        self.sample: list[tuple[UUID, dict[str, Any]]] = []
        self.every, self.seen, self.dirty = every, 0, 0
        self.last: tuple[UUID, Row] | None = None

    def add(self, some: tuple[Row, ...], made: list[Any]) -> None:
        """Rows and their records; a double follows right after its original."""
        for row, record in zip(some, made, strict=True):
            is_double = self.last is not None and self.last[1].who == row.who
            if self.last and is_double:
                self.pairs.append((self.last[0], record.pk, row.kind, row.how, can_be_told(self.last[1], row)))
            if self.seen % self.every == 0 or (is_double and self.is_due()):
                self.sample.append((record.pk, asdict(row)))
            self.seen += 1
            self.last = (record.pk, row)

    def is_due(self) -> bool:
        """Whether one more dirty row comes into the sample."""
        self.dirty += 1
        return self.dirty % max(1, self.every * census.DOUBLES * SAMPLE // DIRTY // 1000) == 0


def values_of(row: Row) -> dict[str, Any]:
    """The values of a row as a record holds them."""
    from kith.core.identity import mails, phones, urls
    from kith.core.identity.person import PersonName
    from kith.parties import naming

    values: dict[str, Any] = {name: value for name, value in row.values.items() if value} | {"city": row.city}
    forms: dict[str, Callable[[str], Any]] = {
        "phone": lambda text: phones.normalise(text, "").stored, "email": mails.normal_form, "website": urls.normalise_url, "birth_date": dt.date.fromisoformat,
    }  # fmt: skip
    values |= {name: form(values[name]) for name, form in forms.items() if name in values}
    if row.kind == "person":
        name = PersonName(*(values.get(part, "") for part in ("given_name", "middle_name", "family_name")))
        values["name"] = naming.shown_as(name, values["language"])
    return values


def stored(label: str, some: tuple[Row, ...]) -> list[Any]:
    """Store some rows in a change-set of their own."""
    from kith.core.access import SYSTEM
    from kith.core.bench.build import store
    from kith.core.changes import change_set
    from kith.core.context import through

    with through("import"), change_set(SYSTEM, kind="import") as changes:
        made = store(label, [values_of(row) for row in some], derived=True)
        changes.pending.clear()
        changes.counts.clear()
    return made


# --- whether it is what the write path stores ------------------------------------------------------------------------------


def check(sample: list[tuple[str, dict[str, Any]]]) -> tuple[int, list[str]]:
    """How many rows were compared, and what differs from the same rows written by the real write path, which are taken back."""
    from django.db import transaction

    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    typed = [(UUID(key), Row(**row)) for key, row in sample]
    found: list[str] = []
    with transaction.atomic():
        for kind in ("company", "person"):
            entity = registry.get(f"parties.{kind}")
            mine = [(key, row) for key, row in typed if row.kind == kind]
            made = written(entity, [row for _key, row in mine])
            ours = entity.rows(SYSTEM).in_bulk([*(key for key, _row in mine), *made])
            for (key, row), other in zip(mine, made, strict=True):
                found += [f"{row.kind} {key}: {what}" for what in different(ours[key], ours[other])]
        transaction.set_rollback(True)
    return len(typed), found


def written(entity: Any, some: list[Row]) -> list[UUID]:
    """The ids of rows written as they were typed, with an address that gives them their town and a job that gives them their employer."""
    from kith.core import writes
    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    typed = [{name: value for name, value in row.values.items() if value and name != "employer"} for row in some]
    records = writes.create_many(SYSTEM, entity, typed, typed=True)
    both = list(zip(records, some, strict=True))
    parts = {
        "parties.address": [{"party": record.pk, "city": row.city} for record, row in both if row.city],
        "parties.employment": [{"person": record.pk, "company": UUID(str(row.values["employer"]))} for record, row in both if "employer" in row.values],
    }  # fmt: skip
    for label, rows in parts.items():
        writes.create_many(SYSTEM, registry.get(label), rows)
    return [record.pk for record in records]


def different(one: Any, other: Any) -> Iterator[str]:
    """What differs between two parties: columns, search words, contact points, match keys."""
    first, second = facts_of(one), facts_of(other)
    for name, value in first.items():
        if value != second[name]:
            yield f"{name} {value!r}, written it has {second[name]!r}"


def facts_of(party: Any) -> dict[str, Any]:
    """Everything that is stored of a party and does not tell when."""
    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    columns = {
        column.attname: getattr(party, column.attname) for column in party._meta.concrete_fields if not column.generated
    }
    points = registry.get("parties.contactpoint").rows(SYSTEM).filter(party=party.pk)
    return {
        **{name: value for name, value in columns.items() if name not in OWN},
        "words": set(f"{party.search_text} {party.search_body}".split()),
        "keys": Counter(party.match_keys.values_list("kind", "key")),
        "points": Counter(points.values_list("kind", "value", "normalized", "is_primary", "label")),
    }  # fmt: skip
