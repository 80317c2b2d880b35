"""Pools on the first page: those of the reader in which something waits; whoever is no member sees neither name nor number."""

import pytest

from kith.core.access import actor_of
from kith.distribution import home

from .help import fresh, lead, pool, waits

pytestmark = pytest.mark.django_db


def test_members_see_what_waits_and_take_the_next(reps):
    made, empty = pool(reps.vera, name="Fair"), pool(reps.vera, name="Empty")
    leads = [lead(), lead()]
    waits(made, *leads)
    (line,) = home.context(actor_of(reps.vera.pk))["lines"]
    assert (line["pool"].pk, line["count"], line["takes"]) == (made.pk, "2", True)
    page = reps.clients.vera.get("/").content.decode()
    assert "waiting: 2" in page and f'hx-post="/pools/{made.pk}/next"' in page and f"/pools/{empty.pk}/next" not in page
    assert reps.clients.vera.post(f"/pools/{made.pk}/next").status_code == 302
    assert home.context(actor_of(reps.vera.pk))["lines"][0]["count"] == "1"


def test_others_see_nothing_and_take_nothing(reps):
    made = pool(reps.vera, name="Fair")
    one = lead()
    waits(made, one)
    assert home.context(actor_of(reps.igor.pk)) is None
    assert "home-pools" not in reps.clients.igor.get("/").content.decode()
    assert reps.clients.igor.post(f"/pools/{made.pk}/next").status_code == 404
    assert fresh(one).owner_id is None and home.context(actor_of(reps.vera.pk))["lines"][0]["count"] == "1"
