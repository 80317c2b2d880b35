"""The editor of conditions in forms, by assignment rules, their members and pools: built by hand, told in words, refused by name (B25)."""

import json
import re
from html import unescape

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.conditions import Parts, apart, read
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.exchange import importing
from kith.core.exchange.mapping import ColumnMap, Mapping
from kith.core.filters import BadFilter, Test, to_json
from kith.core.testing import factory
from kith.core.testing.people import client_of, grant, level_items, make_user
from kith.core.types import TYPES

from .help import fresh, pool, rule

HTMX = {"HX-Request": "true", "HX-Target": "modal"}
WEB = {"field": "channel", "op": "any", "value": ["web"]}
GERMAN = {"field": "company.country", "op": "any", "value": ["DE"]}
NEW = {"name": "By hand", "entity": "sales.lead", "position": "1", "method": "round_robin", "fallback": "wait"}
STEP = "/assignment-rules/condition/condition?about=sales.lead&at=f"


def rules():
    return registry.get("distribution.assignmentrule").rows(SYSTEM)


def step(client, url=STEP, **values):
    return client.post(url, {name.replace("__", "."): value for name, value in values.items()}, headers=HTMX)


def sent(html):
    """The parts that an editor would post."""
    return [json.loads(unescape(text)) for text in re.findall(r'name="condition" value="({[^"]+)"', html)]


def told(html):
    """The words of its parts."""
    return [unescape(text) for text in re.findall(r'class="words"[^>]*>([^<]+)<', html)]


def typed(path, op, *values):
    return {"condition.field": path, "condition.op": op, "condition.value": list(values)}


# --- step by step -------------------------------------------------------------------------------------------------------


def test_fields_of_the_record_and_behind_its_links_are_offered(people):
    html = step(people.clients.eva).content.decode()
    assert (
        '<option value="channel" >Channel</option>' in html
        and '<option value="company.country" >Country (company)</option>' in html
    )
    assert 'id="f-condition-op"' not in html  # nothing is asked before a field is chosen


def test_a_person_builds_source_and_country_step_by_step(people):
    eva = people.clients.eva
    asked = step(eva, condition__field="channel").content.decode()
    assert 'value="web"' in asked and '<option value="any" selected>is any of</option>' in asked and sent(asked) == []
    one = step(eva, condition__field="channel", condition__op="any", condition__value="web", add="1").content.decode()
    assert (sent(one), told(one)) == ([WEB], ["Channel is any of Web form"])
    both = step(eva, condition=json.dumps(WEB), condition__field="company.country", condition__op="any", condition__value="DE", add="1").content.decode()  # fmt: skip
    assert (sent(both), told(both)) == (
        [WEB, GERMAN],
        ["Channel is any of Web form", "Company › Country is any of Germany"],
    )
    assert 'name="condition.mode"' in both and 'name="condition.mode"' not in one
    less = step(eva, condition=[json.dumps(WEB), json.dumps(GERMAN)], drop=json.dumps(WEB)).content.decode()
    assert sent(less) == [GERMAN]
    opened = step(eva, condition=[json.dumps(WEB), json.dumps(GERMAN)], open=json.dumps(GERMAN)).content.decode()
    assert sent(opened) == [WEB] and '<option value="DE" selected>Germany</option>' in opened


@pytest.mark.parametrize(
    ("field", "op", "values", "reason"),
    [
        ("amount", "ge", ["much"], "amount"),
        ("amount", "ge", [], "A value is missing"),
        ("channel", "any", ["pigeon"], "Not one of the choices"),
        ("channel", "like", ["web"], "cannot be asked here"),
        ("prize", "any", ["x"], "no field to filter by"),
    ],
)
def test_what_cannot_be_asked_is_not_added(people, field, op, values, reason):
    html = step(
        people.clients.eva, condition__field=field, condition__op=op, condition__value=values, add="1"
    ).content.decode()
    assert sent(html) == [] and reason in unescape(re.search(r'role="alert">(.*?)</p>', html, re.DOTALL)[1])


def test_the_records_follow_what_the_form_says(people):
    eva = people.clients.eva
    html = step(eva, entity="parties.company", condition=json.dumps(WEB)).content.decode()
    assert sent(html) == [] and '<option value="industry" >' in html and 'value="channel"' not in html
    assert "Say first on which records" in step(eva, "/assignment-rules/condition/condition?at=f").content.decode()
    made = rule(entity="parties.company")
    member = step(eva, "/rule-members/condition/preference?at=f", rule=str(made.pk)).content.decode()
    assert '<option value="industry" >' in member and 'name="preference.field"' in member


def test_only_who_may_write_the_field_is_asked(people):
    assert step(people.clients.max).status_code == 404
    assert step(people.clients.eva, "/assignment-rules/condition/name").status_code == 404


def test_a_part_that_this_person_may_not_ask_stays(people):
    vera = make_user("Vera Rules")
    role = grant(vera, *level_items("all"), ("distribution.assignmentrule", "edit", "all"))
    writes.create(
        SYSTEM, registry.get("access.fieldpolicy"), {"role": role.pk, "entity": "sales.lead", "field": "channel", "level": "none"}
    )  # fmt: skip
    built = {
        "condition": json.dumps(WEB),
        "condition__field": "name",
        "condition__op": "contains",
        "condition__value": "pump",
    }
    html = step(client_of(vera), **built, add="1").content.decode()
    assert WEB in sent(html), told(html)


def test_so_many_parts_are_not_even_read(people):
    many = json.dumps({"any": [WEB] * 51})
    assert sent(step(people.clients.eva, condition=many).content.decode()) == []
    assert step(people.clients.eva, condition=[json.dumps(WEB)] * 51).status_code == 400


# --- saving -------------------------------------------------------------------------------------------------------------


def test_a_new_rule_takes_what_is_built_and_what_is_being_typed(people):
    values = {**NEW, "condition": ["", json.dumps(WEB)], **typed("company.country", "any", "DE")}
    assert people.clients.eva.post("/assignment-rules/new", values, headers=HTMX).status_code == 204
    assert rules().get(name="By hand").condition == {"all": [WEB, GERMAN]}


def test_one_of_several_can_be_enough_and_none_takes_all(people):
    eva, made = people.clients.eva, rule(condition=WEB)
    url = f"/assignment-rules/{made.pk}/field/condition"
    both = {"condition": ["", json.dumps(WEB), json.dumps(GERMAN)], "condition.mode": "any"}
    html = eva.post(url, both, headers={"HX-Request": "true"}).content.decode()
    assert fresh(made).condition == {"any": [WEB, GERMAN]}
    assert "Channel is any of Web form" in html and ">or</span>" in html
    assert eva.post(url, {"condition": ""}, headers={"HX-Request": "true"}).status_code == 200
    assert fresh(made).condition == {}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (typed("amount", "ge", "much"), "amount"),
        (typed("amount", "ge"), "A value is missing"),
        (typed("channel", "like", "web"), "cannot be asked here"),
        ({"condition": "nonsense"}, "field:operator:value"),
        ({"condition": '{"field": "prize", "op": "filled"}'}, "no field to filter by"),
        ({"condition": '{"maybe": []}'}, "A filter is an object"),
    ],
)
def test_a_bad_condition_is_refused_at_its_field_and_nothing_changes(people, values, reason):
    eva, made = people.clients.eva, rule(condition=WEB)
    url, before = f"/assignment-rules/{made.pk}", fresh(made)
    answers = [
        (
            eva.post(
                f"{url}/edit?section=0", {**NEW, "condition": "", "version": made.version, **values}, headers=HTMX
            ),
            "f",
        ),
        (eva.post(f"{url}/field/condition", {"condition": "", **values}, headers={"HX-Request": "true"}), "e"),
    ]
    for answer, at in answers:
        html = answer.content.decode()
        assert answer.status_code == 422 and reason in unescape(
            re.search(rf'id="{at}-condition-err".*?</p>', html, re.DOTALL)[0]
        )
    assert (fresh(made).condition, fresh(made).version) == (WEB, before.version)
    assert eva.post("/assignment-rules/new", {**NEW, "condition": "", **values}, headers=HTMX).status_code == 422
    assert not rules().filter(name="By hand").exists()


def test_a_bad_part_stays_in_its_controls(people):
    values = {**NEW, "condition": json.dumps(WEB), **typed("amount", "ge", "much")}
    html = people.clients.eva.post("/assignment-rules/new", values, headers=HTMX).content.decode()
    assert sent(html) == [WEB] and 'name="condition.value" value="much"' in html.replace(
        'inputmode="decimal" ', ""
    ).replace('id="f-condition-value" ', "")


def test_the_api_refuses_at_the_same_field(people):
    made = rule(condition=WEB)
    url = f"/api/v1/assignment-rules/{made.pk}"
    for bad in ({"field": "amount", "op": "ge"}, {"field": "amount", "op": "ge", "value": "much"}, "channel", [1]):
        answer = people.clients.eva.patch(url, json.dumps({"condition": bad}), content_type="application/json")
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["condition"])
    assert fresh(made).condition == WEB


def test_files_take_json_and_the_short_form(people):
    columns = tuple(ColumnMap(to=name, column=name) for name in ("name", "entity", "condition"))
    table = 'name,entity,condition\nShort,sales.lead,channel:any:web\nLong,sales.lead,"{""field"": ""channel"", ""op"": ""any"", ""value"": [""web""]}"\nBad,sales.lead,channel\n'
    entity = registry.get("distribution.assignmentrule")
    outcome = importing.import_file(people.actors.eva, entity, table.encode(), Mapping(columns=columns), file="r.csv")
    assert {one.name: one.condition for one in rules()} == {"Short": WEB, "Long": WEB}
    assert [(row.number, list(row.errors)) for row in outcome.rejected] == [(4, ["condition"])]


# --- in words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Channel is any of Web form"), ("ru", "Канал одно из Веб-форма"), ("zh-hans", "渠道 属于 网页表单")],
)
def test_a_condition_is_told_in_words_on_the_page_and_in_the_list(people, language, words):
    writes.save(SYSTEM, people.eva, {"language": language})
    source = factory.make("parties.source", name="Fair")
    both = {"all": [WEB, {"field": "source", "op": "any", "value": [str(source.pk)]}]}
    made = rule((people.ann, {"condition": WEB}), condition=both)
    for url in (f"/assignment-rules/{made.pk}/", "/assignment-rules/", "/rule-members/"):
        html = people.clients.eva.get(url).content.decode()
        assert words in html and "&#34;channel&#34;" not in html, url
    assert "Fair" in people.clients.eva.get("/assignment-rules/").content.decode()
    assert words in people.clients.eva.get(f"/assignment-rules/{made.pk}/history/condition").content.decode()


def test_pools_have_the_same_editor(people):
    made = pool(scope=WEB)
    html = people.clients.eva.get(f"/pools/{made.pk}/edit").content.decode()
    assert (
        'name="scope.field"' in html
        and 'name="recycles.field"' in html
        and told(html) == ["Channel is any of Web form"]
    )
    assert "<textarea" not in re.search(r'id="f-scope-editor".*?id="f-recycles', html, re.DOTALL)[0]


# --- taken apart ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tree",
    [
        {},
        WEB,
        {"all": [WEB, {"any": [GERMAN, {"none": [WEB]}]}]},
        {"any": [WEB, GERMAN]},
        {"none": [WEB]},
        {"field": "is_late", "op": "is", "value": True},
    ],
)
def test_every_condition_is_the_same_after_it_was_taken_apart(tree):
    parts = apart(tree)
    again = Parts(parts.mode, tuple(read(json.dumps(to_json(node))) for node in parts.nodes))
    assert parts.tree == again.tree == tree


def test_texts_are_read_as_json_or_line_by_line():
    spec = registry.get("distribution.assignmentrule").fields["condition"]
    assert TYPES["condition"].parse("channel:any:web\n company.country:any:DE\n", spec) == {"all": [WEB, GERMAN]}
    assert TYPES["condition"].parse("  ", spec) == {}
    assert read("amount:ge:5") == Test("amount", "ge", "5")
    with pytest.raises(BadFilter):
        read("{")


def test_a_pool_does_not_follow_a_view_that_somebody_else_may_change(people):
    """Its members see and take what is in it."""
    view = writes.create(people.actors.ann, registry.get("core.view"), {"name": "Mine", "entity": "sales.lead", "is_public": True})  # fmt: skip
    asks = {"field": "in_view", "op": "any", "value": [str(view.pk)]}
    for name in ("scope", "recycles"):
        with pytest.raises(Refused) as refused:
            pool(entity="sales.lead", **{name: {"all": [asks]}})
        assert "its owner could change it" in str(refused.value.errors[name][0])
    assert not registry.get("distribution.pool").rows(SYSTEM).exists()


def test_rules_and_members_do_not_either(people):
    """Who gets a record, or whether a deal may go on, is not for the owner of a view to say."""
    view = writes.create(people.actors.ann, registry.get("core.view"), {"name": "Mine", "entity": "sales.lead", "is_public": True})  # fmt: skip
    asks = {"all": [{"field": "in_view", "op": "any", "value": [str(view.pk)]}]}
    with pytest.raises(Refused) as refused:
        rule(people.ann, entity="sales.lead", condition=asks)
    assert "its owner could change it" in str(refused.value.errors["condition"][0])
    assert not registry.get("distribution.assignmentrule").rows(SYSTEM).exists()
    made = rule(people.ann, entity="sales.lead")
    member = registry.get("distribution.rulemember").rows(SYSTEM).first()
    for name in ("condition", "preference"):
        with pytest.raises(Refused) as refused:
            writes.save(SYSTEM, member, {name: asks})
        assert "its owner could change it" in str(refused.value.errors[name][0])
    assert made.version == 1 and registry.get("distribution.rulemember").rows(SYSTEM).get(pk=member.pk).version == 1
