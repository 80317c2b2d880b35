"""The database gives for a formula what plain Python gives: any formula, on random rows; and no text makes the reader fail in another way than by an error with its place."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import strategies as st

from .drawing import IS_LONG, TEXTS, drawn, value

COMPANY, UNIT = "parties.company", "people.orgunit"
OWN = (("x_when", "date"), ("x_at", "moment"), ("x_yes", "boolean"), ("x_num", "number"), ("x_share", "percent"), ("x_word", "text"))  # fmt: skip
FILLED = ("name", "legal_name", "tier", "employees_count", "credit_limit", "annual_revenue", "discount", "org_unit", *(name for name, _kind in OWN))  # fmt: skip
#: Fields of a company by kind of value, those of its department behind a dot.
FIELDS = {
    "number": ("employees_count", "x_num", "org_unit.x_count"), "percent": ("discount", "x_share"), "money": ("credit_limit", "annual_revenue"), "text": ("name", "legal_name", "tier", "x_word", "org_unit.name"),
    "date": ("x_when",), "moment": ("x_at",), "boolean": ("x_yes",),
}  # fmt: skip
NUMBERS = ("0", "1", "2", "0.5", "3.75", "10", "100", "7", "1000000", "0.001")


class Maker:
    """Writes a random formula of a kind."""

    def __init__(self, seed):
        self.dice = Random(seed)

    def of(self, kind, depth):
        """A formula of a kind; fields and constants at the end."""
        if depth <= 0 or self.dice.random() < 0.15:
            return self.leaf(kind)
        return f"({self.dice.choice(WAYS[kind] + SAME)(self, kind, depth - 1)})"

    def leaf(self, kind):
        if kind == "moment" or self.dice.random() < 0.65:
            return self.dice.choice(FIELDS[kind])
        if kind == "text":
            return '"' + self.dice.choice(TEXTS).replace("\\", "\\\\").replace('"', '\\"') + '"'
        number = self.dice.choice(NUMBERS)
        return {
            "number": number, "percent": number + "%", "money": f'money({number}, "{self.dice.choice(("EUR", "CNY"))}")', "date": self.dice.choice(("today()", 'date("2024-02-29")', 'date("9999-12-31")')),
            "boolean": self.dice.choice(("true", "false")),
        }[kind]  # fmt: skip


def call(name, *kinds):
    """A function of values of these kinds; None is the kind that is wanted."""
    return lambda make, kind, depth: f"{name}({', '.join(make.of(each or kind, depth) for each in kinds)})"


def sign(text, *kinds):
    return lambda make, kind, depth: f" {text} ".join(make.of(each or kind, depth) for each in kinds)


def compare(make, _kind, depth):
    kind = make.dice.choice(("number", "percent", "money", "text", "date", "moment", "boolean"))
    signs = ("=", "<>") if kind in ("text", "boolean") else ("=", "<>", "<", "<=", ">", ">=")
    if kind == "text":  # a choice is compared only with what it can be
        return f"lower({make.of(kind, depth)}) {make.dice.choice(signs)} lower({make.of(kind, depth)})"
    return f"{make.of(kind, depth)} {make.dice.choice(signs)} {make.of(kind, depth)}"


def choose(make, kind, depth):
    return f"choose({make.of('number', depth)}, {make.dice.choice(NUMBERS)}, {make.of(kind, depth)}, 5, {make.of(kind, depth)}, {make.of(kind, depth)})"  # fmt: skip


def asked(make, _kind, depth):
    return f"is_empty({make.of(make.dice.choice(tuple(FIELDS)), depth)})"


ROUND = [lambda make, kind, depth: f"round({make.of(kind, depth)}, {make.dice.randint(0, 4)})", call("floor", None), call("ceil", None), call("abs", None), lambda make, kind, depth: f"-{make.of(kind, depth)}"]  # fmt: skip
SAME = [
    call("if", "boolean", None, None),
    call("if", "boolean", None),
    call("case", "boolean", None, "boolean", None, None),
    call("coalesce", None, None),
    choose,
]
WAYS = {
    "number": [
        sign("+", None, None), sign("-", None, None), sign("*", None, None), sign("/", None, None), sign("*", "number", "percent"), sign("*", "percent", "number"), sign("/", "money", "money"), sign("/", "percent", "percent"),
        sign("/", "number", "percent"), *ROUND, call("min", None, None, None), call("max", None, None), call("number", "money"), call("number", "percent"), call("length", "text"), call("days_between", "date", "moment"), sign("-", "date", "date"),
        call("year", "date"), call("month", "date"), call("day", "moment"), call("weekday", "date"),
    ],
    "percent": [sign("+", None, None), sign("-", None, None), sign("*", None, None), sign("/", None, "number"), call("percent", "number"), call("min", None, None), *ROUND],
    "money": [sign("+", None, None), sign("-", None, None), sign("*", None, "number"), sign("*", "percent", None), sign("/", None, "number"), sign("/", None, "percent"), *ROUND],
    "text": [sign("&", None, "number"), sign("&", None, None), sign("&", "money", None), call("concat", None, "date", "percent"), call("lower", None), call("upper", None), call("left", None, "number"), call("right", None, "number"), call("text", "number"), call("text", "money")],
    "date": [sign("+", None, "number"), sign("-", None, "number"), call("add_days", None, "number"), call("add_months", None, "number"), call("date", "moment"), call("min", None, None), call("max", None, None)],
    "moment": [call("min", None, None), call("max", None, None)],
    "boolean": [compare, compare, compare, asked, sign("and", None, None), sign("or", None, None), lambda make, kind, depth: f"not {make.of(kind, depth)}", call("contains", "text", "text")],
}  # fmt: skip


def fill(seed):
    """Random companies in random departments."""
    from kith.core import writes
    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.core.testing.people import make_people

    dice = Random(seed)
    make_people()
    for name, kind in OWN:
        writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": COMPANY, "label": name, "name": name, "kind": kind, "decimals": 2})  # fmt: skip
    writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": UNIT, "label": "Count", "name": "x_count", "kind": "number"})  # fmt: skip
    units = [writes.create(SYSTEM, registry.get(UNIT), {"name": f"{dice.choice(TEXTS)} {at}", "x_count": dice.choice((None, 0, 3, -2))}) for at in range(4)]  # fmt: skip
    targets = {UNIT: [str(unit.pk) for unit in units]}
    company = registry.get(COMPANY)
    for at in range(14):
        values = {name: value(company.fields[name], dice, targets) for name in FILLED} | {"name": f"{dice.choice(TEXTS)} {at}"}  # fmt: skip
        writes.create(SYSTEM, company, {name: each for name, each in values.items() if each is not None}, confirm=("duplicate", "similar"))  # fmt: skip
    writes.delete(SYSTEM, registry.get(UNIT), [units[0].pk])


def rows():
    """The rows as the oracle takes them, by id."""
    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    company, unit = registry.get(COMPANY), registry.get(UNIT)
    units = {row.pk: row for row in unit.rows(SYSTEM)}
    found = {}
    for record in company.rows(SYSTEM):
        above = units.get(record.org_unit_id)
        own = {
            name: plain(company.fields[name], record) for names in FIELDS.values() for name in names if "." not in name
        }
        behind = {
            f"org_unit.{name}": plain(unit.fields[name], above) if above else None for name in ("name", "x_count")
        }
        found[record.pk] = own | behind
    return found


def plain(spec, record):
    """A value of the product as one of the oracle."""
    from .formula_oracle import Share, Sum

    found = spec.get(record)
    if found is None or found == "":
        return None
    if spec.type.name == "money":
        return Sum(Decimal(found.amount), found.currency)
    if spec.type.name == "percent":
        return Share(Decimal(found))
    return Decimal(found) if spec.type.name == "number" else found


@pytest.fixture(scope="module", params=range(3 if IS_LONG else 1))
def known(request, django_db_setup, django_db_blocker):
    from django.db import transaction

    from kith.core import custom_fields

    with django_db_blocker.unblock(), transaction.atomic():
        custom_fields.forget()
        fill(request.param)
        yield rows()
        transaction.set_rollback(True)
    custom_fields.forget()


def given(text):
    """What the database gives for a formula, by id; None when it is too large to be one."""
    from types import SimpleNamespace

    from kith.core import worked_out
    from kith.core.entity import registry
    from kith.core.formulas.reading import FormulaError

    from .formula_oracle import Sum

    row = SimpleNamespace(entity=COMPANY, name="x_drawn", label="Drawn", help="", decimals=2, formula=text, pk=None, _meta=registry.get("core.formulafield").model._meta)  # fmt: skip
    try:
        spec = worked_out.spec_of(row, worked_out.book(row).term((COMPANY, "x_drawn")))
    except FormulaError as error:
        assert any(words in str(error.message) for words in ("too large", "at most")), (text, error.message)
        return None
    keys = list(registry.get(COMPANY).rows(worked_out.SYSTEM).values_list("pk", flat=True))
    found = {key: row["x_drawn"] for key, row in worked_out.values([spec], keys).items()}
    return {key: Sum(each.amount, each.currency) if hasattr(each, "currency") else each for key, each in found.items()}


def agree(known, text):
    """Compare both for all rows."""
    from kith.core.formulas.reading import read

    from .formula_oracle import evaluate, shown

    found = given(text)
    if found is None:
        return
    tree = read(text)
    wanted = {key: shown(evaluate(tree, row)) for key, row in known.items()}
    assert found == wanted, text


def test_the_database_gives_what_plain_python_gives(known, db):
    for kind in FIELDS:
        for name in FIELDS[kind]:
            agree(known, name)

    def agreed(one):
        seed, kind, depth = one
        agree(known, Maker(seed).of(kind, depth))

    drawn(st.tuples(st.integers(0, 2**32), st.sampled_from(tuple(FIELDS)), st.integers(1, 4)), short=400, long=6000)(agreed)()  # fmt: skip


def test_the_oracle_sees_another_value(known, db):
    with pytest.raises(AssertionError):
        agree({key: row | {"employees_count": Decimal(-1)} for key, row in known.items()}, "employees_count * 2")


PIECES = st.sampled_from(("1", "name", "employees_count", "(", ")", ",", "+", "-", "*", "/", "&", "=", "<>", "<", "and", "or", "not", "if", "round", '"a"', '"', "'", "%", ".", "org_unit.name", "empty", "true", "\\", "\x00", "é", "case", "money", "  "))  # fmt: skip


def test_no_text_makes_the_reader_fail_otherwise_than_by_an_error_with_its_place(known, db):
    from kith.core import worked_out
    from kith.core.formulas.building import build
    from kith.core.formulas.fields import scope
    from kith.core.formulas.reading import FormulaError

    book = worked_out.book()

    def refused_or_built(text):
        try:
            build(text, lambda node: scope(book, COMPANY, node))
        except FormulaError as error:
            assert 0 <= error.at <= len(text) and str(error.message).startswith("Character ")

    drawn(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=25).map(" ".join)), short=500, long=20000)(refused_or_built)()  # fmt: skip
