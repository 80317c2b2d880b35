"""Real files that nobody tuned for Kith, when they lie beside the project: rows, names and figures as their README says."""

from decimal import Decimal

import pytest

from kith.core.exchange.formats.columns import Column
from kith.core.exchange.formats.csv_out import csv_chunks
from kith.core.exchange.formats.detect import open_table
from kith.core.exchange.formats.parse import parse_bool, parse_date, parse_number
from kith.core.exchange.formats.profile import ColumnProfile
from kith.core.exchange.formats.xlsx_out import write_xlsx
from kith.core.exchange.tests.formats_help import REAL_FILES, rows, written

pytestmark = pytest.mark.skipif(
    not REAL_FILES.is_dir(), reason=f"the real files are not beside the project ({REAL_FILES.name})"
)

COUNTS = {
    "HumanResources_Department": 16, "HumanResources_Employee": 290, "HumanResources_vEmployee": 290, "HumanResources_vEmployeeDepartment": 290,
    "Person_EmailAddress": 19_972, "Person_PersonPhone": 19_972, "Production_Location": 14, "Production_Product": 504,
    "Production_ProductCategory": 4, "Production_ProductInventory": 1_069, "Production_ProductSubcategory": 37,
    "Purchasing_vVendorWithAddresses": 104, "Purchasing_vVendorWithContacts": 156, "Sales_Customer": 19_820, "Sales_SalesPersonQuotaHistory": 163,
    "Sales_SalesTerritory": 10, "Sales_SpecialOffer": 16, "Sales_Store": 701, "Sales_vPersonDemographics": 19_972, "Sales_vSalesPerson": 17,
    "Sales_vStoreWithAddresses": 712, "Sales_vStoreWithContacts": 753, "Sales_vStoreWithDemographics": 701,
}  # fmt: skip


def records(name):
    """The rows of a real file as dicts; none may have a problem."""
    with open_table(REAL_FILES / name) as table:
        found = list(table)
        assert [row.problems for row in found if row.problems] == []
        return [dict(zip(table.columns, row.cells, strict=True)) for row in found]


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_every_row_arrives_without_a_problem(name, count):
    assert len(records(f"adventureworks/{name}.csv")) == count


def test_sums_are_exact():
    stores = records("adventureworks/Sales_vStoreWithDemographics.csv")
    assert sum(parse_number(store["AnnualSales"], ".") for store in stores) == 1_110_900_000
    assert sum(parse_number(store["NumberEmployees"], ".") for store in stores) == 28_397


def test_xml_inside_a_quoted_cell_and_accents_are_kept():
    store = records("adventureworks/Sales_Store.csv")[0]
    assert store["Demographics"].startswith('<StoreSurvey xmlns="http://schemas.microsoft.com/')
    assert records("adventureworks/HumanResources_vEmployee.csv")[0]["LastName"] == "Sánchez"


def test_an_empty_total_is_no_value():
    customers = records("telco/Telco-Customer-Churn.csv")
    assert len(customers) == 7_043
    totals = [parse_number(customer["TotalCharges"], ".") for customer in customers]
    assert (totals.count(None), sum(parse_bool(customer["Churn"]) for customer in customers)) == (11, 1_869)
    assert Decimal("29.85") in totals


def test_columns_are_profiled_over_the_whole_file():
    with open_table(REAL_FILES / "adventureworks/HumanResources_Employee.csv") as table:
        profiles = [ColumnProfile() for _column in table.columns]
        for row in table:
            for profile, cell in zip(profiles, row.cells, strict=True):
                profile.feed(cell, row.number)
    facts = {name: profile.facts() for name, profile in zip(table.columns, profiles, strict=True)}
    assert {name: (fact.kind, fact.ask) for name, fact in facts.items() if name in {"BirthDate", "SalariedFlag", "VacationHours", "JobTitle"}} == {
        "BirthDate": ("moment", False), "SalariedFlag": ("boolean", False), "VacationHours": ("number", False), "JobTitle": ("text", False),
    }  # fmt: skip
    assert facts["BirthDate"].date_notation == "ymd"
    assert facts["Gender"].distinct == ("M", "F") or set(facts["Gender"].distinct) == {"M", "F"}
    assert parse_date("1979-09-25 00:00:00.000", "ymd").year == 1979


def test_a_real_file_survives_csv_and_xlsx():
    with open_table(REAL_FILES / "adventureworks/Sales_vStoreWithContacts.csv") as table:
        columns = [Column(name, name) for name in table.columns]
        original = [row.cells for row in table]
    assert [row.cells for row in rows(b"".join(csv_chunks(columns, original)))] == original
    assert [row.cells for row in rows(written(write_xlsx, columns, original))] == original
