"""What a custom field asks of its values: required, unique, limits, patterns, first values; labels and choices in three languages; links."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from kith.core import custom_fields, rates, sums, trash, undo, uniqueness, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.exchange.tests.import_help import columns, imported
from kith.core.filter_ops import condition
from kith.core.filters import compile_filter, term
from kith.core.ledger import ChangeSet
from kith.core.money import Money
from kith.core.testing import factory
from kith.core.tests.test_api import send, token
from kith.core.views import from_address
from kith.sales import absorbing

pytestmark = pytest.mark.django_db


def define(kind="text", **values):
    values = {"entity": "parties.company", "label": "Code", "name": "x_code", "kind": kind, **values}
    return writes.create(SYSTEM, registry.get("core.fielddefinition"), values)


def company(**values):
    return writes.create(SYSTEM, registry.get("parties.company"), {"name": "A", **values}, confirm=("duplicate",))


def refused(do, *names):
    with pytest.raises(Refused) as error:
        do()
    assert set(names) <= set(error.value.errors), error.value.errors
    return str(next(iter(error.value.errors[names[0]])))


def count():
    return registry.get("parties.company").rows(SYSTEM).count()


def test_a_required_field_is_asked_for_on_every_door_but_not_of_what_is_there_already(people):
    old = company()
    define(is_required=True)
    assert refused(company, "x_code") == "This field is required."
    answer = send(token(people.eva), "post", "companies", {"name": "B"})
    assert (answer.status_code, "x_code" in answer.content.decode(), count()) == (422, True, 1)
    assert imported("parties.company", "Name\nC\n", columns(Name="name")).rejected[0].errors.keys() == {"Code"}
    assert 'name="x_code"' in people.clients.eva.get("/companies/new").content.decode()  # the short form as well
    assert writes.save(SYSTEM, old, {"name": "A2"}).name == "A2"
    refused(lambda: writes.save(SYSTEM, old, {"x_code": ""}), "x_code")
    assert count() == 1


@pytest.mark.parametrize(
    ("facts", "good", "bad", "words"),
    [
        ({"kind": "number", "minimum": "5", "maximum": "7"}, "6", "8", "greatest value is 7"),
        ({"kind": "number", "minimum": "5", "decimals": 1}, "5.5", "4.9", "least value is 5"),
        ({"kind": "money", "minimum": "0"}, {"amount": "3", "currency": "EUR"}, {"amount": "-1", "currency": "EUR"}, "least value is 0"),
        ({"longest": 3}, "abc", "abcd", "at most 3"),
        ({"pattern": "[A-Z]{2}-[0-9]{4}"}, "AB-1234", "AB-12345", "form that is asked for"),
    ],
)  # fmt: skip
def test_limits_and_patterns_hold(facts, good, bad, words):
    define(**facts)
    record = company(x_code=good)
    assert words in refused(lambda: company(x_code=bad), "x_code")
    assert words in refused(lambda: writes.save(SYSTEM, record, {"x_code": bad}), "x_code")
    assert count() == 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"minimum": "5"}, "minimum"), ({"kind": "number", "minimum": "5", "maximum": "4"}, "maximum"), ({"pattern": "("}, "pattern"), ({"pattern": "(?=a)b"}, "pattern"),
        ({"pattern": r"(a)\1"}, "pattern"), ({"pattern": "a{9999}"}, "pattern"), ({"kind": "date", "pattern": "2.*"}, "pattern"), ({"kind": "boolean", "is_unique": True}, "is_unique"),
        ({"kind": "money", "is_searched": True}, "is_searched"), ({"is_searched": True, "is_sensitive": True}, "is_searched"), ({"kind": "link"}, "target"),
        ({"kind": "link", "target": "parties.planet"}, "target"), ({"kind": "number", "initial": "many"}, "initial"), ({"kind": "choice", "options": ["a", "A"]}, "options"),
        ({"kind": "choice", "options": ["a"], "looks": {"b": {}}}, "looks"), ({"kind": "choice", "options": ["a"], "looks": {"a": {"hue": "pinkish"}}}, "looks"),
        ({"name": "x_a__b"}, "name"), ({"name": "x_a_"}, "name"), ({"kind": "choice", "options": [f"{number}" for number in range(201)]}, "options"),
        ({"kind": "choice", "options": ["a"], "looks": ["a"]}, "looks"), ({"kind": "choice", "options": ["a"], "looks": {"a": {"ru": 5}}}, "looks"), ({"translations": {"de": "x"}}, "translations"),
    ],
)  # fmt: skip
def test_a_definition_that_cannot_be_is_refused_by_field(facts, field):
    refused(lambda: define(**facts), field)
    assert not registry.get("core.fielddefinition").rows(SYSTEM).exists()


@pytest.mark.parametrize("name", ["x_a__b", "x_a_"])
def test_a_key_is_one_step_whatever_its_name(name):
    """Such names are refused now; those that are there already mean themselves, not a key inside another one."""
    spec = custom_fields.spec_of(SimpleNamespace(**vars(define(is_unique=True)) | {"name": name}))
    entity = registry.get("parties.company")
    for op in ("empty", "filled"):
        asked = entity.rows(SYSTEM).filter(condition(entity, spec, op, None, SYSTEM))
        assert f'"custom" ->> {name})' in str(asked.query)
    assert f'"custom" ->> {name})' in str(entity.rows(SYSTEM).annotate(key=uniqueness.key(name)).query)


def test_new_records_begin_with_a_value_on_every_door(people):
    define(kind="choice", options=["low", "high"], initial="low")
    assert company().custom == {"x_code": "low"}
    assert company(x_code=None).custom == {}
    assert send(token(people.eva), "post", "companies", {"name": "B"}).json()["x_code"] == "low"
    imported("parties.company", "Name\nC\n", columns(Name="name"))
    assert registry.get("parties.company").rows(SYSTEM).get(name="C").custom == {"x_code": "low"}
    assert 'value="low" selected' in people.clients.eva.get("/companies/new?full=1").content.decode()


def test_label_and_choices_speak_the_readers_language_and_fall_back(people):
    looks = {"high": {"hue": "rose", "label": "High up", "ru": "Высокий", "zh-hans": "高"}}
    define("choice", options=["low", "high"], looks=looks, translations={"ru": "Код"}, label="Code word")
    record = company(x_code="high")
    spec = registry.get("parties.company").fields["x_code"]
    for language, label, choice in (("en", "Code word", "High up"), ("ru", "Код", "Высокий"), ("zh-hans", "Code word", "高")):  # fmt: skip
        with translation.override(language):
            assert (str(spec.label), spec.type.text("high", spec), spec.type.parse(choice, spec)) == (label, choice, "high")  # fmt: skip
    assert spec.hues == {"low": "grey", "high": "rose"}
    page = people.clients.eva.get(f"/companies/{record.pk}/", headers={"Accept-Language": "ru"}).content.decode()
    assert 'data-h="rose"' in page or "High up" in page


def test_a_choice_that_records_hold_is_not_taken_away():
    field = define("choice", options=["low", "high"])
    company(x_code="high")
    assert "Records hold this: high (1)" in refused(lambda: writes.save(SYSTEM, field, {"options": ["low"]}), "options")
    assert writes.save(SYSTEM, field, {"options": ["high", "top"]}).options == ["high", "top"]


def test_decimals_only_grow_while_values_are_held():
    field = define("number", decimals=1)
    company(x_code="1.5")
    refused(lambda: writes.save(SYSTEM, field, {"decimals": 0}), "decimals")
    assert writes.save(SYSTEM, field, {"decimals": 2}).decimals == 2


# --- unique -------------------------------------------------------------------------------------------------------------


def test_values_that_are_there_already_are_named_when_they_shall_be_unique():
    field = define()
    first, second = company(x_code="AB"), company(x_code="ab")
    text = refused(lambda: writes.save(SYSTEM, field, {"is_unique": True}), "is_unique")
    assert "Several records hold the same: “ab”" in text
    writes.save(SYSTEM, second, {"x_code": "cd"})
    assert writes.save(SYSTEM, field, {"is_unique": True}).is_unique
    assert "AB" in refused(lambda: writes.save(SYSTEM, second, {"x_code": "AB"}), "x_code")
    assert first.custom == {"x_code": "AB"}


def test_no_two_records_hold_a_unique_value(people):
    define(is_unique=True)
    first = company(x_code="AB-1")
    assert refused(lambda: company(x_code="ab-1"), "x_code") == "Another record holds this already: ab-1."
    answer = send(token(people.eva), "post", "companies", {"name": "B", "x_code": "AB-1"})
    assert (answer.status_code, count()) == (422, 1)
    done = imported("parties.company", "Name,Code\nC,X-1\nD,x-1\nE,AB-1\n", columns(Name="name", Code="x_code"))
    assert (done.summary.added, [sorted(row.errors) for row in done.rejected]) == (1, [["Code"], ["Code"]])
    assert writes.save(SYSTEM, first, {"name": "A2"}).custom == {"x_code": "AB-1"}
    writes.delete(SYSTEM, registry.get("parties.company"), [first.pk])  # what lies in the trash is in nobody's way
    second = company(x_code="AB-1")
    refused(lambda: writes.restore(SYSTEM, registry.get("parties.company"), [first.pk]), "x_code")
    writes.save(SYSTEM, second, {"x_code": "AB-2"})
    writes.restore(SYSTEM, registry.get("parties.company"), [first.pk])
    assert count() == 3


@pytest.mark.parametrize("text", ["ΟΔΟΣ", "İSTANBUL", "STRASSE ẞ"])
def test_letters_that_are_made_small_in_two_ways_are_the_same_all_the_same(text):
    define(is_unique=True)
    company(x_code=text)
    refused(lambda: company(x_code=text), "x_code")
    assert count() == 1


def test_people_and_companies_have_values_of_their_own():
    define(is_unique=True)
    define(entity="parties.person", is_unique=True)
    company(x_code="A")
    writes.create(SYSTEM, registry.get("parties.person"), {"given_name": "Eva", "family_name": "Lind", "x_code": "A"})
    refused(lambda: company(x_code="A"), "x_code")


# --- links --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def linked(people):
    define("link", target="parties.person", label="Guarantor")
    person = factory.make("parties.person", given_name="Ada", family_name="Zorn", owner=str(people.tom.pk))
    return person, company(x_code=str(person.pk))


def test_a_link_shows_titles_and_keeps_the_rights_of_its_target(people, linked):
    person, record = linked
    writes.save(SYSTEM, record, {"owner": str(people.ann.pk)})
    eva = people.clients.eva.get("/companies/?cols=name,x_code").content.decode()
    ann = people.clients.ann.get("/companies/?cols=name,x_code").content.decode()
    assert ("Zorn" in eva, "Zorn" in ann, ">A<" in ann) == (True, False, True)
    companies = registry.get("parties.company")
    with pytest.raises(Refused):
        writes.save(actor_of(people.ann.pk), record, {"name": "B", "x_code": None}) and writes.save(actor_of(people.ann.pk), record, {"x_code": str(person.pk)})  # fmt: skip
    asked = compile_filter(companies, term("x_code.family_name:is:Zorn"), actor_of(people.ann.pk))
    assert not companies.rows(SYSTEM).filter(asked).exists()  # a hidden name is not to be guessed
    assert (
        companies.rows(SYSTEM).filter(compile_filter(companies, term("x_code.family_name:is:Zorn"), SYSTEM)).count()
        == 0
    )


def test_a_link_sorts_and_filters_by_its_target(people, linked):
    person, _record = linked
    other = factory.make("parties.person", given_name="Bo", family_name="Alm")
    company(name="B", x_code=str(other.pk))
    company(name="C")
    companies = registry.get("parties.company")
    for order, names in (("x_code", "BAC"), ("-x_code", "ABC")):
        html = people.clients.eva.get(f"/companies/?cols=name,x_code&sort={order}").content.decode()
        found = sorted("ABC", key=lambda name: html.index(f">{name}<"))
        assert "".join(found) == names
    for node, names in ((f"x_code:any:{person.pk}", ["A"]), ("x_code.family_name:is:Alm", ["B"]), ("x_code:empty", ["C"])):  # fmt: skip
        asked = compile_filter(companies, term(node), SYSTEM)
        assert list(companies.rows(SYSTEM).filter(asked).values_list("name", flat=True)) == names
    html = people.clients.eva.get("/companies/?cols=name,x_code.email&sort=name")
    assert html.status_code == 200


def test_lists_and_boards_are_grouped_by_a_link(people, linked):
    industry = writes.create(SYSTEM, registry.get("parties.industry"), {"name": "Paper"})
    define("link", name="x_trade", label="Trade", target="parties.industry")
    writes.save(SYSTEM, linked[1], {"x_trade": str(industry.pk)})
    client = people.clients.eva
    for address, words in (("/companies/?group=x_code", "Zorn"), ("/companies/?group=x_trade", "Paper"), ("/companies/report?rows=x_code", "Zorn")):  # fmt: skip
        answer = client.get(address)
        assert (answer.status_code, words in answer.content.decode()) == (200, True), address
    define("link", entity="sales.opportunity", name="x_helper", label="Helper", target="access.user")
    factory.make("sales.opportunity", name="Big deal", x_helper=str(people.tom.pk), company=str(linked[1].pk))
    board = client.get("/opportunities/board?group=x_helper").content.decode()
    assert "Tom Team" in board and "Big deal" in board


def test_a_link_to_nothing_is_refused(linked):
    for wrong in ("019a0000-0000-7000-8000-000000000000", str(linked[1].pk), "nonsense"):
        refused(lambda wrong=wrong: company(x_code=wrong), "x_code")
    assert count() == 1


def test_a_target_in_the_trash_keeps_its_place_and_is_erased_only_without_links(linked):
    person, record = linked
    people = registry.get("parties.person")
    writes.delete(SYSTEM, people, [person.pk])
    assert registry.get("parties.company").rows(SYSTEM).get().custom == {"x_code": str(person.pk)}
    assert writes.save(SYSTEM, record, {"name": "A2", "x_code": str(person.pk)}).name == "A2"  # kept as it is
    gone = people.rows(SYSTEM, trashed=True).get()
    with pytest.raises(Refused, match="still point to it"):
        trash.purge(SYSTEM, people, [gone])
    assert people.rows(SYSTEM, trashed=True).count() == 1
    writes.save(SYSTEM, record, {"x_code": None})
    trash.purge(SYSTEM, people, [gone])
    assert people.rows(SYSTEM, trashed=True).count() == 0


def test_a_retired_field_is_unknown_and_its_name_stays_taken(people):
    field = define()
    company(x_code="AB")
    writes.save(SYSTEM, field, {"is_retired": True})
    refused(lambda: company(x_code="CD"), "x_code")
    refused(lambda: define(), "name")
    assert custom_fields.load().get("parties.company", ()) == ()
    writes.save(SYSTEM, field, {"is_retired": False})
    assert registry.get("parties.company").rows(SYSTEM).get().custom == {"x_code": "AB"}


# --- what the walk does not meet ----------------------------------------------------------------------------------------


def test_amounts_of_several_currencies_are_added_up_like_declared_ones(people):
    define("money")
    for code, rate in (("EUR", "1"), ("USD", "0.5")):
        if code != rates.base():
            writes.create(SYSTEM, registry.get("core.exchangerate"), {"currency": code, "rate": rate, "valid_on": "2020-01-01"})  # fmt: skip
    companies, actor = registry.get("parties.company"), people.actors.eva
    company(x_code={"amount": "10.50", "currency": "EUR"})
    look = from_address(companies, actor, {"cols": "name,x_code"})
    assert sums.totals(look, actor)["x_code"] == Money(Decimal("10.50"), "EUR")
    company(name="B", x_code={"amount": "8", "currency": "USD"})
    company(name="C")
    found = sums.totals(look, actor)["x_code"]
    assert (type(found).__name__, found.amount) == ("Converted", Decimal("14.5"))
    company(name="D", x_code={"amount": "8", "currency": "CHF"})
    assert sums.totals(look, actor)["x_code"] == sums.MIXED
    html = people.clients.eva.get("/companies/?cols=name,x_code&group=x_code")
    assert html.status_code == 200


def test_pages_doors_and_files_know_translated_labels(people):
    looks = {"high": {"hue": "rose", "ru": "Высокий"}}
    define(
        "choice", options=["low", "high"], looks=looks, translations={"ru": "Код"}, help="What it is", is_required=True
    )
    record = company(x_code="high")
    writes.save(SYSTEM, people.eva, {"language": "ru"})
    client = people.clients.eva
    for address in ("/companies/?cols=name,x_code&sort=x_code", "/companies/new?full=1", f"/companies/{record.pk}/", f"/companies/{record.pk}/edit", "/companies/?group=x_code", "/companies/report?d=x_code", "/companies/columns", "/companies/export"):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert address.endswith("export") or "Код" in answer.content.decode(), address
    assert client.get("/api/v1/openapi.json").status_code == 200
    text = b"".join(client.get("/companies/export?format=csv&cols=name,x_code").streaming_content).decode("utf-8-sig")
    assert ("Код" in text, "high" in text) == (True, True)
    done = imported("parties.company", "Name,Code\nZ,high\n", columns(Name="name", Code="x_code"))
    assert done.summary.added == 1
    assert client.get("/companies/filter?field=x_code").status_code in (200, 404)


def test_undo_passes_over_a_field_that_is_retired():
    field = define()
    record = company(x_code="AB")
    writes.save(SYSTEM, record, {"x_code": "CD", "name": "B"})
    changed = ChangeSet.objects.order_by("-pk")[0].pk
    writes.save(SYSTEM, field, {"is_retired": True})
    undo.undo(SYSTEM, changed)
    (row,) = registry.get("parties.company").rows(SYSTEM)
    assert (row.name, row.custom) in (("A", {"x_code": "CD"}), ("B", {"x_code": "CD"}))


def test_a_record_is_merged_with_what_points_to_it_by_a_custom_field():
    define("link", target="parties.person")
    person, other = (factory.make("parties.person", given_name=name, family_name="Lind") for name in ("Eva", "Ewa"))
    record = company(x_code=str(person.pk))
    with change_set(SYSTEM, kind="merge"):
        absorbing.move_links(registry.get("parties.person"), person, other)
    assert registry.get("parties.company").rows(SYSTEM).get(pk=record.pk).custom == {"x_code": str(other.pk)}
