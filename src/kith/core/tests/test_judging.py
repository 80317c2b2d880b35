"""A condition judged in memory says what its SQL says: every kind of field, operator and way of joining."""

import itertools

import pytest

from kith.core import judging, writes
from kith.core.access import SYSTEM
from kith.core.entities.field_definition import FieldDefinition
from kith.core.entity import registry
from kith.core.filters import BadFilter, compile_filter, from_json
from kith.core.tests.test_custom_fields_walk import VALUES, define

pytestmark = pytest.mark.django_db
#: Values to be asked for, by operator; others are asked for with what the record holds and with what it does not hold.
ASKED = {
    "last": ["30 days", "2 years"], "next": ["1 day", "3 years"], "this": ["day", "year"], "on": ["today", "2026-03-04"], "before": ["2026-03-04", "2027-01-01"], "after": ["2026-03-03", "2027-01-01"],
}  # fmt: skip
OTHER = {"number": "3", "percent": "3", "money": "3", "date": "2026-05-05", "moment": "2026-05-05T00:00:00+00:00", "boolean": False, "choice": "beta", "choices": "gamma", "country": "SE", "mail": "a@b.example", "phone": "+4769184000", "url": "https://b.example"}  # fmt: skip


def questions(spec, kind, given):
    mine, other = given, OTHER.get(kind, "none")
    for op in spec.ops:
        if op in ("empty", "filled"):
            yield {"field": spec.name, "op": op}
        elif op in ("any", "not_any", "has", "has_not"):
            one = mine[0] if isinstance(mine, list) else mine
            for value in ([one], [other], [one, other]):
                yield {"field": spec.name, "op": op, "value": value}
        elif op == "between" and kind in ("date", "moment"):
            for pair in (["2026-03-04", "2026-03-04"], ["2026-03-05", "2026-04-01"]):
                yield {"field": spec.name, "op": op, "value": pair}
        elif op == "between":
            amount = next(iter(mine.values())) if isinstance(mine, dict) else mine
            for pair in ([other, amount], [amount, amount], [other, other]):
                yield {"field": spec.name, "op": op, "value": pair}
        else:
            amount = (
                next(iter(mine.values())) if isinstance(mine, dict) else mine[0] if isinstance(mine, list) else mine
            )
            words = [amount[:4], amount.upper(), amount] if isinstance(amount, str) and op in ("contains", "starts", "is", "is_not") and kind not in ("number", "percent", "money") else [amount]  # fmt: skip
            for value in ASKED.get(op, [*words, other]):
                yield {"field": spec.name, "op": op, "value": value}


@pytest.mark.parametrize("kind", [str(kind) for kind in FieldDefinition.Kind if str(kind) in VALUES])
def test_one_condition_of_every_kind(people, kind):
    define(kind)
    companies, given = registry.get("parties.company"), VALUES[kind][1]
    writes.create(SYSTEM, companies, {"name": "Filled", f"x_{kind}": given})
    writes.create(SYSTEM, companies, {"name": "Empty"})
    asked = list(questions(companies.fields[f"x_{kind}"], kind, given))
    assert len(asked) >= 2
    for raw in asked:
        agree(companies, raw)


def agree(entity, raw):
    node = from_json(raw)
    rows = list(entity.rows(SYSTEM))
    by_sql = set(entity.rows(SYSTEM).filter(compile_filter(entity, node, SYSTEM)).values_list("pk", flat=True))
    judged = {row.pk for row in rows if judging.holds(entity, node, lambda name, row=row: entity.fields[name].get(row), SYSTEM)}  # fmt: skip
    assert judged == by_sql, raw


def test_joined_conditions_on_declared_fields(people):
    companies = registry.get("parties.company")
    tag = writes.create(SYSTEM, registry.get("core.tag"), {"name": "key"})
    for number, (tier, owner, tags) in enumerate(itertools.product(("A", "B", None), (people.ann, None), ([str(tag.pk)], []))):  # fmt: skip
        values = {"name": f"Company {number}", "tier": tier, "owner": owner and str(owner.pk), "tags": tags}
        writes.create(SYSTEM, companies, {**values, "employees_count": number})
    parts = [
        {"field": "tier", "op": "any", "value": ["A"]}, {"field": "tier", "op": "not_any", "value": ["B"]}, {"field": "owner", "op": "any", "value": [str(people.ann.pk)]},
        {"field": "tags", "op": "has", "value": [str(tag.pk)]}, {"field": "name", "op": "contains", "value": "ANY 1"}, {"field": "employees_count", "op": "between", "value": [3, 7]},
        {"field": "tags", "op": "empty"}, {"all": []}, {"any": []}, {"none": []},
    ]  # fmt: skip
    for mode, one, two in itertools.product(("all", "any", "none"), parts, parts):
        agree(companies, {mode: [one, {"none": [two]}]})


@pytest.mark.parametrize("field", ["owner.name", "planet", "city.name"])
def test_only_fields_of_the_record_itself_can_be_judged(field):
    with pytest.raises(BadFilter):
        judging.check(registry.get("parties.company"), from_json({"any": [{"field": field, "op": "filled"}]}))
