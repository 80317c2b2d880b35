"""The settings of kinds of records: lists, the panel of a field step by step, order, retirement, deletion while used."""

import pytest

from kith.core import custom_fields, field_usage, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.field_jobs import index_fields
from kith.core.jobs_models import JobRun
from kith.core.stored.models import RollupStore
from kith.core.testing import factory
from kith.core.tests.test_custom_fields_walk import define

pytestmark = pytest.mark.django_db
HERE = "/settings/objects/companies"


def definitions(**facts):
    rows = registry.get("core.fielddefinition").rows(SYSTEM).filter(entity="parties.company", **facts)
    return list(rows.order_by("position", "label"))


def page(client, address=HERE, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:800]
    return answer.content.decode()


def post(client, address, status=200, **data):
    answer = client.post(f"{HERE}{address}", {name.replace("__", "."): value for name, value in data.items()})
    assert answer.status_code in ((200, 204) if status == 200 else (status,)), answer.content.decode()[-1500:]
    return answer.content.decode()


@pytest.fixture
def eva(people):
    return people.clients.eva


def test_only_administrators_come_here(people):
    define("text")
    field = definitions()[0]
    for address in ("", "/companies", "/companies/field/new", f"/companies/field/{field.pk}"):
        answers = [getattr(people.clients, who).get(f"/settings/objects{address}").status_code for who in ("eva", "ann", "max")]  # fmt: skip
        assert answers == ([200, 404, 404] if str(field.pk) in address else [200, 403, 403])
    for address, status in (("/companies/order", 403), (f"/companies/field/{field.pk}/delete", 404)):
        assert people.clients.ann.post(f"/settings/objects{address}").status_code == status
    assert len(definitions()) == 1
    assert ["/settings/objects" in page(client, "/settings/") for client in (people.clients.eva, people.clients.ann)] == [True, False]  # fmt: skip


def test_kinds_of_records_with_the_number_of_their_fields(eva):
    define("text"), define("number")
    html = page(eva, "/settings/objects")
    line = html[html.index('href="/settings/objects/companies"') :][:600]
    count = len(registry.get("parties.company").form_sections[-1].names)
    assert "2 own" in line and count >= 2
    assert 'href="/settings/objects/parties"' not in html  # the faces of a table, not the table
    assert page(eva, "/settings/objects/planets", 404)


def test_fields_stand_in_their_sections_with_their_marks(eva):
    define("choice", is_required=True, is_indexed=True)
    define("link", is_sensitive=True)
    html = page(eva)
    for words in ("Company name", "Own choice", "x_choice", "Choice, 2", "Link to product", "Required", "Index is being built", "Sensitive", "Custom"):  # fmt: skip
        assert words in html
    index_fields()
    assert "Indexed" in page(eva)
    only = page(eva, f"{HERE}?show=own")
    assert ("Own link" in only, 'id="field-website"' in only) == (True, False)
    found = page(eva, f"{HERE}?q=x_choice")
    assert ("Own choice" in found, "Own link" in found) == (True, False)
    assert "No field found" in page(eva, f"{HERE}?q=zzz")


def test_a_choice_is_defined_step_by_step(eva):
    assert 'id="of-options"' not in page(eva, f"{HERE}/field/new")
    html = post(eva, "/field/new", label="Risk", kind="choice", step="kind")
    assert 'id="of-options"' in html and 'value="Risk"' in html
    html = post(eva, "/field/new", label="Risk", kind="choice", step="add")
    assert html.count('name="option.label"') == 1
    lines = {"option": ["", ""], "option__label": ["None", "Budget"], "option__hue": ["grey", "amber"], "option__ru": ["Нет", ""], "option__zh-hans": ["无", ""]}  # fmt: skip
    assert post(eva, "/field/new", label="Risk", kind="choice", step="up-1", **lines).index('value="Budget"') > 0
    assert not definitions()
    post(eva, "/field/new", label="Risk", label__ru="Риск", kind="choice", is_required="true", is_indexed="true", initial="Budget", **lines)  # fmt: skip
    (field,) = definitions()
    assert (field.name, field.options, field.translations, field.initial) == ("x_risk", ["None", "Budget"], {"ru": "Риск"}, "Budget")  # fmt: skip
    assert field.looks == {"None": {"hue": "grey", "ru": "Нет", "zh-hans": "无"}, "Budget": {"hue": "amber"}}
    assert (field.is_required, field.is_indexed, field.is_unique) == (True, True, False)


def test_a_label_of_a_choice_changes_and_its_key_stays(eva):
    define("choice")
    (field,) = definitions()
    record = writes.create(SYSTEM, registry.get("parties.company"), {"name": "A", "x_choice": "alpha"})
    lines = {"option": ["alpha", "beta", ""], "option__label": ["Letter A", "beta", "Gamma"], "option__hue": ["blue", "grey", "teal"], "option__ru": ["", "", ""], "option__zh-hans": ["", "", ""]}  # fmt: skip
    post(eva, f"/field/{field.pk}", label="Letters", kind="text", name="x_other", **lines)
    (field,) = definitions()
    assert (field.label, field.kind, field.name, field.options) == ("Letters", "choice", "x_choice", ["alpha", "beta", "Gamma"])  # fmt: skip
    assert "Letter A" in page(eva, f"/companies/{record.pk}/")
    lines = {name: values[1:] for name, values in lines.items()}
    assert "Records hold this: alpha (1)" in post(eva, f"/field/{field.pk}", 422, label="Letters", **lines)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"label": ""}, "This field is required."), ({"label": "A", "name": "area"}, "begins with x_"), ({"label": "A", "kind": "choice"}, "at least one choice"),
        ({"label": "A", "kind": "number", "minimum": "x"}, "Not a number"), ({"label": "A", "pattern": "("}, "cannot be read at sign 2"), ({"label": "A", "kind": "planet"}, "Not one of the choices"),
        ({"label": "A", "kind": "link", "target": "planet"}, "Unknown kind of record"), ({"label": "A", "longest": "-5"}, "Too small"), ({"label": "A", "kind": "date", "initial": "soon"}, "Not a date"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_control(eva, data, words):
    assert words in post(eva, "/field/new", 422, **{"kind": "text"} | data)
    assert not definitions()


def test_own_fields_are_put_into_another_order(eva):
    for kind in ("text", "number", "date"):
        define(kind)
    keys = {field.name: str(field.pk) for field in definitions()}
    html = post(eva, "/order", ids=",".join(keys[name] for name in ("x_number", "x_text", "x_date")))
    assert [field.name for field in definitions()] == ["x_number", "x_text", "x_date"]
    assert html.index('id="field-x_number"') < html.index('id="field-x_text"')
    post(eva, "/order", field=keys["x_date"], by="-1")
    assert [field.name for field in definitions()] == ["x_number", "x_date", "x_text"]
    post(eva, "/order", field=keys["x_text"], by="1")  # there is nothing below it
    form = page(eva, "/companies/new?full=1")
    assert form.index('name="x_number"') < form.index('name="x_date"') < form.index('name="x_text"')
    post(eva, "/order", 404, field="nonsense")


def test_a_field_is_retired_comes_back_and_is_deleted_with_undo(eva):
    define("text")
    (field,) = definitions()
    writes.create(SYSTEM, registry.get("parties.company"), {"name": "A", "x_text": "heron"})
    assert "1 record holds a value." in page(eva, f"{HERE}/field/{field.pk}")
    post(eva, f"/field/{field.pk}/retire")
    assert ("Own text" in page(eva), "Own text" in page(eva, f"{HERE}?show=retired")) == (False, True)
    assert 'name="x_text"' not in page(eva, "/companies/new?full=1")
    post(eva, f"/field/{field.pk}/return")
    assert 'name="x_text"' in page(eva, "/companies/new?full=1")
    post(eva, f"/field/{field.pk}/delete")
    assert not definitions()
    writes.restore(SYSTEM, registry.get("core.fielddefinition"), [field.pk])
    assert registry.get("parties.company").rows(SYSTEM).get().custom == {"x_text": "heron"}
    post(eva, f"/field/{field.pk}/explode", 404)


def test_a_field_in_use_is_neither_deleted_nor_retired_and_says_by_what(people, eva):
    define("text")
    (field,) = definitions()
    make = lambda label, **values: writes.create(SYSTEM, registry.get(label), values)  # noqa: E731
    view = make("core.view", name="Herons", entity="parties.company", filter={"field": "x_text", "op": "filled"})
    rule = make("core.fieldrule", entity="parties.company", field="website", effect="required", condition={"field": "x_text", "op": "filled"})  # fmt: skip
    shown = make("core.view", name="Only shown", is_public=True, entity="parties.company", columns=["name", "x_text"])
    policy = make("access.fieldpolicy", role=people.roles.own.pk, entity="parties.company", field="x_text", level="read")  # fmt: skip
    tile = {"id": "a", "kind": "chart", "view": {"entity": "core.view", "id": str(shown.pk)}, "by": "x_text"}
    board = make("core.dashboard", name="By bird", tiles=[tile])
    html = page(eva, f"{HERE}/field/{field.pk}")
    assert all(
        words in html for words in ("Herons", "Only shown", f"/field-rules/{rule.pk}/", f"/dashboards/{board.pk}/")
    )
    for what in ("delete", "retire"):
        text = post(eva, f"/field/{field.pk}/{what}", 422)
        assert "is used by" in text and "View “Herons”" in text
    assert len(definitions(is_retired=False)) == 1
    for label, row in (
        ("core.view", view),
        ("core.fieldrule", rule),
        ("access.fieldpolicy", policy),
        ("core.dashboard", board),
    ):
        writes.delete(SYSTEM, registry.get(label), [row.pk])
    post(eva, f"/field/{field.pk}/delete")  # a view that only shows it shows one column less
    assert not definitions() and shown.pk
    assert page(eva, f"/companies/?view={shown.pk}")


def test_a_field_that_a_process_asks_for_is_in_use(people, eva):
    values = {"entity": "sales.opportunity", "label": "Risk", "name": "x_risk", "kind": "text"}
    field = writes.create(SYSTEM, registry.get("core.fielddefinition"), values)
    process = writes.create(SYSTEM, registry.get("processes.process"), {"name": "With risk", "entity": "sales.opportunity"})  # fmt: skip
    stage = factory.make("processes.stage", process=str(process.pk), name="Assessed", required_fields=["x_risk"])
    assert [use.title for use in field_usage.uses(registry.get("sales.opportunity"), "x_risk")] == [str(stage)]
    answer = eva.post(f"/settings/objects/opportunities/field/{field.pk}/delete")
    assert (answer.status_code, "Assessed" in answer.content.decode()) == (422, True)


def test_rules_stand_on_their_tab(eva):
    writes.create(SYSTEM, registry.get("core.fieldrule"), {"entity": "parties.company", "field": "website", "effect": "required", "condition": {"field": "tier", "op": "any", "value": ["A"]}})  # fmt: skip
    html = page(eva, f"{HERE}?tab=rules")
    assert "required if" in html and "Website" in html
    assert "/field-rules/new?entity=parties.company" in html.replace("&amp;", "&")


def test_formulas_and_roll_ups_stand_on_their_own_and_say_how_far_their_values_are_kept(eva):
    make = lambda kind, **values: writes.create(SYSTEM, registry.get(kind), {"entity": "parties.company", **values})  # noqa: E731
    formula = make("core.formulafield", label="Twice", name="x_twice", formula="employees_count * 2")
    make("core.rollupfield", label="Deals", name="x_deals", source="sales.opportunity", link="company", how="count", is_indexed=True)  # fmt: skip
    html = page(eva, f"{HERE}?show=own")
    assert f'href="/formula-fields/{formula.pk}/"' in html and ">Formula<" in html and ">Roll-up<" in html
    assert "/rollup-fields/new?entity=parties.company" in html
    assert html.count('id="field-x_deals"') == html.count('id="field-x_twice"') == 1
    assert ("Values are being worked out" in html, html.count('id="state-')) == (True, 1)
    index_fields()
    assert "Values are kept" in page(eva)
    RollupStore._base_manager.update(is_ready=False)
    JobRun.objects.all().delete()
    custom_fields.forget()
    assert "Values are not kept" in page(eva, f"{HERE}?show=own")


def test_a_long_list_of_choices_is_saved_and_a_longer_one_is_told(eva):
    def send(number, status):
        lines = {"option": [""] * number, "option__label": [f"Choice {at}" for at in range(number)], "option__hue": ["grey"] * number}  # fmt: skip
        return post(eva, "/field/new", status, label="Branch", kind="choice", **lines, **{"option__ru": [""] * number, "option__zh-hans": [""] * number})  # fmt: skip

    assert "Too many values; at most 200." in send(201, 422)
    assert not definitions()
    send(200, 200)
    assert [len(field.options) for field in definitions()] == [200]
