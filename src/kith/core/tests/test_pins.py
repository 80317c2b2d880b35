"""Views that a reader keeps in the sidebar: pinned, ordered, called in the reader's language, gone with the right to see them."""

import re

import pytest

from kith.core import notify, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_people()


def view(owner, name, **more):
    values = {"entity": "parties.company", "name": name, "columns": ["name"], **more}
    return writes.create(owner, registry.get("core.view"), values)


def pinned(client, address="/tasks/"):
    """The lines of the group in the sidebar: icon, address, words."""
    html = client.get(address).text.split('<div class="stage">')[0]
    return re.findall(r'data-pin="[^"]+"><a href="([^"]+)"[^>]*><svg[^>]*><use href="[^"]*#i-([^"]+)"/></svg><span>([^<]+)</span>', html)  # fmt: skip


def pin(client, view, on=1):
    return client.post(f"/companies/views/{view.pk}/pin", {"on": on})


def test_a_view_is_pinned_and_taken_out(people):
    mine = view(people.actors.ann, "Key accounts", icon="star", shape="grouped", group="status")
    assert pinned(people.clients.ann) == []
    answer = pin(people.clients.ann, mine)
    assert (answer.status_code, answer.url) == (302, f"/companies/?view={mine.pk}")
    assert pinned(people.clients.ann) == [(f"/companies/?view={mine.pk}", "star", "Key accounts")]
    assert pinned(people.clients.tom) == []
    page = people.clients.ann.get(f"/companies/?view={mine.pk}").text
    assert "Take out of the sidebar" in page
    assert re.search(
        rf'<a href="/companies/\?view={mine.pk}" aria-current="page"', page.split('<div class="stage">')[0]
    )
    pin(people.clients.ann, mine, 0)
    assert pinned(people.clients.ann) == []


def test_they_stand_in_the_order_that_is_given(people):
    made = [view(people.actors.ann, name) for name in ("One", "Two", "Three")]
    for one in made:
        pin(people.clients.ann, one)
    names = lambda: [line[2] for line in pinned(people.clients.ann)]  # noqa: E731
    assert names() == ["One", "Two", "Three"]
    ids = f"{made[2].pk},{made[0].pk}"
    assert people.clients.ann.post("/pins", {"ids": ids}).status_code == 204
    assert names() == ["Three", "One", "Two"]
    assert people.clients.ann.post("/pins", {"ids": "nonsense"}).status_code == 400
    assert people.clients.tom.post("/pins", {"ids": ids}).status_code == 204
    assert names() == ["Three", "One", "Two"]


def test_what_may_not_be_seen_any_more_is_not_there(people):
    shared = view(people.actors.eva, "For all", is_public=True, translations={"ru": "Для всех"})
    private = view(people.actors.eva, "Private")
    assert pin(people.clients.ann, private).status_code == 404
    pin(people.clients.ann, shared)
    assert [line[2] for line in pinned(people.clients.ann)] == ["For all"]
    writes.save(SYSTEM, people.ann, {"language": "ru"})
    assert [line[2] for line in pinned(people.clients.ann)] == ["Для всех"]
    writes.save(people.actors.eva, shared, {"is_public": False})
    assert pinned(people.clients.ann) == []


def test_a_view_of_other_records_is_not_pinned_here(people):
    tasks = view(people.actors.ann, "Tasks", entity="activities.task")
    assert pin(people.clients.ann, tasks).status_code == 404
    assert pinned(people.clients.ann) == []


def test_there_is_a_limit(people, monkeypatch):
    monkeypatch.setattr(notify, "MOST_PINNED", 1)
    first, second = view(people.actors.ann, "One"), view(people.actors.ann, "Two")
    notify.pin(people.actors.ann, first.pk, on=True)
    with pytest.raises(Refused, match="At most 1 views"):
        notify.pin(people.actors.ann, second.pk, on=True)
    assert [one.name for one in notify.beside(people.actors.ann)[1]] == ["One"]


def test_notifications_are_counted_beside_them(people):
    notify.tell([people.ann.pk] * 1, "job", by=SYSTEM, title="Done")
    notify.tell([people.ann.pk], "job", by=SYSTEM, title="Done again")
    pin(people.clients.ann, view(people.actors.ann, "One"))
    assert notify.beside(people.actors.ann)[0] == 2
    assert '<span class="count hot">2</span>' in people.clients.ann.get("/tasks/").text


def test_an_icon_is_chosen_and_kept_when_the_view_changes(people):
    client = people.clients.ann
    client.post("/companies/views/new?group=status", {"name": "One", "icon": "flag"})
    client.post("/companies/views/new?group=status", {"name": "Two"})
    views = {row.name: row for row in registry.get("core.view").rows(SYSTEM)}
    assert (views["One"].icon, views["Two"].icon) == ("flag", "rows-3")
    for row in views.values():
        client.post(f"/companies/views/{row.pk}/update?view={row.pk}&group=-")
    views = {row.name: row.icon for row in registry.get("core.view").rows(SYSTEM)}
    assert views == {"One": "flag", "Two": "table-2"}
    refused = client.post("/companies/views/new", {"name": "Three", "icon": "<b>"})
    assert refused.status_code == 422
    assert len(views) == registry.get("core.view").rows(SYSTEM).count()
