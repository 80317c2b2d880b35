"""A copy of somebody's dashboard: one's own, with the tiles whose views one may see, shared with nobody."""

import pytest

from kith.core.access import SYSTEM
from kith.core.dashboards import copying
from kith.core.entity import registry

from .setup import COMPANY, board, tile, view

pytestmark = pytest.mark.django_db
KIND = registry.get("core.dashboard")


@pytest.fixture
def shared(people):
    """A dashboard of Eva's for everybody, with a tile that only she sees."""
    every = view(COMPANY, "All companies", is_public=True)
    secret = view(COMPANY, "Takeover targets", people.actors.eva)
    tiles = (
        tile("figure", every, title="Companies", target="12"),
        tile("figure", secret, id="s"),
        tile("note", text="<p>Hi</p>"),
    )
    return board(people.actors.eva, *tiles, name="All", is_public=True, period="quarter", whose="me", icon="star")


def test_a_copy_is_ones_own_and_has_what_one_sees(people, shared):
    answer = people.clients.ann.post(f"/dashboards/{shared.pk}/copy")
    (made,) = KIND.rows(SYSTEM).exclude(pk=shared.pk)
    assert (answer.status_code, answer["Location"]) == (302, f"/dashboards/{made.pk}/")
    assert (made.name, made.owner_id, made.is_public, made.shared_with) == ("Copy of All", people.ann.pk, False, [])
    assert (made.period, made.whose, made.icon) == ("quarter", "me", "star")
    assert [one["id"] for one in made.tiles] == ["figure-1", "note-1"] and made.tiles[0]["target"] == "12"
    page = people.clients.ann.get(f"/dashboards/{made.pk}/").text
    assert "This copy is yours. 1 tile is left out: you may not see what it shows." in page and "akeover" not in page
    assert 'id="dash-copy"' in page


def test_none_is_made_of_what_one_does_not_see_and_long_names_fit(people, shared):
    own = board(people.actors.eva, name="N" * 120)
    assert people.clients.ann.post(f"/dashboards/{own.pk}/copy").status_code == 404
    assert KIND.rows(SYSTEM).count() == 2
    assert len(copying.copy(people.actors.eva, own).dashboard.name) == 120
