"""Formula fields: their language, their errors, what they give, and who may read it."""

import datetime as dt
from decimal import Decimal

import pytest

from kith.core import custom_fields, undo, worked_out, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.formulas.reading import FormulaError, read
from kith.core.ledger import ChangeSet
from kith.core.money import Money
from kith.processes import shipped

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh():
    custom_fields.forget()
    yield
    custom_fields.forget()


def formula(text, entity="parties.company", **values):
    return writes.create(SYSTEM, registry.get("core.formulafield"), {"entity": entity, "label": "Result", "name": "x_result", "formula": text, **values})  # fmt: skip


def company(**values):
    return writes.create(SYSTEM, registry.get("parties.company"), {"name": "Nord AS", **values}, confirm=("duplicate", "similar"))  # fmt: skip


def worth(record, name="x_result", entity="parties.company"):
    """The value of a record, read anew."""
    kind = registry.get(entity)
    return kind.fields[name].get(kind.rows(SYSTEM).get(pk=record.pk))


EURO = {"amount": "120.50", "currency": "EUR"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", "7.00"), ("(1 + 2) * 3", "9.00"), ("-2 - -3", "1.00"), ("7 / 2", "3.50"), ("1 / 0", None), ("10 / 3", "3.33"),
        ("employees_count + 1", "41.00"), ("employees_count / (employees_count - 40)", None), ("phone & name", "Nord AS"),
        ('name & " (" & city & ")"', "Nord AS ()"), ("city & legal_name", None), ("credit_limit * 2", Money(Decimal("241"), "EUR")),
        ("credit_limit + credit_limit", Money(Decimal("241"), "EUR")), ('credit_limit + money(1, "USD")', None), ("credit_limit / credit_limit", "1.00"),
        ("credit_limit * 10%", Money(Decimal("12.05"), "EUR")), ("credit_limit * discount", Money(Decimal("15.0625"), "EUR")), ("percent(number(discount))", "12.50"),
        ("50 * 10%", "5.00"), ("10% * 10%", "1.00"), ('credit_limit > money(100, "EUR")', True), ('credit_limit > money(100, "USD")', None),
        ('if(employees_count > 30, "large", "small")', "large"), ('if(is_empty(phone), "none")', "none"), ('if(not is_empty(phone), "some")', None),
        ('case(employees_count < 10, "S", employees_count < 100, "M", "L")', "M"), ('choose(tier, "A", 3, "B", 2, 1)', "3.00"),
        ('choose(tier, "B", 2)', None), ("coalesce(phone, legal_name, name)", "Nord AS"), ("round(2.5)", "3.00"), ("round(-2.5)", "-3.00"), ("round(12.345, 2)", "12.35"),
        ("floor(-1.2)", "-2.00"), ("ceil(1.2)", "2.00"), ("abs(-3)", "3.00"), ("min(3, empty, 2)", "2.00"), ("max(3, 9, 2)", "9.00"), ("length(name)", "7.00"),
        ("length(phone)", None), ("lower(name)", "nord as"), ("upper(left(name, 2))", "NO"), ("right(name, 2)", "AS"), ("left(name, -1)", None), ("left(name, 99999999999)", "Nord AS"),
        ('contains(name, "nord")', True), ('contains(name, "süd")', False), ('contains(phone, "4")', None), ('concat(name, " ", 40, " ", 12.50)', "Nord AS 40 12.5"),
        ("text(credit_limit)", "120.5 EUR"), ("text(discount)", "12.5%"), ('text(date("2026-11-27"))', "2026-11-27"), ('date("2026-11-27") + 5', dt.date(2026, 12, 2)),
        ('date("2026-11-27") - date("2026-11-01")', "26.00"), ('add_months(date("2026-01-31"), 1)', dt.date(2026, 2, 28)), ('add_days(date("2026-01-01"), 99999999)', None),
        ('add_months(date("2026-01-01"), -99999999)', None), ('days_between(date("2026-01-01"), date("2026-03-01"))', "59.00"), ('year(date("2026-11-27"))', "2026.00"),
        ('weekday(date("2026-11-27"))', "5.00"), ('day(date("2026-11-27")) + month(date("2026-11-27"))', "38.00"), ("created_at <= now()", True), ("is_empty(org_unit)", True),
        ("days_between(created_at, today())", "0.00"), ("true and not false", True), ("phone = name", None), ("phone = name or true", True), ("'it\\'s' = \"it's\"", True),
        ("number(\"\") " if False else "if(false, 1, 2)", "2.00"), ("99999999999999 * 99999999999999", None), ("10 <> 10.0", False),
    ],
)  # fmt: skip
def test_what_a_formula_gives(text, value):
    record = company(employees_count=40, credit_limit=EURO, discount="12.5", tier="A")
    formula(text)
    found = worth(record)
    assert (str(found) if isinstance(found, Decimal) else found) == value


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", 1, "write a formula"), ("1 +", 4, "ends where a value"), ("1 2", 3, "operator or a comma"), ("(1", 3, "“)” is expected"), ('"abc', 1, "does not end"), ("a # b", 3, "means nothing"),
        ("emploees_count", 1, "employees_count"), ("rond(1)", 1, "round"), ("name + 1", 6, "“&”"), ("credit_limit + 1", 14, "money("), ("credit_limit > 5", 14, "money("),
        ("if(1, 2, 3)", 4, "yes or no"), ('if(true, 1, "a")', 13, "expected as before"), ("round(name)", 7, "a number"), ("round(1, employees_count)", 10, "written down"),
        ("round()", 1, "1–2 values"), ('tier = "z"', 8, "there are: A, B, C"), ('name > "a"', 6, "use = or <>"), ("name = empty", 6, "is_empty"), ("created_at + 1", 12, "date("),
        ('money(1, "EURO")', 10, "three letters"), ('date("27.11.2026")', 6, "2026-11-27"), ("org_unit", 1, "cannot be a link"), ("description", 1, "short texts"), ("name.length", 1, "is no link"),
        ("org_unit.parent.name", 1, "two links"), ("org_unit.colour", 1, "no field"), ("1 < 2 < 3", 7, "two values at a time"), ("empty", 1, "cannot be nothing"), ("x_result + 1", 1, "follow from itself"),
        ("(" * 25 + "1" + ")" * 25, 21, "20 levels"), ("+".join(["1"] * 120), None, "at most 200 parts"), ("1" * 2001, 2001, "2000 characters"), ("&".join(["name"] * 80), None, "too large"),
        ("1" * 30, 1, "25 digits"), ("name.__class__", 1, "is no link"), ("__import__('os')", 1, "no function"), ("coalesce(empty)", 1, "all values"), ("not 5", 5, "yes or no"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_remedy(text, place, words):
    with pytest.raises(Refused) as refused:
        formula(text)
    told = str(refused.value.errors["formula"][0])
    assert words in told or (not text and "required" in told), told
    assert place is None or not text or told.startswith(f"Character {place}:"), told
    assert not registry.get("core.formulafield").rows(SYSTEM).exists()


def test_a_formula_reads_a_linked_record_until_that_lies_in_the_trash():
    shipped.install()
    record = company(employees_count=40)
    deals = registry.get("sales.opportunity")
    deal = writes.create(SYSTEM, deals, {"name": "Deal", "company": record.pk, "budget": EURO})
    formula('company.name & ": " & company.employees_count', "sales.opportunity")
    formula("budget / company.employees_count", "sales.opportunity", name="x_each", label="Each")
    assert (worth(deal, entity="sales.opportunity"), worth(deal, "x_each", "sales.opportunity")) == ("Nord AS: 40", Money(Decimal("3.0125"), "EUR"))  # fmt: skip
    writes.save(SYSTEM, record, {"employees_count": 10})
    assert worth(deal, "x_each", "sales.opportunity") == Money(Decimal("12.05"), "EUR")
    writes.delete(SYSTEM, registry.get("parties.company"), [record.pk])
    assert worth(deal, "x_each", "sales.opportunity") is None


def test_formulas_are_made_of_formulas_and_never_of_themselves():
    record = company(employees_count=40)
    first = formula("employees_count * 2", decimals=0)
    second = formula("x_result + 1", name="x_next", label="Next", decimals=0)
    assert (worth(record), worth(record, "x_next")) == (80, 81)
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, first, {"formula": "x_next + 1"})
    assert "x_result → x_next → x_result" in str(refused.value.errors["formula"][0])
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, first, {"formula": "name"})
    assert "“Next” uses this field" in str(refused.value.errors[""][0])
    with pytest.raises(Refused) as refused:
        writes.delete(SYSTEM, registry.get("core.formulafield"), [first.pk])
    assert "“Result” is used by: Formula field “Next”." in str(refused.value.errors[""][0])
    assert worth(record, "x_next") == 81
    writes.delete(SYSTEM, registry.get("core.formulafield"), [second.pk, first.pk])
    assert "x_result" not in registry.get("parties.company").fields
    assert undo.undo(SYSTEM, ChangeSet.objects.latest("at").pk).restored == 2
    assert worth(record, "x_next") == 81


def test_a_custom_field_that_a_formula_uses_is_kept_and_its_name_is_its_own():
    area = writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": "parties.company", "label": "Area", "kind": "number"})  # fmt: skip
    for name, kind in (("x_day", "date"), ("x_yes", "boolean"), ("x_at", "moment")):
        writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": "parties.company", "label": name, "name": name, "kind": kind})  # fmt: skip
    record = company(x_area=5, x_day="2026-11-27", x_yes=True, x_at="2026-11-27T10:00:00Z")
    formula("x_area * 2", decimals=0)
    formula("if(x_yes, add_days(x_day, 3))", name="x_due", label="Due")
    formula("year(x_at)", name="x_year", label="Year", decimals=0)
    assert (worth(record), worth(record, "x_due"), worth(record, "x_year")) == (10, dt.date(2026, 11, 30), 2026)
    with pytest.raises(Refused):
        writes.delete(SYSTEM, registry.get("core.fielddefinition"), [area.pk])
    with pytest.raises(Refused) as refused:
        writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": "parties.company", "label": "R", "name": "x_result", "kind": "number"})  # fmt: skip
    assert "name" in refused.value.errors
    with pytest.raises(Refused):
        formula("1", name="x_area")
    formulas = registry.get("core.formulafield")
    due = formulas.rows(SYSTEM).get(name="x_due")
    writes.delete(SYSTEM, formulas, [due.pk])
    writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": "parties.company", "label": "Due", "name": "x_due", "kind": "date"})  # fmt: skip
    with pytest.raises(Refused) as refused:
        writes.restore(SYSTEM, formulas, [due.pk])
    assert "another field has its name" in str(refused.value.errors[""][0])


def test_the_tree_keeps_precedence():
    tree = read("1 + 2 * 3 = 7 and not false or x")
    assert (tree.name, tree.given[0].name, tree.given[0].given[0].name) == ("or", "and", "=")
    with pytest.raises(FormulaError) as error:
        read("1 +* 2")
    assert (error.value.at, error.value.length) == (3, 1)


def test_a_broken_formula_is_empty_and_says_why():
    record = company()
    made = formula("length(name)")
    custom_fields.forget()
    row = worked_out.book().rows[("parties.company", "x_result")]
    row.formula = "length(nme)"
    spec = worked_out.book(row).spec(("parties.company", "x_result"))
    assert (spec.get(record), "nme" in str(spec.broken)) == (None, True) or spec.kind == "text"
    assert made.pk == row.pk


def test_operators_have_no_names_by_which_they_could_be_called():
    """`neg()` once was the minus of no value at all."""
    for text in ("neg()", "neg(1)", "neg(1, 2)"):
        with pytest.raises(Refused) as refused:
            formula(text)
        assert "there is no function “neg”" in str(refused.value.errors["formula"][0])
    assert registry.get("core.formulafield").rows(SYSTEM).count() == 0
    formula("-employees_count * 2", decimals=0)
    assert worth(company(employees_count=3)) == -6


def test_a_formula_that_others_are_made_of_does_not_outgrow_them():
    """Also over another one between them; what was broken before is no reason."""
    record = company(employees_count=2)
    inner = formula("employees_count", decimals=0)
    formula(" + ".join(["x_result"] * 20), name="x_middle", label="Middle", decimals=0)
    formula(" + ".join(["x_middle"] * 5), name="x_outer", label="Outer", decimals=0)
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, inner, {"formula": " + ".join(["employees_count"] * 5)})
    assert "“Outer” uses this field and would be broken" in str(refused.value.errors[""][0])
    assert (worth(record, "x_middle"), worth(record, "x_outer")) == (40, 200)
    writes.save(SYSTEM, inner, {"formula": "employees_count * 3"})
    assert worth(record, "x_outer") == 600


def test_formulas_of_formulas_come_to_an_end():
    formula("employees_count", name="x_f0", label="F0", decimals=0)
    for number in range(1, worked_out.MOST_INSIDE):
        formula(f"x_f{number - 1}", name=f"x_f{number}", label=f"F{number}", decimals=0)
    with pytest.raises(Refused) as refused:
        formula(f"x_f{worked_out.MOST_INSIDE - 1}", name="x_last", label="Last", decimals=0)
    assert "at most 30 formulas" in str(refused.value.errors["formula"][0])
    assert worth(company(employees_count=7), f"x_f{worked_out.MOST_INSIDE - 1}") == 7
    assert registry.get("core.formulafield").rows(SYSTEM).count() == worked_out.MOST_INSIDE


def test_two_who_define_a_field_of_one_name_at_the_same_moment_do_not_both_get_it():
    """Each is told what others have committed, whatever its process knows of it yet."""
    formula("employees_count", decimals=0)
    for label, more in (("core.fielddefinition", {"kind": "number"}), ("core.rollupfield", {"source": "sales.opportunity", "link": "company", "how": "count"})):  # fmt: skip
        custom_fields.forget()
        custom_fields.known()[custom_fields.WORKED] = {}  # as a process that has not heard of it
        with pytest.raises(Refused) as refused:
            writes.create(SYSTEM, registry.get(label), {"entity": "parties.company", "label": "Other", "name": "x_result", **more})  # fmt: skip
        assert "has a field of that name already" in str(refused.value.errors["name"][0])
        assert not registry.get(label).rows(SYSTEM).exists()
