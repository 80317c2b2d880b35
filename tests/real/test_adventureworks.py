"""Microsoft's bicycle maker moves in by `kith import`: resellers, vendors, staff, territories, private customers; `kith undo` takes all back."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from tests.real.files import bring_in, long, needs, records, take, take_back

from kith.core import undo
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing.content import content

pytestmark = [needs("adventureworks"), pytest.mark.django_db]
FILES = (
    "aw_01_departments", "aw_02_territories", "aw_03_sales_people", "aw_04_employees", "aw_05_employee_tree", "aw_06_employee_departments", "aw_07_stores",
    "aw_08_store_demographics", "aw_09_store_addresses", "aw_10_store_contacts", "aw_11_vendors", "aw_12_vendor_contacts", "aw_13_contact_numbers",
)  # fmt: skip


def value(record: Any, name: str) -> Any:
    """A field of a record, custom ones too."""
    entity = registry.for_model(type(record))
    return entity.fields[name].get(record)


def test_the_company_moves_in_and_out_again():
    before = content()
    done = {name: bring_in(name) for name in FILES}
    staff_is_right()
    stores_are_right()
    people_are_right()
    numbers = done["aw_13_contact_numbers"].numbers
    assert (numbers["processed"], numbers["updated"], numbers["unmatched"]) == (19_972, 909, 19_063)
    for told in reversed(done.values()):
        take_back(told)
    assert {table: (before[table], now) for table, now in content().items() if before[table] != now} == {}


def staff_is_right(users: int = 17) -> None:
    """16 departments, 10 territories, 17 sales people who sign in (others may be there), 290 employees in a tree."""
    assert [
        records(label).count() for label in ("people.orgunit", "parties.territory", "access.user", "people.employee")
    ] == [16, 10, users, 290]
    employees = {employee.pk: employee for employee in records("people.employee").select_related("manager", "org_unit")}
    assert sorted(Counter(depth(employees, employee) for employee in employees.values()).items()) == [
        (0, 1),
        (1, 6),
        (2, 27),
        (3, 66),
        (4, 190),
    ]
    ken = records("people.employee").get(name="Ken J Sánchez")
    assert (ken.manager, ken.position, str(ken.birth_date), ken.org_unit.name) == (
        None,
        "Chief Executive Officer",
        "1969-01-29",
        "Executive",
    )
    assert sum(1 for employee in employees.values() if employee.user_id) == 17
    assert all(employee.org_unit for employee in employees.values())


def depth(employees: dict[Any, Any], employee: Any) -> int:
    """How many managers stand above somebody."""
    return 0 if employee.manager_id is None else 1 + depth(employees, employees[employee.manager_id])


def stores_are_right(survey: str = "x_survey") -> None:
    """701 resellers with owners, figures and addresses; two pairs share a name."""
    stores = list(records("parties.company").filter(roles__contains=["customer"]))
    assert (len(stores), len({store.name for store in stores}), len({store.owner_id for store in stores})) == (
        701,
        699,
        13,
    )
    assert None not in {store.owner_id for store in stores}
    assert sum(value(store, "x_annual_sales") for store in stores) == 1_110_900_000
    assert sum(store.employees_count for store in stores) == 28_397
    assert sum(value(store, "annual_revenue").amount for store in stores) == Decimal(111_090_000)
    assert all(value(store, survey).startswith("<StoreSurvey ") for store in stores)
    addresses = list(records("parties.address").filter(party__in=[store.pk for store in stores]))
    assert (len(addresses), Counter(address.kind for address in addresses)) == (712, {"main": 701, "shipping": 11})
    assert len({address.country for address in addresses}) == 6
    assert {address.country for address in addresses} == {"US", "CA", "GB", "FR", "DE", "AU"}
    assert sum(1 for address in addresses if address.is_primary) == 701


def people_are_right() -> None:
    """753 people of resellers and 156 of vendors, each with a job; all of them different."""
    jobs = list(records("parties.employment").select_related("person", "company"))
    by_role = Counter("supplier" if "supplier" in job.company.roles else "customer" for job in jobs)
    assert (records("parties.company").filter(roles__contains=["supplier"]).count(), by_role) == (
        104,
        {"customer": 753, "supplier": 156},
    )
    assert records("parties.person").count() == len({job.person_id for job in jobs}) == 909
    assert Counter(job.title for job in jobs if "customer" in job.company.roles) == {
        "Owner": 266,
        "Purchasing Manager": 245,
        "Purchasing Agent": 242,
    }
    assert len({person.email for person in records("parties.person")}) == 909
    john = records("parties.person").get(email="john6@adventure-works.com")
    assert (john.name, john.prefix, john.employer.name, john.job_title, john.phone) == (
        "John Arthur",
        "Mr.",
        "The Gear Store",
        "Owner",
        "149-555-0113",
    )


def test_private_customers_get_name_phone_and_demographics_through_their_number():
    """Their names are in no file: the part of the e-mail before @ stands for it. The first rows of each file are taken."""
    before = content()
    take("aw_02_territories")
    base = take("aw_14_private_customers", rows=1200)
    assert (base.summary.read, base.summary.rejected, base.summary.missing) == (1200, 0, {})
    customers = records("parties.person").count()
    assert base.summary.added == customers and base.summary.left_out == 1200 - customers
    done = [
        base,
        *(take(name) for name in ("aw_15_customer_mails", "aw_16_customer_phones", "aw_17_customer_demographics")),
    ]
    assert [(outcome.summary.updated, outcome.summary.rejected) for outcome in done[1:]] == [(customers, 0)] * 3
    assert records("parties.person").exclude(email="").exclude(phone="").exclude(birth_date=None).count() == customers
    one = records("parties.person").exclude(territory=None).order_by("external_ids").first()
    assert (one.name, one.roles, value(one, "x_cars") is None) == (one.email.partition("@")[0], ["customer"], False)
    for outcome in reversed(done):
        assert undo.undo(SYSTEM, outcome.changeset).kept == []
    assert records("parties.person").count() == 0 and content()["parties_party"] == before["parties_party"]


@long
def test_all_private_customers_by_command():
    """Every row of the four files: 19,119 of the 19,820 customers are people, 701 of those numbers stand for a reseller only."""
    before = content()
    told = [bring_in(name) for name in ("aw_02_territories", "aw_14_private_customers")]
    assert (told[1].numbers["processed"], told[1].numbers["added"], told[1].numbers["left out"]) == (
        19_820,
        19_119,
        701,
    )
    for name in ("aw_15_customer_mails", "aw_16_customer_phones", "aw_17_customer_demographics"):
        told.append(bring_in(name))
        numbers = told[-1].numbers
        assert (numbers["processed"], numbers["updated"], numbers["unmatched"]) == (19_972, 19_119, 853)
    people = records("parties.person")
    assert people.exclude(email="").exclude(phone="").exclude(territory=None).count() == people.count() == 19_119
    for each in reversed(told):
        take_back(each)
    assert {table for table, now in content().items() if before[table] != now} == set()
