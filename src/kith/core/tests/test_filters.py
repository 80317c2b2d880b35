"""The filter language: its forms, its budget, its SQL, and what may not be asked."""

import datetime as dt

import pytest
from django.utils import timezone

from kith.core import writes
from kith.core.access import SYSTEM, Actor, FieldRule, Rule
from kith.core.entity import registry
from kith.core.filters import BadFilter, Group, Test, compile_filter, from_json, from_url, term, to_json, to_term

ROWS = [
    {"name": "Anna", "position": "Seller", "skills": ["sap", "excel"], "hired_on": "2020-01-15", "capacity": 5},
    {"name": "Борис", "position": "seller", "skills": ["excel"], "hired_on": "2023-06-01", "capacity": 10},
    {"name": "张伟", "position": "", "skills": [], "capacity": 0},
]


@pytest.fixture
def employees(db):
    entity = registry.get("people.employee")
    unit = writes.create(SYSTEM, registry.get("people.orgunit"), {"name": "North"})
    writes.create_many(
        SYSTEM, entity, [{**row, **({"org_unit": str(unit.pk)} if row["name"] == "Anna" else {})} for row in ROWS]
    )
    return entity


def found(entity, node, actor=SYSTEM):
    return sorted(entity.rows(actor).filter(compile_filter(entity, node, actor)).values_list("name", flat=True))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name:contains:nn", ["Anna"]), ("name:contains:орис", ["Борис"]), ("position:is:seller", ["Anna", "Борис"]), ("position:is_not:seller", ["张伟"]), ("position:empty", ["张伟"]),
        ("position:filled", ["Anna", "Борис"]), ("capacity:gt:5", ["Борис"]), ("capacity:between:0,5", ["Anna", "张伟"]), ("capacity:is:0", ["张伟"]), ("skills:has:sap,word", ["Anna"]),
        ("skills:has_not:excel", None), ("skills:empty", ["张伟"]), ("hired_on:on:2020-01-15", ["Anna"]), ("hired_on:before:2023-06-01", ["Anna"]), ("hired_on:after:2020-01-15", ["Борис"]),
        ("hired_on:between:2020-01-15,2023-06-01", ["Anna", "Борис"]), ("hired_on:last:10 years", ["Anna", "Борис"]), ("status:any:active,absent", ["Anna", "Борис", "张伟"]), ("status:not_any:active", []),
        ("org_unit.name:is:north", ["Anna"]), ("org_unit:empty", ["Борис", "张伟"]), ("created_at:on:today", ["Anna", "Борис", "张伟"]), ("created_at:this:year", ["Anna", "Борис", "张伟"]),
        ("created_at:before:today", []), ("name:starts:张", ["张伟"]),
    ],
)  # fmt: skip
def test_each_operator_finds_exactly_its_rows(employees, text, names):
    if names is None:
        with pytest.raises(BadFilter):
            found(employees, term(text))
    else:
        assert found(employees, term(text)) == names


def test_all_any_and_none_nest(employees):
    node = from_json(
        {
            "any": [
                {
                    "all": [
                        {"field": "position", "op": "is", "value": "seller"},
                        {"none": [{"field": "capacity", "op": "gt", "value": 5}]},
                    ]
                },
                {"field": "name", "op": "is", "value": "张伟"},
            ]
        }
    )
    assert found(employees, node) == ["Anna", "张伟"]


def test_a_filter_over_a_related_list_asks_for_rows_that_point_here(employees):
    units = registry.get("people.orgunit")
    node = term("employee-org_unit.capacity:gt:3")
    assert [unit.name for unit in units.rows(SYSTEM).filter(compile_filter(units, node, SYSTEM))] == ["North"]


@pytest.mark.parametrize(
    "test",
    [
        Test("name", "is", "a,b"),
        Test("name", "is", "a\\b:c"),
        Test("status", "any", ["active", "left"]),
        Test("owner", "empty"),
    ],
)
def test_the_url_form_comes_back(test):
    back = term(to_term(test))
    assert (back.field, back.op, back.value) == (test.field, test.op, test.value)


def test_the_json_form_comes_back():
    node = Group("all", (Test("name", "is", "x"), Group("any", (Test("status", "any", ["active"]),))))
    assert from_json(to_json(node)) == node


@pytest.mark.parametrize(
    "raw",
    [
        {"field": "name"}, {"all": "x"}, {"al": []}, "name", 5, {"all": [{"field": 5, "op": "is"}]}, {"any": [{"field": "name", "op": "is", "value": "x"}] * 51},
        {"all": [{"all": [{"all": [{"all": [{"all": [{"all": [{"all": [{"all": []}]}]}]}]}]}]}]},
    ],
)  # fmt: skip
def test_what_is_no_filter_or_too_big_is_refused(raw):
    with pytest.raises(BadFilter):
        from_json(raw)


@pytest.mark.parametrize(
    "text",
    [
        "nme:is:x", "name:like:x", "capacity:gt:many", "hired_on:on:someday", "hired_on:last:ages", "owner:any:bob", "status:any:asleep", "password:is:x", "org_unit.head.org_unit.head.name:is:x",
        "name.first:is:x", "search_text:contains:x", "capacity:between:1", "name:contains:a\x00b", "capacity:gt:1e999",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_words(employees, text):
    with pytest.raises(BadFilter) as refused:
        compile_filter(employees, term(text), SYSTEM)
    assert str(refused.value.message)


def test_a_hidden_field_cannot_be_asked_about(employees):
    actor = Actor(
        id=None,
        name="Max",
        rules=(Rule("r", "people.employee", "view"),),
        field_rules=(FieldRule("r", "people.employee", "capacity", "none"),),
    )
    with pytest.raises(BadFilter):
        compile_filter(employees, term("capacity:gt:5"), actor)
    with pytest.raises(BadFilter):  # sensitive without the right
        compile_filter(employees, term("birth_date:filled"), actor)


def test_me_and_my_team(employees):
    import uuid

    me, mate = uuid.uuid4(), uuid.uuid4()
    actor = Actor(id=me, name="Ann", team_ids=frozenset({mate}), rules=(Rule("r", "*", "view"),))
    compiled = compile_filter(employees, from_url(["owner:any:my_team"]), actor)
    assert str(me) in str(compiled) and str(mate) in str(compiled)


def test_days_are_those_of_the_reader(employees):
    with timezone.override(dt.timezone(dt.timedelta(hours=14))):
        east = str(compile_filter(employees, term("created_at:on:2026-11-24"), SYSTEM))
    assert "datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.timezone.utc)" in east
