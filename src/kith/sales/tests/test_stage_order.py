"""Groups by stage stand as the process orders its stages, in lists and in reports; groups of choices as they are declared."""

import pytest

from kith.core import grouping, listing, writes
from kith.core.access import SYSTEM
from kith.core.batch import Item
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.filters import EVERYTHING
from kith.core.following import follow
from kith.core.reports import engine, reading
from kith.core.reports.shape import Measure, Report
from kith.core.views import Look

pytestmark = pytest.mark.django_db
NAMES = ["New", "Offer sent", "Negotiation", "Lost"]


@pytest.fixture
def deals(make, deal, stages, reasons):
    """One new, three in negotiation, two with an offer, one lost; the alphabet would say: lost, negotiation, new, offer."""
    money, day = {"amount": "10", "currency": "EUR"}, "2026-12-01"
    for key, count in (("negotiation", 3), ("offer", 2), ("lost", 1)):
        for _at in range(count):
            made = make(
                "sales.opportunity", name=key, company=deal.company_id, amount=money, closes_on=day, priority="top"
            )
            more = {"reasons": [reasons.price.pk]} if key == "lost" else {}
            writes.save(SYSTEM, made, {"stage": getattr(stages, key).pk, **more})
    return registry.get("sales.opportunity")


def test_lists_group_as_the_process_goes(deals):
    look = Look(deals, group="stage")
    names = [str(record.stage) for record in listing.page(look, SYSTEM).records]
    assert list(dict.fromkeys(names)) == NAMES
    choices = grouping.groups(Look(deals, group="priority"), SYSTEM)
    assert [group.value for group in choices] == ["low", "normal", "high", "top"]


def test_a_stage_that_is_moved_in_its_process_sorts_by_its_new_place(stages):
    assert stages.offer.sort_key == f"{stages.offer.position:05d} Offer sent"
    entity = registry.get("processes.stage")
    (row,) = writes.lock(entity, [stages.offer.pk])
    with change_set(SYSTEM):
        follow(entity, [Item(row, {"position": 42})])
    assert entity.rows(SYSTEM).get(pk=row.pk).sort_key == "00042 Offer sent"


def test_reports_group_as_the_process_goes(deals):
    made = engine.run(Report(deals, EVERYTHING, reading.dimensions("stage"), (), (Measure(),)), SYSTEM)
    assert [(line.label, made.value(line, None, 0)) for line in made.lines] == list(
        zip(NAMES, (1, 2, 3, 1), strict=True)
    )
