"""Rules of fields by condition: what they refuse on every door, what forms, record pages and editors show of them."""

import json

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.exchange.tests.import_help import columns, imported
from kith.core.tests.test_api import send, token

pytestmark = pytest.mark.django_db
TIER_A = {"field": "tier", "op": "any", "value": ["A"]}


def rule(field="website", effect="required", condition=TIER_A, **more):
    values = {"entity": "parties.company", "field": field, "effect": effect, "condition": condition, **more}
    return writes.create(SYSTEM, registry.get("core.fieldrule"), values)


def company(**values):
    return writes.create(SYSTEM, registry.get("parties.company"), {"name": "A", **values}, confirm=("duplicate",))


def fresh(record):
    return registry.get("parties.company").rows(SYSTEM).get(pk=record.pk)


def refused(do):
    with pytest.raises(Refused) as error:
        do()
    return {name: [str(text) for text in texts] for name, texts in error.value.errors.items()}


def states(client, values, key=""):
    answer = client.post(f"/companies/field-states{f'?key={key}' if key else ''}", values)
    assert answer.status_code == 200, answer.content
    return answer.json()


def count():
    return registry.get("parties.company").rows(SYSTEM).count()


# --- on every door ------------------------------------------------------------------------------------------------------


def test_required_by_condition_is_asked_for_on_every_door(people):
    rule()
    plain = company(tier="B")
    asked = {"website": ["This field is required."]}
    assert refused(lambda: company(tier="A")) == asked
    assert refused(lambda: writes.save(SYSTEM, plain, {"tier": "A"})) == asked
    assert company(tier="A", website="a.example").website == "https://a.example"
    api = token(people.eva)
    assert send(api, "post", "companies", {"name": "B", "tier": "A"}).status_code == 422
    answer = send(api, "patch", f"companies/{plain.pk}", {"tier": "A"})
    assert (answer.status_code, "website" in answer.content.decode()) == (422, True)
    done = imported("parties.company", "Name,Tier\nC,A\nD,B\n", columns(Name="name", Tier="tier"))
    assert (done.summary.added, len(done.rejected)) == (1, 1)
    cell = people.clients.eva.post(f"/companies/{plain.pk}/field/tier", {"tier": "A", "version": plain.version})
    assert (cell.status_code, "This field is required." in cell.content.decode()) == (422, True)
    bulk = writes.update_many(SYSTEM, registry.get("parties.company"), [plain.pk], {"tier": "A"}, on_errors=lambda *_told: None)  # fmt: skip
    assert (bulk.records, fresh(plain).tier, count()) == ([], "B", 3)


def test_what_a_write_does_not_touch_is_not_asked_for():
    old = company(tier="A")
    rule()
    assert writes.save(SYSTEM, old, {"phone": "+4769184321"}).tier == "A"
    assert writes.save(SYSTEM, old, {"tier": "B"}).tier == "B"


def test_read_only_keeps_what_stands_while_the_condition_holds():
    rule("name", "locked", message="Signed names stay.")
    record = company(tier="A")
    assert refused(lambda: writes.save(SYSTEM, record, {"name": "B"})) == {"name": ["Signed names stay."]}
    assert refused(lambda: writes.save(SYSTEM, record, {"name": "B", "phone": "+4769184321"})).keys() == {"name"}
    assert writes.save(SYSTEM, record, {"name": "A", "phone": "+4769184321"}).phone == "+4769184321"
    assert writes.save(SYSTEM, record, {"tier": "B"}).tier == "B"
    assert writes.save(SYSTEM, record, {"name": "B"}).name == "B"
    assert refused(lambda: writes.save(SYSTEM, record, {"tier": "A", "name": "C"})).keys() == {"name"}
    assert fresh(record).name == "B"


def test_what_is_not_shown_takes_no_new_value_and_loses_none():
    rule("website", "shown")
    record = company(tier="A", website="a.example")
    assert refused(lambda: company(tier="B", website="b.example")).keys() == {"website"}
    assert writes.save(SYSTEM, record, {"tier": "B"}).website == "https://a.example"
    assert refused(lambda: writes.save(SYSTEM, record, {"website": "c.example"})).keys() == {"website"}
    assert writes.save(SYSTEM, record, {"website": None}).website == ""
    assert company(tier="B").website == ""


def test_a_field_that_is_not_shown_is_not_required():
    rule("website", "shown", {"field": "phone", "op": "filled"})
    rule("website", "required")
    assert company(tier="A").tier == "A"
    assert refused(lambda: company(tier="A", phone="+4769184321")).keys() == {"website"}


def test_fewer_choices_by_condition():
    rule("tier", "choices", {"field": "phone", "op": "empty"}, options=["B", "C"])
    rule("tier", "choices", {"field": "name", "op": "contains", "value": "small"}, options=["C"])
    assert "valid are: B, C" in refused(lambda: company(tier="A"))["tier"][0]
    assert "valid are: C" in refused(lambda: company(tier="B", name="small"))["tier"][0]
    record = company(tier="A", phone="+4769184321")
    assert refused(lambda: writes.save(SYSTEM, record, {"phone": None})).keys() == {"tier"}
    assert writes.save(SYSTEM, record, {"phone": None, "tier": "B"}).tier == "B"


def test_rules_hold_for_custom_fields_and_by_them():
    define = registry.get("core.fielddefinition")
    for values in ({"name": "x_risk", "label": "Risk", "kind": "choice", "options": ["none", "high"]}, {"name": "x_why", "label": "Why", "kind": "text"}):  # fmt: skip
        writes.create(SYSTEM, define, {"entity": "parties.company", **values})
    rule("x_why", "required", {"field": "x_risk", "op": "any", "value": ["high"]})
    assert refused(lambda: company(x_risk="high")) == {"x_why": ["This field is required."]}
    assert company(x_risk="high", x_why="new").custom == {"x_risk": "high", "x_why": "new"}
    assert company(x_risk="none").custom == {"x_risk": "none"}


def test_a_rule_that_is_out_of_force_or_deleted_says_nothing():
    one = rule()
    writes.save(SYSTEM, one, {"is_active": False})
    assert company(tier="A").tier == "A"
    writes.save(SYSTEM, one, {"is_active": True})
    refused(lambda: company(tier="A"))
    writes.delete(SYSTEM, registry.get("core.fieldrule"), [one.pk])
    assert company(tier="A").tier == "A"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"entity": "parties.planet"}, "entity"), ({"field": "planet"}, "field"), ({"field": "created_at"}, "field"), ({"field": "name"}, "effect"), ({"field": "name", "effect": "shown"}, "effect"),
        ({"effect": "choices"}, "effect"), ({"field": "tier", "effect": "choices"}, "options"), ({"field": "tier", "effect": "choices", "options": ["Z"]}, "options"), ({"condition": {}}, "condition"),
        ({"condition": {"field": "website", "op": "filled"}}, "condition"), ({"condition": {"field": "owner.name", "op": "filled"}}, "condition"),
        ({"condition": {"field": "tier", "op": "gt", "value": 5}}, "condition"), ({"condition": {"field": "planet", "op": "filled"}}, "condition"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused_by_field(values, field):
    assert field in refused(lambda: rule(**values))
    assert not registry.get("core.fieldrule").rows(SYSTEM).exists()


# --- and on the pages ---------------------------------------------------------------------------------------------------


def test_a_form_asks_and_is_told_at_once(people):
    client = people.clients.eva
    assert 'data-behaviour="rules"' not in client.get("/companies/new?full=1").content.decode()
    rule(), rule("phone", "shown"), rule("tier", "choices", {"field": "name", "op": "contains", "value": "small"}, options=["C"])  # fmt: skip
    html = client.get("/companies/new?full=1").content.decode()
    assert 'data-rules="/companies/field-states"' in html and 'id="row-phone" hidden' in html
    assert states(client, {"name": "x", "tier": "A"}) == {
        "website": {"shown": True, "required": True, "locked": False, "choices": None},
        "phone": {"shown": True, "required": False, "locked": False, "choices": None},
        "tier": {"shown": True, "required": False, "locked": False, "choices": None},
    }
    assert [states(client, {"name": "small", "tier": "B"})[name] for name in ("phone", "tier")] == [
        {"shown": False, "required": False, "locked": False, "choices": None},
        {"shown": True, "required": False, "locked": False, "choices": ["C"]},
    ]
    assert states(client, {"name": "\x00", "tier": "Z"})["phone"]["shown"] is False  # nonsense decides nothing


def test_states_of_a_record_need_the_right_to_edit_it(people):
    rule("website", "locked")
    record = company(tier="A", owner=str(people.tom.pk))
    assert states(people.clients.eva, {"name": "A"}, record.pk)["website"]["locked"] is True
    assert people.clients.ann.post(f"/companies/field-states?key={record.pk}", {}).status_code == 404
    assert people.clients.max.post("/companies/field-states", {}).status_code == 404
    assert people.clients.eva.post("/companies/field-states?key=nonsense", {}).status_code == 404
    assert people.clients.eva.get("/companies/field-states").status_code == 405


def test_the_record_page_hides_and_locks(people):
    rule("phone", "shown"), rule("website", "locked", message="Ask Eva.")
    one, two = company(tier="A", website="a.example"), company(tier="B", website="a.example")
    pages = [people.clients.eva.get(f"/companies/{each.pk}/").content.decode() for each in (one, two)]
    assert ['data-field="phone"' in page for page in pages] == [True, False]
    assert ["field/website?edit=1" in page for page in pages] == [False, True]
    answer = people.clients.eva.get(f"/companies/{one.pk}/field/website?edit=1")
    assert (answer.status_code, "Ask Eva." in answer.content.decode()) == (403, True)


def test_an_editor_offers_what_the_rules_leave(people):
    rule("tier", "choices", {"field": "phone", "op": "empty"}, options=["B", "C"])
    record = company()
    html = people.clients.eva.get(f"/companies/{record.pk}/field/tier?edit=1").content.decode()
    assert ('value="A"' in html, 'value="B"' in html) == (False, True)


def test_a_rule_is_made_in_the_dialog(people):
    html = people.clients.eva.get(
        "/field-rules/new?entity=parties.company&field=website&effect=required"
    ).content.decode()
    assert 'value="website"' in html and "Add a condition…" in html
    data = {"entity": "parties.company", "field": "website", "effect": "required", "condition": json.dumps(TIER_A), "is_active": "true"}  # fmt: skip
    assert people.clients.eva.post("/field-rules/new", data).status_code in (200, 302)
    assert refused(lambda: company(tier="A")) == {"website": ["This field is required."]}
