"""The page, the file and the API of access as it was: who may ask, what it tells, what it keeps."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import ChangeSet
from kith.core.testing import factory
from kith.core.testing.people import client_of, grant, make_group, make_user, role_of

pytestmark = pytest.mark.django_db
COMPANY = "parties.company"
BETWEEN = "from=2026-09-04&to=2026-09-07"


def at(day: int) -> Any:
    """A moment of September."""
    return time_machine.travel(dt.datetime(2026, 9, day, 9, tzinfo=dt.UTC), tick=False)


def new(label: str, **values: Any) -> Any:
    return writes.create(SYSTEM, registry.get(label), values)


@pytest.fixture
def case() -> Any:
    """Ida reaches her company by a role of a group until it is given to Jan; Rita may see rights, Otto only records."""
    with at(1):
        users = {name: make_user(name) for name in ("Ida", "Jan", "Rita", "Otto", "Hana")}
        inner = make_group("Inner", users["Ida"])
        outer = make_group("Outer", users["Jan"], inner)
        for name, items in (
            ("Rita", [("access.role", "edit"), (COMPANY, "view"), (COMPANY, "history"), (COMPANY, "export"), ("access.rolegrant", "history")]),
            ("Otto", [(COMPANY, "view"), (COMPANY, "history")]), ("Hana", [("access.role", "edit")]),
        ):  # fmt: skip
            grant(users[name], *((*item, "all") for item in items))
        company = factory.make(COMPANY, name="Halden Paper", owner=users["Ida"].pk)
    with at(2):
        new("access.rolegrant", role=role_of("Own", [(COMPANY, name, "own") for name in ("view", "edit")]).pk, group=outer.pk)  # fmt: skip
    with at(6):
        current = registry.get(COMPANY).rows(SYSTEM).get(pk=company.pk)
        writes.save(SYSTEM, current, {"owner": users["Jan"].pk}, reason="Jan knows them")
    with at(20):
        clients = SimpleNamespace(**{name.lower(): client_of(user) for name, user in users.items()})
        yield SimpleNamespace(users=users, company=company, clients=clients, here=f"/companies/{company.pk}/access")


def test_the_page_tells_who_could_what_by_which_way_and_what_changed(case: Any) -> None:
    text = case.clients.rita.get(f"{case.here}?{BETWEEN}").content.decode()
    assert "group Inner → group Outer → role Own" in text and "Jan knows them" in text
    assert text.count("may now") == 2 and text.count("may no more") == 2 and "Halden Paper" in text
    rows = text.split('id="access-people"')[1]
    assert "Ida" in rows and "Rita" in rows and "Otto" in rows and ">Jan<" not in rows and ">Hana<" not in rows
    record = case.clients.rita.get(f"/companies/{case.company.pk}/?as_of=2026-09-04").content.decode()
    assert f"{case.here}?from=2026-09-04" in record
    before = case.clients.rita.get(f"{case.here}?from=2026-08-20&to=2026-09-07").content.decode()
    assert "Nobody: the record was not made yet" in before


def test_the_explanation_of_a_right_as_of_a_day(case: Any) -> None:
    asked = {"user": case.users["Ida"].pk, "entity": COMPANY, "operation": "edit", "record": case.company.pk}
    now = case.clients.rita.get("/settings/explain", asked).content.decode()
    then = case.clients.rita.get("/settings/explain", asked | {"as_of": "2026-09-04"}).content.decode()
    assert "Ida may not: " in now and "Ida could: " in then and "group Inner → group Outer → role Own" in then
    early = case.clients.rita.get("/settings/explain", asked | {"as_of": "2026-09-01"}).content.decode()
    assert "Ida could not: " in early
    assert case.clients.rita.get("/settings/explain", asked | {"as_of": "nonsense"}).status_code == 400


def test_only_who_may_see_rights_and_the_record_today_learns_it(case: Any) -> None:
    assert case.clients.otto.get(f"{case.here}?{BETWEEN}").status_code == 403
    assert case.clients.hana.get(f"{case.here}?{BETWEEN}").status_code == 404
    assert case.clients.ida.get(f"{case.here}?{BETWEEN}").status_code in (403, 404)
    assert case.clients.otto.get(f"/api/v1{case.here}?{BETWEEN}").status_code == 403
    assert case.clients.hana.get(f"/api/v1{case.here}?{BETWEEN}").status_code == 404
    record = case.clients.otto.get(f"/companies/{case.company.pk}/?as_of=2026-09-04").content.decode()
    assert "/access?" not in record
    for bad in ("from=nonsense", "from=2026-09-08&to=2026-09-07", "from=2036-01-01", f"{BETWEEN}&format=pdf"):
        assert case.clients.rita.get(f"{case.here}?{bad}").status_code in (400, 422), bad
    assert case.clients.rita.get(f"/api/v1{case.here}?from=nonsense").status_code == 400
    assert case.clients.rita.get(f"/api/v1{case.here}").status_code == 400


def test_the_api_and_the_file_say_the_same(case: Any) -> None:
    answer = case.clients.rita.get(f"/api/v1{case.here}?{BETWEEN}")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    people = {one["user"]["name"]: one for one in body["people"]}
    assert people["Ida"]["from"] == ["view", "edit"] and people["Ida"]["to"] == []
    assert people["Jan"]["from"] == [] and people["Jan"]["to"] == ["view", "edit"]
    assert people["Otto"]["from"] == people["Otto"]["to"] == ["view"] and people["Otto"]["causes"] == []
    cause = people["Jan"]["causes"][0]
    assert cause["reason"] == "Jan knows them" and ChangeSet.objects.get(pk=cause["change_set"]).reason == "Jan knows them"  # fmt: skip
    assert cause["did"] == ["Company “Halden Paper”: changed"] and body["complete"]
    answer = case.clients.rita.get(f"{case.here}?{BETWEEN}&format=csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Person,") and any(line.startswith("Ida,yes,yes,no,no,no,no,") for line in lines)
    document = case.clients.rita.get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/companies/{id}/access" in document
    assert "/api/v1/companies/{id}/access" not in case.clients.otto.get("/api/v1/openapi.json").json()["paths"]


def test_what_a_change_set_did_is_told_to_those_who_may_see_its_history(case: Any) -> None:
    role = registry.get("access.role").rows(SYSTEM).get(name="Own")
    with at(10):
        new("access.rolegrant", role=role.pk, user=case.users["Hana"].pk)
        writes.save(SYSTEM, registry.get(COMPANY).rows(SYSTEM).get(pk=case.company.pk), {"owner": case.users["Hana"].pk})  # fmt: skip
    with at(12):
        writes.delete(SYSTEM, registry.get("access.policyrule"), [role.pk for role in registry.get("access.policyrule").rows(SYSTEM).filter(role=role, operation="edit")])  # fmt: skip
    with at(20):
        body = case.clients.rita.get(f"/api/v1{case.here}?from=2026-09-11&to=2026-09-15").json()
        (hana,) = (one for one in body["people"] if one["user"]["name"] == "Hana")
        assert hana["from"] == ["view", "edit"] and hana["to"] == ["view"]
        assert hana["causes"][0]["operation"] == "edit" and hana["causes"][0]["did"] == []


def test_what_a_change_set_did_to_records_out_of_reach_is_not_told(case: Any) -> None:
    """Rita may see the history of her own employee only: that of Jan, whose manager changed, stays closed to her."""
    grant(case.users["Rita"], ("people.employee", "view", "own"), ("people.employee", "history", "own"))
    case.clients.rita.force_login(case.users["Rita"])
    with at(8):
        boss = factory.make("people.employee", user=case.users["Hana"].pk, owner=case.users["Hana"].pk)
        mine = factory.make("people.employee", user=case.users["Jan"].pk, owner=case.users["Hana"].pk)
    with at(9):
        grant(case.users["Hana"], (COMPANY, "view", "reports"))
    with at(10):
        writes.save(SYSTEM, registry.get("people.employee").rows(SYSTEM).get(pk=mine.pk), {"manager": boss.pk})
    with at(20):
        body = case.clients.rita.get(f"/api/v1{case.here}?from=2026-09-09&to=2026-09-15").json()
        (hana,) = (one for one in body["people"] if one["user"]["name"] == "Hana")
        assert (hana["from"], hana["to"]) == ([], ["view"])
        assert hana["causes"][0]["did"] == []
