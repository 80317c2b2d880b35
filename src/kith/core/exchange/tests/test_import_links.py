"""Links, dictionaries, tags, parts and custom fields in files (R10, R148, R149): found, added, reported, rejected, never guessed."""

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange.tests.import_help import columns, imported, rows
from kith.core.ledger import Change
from kith.core.testing.content import content_hash
from kith.core.testing.people import make_user

pytestmark = pytest.mark.django_db
CONTACTS = columns(
    First="given_name", Last="family_name", Mail="email", Firm="employment.company", Job="employment.title"
)


@pytest.fixture
def acme():
    return writes.create(
        SYSTEM,
        registry.get("parties.company"),
        {"name": "ООО «Ромашка»", "external_ids": ["c:1"], "tax_id": "7701234567"},
    )


def people(*names):
    return rows("parties.person", *names)


@pytest.mark.parametrize(
    ("by", "text"),
    [
        ("", "Ромашка"),
        ("", "c:1"),
        ("", "7701234567"),
        (".name", "ромашка ООО"),
        (".external_ids", "c:1"),
        (".tax_id", "7701234567"),
    ],
)
def test_links_are_found_by_whatever_tells(acme, by, text):
    outcome = imported(
        "parties.person", f"Last,Firm\nLind,{text}\n", columns(Last="family_name", Firm=f"employment.company{by}")
    )
    assert (outcome.summary.added, dict(outcome.summary.parts_added), outcome.summary.missing) == (
        1,
        {"parties.employment": 1},
        {},
    )
    assert people("name", "employer") == [("Lind", acme.pk)]


def test_users_are_found_by_mail_id_external_id_and_name():
    ann = make_user("Ann Own", email="ann@kith.test", external_ids=["aw:7"])
    text = f"Name,Owner\nA,ANN@kith.test\nB,{ann.pk}\nC,aw:7\nD,ann own\nE,nobody@kith.test\n"
    outcome = imported("parties.company", text, columns(Name="name", Owner="owner"))
    assert dict(rows("parties.company", "name", "owner")) == {
        "A": ann.pk,
        "B": ann.pk,
        "C": ann.pk,
        "D": ann.pk,
        "E": None,
    }
    assert {column: dict(texts) for column, texts in outcome.summary.missing.items()} == {
        "Owner": {"nobody@kith.test": 1}
    }
    assert Change.objects.get(title="E").source["missing"] == {"Owner": "nobody@kith.test"}


@pytest.mark.parametrize(
    ("policy", "added", "rejected", "companies"),
    [
        ("report", 2, 0, ["ООО «Ромашка»"]),
        ("empty", 2, 0, ["ООО «Ромашка»"]),
        ("reject", 1, 1, ["ООО «Ромашка»"]),
        ("create", 2, 0, ["New Ltd", "ООО «Ромашка»"]),
    ],
)
def test_missing_targets_are_reported_created_or_rejected(acme, policy, added, rejected, companies):
    outcome = imported(
        "parties.company",
        "Name,Up\nOne,c:1\nTwo,New Ltd\n",
        [*columns(Name="name"), {"column": "Up", "to": "parent", "missing": policy}],
    )
    assert (outcome.summary.added, outcome.summary.rejected) == (added, rejected)
    assert sorted(name for (name,) in rows("parties.company", "name") if name not in ("One", "Two")) == companies
    assert bool(outcome.summary.missing) == (policy == "report") or policy == "reject"


def test_a_row_may_point_to_a_later_one():
    text = "Id,Name,Boss\n3,Ann,2\n2,Tom,1\n1,Eva,\n4,Max,9\n"
    paths = columns(
        Id={"to": "external_ids", "prefix": "e:"}, Name="name", Boss={"to": "manager.external_ids", "prefix": "e:"}
    )
    before = content_hash()
    outcome = imported("people.employee", text, paths)
    employees = {employee.name: employee for employee in registry.get("people.employee").rows(SYSTEM)}
    assert {name: employee.manager and employee.manager.name for name, employee in employees.items()} == {
        "Ann": "Tom",
        "Tom": "Eva",
        "Eva": None,
        "Max": None,
    }
    assert {column: dict(texts) for column, texts in outcome.summary.missing.items()} == {"Boss": {"e:9": 1}}
    assert undo.undo(SYSTEM, outcome.changeset).kept == [] and content_hash() == before


def test_a_tree_given_by_paths():
    text = "Node,Name\n/,Head\n/1/,North\n/1/4/,Far North\n"
    paths = [
        *columns(Node={"to": "external_ids", "prefix": "n:"}, Name="name"),
        {"column": "Node", "to": "parent.external_ids", "prefix": "n:", "change": ["parent"]},
    ]
    imported("people.orgunit", text, paths)
    assert rows("people.orgunit", "name", "parent__name") == [("Far North", "North"), ("Head", None), ("North", "Head")]


def test_circles_in_a_file_are_told_and_not_made():
    text = "Id,Name,Up\n1,A,2\n2,B,1\n"
    outcome = imported("people.orgunit", text, columns(Id="external_ids", Name="name", Up="parent.external_ids"))
    assert outcome.summary.added == 2 and len(outcome.summary.late_errors) == 1
    assert sorted(rows("people.orgunit", "name", "parent__name"), key=str) in (
        [("A", "B"), ("B", None)],
        [("A", None), ("B", "A")],
    )


@pytest.mark.parametrize(
    ("unknown", "added", "industries"), [("add", 3, ["Bakery", "Шахта"]), ("empty", 3, []), ("reject", 1, [])]
)
def test_unknown_words_of_a_dictionary(unknown, added, industries):
    outcome = imported(
        "parties.company",
        "Name,Trade\nA,Bakery\nB,\nC,Шахта\n",
        columns(Name="name", Trade="industry"),
        unknown=unknown,
    )
    assert (outcome.summary.added, outcome.summary.rejected) == (added, 3 - added)
    assert sorted(name for (name,) in rows("parties.industry", "name")) == industries


def test_words_of_a_dictionary_are_the_same_in_every_case_and_language():
    writes.create(SYSTEM, registry.get("parties.industry"), {"name": "Bakery", "translations": {"ru": "Пекарня"}})
    imported("parties.company", "Name,Trade\nA,BAKERY\nB,пекарня\nC,Bakery\n", columns(Name="name", Trade="industry"))
    assert rows("parties.company", "industry__name") == [("Bakery",)] * 3 and len(rows("parties.industry", "pk")) == 1


def test_values_can_be_replaced_and_choices_are_known_by_any_label():
    paths = [*columns(Name="name"), {"column": "S", "to": "status", "values": {"verloren": "lost", "?": ""}}]
    outcome = imported("parties.company", "Name,S\nA,verloren\nB,активен\nC,dormant\nD,?\nE,planet\n", paths)
    stored = dict(rows("parties.company", "name", "status"))
    assert stored == {"A": "lost", "C": "dormant", "D": "active"} | ({"B": "active"} if "B" in stored else {})
    assert [row.errors["S"][0][:8] for row in outcome.rejected if row.number == 6] == ["“planet”"]


def test_tags_are_made_and_added_to():
    imported("parties.company", 'Name,Tags\nA,"red; Blue"\n', columns(Name="name", Tags="tags"))
    outcome = imported("parties.company", 'Name,Tags\nA,"RED, green"\n', columns(Name="name", Tags="tags"))
    company = registry.get("parties.company").rows(SYSTEM).get()
    assert sorted(name for (name,) in rows("core.tag", "name")) == ["Blue", "green", "red"]
    assert (len(company.tags), outcome.summary.updated, outcome.summary.added) == (3, 1, 0)


def test_one_row_makes_a_person_a_job_addresses_and_further_phones(acme):
    text = "First,Last,Mail,Phone,Phone 2,Work mail,Firm,Job,City,Ship city\nAnn,Lind,ann@example.org,+4769184000,+4769184001,work@example.org,c:1,Owner,Oslo,Bergen\n"
    paths = columns(
        First="given_name", Last="family_name", Mail="email", Phone="phone", Firm="employment.company", Job="employment.title", City="address.city", Phone__2="contactpoint[phone 2].value",
        Work__mail="contactpoint[email 2].value", Ship__city="address[shipping].city",
    )  # fmt: skip
    before = content_hash()
    outcome = imported("parties.person", text, paths)
    assert dict(outcome.summary.parts_added) == {
        "parties.employment": 1,
        "parties.contactpoint": 2,
        "parties.address": 2,
    }
    assert rows("parties.contactpoint", "kind", "value", "is_primary") == [
        ("email", "ann@example.org", True), ("email", "work@example.org", False), ("phone", "+4769184000", True), ("phone", "+4769184001", False)
    ]  # fmt: skip
    assert rows("parties.address", "kind", "city") == [("main", "Oslo"), ("shipping", "Bergen")]
    assert people("name", "employer", "job_title", "city") == [("Ann Lind", acme.pk, "Owner", "Oslo")]
    again = imported("parties.person", text, paths)
    assert (again.summary.unchanged, again.changeset) == (1, None)
    changed = imported("parties.person", text.replace("Owner", "Buyer").replace("Bergen", "Moss"), paths)
    assert (changed.summary.updated, dict(changed.summary.parts_updated)) == (
        1,
        {"parties.employment": 1, "parties.address": 1},
    )
    for done in (changed, outcome):
        assert undo.undo(SYSTEM, done.changeset).kept == []
    assert content_hash() == before


def test_a_bad_part_rejects_its_row_and_leaves_nothing_of_it(acme):
    text = "First,Last,Mail,Firm,Job,More\nAnn,Lind,ann@example.org,c:1,Owner,no mail\nTom,Berg,tom@example.org,c:1,Clerk,x@example.org\n"
    outcome = imported("parties.person", text, [*CONTACTS, {"column": "More", "to": "contactpoint[email 2].value"}])
    assert [(row.number, list(row.errors)) for row in outcome.rejected] == [(2, ["More"])]
    assert people("name") == [("Tom Berg",)] and outcome.summary.added == 1
    assert not Change.objects.filter(title__contains="Ann").exists()


def test_a_job_without_company_is_left_out_and_the_person_taken(acme):
    outcome = imported(
        "parties.person",
        "First,Last,Mail,Firm,Job\nAnn,Lind,a@example.org,,Owner\nTom,Berg,t@example.org,Unknown,Clerk\n",
        CONTACTS,
    )
    assert (outcome.summary.added, dict(outcome.summary.parts_added), dict(outcome.summary.parts_left_out)) == (
        2,
        {},
        {"parties.employment": 2},
    )
    assert {column: dict(texts) for column, texts in outcome.summary.missing.items()} == {"Firm": {"Unknown": 1}}


def test_columns_without_a_field_are_kept_as_custom_fields_and_go_with_undo():
    before = content_hash()
    text = 'Name,Annual sales,Survey,Since\nA,1 200 000,<a b="c">ü</a>,2020-03-01\n'
    keep = [
        {"column": "Annual sales", "to": "x_annual_sales", "keep": {"label": "Annual sales", "kind": "number"}},
        {"column": "Survey", "to": "x_survey", "keep": {"label": "Survey", "kind": "longtext"}},
        {"column": "Since", "to": "x_since", "keep": {"label": "Since", "kind": "date"}},
    ]
    rehearsed = imported("parties.company", text, [*columns(Name="name"), *keep], rehearse=True)
    assert (
        rehearsed.summary.added,
        "x_survey" in registry.get("parties.company").fields,
        content_hash() == before,
    ) == (1, False, True)
    outcome = imported("parties.company", text, [*columns(Name="name"), *keep])
    company = registry.get("parties.company")
    record = company.rows(SYSTEM).get()
    assert {name: company.fields[name].get(record) for name in ("x_annual_sales", "x_survey")} == {
        "x_annual_sales": 1200000,
        "x_survey": '<a b="c">ü</a>',
    }
    assert record.custom["x_since"] == "2020-03-01"
    assert undo.undo(SYSTEM, outcome.changeset).kept == []
    assert ("x_survey" in company.fields, content_hash() == before) == (False, True)


def test_whole_names_are_divided_where_their_parts_are_empty():
    text = "Name,First,Last\nИванова Анна Петровна,,\nignored,Tom,Berg\n张伟,,\n"
    imported("parties.person", text, columns(Name="full_name", First="given_name", Last="family_name"))
    assert people("family_name", "given_name", "middle_name") == [
        ("Berg", "Tom", ""),
        ("Иванова", "Анна", "Петровна"),
        ("张", "伟", ""),
    ]


def test_amounts_find_their_currency_in_the_cell_or_beside_it():
    text = 'Name,Limit,Turnover,Cur\nA,"1 200,50 ₽","3,5",CNY\nB,"7,00","4,25",\n'
    imported(
        "parties.company",
        text,
        [
            *columns(Name="name", Limit={"to": "credit_limit", "currency": "USD"}),
            {"column": "Turnover", "to": "annual_revenue", "currency": "Cur"},
        ],
    )
    company = registry.get("parties.company")
    stored = [
        [str(company.fields[name].get(record)) for name in ("credit_limit", "annual_revenue")]
        for record in company.rows(SYSTEM).order_by("name")
    ]
    assert stored == [["1200.5000 RUB", "3.5000 CNY"], ["7.0000 USD", "4.2500 EUR"]]
