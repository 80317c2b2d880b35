"""Moves that somebody has to allow: asking, allowing, declining; rights; requests that are over (B6)."""

import json

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.ledger import ChangeSet
from kith.core.notify import Notification
from kith.core.testing.people import fresh as fresh_actor
from kith.core.testing.people import make_group, make_user
from kith.processes import approval, history

HTMX = {"HX-Request": "true"}


def requests():
    return list(registry.get("processes.moverequest").rows(SYSTEM).order_by("created_at", "pk"))


def told(user):
    return [
        (row.kind, row.by, row.title)
        for row in Notification.objects.filter(user_id=user.pk).order_by("pk")
        if "move" in row.kind
    ]


@pytest.fixture
def guarded(people, ruled):
    """Tom has to allow a way to "won"."""
    return ruled(None, "won", approver=people.tom.pk)


def test_asking_tells_the_approver_and_moves_nothing(people, guarded, fresh):
    made = approval.ask(people.actors.ann, guarded.deal, guarded.won, {"actual_amount": "500 EUR"}, "They signed.")
    assert (made.answer, made.created_by_id, made.approver_id) == ("pending", people.ann.pk, people.tom.pk)
    assert (made.from_stage_id, made.to_stage_id, made.entered) == (
        guarded.new.pk,
        guarded.won.pk,
        {"actual_amount": "500 EUR"},
    )
    assert fresh(guarded.deal).stage_id == guarded.new.pk and len(history.stays(guarded.deal)) == 1
    assert told(people.tom) == [("ask_move", "Ann Own", "Press: New → Won")] and told(people.ann) == []
    assert [row.pk for row in approval.waiting(people.actors.tom)] == [made.pk]
    assert approval.waiting(people.actors.ann) == approval.waiting(people.actors.max) == []


def test_approving_moves_with_the_values_as_the_approver(people, guarded, fresh):
    approval.ask(people.actors.ann, guarded.deal, guarded.won, {"actual_amount": "500 EUR"}, "")
    (asked,) = requests()
    approval.approve(people.actors.tom, [asked], remark="Well done")
    won = fresh(guarded.deal)
    assert (won.state, won.actual_amount, won.actual_amount_currency) == ("won", 500, "EUR")
    (asked,) = requests()
    assert (asked.answer, asked.decided_by_id, asked.remark) == ("approved", people.tom.pk, "Well done")
    change = ChangeSet.objects.get(kind="approve")
    assert (change.actor_id, change.reason) == (people.tom.pk, "Approved; asked for by Ann Own")
    assert [stay.by_id for stay in history.stays(won)] == [people.ann.pk, people.tom.pk]
    assert told(people.ann) == [("move_allowed", "Tom Team", "Press: New → Won")]


def test_declining_tells_the_asker(people, guarded, fresh):
    asked = approval.ask(people.actors.ann, guarded.deal, guarded.won, {}, "")
    approval.decline(people.actors.tom, [asked], remark="Too early")
    assert fresh(guarded.deal).stage_id == guarded.new.pk
    assert [(row.answer, row.remark) for row in requests()] == [("declined", "Too early")]
    assert told(people.ann) == [("move_declined", "Tom Team", "Press: New → Won")]
    with pytest.raises(Refused) as refused:
        approval.approve(people.actors.tom, [asked])
    assert str(refused.value.errors[""][0]) == "This request is over: Too early."


def test_only_the_approver_decides_and_only_the_asker_withdraws(people, guarded, fresh):
    asked = approval.ask(people.actors.ann, guarded.deal, guarded.won, {}, "")
    for verb in (approval.approve, approval.decline):
        with pytest.raises(Forbidden) as refused:
            verb(people.actors.eva, [asked])
        assert str(refused.value.message) == "Only Tom Team can decide this."
        with pytest.raises(Missing):
            verb(people.actors.max, [asked])
    with pytest.raises(Forbidden):
        approval.withdraw(people.actors.tom, [asked])
    assert [row.answer for row in requests()] == ["pending"] and fresh(guarded.deal).stage_id == guarded.new.pk
    approval.withdraw(people.actors.ann, [asked])
    assert [row.answer for row in requests()] == ["withdrawn"]


def test_a_request_is_over_once_the_record_moved(people, guarded, fresh):
    asked = approval.ask(people.actors.ann, guarded.deal, guarded.won, {}, "")
    writes.save(people.actors.ann, guarded.deal, {"stage": guarded.qualified.pk})
    assert [(row.answer, row.remark) for row in requests()] == [("withdrawn", "The stage was changed meanwhile.")]
    with pytest.raises(Refused) as refused:
        approval.approve(people.actors.tom, [asked])
    assert str(refused.value.errors[""][0]) == "This request is over: The stage was changed meanwhile."
    assert fresh(guarded.deal).stage_id == guarded.qualified.pk


def test_what_could_not_be_moved_is_not_asked_for(people, ruled, fresh):
    guarded = ruled(None, "lost", approver=people.tom.pk)
    with pytest.raises(Refused) as refused:
        approval.ask(people.actors.ann, guarded.deal, guarded.lost, {}, "")
    assert list(refused.value.errors) == ["reasons"]
    with pytest.raises(Refused) as refused:
        approval.ask(people.actors.ann, guarded.deal, guarded.qualified, {}, "")
    assert str(refused.value.errors["to_stage"][0]) == "Nobody has to allow this move; make it."
    assert requests() == [] and told(people.tom) == []


def test_an_approver_without_rights_is_told_before(people, ruled):
    guarded = ruled(None, "won", approver=people.max.pk)
    with pytest.raises(Refused) as refused:
        approval.ask(people.actors.ann, guarded.deal, guarded.won, {}, "")
    assert "Max None may not change this record" in str(refused.value.errors[""][0])
    assert requests() == []


def test_any_member_of_the_group_may_allow(people, ruled, fresh):
    bosses = make_group("Bosses", people.eva, make_user("Nobody Much"), is_team=False)
    guarded = ruled(None, "won", approver_group=bosses.pk)
    asked = approval.ask(people.actors.ann, guarded.deal, guarded.won, {}, "")
    from kith.core.testing.people import fresh as with_rights_of_now

    eva = with_rights_of_now(people.eva)
    assert [row.pk for row in approval.waiting(eva)] == [asked.pk]
    approval.approve(eva, [asked])
    assert fresh(guarded.deal).state == "won"


def test_one_request_at_a_time(people, guarded):
    approval.ask(people.actors.ann, guarded.deal, guarded.won, {}, "")
    with pytest.raises(Refused) as refused:
        approval.ask(people.actors.ann, guarded.deal, guarded.won, {}, "")
    assert "Somebody has asked for this already" in str(next(iter(refused.value.errors.values()))[0])
    assert len(requests()) == 1


def test_the_api_asks_and_answers(people, guarded, fresh):
    body = {"subject": {"entity": "sales.opportunity", "id": str(guarded.deal.pk)}, "to_stage": "won", "note": "Please"}
    made = people.clients.ann.post("/api/v1/move-requests", json.dumps(body), content_type="application/json")
    assert (made.status_code, made.json()["answer"]) == (201, "pending")
    url = f"/api/v1/move-requests/{made.json()['id']}"
    assert people.clients.max.get(url).status_code == 404
    denied = people.clients.eva.post(f"{url}/actions/approve", "{}", content_type="application/json")
    assert denied.status_code == 403 and fresh(guarded.deal).stage_id == guarded.new.pk
    done = people.clients.tom.post(f"{url}/actions/approve", "{}", content_type="application/json")
    assert (done.status_code, done.json()["answer"]) == (200, "approved")
    assert fresh(guarded.deal).state == "won"


def test_what_was_asked_stays_as_it_was_asked(people, guarded):
    asked = approval.ask(people.actors.ann, guarded.deal, guarded.won, {}, "Please")
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, asked, {"note": "Now"})
    assert list(refused.value.errors) == ["note"] and requests()[0].note == "Please"


def test_pages_offer_and_answer_it(people, guarded, fresh):
    ann, tom, here = people.clients.ann, people.clients.tom, f"/opportunities/{guarded.deal.pk}/"
    dialog = ann.post(f"{here}stage/won", headers=HTMX)
    assert dialog.status_code == 422 and dialog.headers["HX-Retarget"] == "#modal"
    assert "Tom Team has to approve this move." in (html := dialog.content.decode()) and "Ask for approval" in html
    values = {
        "go": "1",
        "note": "Signed",
        "asked": ["actual_amount"],
        "actual_amount": "500",
        "actual_amount.currency": "EUR",
    }
    assert ann.post(f"{here}stage/won/ask", values, headers=HTMX).status_code == 204
    (asked,) = requests()
    assert "Waiting for your approval" in (home := tom.get("/").content.decode()) and "Signed" in home
    assert "Waiting for your approval" not in ann.get("/").content.decode()
    page = tom.get(here).content.decode()
    assert "Ann Own asks to move this to “Won”; Tom Team has to approve." in page and 'id="approve"' in page
    assert 'id="approve"' not in ann.get(here).content.decode()
    assert people.clients.max.get(f"/move-requests/{asked.pk}/answer/approve").status_code == 404
    assert tom.get(f"/move-requests/{asked.pk}/answer/approve", headers=HTMX).status_code == 200
    done = tom.post(f"/move-requests/{asked.pk}/answer/approve", {"asked": "1"}, headers=HTMX)
    assert done.status_code == 204 and fresh(guarded.deal).actual_amount == 500


@pytest.mark.parametrize("field", ["stage", "actual_amount"])
def test_nobody_asks_for_what_he_may_not_write(people, guarded, fresh, field):
    """An approver answers with rights of his own, and would write what the asker may not."""
    role = registry.get("access.role").rows(SYSTEM).get(name="Own")
    values = {"role": role.pk, "entity": "sales.opportunity", "field": field, "level": "read"}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), values)
    ann = fresh_actor(people.ann)
    with pytest.raises(Forbidden, match=field):
        approval.ask(ann, guarded.deal, guarded.won, {"actual_amount": "500 EUR"}, "They signed.")
    if field == "stage":
        here = f"/opportunities/{guarded.deal.pk}/stage/won/ask"
        assert people.clients.ann.post(here, {"note": "Please"}, headers=HTMX).status_code == 403
        body = {"subject": {"entity": "sales.opportunity", "id": str(guarded.deal.pk)}, "to_stage": "won"}
        assert people.clients.ann.post("/api/v1/move-requests", json.dumps(body), content_type="application/json").status_code == 403  # fmt: skip
    assert requests() == [] and told(people.tom) == [] and fresh(guarded.deal).stage_id == guarded.new.pk


def test_undo_of_an_approval_takes_the_move_back(people, guarded, fresh):
    from kith.core import undo

    asked = approval.ask(people.actors.ann, guarded.deal, guarded.won, {}, "")
    approval.approve(people.actors.tom, [asked])
    undo.undo(people.actors.tom, ChangeSet.objects.get(kind="approve").pk)
    assert fresh(guarded.deal).stage_id == guarded.new.pk
    assert [row.answer for row in requests()] == ["pending"]


def test_words_of_a_request_are_for_those_who_may_read_them(people, guarded, fresh):
    approval.ask(people.actors.ann, guarded.deal, guarded.won, {"actual_amount": "500 EUR"}, "They signed.")
    here, request = f"/opportunities/{guarded.deal.pk}/", requests()[0]
    pages = [(people.clients.ann, here), (people.clients.ann, f"{here}?tab=stages"), (people.clients.tom, "/"), (people.clients.tom, f"/move-requests/{request.pk}/answer/approve")]  # fmt: skip
    assert ["They signed." in client.get(path, headers=HTMX if "answer" in path else {}).text for client, path in pages] == [True] * 4  # fmt: skip
    for role in registry.get("access.role").rows(SYSTEM).filter(name__in=["Own", "Team"]):
        for name in ("note", "remark"):
            values = {"role": role.pk, "entity": "processes.moverequest", "field": name, "level": "none"}
            writes.create(SYSTEM, registry.get("access.fieldpolicy"), values)
    assert ["They signed." in client.get(path, headers=HTMX if "answer" in path else {}).text for client, path in pages] == [False] * 4  # fmt: skip
    approval.approve(fresh_actor(people.tom), [requests()[0]], remark="Well done")
    assert "Well done" not in people.clients.ann.get(f"{here}?tab=stages").text
    (asked,) = requests()
    assert (asked.note, asked.remark) == ("They signed.", "Well done")
