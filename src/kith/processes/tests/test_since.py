"""Since when a record of another program is in its stage: given once, by whoever may import, through a file and the API."""

import argparse
import datetime as dt
import io
import json
from contextlib import redirect_stdout
from zoneinfo import ZoneInfo

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.commands import import_
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.testing import factory
from kith.core.testing.people import client_of, grant, make_user
from kith.processes import history, rotting

pytestmark = pytest.mark.django_db


def entity(label="sales.opportunity"):
    return registry.get(label)


def ago(days):
    return dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(days=days)


@pytest.fixture
def company(people):
    return factory.make("parties.company", name="Halden Paper", owner=str(people.eva.pk))


def brought(folder, rows, *options, kind="opportunities"):
    """`kith import` of these rows; gives the exit code and what was said."""
    file = folder / "deals.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    parser, said = argparse.ArgumentParser(), io.StringIO()
    import_.arguments(parser)
    with redirect_stdout(said):
        code = import_.run(parser.parse_args([str(file), "--entity", kind, *options])) or 0
    return code, said.getvalue()


def post(client, values, path="opportunities", method="post"):
    return getattr(client, method)(f"/api/v1/{path}", json.dumps(values), content_type="application/json")


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_file_brings_the_moment_and_rotting_goes_on(tmp_path, company):
    code, said = brought(
        tmp_path,
        ["Id,Name,Company,Stage,Stage since", f"crm:1,Lathe,Halden Paper,qualified,{ago(30):%Y-%m-%d}", "crm:2,Press,Halden Paper,qualified,"],
        "--map", "Id=external_ids", "--map", "Name=name", "--map", "Company=company", "--map", "Stage=stage", "--map", "Stage since=stage_at",
        "--match", "external_ids",
    )  # fmt: skip
    assert code == 0, said
    lathe, press = (entity().rows(SYSTEM).get(name=name) for name in ("Lathe", "Press"))
    day = ago(30).date()
    assert lathe.stage_at.astimezone(ZoneInfo("UTC")).date() == day and lathe.started_on is None
    (stay,) = history.stays(lathe)
    assert (stay.entered_at, stay.left_at, stay.stage_id) == (lathe.stage_at, None, lathe.stage_id)
    assert rotting.days(lathe) == (dt.datetime.now(dt.UTC) - lathe.stage_at).days >= 30
    assert rotting.days(press) == 0 and press.started_on == dt.datetime.now(dt.UTC).date()
    again = brought(
        tmp_path, ["Id,Stage since", f"crm:1,{day}"], "--map", "Id=external_ids", "--map", "Stage since=stage_at", "--match", "external_ids"
    )  # fmt: skip
    assert again[0] == 0 and "unchanged" in again[1], again[1]
    late = brought(
        tmp_path, ["Id,Stage since", f"crm:1,{ago(10):%Y-%m-%d}"], "--map", "Id=external_ids", "--map", "Stage since=stage_at", "--match", "external_ids"
    )  # fmt: skip
    assert late[0] == 1 and "Stage since" in late[1] and "It can be given to a new record only." in late[1], late[1]
    assert entity().rows(SYSTEM).get(name="Lathe").stage_at == lathe.stage_at


def test_columns_find_the_field_by_their_names(tmp_path, company):
    head = ["Name,Company,Stage,Stage since", f"Lathe,Halden Paper,qualified,{ago(9):%Y-%m-%d %H:%M}"]
    code, said = brought(tmp_path, head)
    assert code == 0, said
    assert (dt.datetime.now(dt.UTC) - entity().rows(SYSTEM).get(name="Lathe").stage_at).days == 9


def test_bad_rows_are_told_and_nothing_of_them_is_written(tmp_path, company):
    begun = ago(40).date()
    rows = [
        "Name,Company,Stage,Started,Stage since,Closed",
        f"Future,Halden Paper,qualified,,{ago(-3):%Y-%m-%d},",
        f"Before,Halden Paper,qualified,{begun},{begun - dt.timedelta(days=1)},",
        f"Twice,Halden Paper,won,{begun},{ago(9):%Y-%m-%d},{ago(8):%Y-%m-%d}",
        f"Day,Halden Paper,qualified,{begun},{begun},",
        "Nonsense,Halden Paper,qualified,,yesterday-ish,",
    ]
    maps = [word for pair in ("Name=name", "Company=company", "Stage=stage", "Started=started_on", "Stage since=stage_at", "Closed=closed_at") for word in ("--map", pair)]  # fmt: skip
    code, said = brought(tmp_path, rows, *maps)
    assert code == 1
    for words in (
        "This moment is still to come",
        "It is before the beginning of the record",
        "leave one of the two out",
    ):
        assert words in said, said
    assert said.count("Stage since") >= 4
    assert list(entity().rows(SYSTEM).values_list("name", flat=True)) == ["Day"]


def test_a_lead_came_at_the_latest_when_it_entered_its_stage(company):
    since = ago(5)
    made = writes.create(SYSTEM, entity("sales.lead"), {"name": "Pump", "company": company.pk, "stage": "working", "stage_at": since.isoformat()})  # fmt: skip
    assert (made.stage_at, made.received_at) == (since, since)
    early = {"name": "Valve", "company": company.pk, "received_at": ago(4).isoformat(), "stage_at": since.isoformat()}
    with pytest.raises(Refused) as refused:
        writes.create(SYSTEM, entity("sales.lead"), early)
    assert set(refused.value.errors) == {"stage_at"} and entity("sales.lead").rows(SYSTEM).count() == 1


def test_what_is_closed_was_closed_then(company):
    since = ago(12)
    values = {"name": "Lathe", "company": company.pk, "stage": "won", "stage_at": since.isoformat()}
    made = writes.create(SYSTEM, entity(), values)
    assert (made.closed_at, made.stage_at, made.started_on) == (since, since, None)
    assert [(stay.entered_at, stay.state) for stay in history.stays(made)] == [(since, "won")]


def test_the_next_move_ends_the_stay(people, company):
    since = ago(20)
    made = writes.create(people.actors.eva, entity(), {"name": "Lathe", "company": company.pk, "stage": "qualified", "stage_at": since.isoformat()})  # fmt: skip
    moved = writes.save(people.actors.eva, made, {"stage": "new"})
    first, second = history.stays(moved)
    assert first.entered_at == since and first.left_at == second.entered_at == moved.stage_at
    assert (first.left_at - first.entered_at).days == 20


# --- the API --------------------------------------------------------------------------------------------------------


def test_the_api_takes_it_from_whoever_may_import(people, company):
    since = ago(33)
    values = {"name": "Lathe", "company": str(company.pk), "stage": "qualified", "stage_at": since.isoformat()}
    made = post(people.clients.eva, values)
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert dt.datetime.fromisoformat(made.json()["stage_at"]) == since
    told = people.clients.eva.get(f"/api/v1/opportunities/{key}/stages").json()["results"]
    assert [dt.datetime.fromisoformat(one["entered_at"]) for one in told] == [since]
    assert people.clients.eva.get(f"/api/v1/opportunities/{key}?fields=rotting_days").json()["rotting_days"] == 33
    later = post(people.clients.eva, {"stage_at": ago(3).isoformat()}, f"opportunities/{key}", "patch")
    assert (
        later.status_code == 422
        and "stage_at" in later.content.decode()
        and "new record only" in later.content.decode()
    )
    assert history.stays(entity().rows(SYSTEM).get(pk=key))[0].entered_at == since
    for bad in (ago(-1).isoformat(), "soon"):
        refused = post(people.clients.eva, values | {"name": "Press", "stage_at": bad})
        assert refused.status_code == 422 and "stage_at" in refused.content.decode()
    assert entity().rows(SYSTEM).count() == 1


def test_without_the_right_to_import_it_is_forbidden(people, company):
    user = make_user("Nora")
    grant(user, *[("*", operation, "all") for operation in ("view", "create", "edit")])
    values = {"name": "Lathe", "company": str(company.pk), "stage": "qualified"}
    refused = post(client_of(user), values | {"stage_at": ago(3).isoformat()})
    assert refused.status_code == 403 and "stage_at" in refused.content.decode()
    assert post(client_of(user), values).status_code == 201
    document = client_of(user).get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert not [name for name, schema in document.items() if name.endswith("Values") and "stage_at" in schema["properties"]]  # fmt: skip
    granted = people.clients.eva.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert sum("stage_at" in schema.get("properties", {}) for name, schema in granted.items() if name.endswith("Values")) == 2  # fmt: skip


def test_no_page_offers_it(people, company):
    made = writes.create(people.actors.eva, entity(), {"name": "Lathe", "company": company.pk})
    form = people.clients.eva.get("/opportunities/new?full=1").content.decode()
    assert 'name="stage_at"' not in form
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.eva, made, {"stage_at": ago(1).isoformat()})
    assert set(refused.value.errors) == {"stage_at"}
    assert people.clients.eva.get(f"/opportunities/{made.pk}/field/stage_at?edit=1").status_code in (403, 404)
