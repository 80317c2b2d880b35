"""Blocks drawn by hand tell no more than the reader may read: numbers, scores, names of linked records, what stands on parties."""

from decimal import Decimal

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing.people import client_of, fresh, grant, make_user
from kith.parties import panels as of_parties

pytestmark = pytest.mark.django_db
DEAL, LEAD, PARTY = "sales.opportunity", "sales.lead", "parties.company"


def hide(role, entity, *fields):
    """A role that may not read these fields."""
    rules = [{"role": role.pk, "entity": entity, "field": field, "level": "none"} for field in fields]
    writes.create_many(SYSTEM, registry.get("access.fieldpolicy"), rules)


def page(user, record, tab=""):
    return client_of(user).get(f"/{registry.for_model(type(record)).slug}/{record.pk}/{tab}").content.decode()


@pytest.fixture
def rita():
    """Rita, who sees everything through a role of her own."""
    user = make_user("Rita")
    user.role = grant(user, ("*", "view", "all"))
    return user


def test_competitors_and_products_are_named_to_who_may_read_the_links(make, deal, rita):
    rival = make("sales.competitor", name="Valtek")
    make("sales.opportunitycompetitor", opportunity=deal.pk, competitor=rival.pk)
    product = make("catalogue.product", name="Milling head")
    make("sales.opportunityline", opportunity=deal.pk, product=product.pk)
    seen = page(rita, deal)
    assert "Valtek" in seen and f"/products/{product.pk}" in seen
    hide(rita.role, "sales.opportunitycompetitor", "competitor")
    hide(rita.role, "sales.opportunityline", "product")
    hidden = page(rita, deal)
    assert "Open battle card" in hidden and "hidden" in hidden
    assert (
        "Valtek" not in hidden and f"/competitors/{rival.pk}" not in hidden and f"/products/{product.pk}" not in hidden
    )


def test_an_influence_that_may_not_be_read_is_not_drawn_as_none(make, deal, rita):
    person = make("parties.person", family_name="Saarinen")
    make("parties.employment", person=person.pk, company=deal.company_id, title="Plant manager")
    make("sales.opportunityrole", opportunity=deal.pk, person=person.pk, influence=4)
    seen = page(rita, deal)
    assert "influence 4 of 5" in seen and "Plant manager" in seen
    hide(rita.role, "sales.opportunityrole", "influence")
    hide(rita.role, "parties.person", "job_title")
    hidden = page(rita, deal)
    assert "Saarinen" in hidden and "influence" not in hidden and "Plant manager" not in hidden


def test_who_asks_tells_of_parties_what_may_be_read(make, company, rita):
    writes.save(SYSTEM, company, {"email": "office@halden.example"})
    lead = make(LEAD, name="Brochure", company=company.pk)
    assert "office@halden.example" in page(rita, lead)
    hide(rita.role, PARTY, "email")
    assert "Halden Paper" in (told := page(rita, lead)) and "office@halden.example" not in told
    hide(rita.role, LEAD, "company")
    assert "Halden Paper" not in page(rita, lead)


def test_the_kept_score_of_what_is_closed_is_for_who_may_read_it(make, deal, stages, rita):
    writes.save(SYSTEM, deal, {"score_mode": "manual", "score": "87"})
    writes.save(SYSTEM, deal, {"stage": stages.won.pk})
    deal.refresh_from_db()
    score = f'<p class="fs22 semi">{deal.score:.0f}</p>'
    assert score in page(rita, deal)
    hide(rita.role, DEAL, "score")
    assert score not in page(rita, deal)


def test_totals_of_assessments_are_for_who_may_read_them(make, company, rita):
    for day, value in (("2026-01-05", 4), ("2026-02-05", 8)):
        scores = dict.fromkeys(("loyalty", "potential", "solvency", "profitability", "safety"), value)
        make("parties.relationshipassessment", party=company.pk, assessed_on=day, **scores)
    seen = of_parties.relationship(fresh(rita), company)
    assert (seen["latest"].total, seen["change"]) == (Decimal(80), Decimal(40))
    total = '<p class="fs22 semi">80 '
    assert total in page(rita, company, "?tab=relationship")
    hide(rita.role, "parties.relationshipassessment", "total")
    hidden = of_parties.relationship(fresh(rita), company)
    assert (hidden["latest"].total, hidden["change"]) == (None, None) and len(hidden["scores"]) == 5
    assert total not in page(rita, company, "?tab=relationship")
