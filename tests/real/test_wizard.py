"""The same companies through the import wizard in Chromium, matched by hand as anybody would; then everything is undone."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.real.files import DATA, everything, long, needs, records, unlike
from tests.real.test_adventureworks import people_are_right, staff_is_right, stores_are_right
from tests.real.wizard import Wizard

from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
AW = DATA / "adventureworks"


@pytest.fixture
def wizard(browser: Any, transactional_db: None, live_server: Any, settings: Any, tmp_path: Any) -> Iterator[Wizard]:
    """Eva at the wizard."""
    settings.MEDIA_ROOT = tmp_path
    people = make_people()
    with browsing.page(browser) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.set_default_timeout(120_000)  # a machine that is busy with other tests is no reason to fail
        yield Wizard(page, live_server.url)


@needs("adventureworks")
def test_staff_and_suppliers_of_a_bicycle_maker_move_in_through_the_wizard_and_out_again(wizard: Wizard) -> None:
    """Every kind of step; `kith import` brings in the whole company beside this (test_adventureworks)."""
    before = everything()
    staff_moves_in(wizard)
    suppliers_move_in(wizard, is_matched=False)
    jobs = list(records("parties.employment").select_related("person", "company"))
    assert {tuple(job.company.roles) for job in jobs} == {("supplier",)}
    assert len({job.person_id for job in jobs}) == records("parties.person").count() == 156
    assert all(job.title and job.person.email for job in jobs)
    wizard.undo_all()
    assert unlike(before) == {}


@long
@needs("adventureworks")
def test_a_bicycle_maker_moves_in_through_the_wizard_and_out_again(wizard: Wizard) -> None:
    before = everything()
    staff_moves_in(wizard)
    resellers_move_in(wizard)
    suppliers_move_in(wizard, is_matched=True)
    people_are_right()
    wizard.undo_all()
    assert unlike(before) == {}


def staff_moves_in(wizard: Wizard) -> None:
    """Departments, territories, people who sign in, employees with their tree and their departments."""
    wizard.choose("departments", AW / "HumanResources_Department.csv")
    wizard.match("DepartmentID", "External ids", prefix="aw:department:")
    wizard.match("GroupName", "Keep as a custom field", label="Group")
    assert wizard.bring_in() == {"added": 16, "rejected": 0}
    wizard.choose("territories", AW / "Sales_SalesTerritory.csv")
    wizard.match("TerritoryID", "External ids", prefix="aw:territory:")
    wizard.keep_rest()
    assert wizard.bring_in() == {"added": 10, "rejected": 0}
    wizard.choose("users", AW / "Sales_vSalesPerson.csv")
    wizard.match("BusinessEntityID", "External ids", prefix="aw:")
    assert wizard.bring_in() == {"added": 17, "rejected": 0}
    wizard.choose("employees", AW / "HumanResources_vEmployee.csv")
    wizard.match("BusinessEntityID", "External ids", prefix="aw:")
    wizard.also("EmailAddress", "User account", by="email", missing="empty")
    assert wizard.bring_in("external_ids") == {"added": 290, "rejected": 0}
    wizard.choose("employees", AW / "HumanResources_Employee.csv")
    wizard.match("BusinessEntityID", "External ids", prefix="aw:")
    wizard.match("OrganizationNode", "External ids", prefix="aw:node:", empty="/")
    wizard.also("OrganizationNode", "Manager", by="external_ids", prefix="aw:node:", change="parent")
    assert wizard.bring_in("external_ids", strategy="update") == {"added": 0, "updated": 290, "rejected": 0}
    wizard.choose("employees", AW / "HumanResources_vEmployeeDepartment.csv")
    wizard.match("BusinessEntityID", "External ids", prefix="aw:")
    assert wizard.bring_in("external_ids", strategy="update") == {"added": 0, "updated": 290, "rejected": 0}
    staff_is_right(users=4 + 17)


def resellers_move_in(wizard: Wizard) -> None:
    """Stores with owners and figures, their addresses of two kinds, their people with jobs."""
    wizard.choose("companies", AW / "Sales_Store.csv")
    wizard.match("BusinessEntityID", "External ids", prefix="aw:")
    wizard.match("SalesPersonID", "Owner", by="external_ids", prefix="aw:", missing="reject")
    wizard.match("Demographics", "Keep as a custom field", label="Survey")
    wizard.every_row("Roles", "customer")
    assert wizard.bring_in("external_ids") == {"added": 701, "rejected": 0}
    wizard.choose("companies", AW / "Sales_vStoreWithDemographics.csv")
    wizard.match("BusinessEntityID", "External ids", prefix="aw:")
    wizard.keep_rest()
    assert wizard.bring_in("external_ids", strategy="update") == {"added": 0, "updated": 701, "rejected": 0}
    wizard.choose("addresses", AW / "Sales_vStoreWithAddresses.csv")
    wizard.match("BusinessEntityID", "Of", by="external_ids", prefix="aw:", missing="reject")
    wizard.match("AddressType", "Kind", values={"Main Office": "main", "Shipping": "shipping"})
    assert wizard.bring_in("party", "kind") == {"added": 712, "rejected": 0}
    wizard.choose("people", AW / "Sales_vStoreWithContacts.csv")
    wizard.match("BusinessEntityID", "Company (employment)", by="external_ids", prefix="aw:", missing="reject")
    wizard.match("ContactType", "Job title (employment)")
    assert wizard.bring_in() == {"added": 753, "rejected": 0}
    stores_are_right(survey="x_demographics")


def suppliers_move_in(wizard: Wizard, *, is_matched: bool) -> None:
    """Vendors with their address in the same row; their people's file has the columns of the resellers': after those it is matched already."""
    wizard.choose("companies", AW / "Purchasing_vVendorWithAddresses.csv")
    wizard.match("BusinessEntityID", "External ids", prefix="aw:")
    wizard.match("AddressType", "Kind (address)", values={"Main Office": "main"})
    wizard.every_row("Roles", "supplier")
    assert wizard.bring_in("external_ids") == {"added": 104, "rejected": 0}
    wizard.choose("people", AW / "Purchasing_vVendorWithContacts.csv")
    if not is_matched:
        wizard.match("BusinessEntityID", "Company (employment)", by="external_ids", prefix="aw:", missing="reject")
        wizard.match("ContactType", "Job title (employment)")
    assert wizard.bring_in() == {"added": 156, "rejected": 0}


@needs("telco")
@pytest.mark.parametrize(
    ("rows", "churned", "unknown", "total"),
    [
        pytest.param(500, 128, 1, "1109483.65", id="first rows"),
        pytest.param(7_043, 1_869, 11, "16056168.70", id="all rows", marks=long),
    ],
)
def test_a_telephone_company_moves_in_through_the_wizard_and_out_again(
    wizard: Wizard, tmp_path: Path, rows: int, churned: int, unknown: int, total: str
) -> None:
    before, name = everything(), "Telco-Customer-Churn.csv"
    lines = (DATA / "telco" / name).read_bytes().splitlines(keepends=True)
    (tmp_path / name).write_bytes(b"".join(lines[: rows + 1]))
    wizard.choose("people", tmp_path / name)
    wizard.match("customerID", "External ids", prefix="telco:")
    wizard.also("customerID", "Family name")
    wizard.every_row("Roles", "customer")
    wizard.keep_rest()
    assert wizard.bring_in("external_ids") == {"added": rows, "rejected": 0}
    people, fields = list(records("parties.person")), registry.get("parties.person").fields
    totals = [fields["x_total_charges"].get(person) for person in people]
    assert Counter(fields["x_churn"].get(person) for person in people) == {False: rows - churned, True: churned}
    assert (totals.count(None), totals.count(Decimal(0)), sum(filter(None, totals))) == (unknown, 0, Decimal(total))
    wizard.undo_all()
    assert unlike(before) == {}
