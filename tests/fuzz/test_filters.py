"""The SQL of a filter finds the rows that the same filter, evaluated in plain Python, finds: any tree, field and operator; so does what judges forms."""

from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from hypothesis import strategies as st

from .drawing import DAYS, IS_LONG, TEXTS, drawn, value

COMPANY, EMPLOYEE, UNIT, DEAL = "parties.company", "people.employee", "people.orgunit", "sales.opportunity"
#: Fields that are filled at random; custom fields of every kind are added to companies.
FIELDS = {
    UNIT: ("name", "kind"),
    EMPLOYEE: ("name", "position", "status", "email", "phone", "absent_from", "hired_on", "birth_date", "skills", "capacity", "org_unit", "owner", "tags"),
    COMPANY: ("name", "roles", "tier", "description", "website", "email", "phone", "legal_name", "employees_count", "credit_limit", "discount", "payment_terms", "owner", "tags", "external_ids", "org_unit"),
    DEAL: ("name", "company", "closes_on", "need", "budget", "priority", "next_step", "next_step_on", "owner", "tags"),
}  # fmt: skip
CUSTOM = (
    "text",
    "longtext",
    "number",
    "percent",
    "date",
    "moment",
    "boolean",
    "choice",
    "url",
    "mail",
    "phone",
    "country",
    "richtext",
    "money",
    "choices",
    "words",
    "link",
)
#: Also asked for, though not filled by us.
GIVEN = ("created_at", "updated_at", "state", "city")
PATHS = {EMPLOYEE: {"org_unit": UNIT, "manager": EMPLOYEE}, COMPANY: {"org_unit": UNIT, "x_link": UNIT}, DEAL: {"company": COMPANY}, UNIT: {}}  # fmt: skip


def fill(seed):
    """Random rows of four kinds through the product's writes."""
    from kith.core import writes
    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.core.testing.people import make_people

    dice, people = Random(seed), make_people()
    for kind in CUSTOM:
        more = {
            "choice": {"options": ["alpha", "beta"]},
            "choices": {"options": ["alpha", "beta", "gamma"]},
            "link": {"target": UNIT},
            "number": {"decimals": 2},
        }.get(kind, {})
        writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": COMPANY, "label": f"Own {kind}", "name": f"x_{kind}", "kind": kind, **more})  # fmt: skip
    tags = [writes.create(SYSTEM, registry.get("core.tag"), {"name": f"tag {n}"}) for n in range(3)]
    targets = {"core.tag": [str(tag.pk) for tag in tags], "access.user": [str(people.ann.pk), str(people.tom.pk)]}
    for label, count in ((UNIT, 5), (EMPLOYEE, 14), (COMPANY, 16), (DEAL, 10)):
        entity = registry.get(label)
        names = [*FIELDS[label], *(f"x_{kind}" for kind in CUSTOM if label == COMPANY)]
        made = []
        for at in range(count):
            values = {name: value(entity.fields[name], dice, targets) for name in names}
            values["name"] = f"{dice.choice(TEXTS)} {at}"
            if label == DEAL:
                values["company"] = values["company"] or targets[COMPANY][0]
            if label == EMPLOYEE and made and dice.random() < 0.5:
                values["manager"] = str(dice.choice(made).pk)
            if label == UNIT and made and dice.random() < 0.7:
                values["parent"] = str(dice.choice(made).pk)
            made.append(writes.create(SYSTEM, entity, {key: each for key, each in values.items() if each is not None}, confirm=("duplicate", "similar")))  # fmt: skip
        targets[label] = [str(record.pk) for record in made]
    return people


def read(me):
    """The rows as they came to be stored, in memory."""
    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    from .filter_oracle import World

    world = World({}, {}, {}, {UNIT: "parent", EMPLOYEE: "manager"}, me)
    for label in (UNIT, EMPLOYEE, COMPANY, DEAL):
        entity = registry.get(label)
        specs = {name: spec for name, spec in entity.fields.items() if spec.columns}
        world.kinds[label] = {name: spec.type.name for name, spec in specs.items()}
        world.targets[label] = {name: spec.target for name, spec in specs.items()}
        world.rows[label] = {record.pk: {name: plain(spec.get(record)) for name, spec in specs.items()} for record in entity.rows(SYSTEM)}  # fmt: skip
    return world


def plain(found):
    """Amounts are asked for by their number."""
    return found.amount if hasattr(found, "currency") else found


@pytest.fixture(scope="module", params=range(5 if IS_LONG else 1))
def known(request, django_db_setup, django_db_blocker):
    from django.db import transaction

    from kith.core import custom_fields

    with django_db_blocker.unblock(), transaction.atomic():
        custom_fields.forget()
        people = fill(request.param)
        yield read(people.ann.pk), people
        transaction.set_rollback(True)
    custom_fields.forget()


# --- what is asked ------------------------------------------------------------------------------------------------------

DATES = ("today", "yesterday", "tomorrow")
SPANS = st.builds("{} {}".format, st.integers(0, 20), st.sampled_from(("day", "days", "weeks", "months", "quarter", "years")))  # fmt: skip


@st.composite
def conditions(draw):
    """One condition: where, and by numbers which field, operator and values; which they are is known with the rows."""
    return ("test", draw(st.lists(st.integers(0, 10**6), min_size=8, max_size=8)), draw(SPANS))


trees = st.recursive(
    conditions(),
    lambda inner: st.tuples(st.sampled_from(("all", "any", "none")), st.lists(inner, max_size=3)),
    max_leaves=6,
)


def as_json(world, label, tree, numbers=None):
    """The tree as JSON for rows of a kind."""
    if tree[0] != "test":
        return {tree[0]: [as_json(world, label, each) for each in tree[1]]}
    return one(world, label, tree[1], tree[2])


def one(world, label, numbers, span):
    """One condition on a field, or on a field of what a link leads to."""
    from kith.core.entity import registry

    prefix, dice = "", Random(repr(numbers))
    while PATHS[label] and dice.random() < 0.25:
        name, label = dice.choice(sorted(PATHS[label].items()))
        prefix += f"{name}."
        if prefix.count(".") == 2:
            break
    entity = registry.get(label)
    wanted = {*FIELDS[label], *GIVEN, *PATHS[label], *(name for name in entity.fields if name.startswith("x_"))}
    spec = entity.fields[dice.choice(sorted(wanted & world.kinds[label].keys()))]
    op = dice.choice(spec.ops)
    found = {"field": prefix + spec.name, "op": op}
    if op in ("empty", "filled"):
        return found
    return found | {"value": asked(world, label, spec, op, dice, span)}


def asked(world, label, spec, op, dice, span):
    """A value to ask for: often one that a row has."""
    import datetime as dt

    from django.utils import timezone

    kind = spec.type.name
    if op in ("last", "next"):
        return span
    if op == "this":
        return dice.choice(("day", "week", "month", "quarter", "year"))
    if kind in ("date", "moment"):
        days = [*DATES, *((timezone.localdate() + dt.timedelta(days=n)).isoformat() for n in DAYS)]
        return [dice.choice(days), dice.choice(days)] if op == "between" else dice.choice(days)
    there = [each for row in world.rows[label].values() for each in listed(row[spec.name])] or [None]
    pool = [*there, *there, *MORE.get(kind, TEXTS)]
    if kind in ("link", "tags"):
        pool = there + (["me"] if spec.target == "access.user" and op == "any" else [])
    pool = [
        each
        for each in pool
        if each not in (None, "") and (not isinstance(each, Decimal) or spec.decimals or each % 1 == 0)
    ]
    if op in ("any", "not_any", "has", "has_not", "within"):
        return [dice.choice(pool) for _each in range(dice.randint(1, 3))] if pool else []
    if op == "between":
        return [dice.choice(pool), dice.choice(pool)]
    if op in ("contains", "starts"):
        text = str(dice.choice(pool))
        start = dice.randint(0, len(text) - 1) if op == "contains" else 0
        return changed(text[start : start + dice.randint(1, 5)], dice).strip() or "a"
    found = dice.choice(pool)
    return changed(found, dice) if isinstance(found, str) and kind != "choice" else found


MORE = {
    "number": (Decimal(0), Decimal(5), Decimal("5.5")), "percent": (Decimal(0), Decimal("12.5")), "money": (Decimal(0), Decimal("10.5"), Decimal(7)),
    "boolean": (True, False), "country": ("NO", "DE"), "choice": (), "choices": (), "link": (), "tags": (), "words": ("sap", "word"),
}  # fmt: skip


def listed(found):
    """The values of a cell."""
    return found if isinstance(found, list) else [found]


def changed(text, dice):
    """The text in another case."""
    return dice.choice((text, text.lower(), text.upper() if len(text.upper()) == len(text) else text))


def as_typed(found):
    """Values as JSON has them."""
    if isinstance(found, list):
        return [as_typed(each) for each in found]
    return str(found) if isinstance(found, Decimal) or hasattr(found, "hex") else found


def wire(node):
    """The tree as it comes over the wire."""
    if "field" not in node:
        return {mode: [wire(child) for child in nodes] for mode, nodes in node.items()}
    return node | ({"value": as_typed(node["value"])} if "value" in node else {})


def test_sql_finds_what_python_finds(known, db):
    from kith.core import judging
    from kith.core.access import SYSTEM, actor_of
    from kith.core.entity import registry
    from kith.core.filters import compile_filter, fields_in, from_json, from_url, to_json

    from .filter_oracle import holds

    world, people = known
    me, tally = actor_of(people.ann.pk), Counter()
    rows = {label: list(registry.get(label).rows(SYSTEM)) for label in (UNIT, EMPLOYEE, COMPANY, DEAL)}

    @drawn(st.tuples(st.sampled_from((COMPANY, COMPANY, EMPLOYEE, UNIT, DEAL)), trees), short=120, long=20_000)
    def agree(drawing):
        label, tree = drawing
        entity, node = registry.get(label), as_json(world, label, tree)
        parsed = from_json(wire(node))
        assert (
            from_json(to_json(parsed)) == parsed == as_list(from_url([], __import__("json").dumps(wire(node))), parsed)
        )
        found = set(
            entity.rows(SYSTEM).filter(compile_filter(entity, parsed, SYSTEM, me=me)).values_list("pk", flat=True)
        )
        expected = {key for key, row in world.rows[label].items() if holds(world, label, row, node)}
        assert found == expected, (label, wire(node), [world.rows[label][key]["name"] for key in found ^ expected])
        tally[min(len(found), 1) + (len(found) == len(world.rows[label]))] += 1
        if all("." not in name and entity.fields[name].columns for name in fields_in(parsed)):
            judged = {row.pk for row in rows[label] if judging.holds(entity, parsed, lambda name: entity.fields[name].get(row), me)}  # noqa: B023  # fmt: skip
            assert judged == expected, (label, wire(node), "judged in memory")

    agree()
    assert min(tally[0], tally[1]) > sum(tally.values()) // 10, "the filters tell nothing apart"


def as_list(node, parsed):
    """What a URL says, which is always a group."""
    return node.nodes[0] if node != parsed and len(node.nodes) == 1 else node


def test_the_oracle_sees_a_wrong_filter(known, db):
    """Negative control: a compiler that forgets rows without a value under "is not" is caught."""
    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    from .filter_oracle import holds

    world, _people = known
    node = {"field": "payment_terms", "op": "is_not", "value": "anna"}
    expected = {key for key, row in world.rows[COMPANY].items() if holds(world, COMPANY, row, node)}
    naive = registry.get(COMPANY).rows(SYSTEM).exclude(payment_terms="").exclude(payment_terms__iexact="anna")
    assert set(naive.values_list("pk", flat=True)) != expected
