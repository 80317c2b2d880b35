"""Law 1: a complete noun takes one file of under 60 lines and no template; and a field defined at run time is everywhere."""

import importlib
import json
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from kith.core import guards, undo, writes
from kith.core.access import SYSTEM
from kith.core.checks import findings
from kith.core.entity import field_sources, registry
from kith.core.filters import compile_filter, term
from kith.core.ledger import AuditEvent, Change
from kith.core.specs import BagSpec
from kith.core.testing import factory
from kith.core.testing.people import make_people
from kith.core.types import TYPES


@pytest.fixture
def gauges(db):
    noun = importlib.import_module("kith.core.testing.noun")
    apps.all_models["core"].setdefault("gauge", noun.Gauge)
    apps.clear_cache()
    registry.add(noun.GaugeEntity())
    with connection.schema_editor() as editor:
        editor.create_model(noun.Gauge)
    guards.install(["test_gauge"])
    yield registry.get("core.gauge")
    registry.remove("core.gauge")
    apps.all_models["core"].pop("gauge", None)
    apps.clear_cache()


@pytest.fixture
def people(gauges):
    return make_people()


def test_the_noun_is_small_and_well_declared(gauges):
    lines = Path(importlib.import_module("kith.core.testing.noun").__file__).read_text().splitlines()
    assert len(lines) < 60
    assert list(findings(gauges)) == []


def test_a_wrong_name_is_found_at_start_with_the_valid_ones(gauges):
    gauges.columns = ("name", "prize")
    (finding,) = [f for f in findings(gauges) if f.id == "kith.E002"]
    assert "prize" in finding.msg and "price" in finding.hint


def test_it_lives_on_every_surface(people, gauges):
    eva, ann = people.clients.eva, people.clients.ann
    company = factory.make("parties.company", owner=str(people.eva.pk))
    made = eva.post(
        "/api/v1/gauges",
        json.dumps(
            {"name": "TX-400 датчик", "company": str(company.pk), "price": {"amount": "1250.5", "currency": "EUR"}}
        ),
        content_type="application/json",
    )
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    for address in (
        "/gauges/",
        f"/gauges/{key}/",
        "/gauges/new",
        f"/gauges/{key}/edit",
        f"/gauges/{key}/peek",
        f"/gauges/{key}/timeline",
        f"/gauges/{key}/history",
        "/gauges/lookup?q=TX",
        "/gauges/?q=datchik",
        "/palette?q=TX-400",
    ):
        answer = eva.get(address)
        assert (answer.status_code, address) == (200, address)
        assert "TX-400" in answer.content.decode() or address in ("/gauges/new", f"/gauges/{key}/timeline")
    for language, word in (("ru", "TX-400"), ("zh-hans", "TX-400")):
        writes.save(SYSTEM, people.eva, {"language": language})
        assert word in eva.get("/gauges/").content.decode()
    assert eva.get("/gauges/export?format=csv").status_code == 200
    for address in (
        f"/gauges/{key}/",
        f"/gauges/{key}/edit",
        f"/gauges/{key}/peek",
        f"/gauges/{key}/timeline",
        f"/gauges/{key}/history",
        f"/api/v1/gauges/{key}",
    ):
        assert ann.get(address).status_code == 404
    assert "TX-400" not in ann.get("/gauges/?q=TX").content.decode()
    assert f"/gauges/{key}/" not in ann.get("/palette?q=TX-400").content.decode()
    kinds = set(AuditEvent.objects.filter(entity="core.gauge").values_list("kind", flat=True))
    assert {"create", "view", "list", "export"} <= kinds


def test_its_changes_can_be_undone(people, gauges):
    record = writes.create(people.actors.eva, gauges, {"name": "TX"})
    writes.save(people.actors.eva, record, {"state": "used"})
    last = Change.objects.filter(record_id=record.pk).order_by("-id").first()
    assert undo.undo(people.actors.eva, last.changeset_id).restored == 1
    assert gauges.rows(SYSTEM).get().state == "new"


@pytest.fixture
def depth(gauges):
    spec = BagSpec(name="x_depth", label="Depth", type=TYPES["number"], decimals=1)

    def source(label):
        return [spec] if label == "core.gauge" else []

    field_sources.append(source)
    yield spec
    field_sources.remove(source)


def test_a_field_of_the_bag_is_on_every_surface(people, gauges, depth):
    eva = people.clients.eva
    made = eva.post(
        "/api/v1/gauges", json.dumps({"name": "TX", "x_depth": 12.5}), content_type="application/json"
    ).json()
    assert made["x_depth"] == "12.5"
    assert eva.get("/api/v1/gauges?f=x_depth:gt:12&sort=-x_depth").json()["count"] == 1
    assert eva.get("/api/v1/gauges?f=x_depth:gt:13").json()["count"] == 0
    assert gauges.rows(SYSTEM).filter(compile_filter(gauges, term("x_depth:empty"), SYSTEM)).count() == 0
    for address in ("/gauges/?cols=name,x_depth", f"/gauges/{made['id']}/", f"/gauges/{made['id']}/edit"):
        assert "12.5" in eva.get(address).content.decode(), address
    assert "12.5" in b"".join(eva.get("/gauges/export?format=csv&cols=name,x_depth")).decode()
    entry = eva.get(f"/api/v1/gauges/{made['id']}/history").json()["results"][0]
    assert entry["after"]["x_depth"] == "12.5"
    assert (
        eva.post(
            "/api/v1/gauges", json.dumps({"name": "TX", "x_depth": "deep"}), content_type="application/json"
        ).status_code
        == 422
    )
