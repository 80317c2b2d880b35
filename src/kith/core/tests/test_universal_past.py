"""Every kind of record as it was: each field that can be edited is changed, and the past still holds what it held (N2)."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.http import QueryDict

from kith.core import asof, deltas, differences, past, past_touched, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import KithError
from kith.core.testing import factory, looks
from kith.core.views import from_address

pytestmark = pytest.mark.django_db
BEFORE, AFTER, LATER = (dt.datetime(2026, 9, day, 9, tzinfo=dt.UTC) for day in (1, 5, 9))
KINDS = [entity.label for entity in registry if not entity.access.faces]


def held(entity: Any, record: Any) -> dict[str, Any]:
    """What a record holds, as far as the ledger tells."""
    names = [name for name, spec in entity.fields.items() if spec.columns and name not in entity.untold]
    return {name: entity.fields[name].get(record) for name in names} | {"version": record.version}


def emptied_and_other(entity: Any, record: Any) -> None:
    """Empty each field that can be, and then give each another value: together as far as they may be; each by itself with KITH_LONG=1."""
    other = factory.values(entity, full=True)
    names = [name for name, spec in entity.fields.items() if spec.editable and spec.columns and name != "subject"]
    for values in (dict.fromkeys(names), {name: other.get(name) for name in names}):
        for part in [{name: values[name]} for name in names] if looks.is_long() else [values]:
            change(entity, record, part)


def change(entity: Any, record: Any, values: dict[str, Any]) -> None:
    """Change these fields, without those that cannot be: required, or ruled out by what else it holds."""
    try:
        writes.save(SYSTEM, entity.rows(SYSTEM).get(pk=record.pk), values, confirm=("duplicate",))
    except KithError:
        if len(values) > 1:
            parts, half = list(values.items()), len(values) // 2
            change(entity, record, dict(parts[:half]))
            change(entity, record, dict(parts[half:]))


@pytest.mark.parametrize("label", KINDS)
def test_what_was_changed_since_is_shown_as_it_was(people, label):
    entity = registry.get(label)
    with time_machine.travel(BEFORE, tick=False):
        try:
            record = factory.make(entity, full=True)
        except KithError:
            record = factory.make(entity)
        row = entity.rows(SYSTEM).get(pk=record.pk)
        expected = held(entity, row)
        expected |= {"updated_at": row.updated_at}
    with time_machine.travel(AFTER, tick=False):
        emptied_and_other(entity, record)
    with time_machine.travel(LATER, tick=False):
        when = past.of("2026-09-02")
        then = asof.of_record(entity, record.pk, when)
        assert held(entity, then) == expected
        shown = entity.rows(SYSTEM).get(pk=record.pk)
        assert shown.created_at == row.created_at <= row.updated_at <= shown.updated_at  # `past_touched` counts on it
        asof.corrected(entity, when, [shown])  # as lists put right what they read of today
        assert held(entity, shown) == expected
        assert asof.rows(entity, SYSTEM, when).filter(pk=record.pk).count() == 1
        assert asof.of_record(entity, record.pk, past.of("2026-08-30")) is None


@pytest.mark.parametrize("label", [label for label in KINDS if registry.get(label).slug])
def test_the_page_of_a_record_and_its_list_show_the_past(people, label):
    entity = registry.get(label)
    with time_machine.travel(BEFORE, tick=False):
        record = factory.make(entity)
    with time_machine.travel(LATER, tick=False):
        eva = people.clients.eva
        found = eva.get(f"/{entity.slug}/?as_of=2026-09-02&f=")
        assert found.status_code in (200, 400), found.content[-500:]
        if found.status_code == 400:  # what it is sorted by by nature, for example, is not told
            assert b"cannot be asked of the past" in found.content
        assert eva.get(f"/{entity.slug}/{record.pk}/?as_of=2026-09-02").status_code in (200, 404)


@pytest.mark.parametrize("label", [label for label in KINDS if registry.get(label).slug])
def test_what_was_written_since_tells_the_same_as_all_records(people, label, monkeypatch):
    """Of every kind: one made before, one made and one changed since; where the past of a list can be asked."""
    entity, eva = registry.get(label), people.actors.eva
    with time_machine.travel(BEFORE, tick=False):
        old = factory.make(entity)
    with time_machine.travel(AFTER, tick=False):
        emptied_and_other(entity, old)
        factory.make(entity)
    with time_machine.travel(LATER, tick=False):
        told = []
        for most in (past_touched.MOST, -1):
            monkeypatch.setattr(past_touched, "MOST", most)
            since, until = past.of("2026-09-02"), past.of("2026-09-08")
            look = from_address(entity, eva, QueryDict(), (), everything=True)
            figure = deltas.figure_of(look, eva, deltas.COUNT, since, until)
            found = deltas.explain(figure)
            assert found.change == sum(part.amount for part in found.parts)
            told.append((found, differences.of_list(look, eva, since, until).counts))
        assert told[0] == told[1] and told[0][1]["added"] >= 1
