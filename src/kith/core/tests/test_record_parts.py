"""Parts of the record page: history, where values come from, related lists, neighbours, marks, sharing, actions, trees."""

import json
import uuid

import pytest

from kith.core import notify, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.ledger import ChangeSet
from kith.core.testing import factory
from kith.core.testing.people import grant
from kith.core.testing.queries import counted
from kith.core.ui.record_rights import may

pytestmark = pytest.mark.django_db
PART = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def company(people):
    return factory.make("parties.company", name="Halden Paper AS", payment_terms="Net 30", owner=str(people.ann.pk))


def text(answer):
    return answer.content.decode()


def entity(label="parties.company"):
    return registry.get(label)


# --- history ------------------------------------------------------------------------------------------------------------


def test_history_tells_before_after_who_and_offers_undo_to_its_author(people, company):
    writes.save(people.actors.ann, company, {"payment_terms": "Net 45"})
    mine = text(people.clients.ann.get(f"/companies/{company.pk}/history"))
    change = ChangeSet.objects.get(actor_id=people.ann.pk, kind="edit", entity="parties.company")
    assert all(words in mine for words in ("Net 30", "Net 45", "Ann Own", f"/undo/{change.pk}"))
    theirs = text(people.clients.tom.get(f"/companies/{company.pk}/history"))
    assert "Net 45" in theirs and f"/undo/{change.pk}" not in theirs


def test_history_needs_its_own_right(people, company):
    grant(people.max, ("parties.company", "view", "all"))
    for part in ("history", "history/payment_terms", "?tab=history"):
        assert people.clients.max.get(f"/companies/{company.pk}/{part}").status_code == 403
    assert ">History<" not in text(people.clients.max.get(f"/companies/{company.pk}/"))


def test_history_leaves_out_fields_that_may_not_be_read(people, company):
    writes.save(SYSTEM, company, {"payment_terms": "Net 45", "description": "Seen"})
    policy = {
        "role": str(grant(people.ann).pk),
        "entity": "parties.company",
        "field": "payment_terms",
        "level": "none",
        "deny": True,
    }
    writes.create(SYSTEM, entity("access.fieldpolicy"), policy)
    page = text(people.clients.ann.get(f"/companies/{company.pk}/history"))
    assert "Seen" in page and "Net 45" not in page and "Payment terms" not in page
    assert people.clients.ann.get(f"/companies/{company.pk}/history/payment_terms").status_code == 404


def test_a_value_tells_where_it_comes_from(people, company):
    writes.save(people.actors.tom, company, {"payment_terms": "Net 45"})
    page = text(people.clients.ann.get(f"/companies/{company.pk}/history/payment_terms", **PART))
    assert all(words in page for words in ("Net 45", "Net 30", "Tom Team")) and "<html" not in page
    assert people.clients.ann.get(f"/companies/{company.pk}/history/nothing").status_code == 404


# --- related lists ------------------------------------------------------------------------------------------------------


def test_a_related_list_shows_the_other_end_of_its_links(people, company):
    person = factory.make("parties.person", given_name="Ingrid", family_name="Halvorsen", owner=str(people.ann.pk))
    writes.create(
        SYSTEM,
        entity("parties.employment"),
        {"person": str(person.pk), "company": str(company.pk), "title": "Director"},
    )
    people.clients.ann.get(f"/companies/{company.pk}/related/address-party", **PART)
    with counted("related employments"):
        page = text(people.clients.ann.get(f"/companies/{company.pk}/related/employment-company", **PART))
    assert f"/people/{person.pk}/" in page and "Director" in page and f"/employments/new?company={company.pk}" in page
    back = text(people.clients.ann.get(f"/people/{person.pk}/related/employment-person", **PART))
    assert f"/companies/{company.pk}/" in back


def test_a_related_list_holds_only_what_may_be_seen(people, company):
    hidden = factory.make("parties.company", name="Nordfiber Holding", owner=str(people.eva.pk), parent=str(company.pk))
    assert "Nordfiber" not in text(people.clients.ann.get(f"/companies/{company.pk}/related/company-parent"))
    assert str(hidden.pk) in text(people.clients.eva.get(f"/companies/{company.pk}/related/company-parent"))
    assert people.clients.ann.get(f"/companies/{company.pk}/related/nothing").status_code == 404


def test_a_tab_counts_and_pages_its_rows(people, company):
    for number in range(55):
        writes.create(
            SYSTEM,
            entity("parties.contactpoint"),
            {"party": str(company.pk), "kind": "email", "value": f"n{number}@example.org"},
        )
    total = entity("parties.contactpoint").rows(SYSTEM).filter(party=company.pk).count()
    page = text(people.clients.ann.get(f"/companies/{company.pk}/?tab=contactpoint-party"))
    assert f'<span class="count">{total}</span>' in page and "start=50" in page
    assert (
        text(people.clients.ann.get(f"/companies/{company.pk}/?tab=contactpoint-party&start=50")).count('class="rowh')
        == total - 50
    )
    assert people.clients.ann.get(f"/companies/{company.pk}/?tab=contactpoint-party&start=x").status_code == 200


# --- neighbours ---------------------------------------------------------------------------------------------------------


def test_next_and_previous_follow_the_list_one_came_from(people):
    made = {
        name: factory.make(
            "parties.company", name=name, owner=str(people.ann.pk), status="lost" if name == "B" else "active"
        )
        for name in "ABCD"
    }

    def links(name, query):
        page = text(people.clients.ann.get(f"/companies/{made[name].pk}/around", {"from": query}))
        return {key: str(record.pk) in page for key, record in made.items()}, page

    found, page = links("C", "sort=name&f=status:any:active")
    assert found == {"A": True, "B": False, "C": False, "D": True} and "2 / 3" in page
    found, page = links("C", "sort=-name")
    assert found == {"A": False, "B": True, "C": False, "D": True} and "2 / 4" in page
    assert links("B", "f=status:any:active")[0] == dict.fromkeys("ABCD", False)
    assert links("A", "f=nothing:is:1&sort=nothing")[0] == dict.fromkeys("ABCD", False)


def test_the_list_before_is_remembered_from_the_page_before(people, company):
    page = text(
        people.clients.ann.get(
            f"/companies/{company.pk}/", headers={"referer": "http://testserver/companies/?sort=-name"}
        )
    )
    assert "from=sort%3D-name" in page and 'href="/companies/?sort=-name"' in page


# --- marks --------------------------------------------------------------------------------------------------------------


def test_starring_and_following_are_of_oneself_and_come_once(people, company):
    for _twice in range(2):
        assert people.clients.ann.post(f"/companies/{company.pk}/star", {"on": "1"}).status_code == 200
        assert people.clients.ann.post(f"/companies/{company.pk}/follow", {"on": "1"}).status_code == 200
    assert notify.marks(people.actors.ann, company.pk) == (True, True, 1)
    assert notify.marks(people.actors.tom, company.pk) == (False, False, 1)
    assert "Ann Own" in text(people.clients.tom.get(f"/companies/{company.pk}/followers"))
    (
        people.clients.ann.post(f"/companies/{company.pk}/star", {"on": ""}),
        people.clients.ann.post(f"/companies/{company.pk}/follow", {"on": ""}),
    )
    assert notify.marks(people.actors.ann, company.pk) == (False, False, 0)
    assert people.clients.max.post(f"/companies/{company.pk}/follow", {"on": "1"}).status_code == 404


# --- sharing and why ----------------------------------------------------------------------------------------------------


def test_a_share_opens_one_record_and_ends(people, company):
    answer = people.clients.ann.post(f"/companies/{company.pk}/share", {"user": str(people.max.pk), "level": "view"})
    assert answer.status_code == 200 and "Max None" in text(answer)
    assert people.clients.max.get(f"/companies/{company.pk}/").status_code == 200
    share = entity("access.share").rows(SYSTEM).get()
    assert people.clients.ann.post(f"/companies/{company.pk}/share/{share.pk}/end").status_code == 200
    assert people.clients.max.get(f"/companies/{company.pk}/").status_code == 404


@pytest.mark.parametrize("values", [{}, {"user": "nonsense"}, {"user": str(uuid.uuid4())}, {"level": "all"}])
def test_a_share_without_receiver_is_refused_in_the_dialog(people, company, values):
    answer = people.clients.ann.post(f"/companies/{company.pk}/share", values)
    assert answer.status_code == 422 and "summary-err" in text(answer)
    assert not entity("access.share").rows(SYSTEM).exists()


def test_sharing_needs_its_right(people, company):
    grant(people.max, ("parties.company", "view", "all"))
    assert people.clients.max.get(f"/companies/{company.pk}/share").status_code == 403
    assert (
        people.clients.max.post(
            f"/companies/{company.pk}/share", {"user": str(people.max.pk), "level": "edit"}
        ).status_code
        == 403
    )
    assert not entity("access.share").rows(SYSTEM).exists()


def test_why_names_the_role(people, company):
    page = text(people.clients.tom.get(f"/companies/{company.pk}/why"))
    assert "role Team" in page and "allowed" in page
    assert people.clients.max.get(f"/companies/{company.pk}/why").status_code == 404


def test_what_may_be_done_agrees_with_the_predicates(people, company):
    grant(people.max, ("parties.company", "view", "all"), ("parties.company", "edit", "own"))
    operations = ("edit", "delete", "share", "history")
    for who in ("ann", "tom", "eva", "max"):
        actor = actor_of(getattr(people, who).pk)
        if entity().rows(actor).filter(pk=company.pk).exists():
            expected = {name for name in operations if entity().rows(actor, name).filter(pk=company.pk).exists()}
            assert may(actor, entity(), company, operations) == expected, who


# --- actions ------------------------------------------------------------------------------------------------------------


def test_an_action_runs_under_its_right_and_tells_the_page(people, company):
    task = writes.create(
        SYSTEM, entity("activities.task"), {"name": "Call", "subject": f"parties.company/{company.pk}"}
    )
    assert people.clients.max.post(f"/tasks/{task.pk}/action/done").status_code == 404
    answer = people.clients.ann.post(f"/tasks/{task.pk}/action/done", **PART)
    assert (
        answer.status_code == 204
        and "record-reload" in answer.headers["HX-Trigger"]
        and "/undo/" in answer.headers["HX-Trigger"]
    )
    assert entity("activities.task").rows(SYSTEM).get(pk=task.pk).status == "done"
    assert people.clients.ann.post(f"/tasks/{task.pk}/action/nothing").status_code == 404


# --- trees --------------------------------------------------------------------------------------------------------------


def test_a_tree_nests_and_refuses_circles(people):
    top = factory.make("people.orgunit", name="Sales")
    below = factory.make("people.orgunit", name="North", parent=str(top.pk))
    page = text(people.clients.eva.get("/departments/tree"))
    assert page.index(f'data-id="{top.pk}"') < page.index(f'data-id="{below.pk}"')
    move = people.clients.eva.post("/departments/tree/move", {"id": str(top.pk), "parent": str(below.pk)})
    assert move.status_code == 422 and "circle" in text(move)
    moved = people.clients.eva.post("/departments/tree/move", {"id": str(below.pk), "parent": ""})
    assert (moved.status_code, json.loads(moved.headers["HX-Trigger"])["toast"]["text"]) == (204, "Moved: North")
    assert entity("people.orgunit").rows(SYSTEM).get(pk=below.pk).parent_id is None
    again = people.clients.eva.post("/departments/tree/move", {"id": str(below.pk), "parent": ""})
    assert "toast" not in json.loads(again.headers["HX-Trigger"]), "nothing was moved, nothing is to be undone"
    people.clients.eva.post(json.loads(moved.headers["HX-Trigger"])["toast"]["undo"])
    assert entity("people.orgunit").rows(SYSTEM).get(pk=below.pk).parent_id == top.pk


@pytest.mark.parametrize("values", [{}, {"id": "x"}, {"id": str(uuid.uuid4()), "parent": ""}])
def test_a_broken_move_changes_nothing(people, values):
    factory.make("people.orgunit", name="Sales")
    assert people.clients.eva.post("/departments/tree/move", values).status_code in (403, 422)


def test_moving_needs_the_right_to_edit(people):
    top, other = factory.make("people.orgunit", name="Sales"), factory.make("people.orgunit", name="North")
    assert (
        people.clients.max.post("/departments/tree/move", {"id": str(other.pk), "parent": str(top.pk)}).status_code
        == 403
    )
    assert entity("people.orgunit").rows(SYSTEM).get(pk=other.pk).parent_id is None
    assert 'class="handle"' not in text(people.clients.max.get("/departments/tree"))


def test_only_entities_with_a_tree_have_one(people):
    assert people.clients.eva.get("/companies/tree").status_code == 404


# --- rights ---------------------------------------------------------------------------------------------------------------


def test_what_is_known_of_a_record_is_known_for_one_actor(people, company):
    actors = people.actors
    assert "edit" in may(actors.eva, entity(), company)
    assert may(actors.max, entity(), company) == frozenset()
    assert "edit" in may(actors.ann, entity(), company)
    assert may(actors.max, entity(), company, ["edit"]) == frozenset()
    assert may(actors.eva, entity(), company, ["edit"]) == {"edit"}
