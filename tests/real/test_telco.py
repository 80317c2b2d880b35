"""7,043 customers of a telephone company: 21 columns, most of them custom fields; 11 have an empty total, which is not 0. By `kith import`, and back."""

from decimal import Decimal

import pytest
from tests.real.files import bring_in, needs, records, take_back

from kith.core.entity import registry
from kith.core.testing.content import content

pytestmark = [needs("telco"), pytest.mark.django_db]


def test_all_customers_with_all_columns_and_back():
    before = content()
    told = bring_in("telco", "telco")
    assert told.numbers == {"processed": 7043, "added": 7043}
    people, fields = list(records("parties.person")), registry.get("parties.person").fields
    churned = [person for person in people if fields["x_churn"].get(person)]
    totals = [fields["x_total_charges"].get(person) for person in people]
    assert (len(people), len(churned), totals.count(None), totals.count(Decimal(0))) == (7043, 1869, 11, 0)
    assert sum(total for total in totals if total is not None) == Decimal("16056168.70")
    one = records("parties.person").get(external_ids__contains=["telco:7590-VHVEG"])
    found = {
        name: fields[name].get(one)
        for name in ("x_tenure", "x_contract", "x_monthly_charges", "x_partner", "x_senior_citizen", "x_churn")
    }
    assert (one.name, one.gender, found) == (
        "7590-VHVEG", "female", {"x_tenure": 1, "x_contract": "Month-to-month", "x_monthly_charges": Decimal("29.85"), "x_partner": True, "x_senior_citizen": False, "x_churn": False},
    )  # fmt: skip
    take_back(told)
    assert {table for table, now in content().items() if before[table] != now} == set()
