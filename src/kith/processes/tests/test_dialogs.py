"""Moves on pages: the path, the dialog with what is missing, cells, bulk edits; rights on the stage (R57, R58, R65)."""

import json
import re

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import grant
from kith.processes import history

HTMX = {"HX-Request": "true"}


def entity():
    return registry.get("sales.opportunity")


def asked(html):
    """Names of the fields that a dialog asks for."""
    return re.findall(r'name="asked" value="([^"]+)"', html)


def reason(result, **values):
    return factory.make("sales.reason", result=result, **values)


def here(deal, rest=""):
    return f"/opportunities/{deal.pk}/{rest}"


def test_the_path_shows_stages_time_and_where_one_is(people, deal, stages):
    html = people.clients.ann.get(here(deal)).content.decode()
    path = html[html.index('<ol class="stages"') : html.index("</ol>", html.index('<ol class="stages"'))]
    assert re.findall(r"<span>([^<]+)</span>", path) == [
        "New",
        "Need understood",
        "Offer sent",
        "Negotiation",
        "Won",
        "Lost",
    ]
    assert re.findall(r'aria-current="step"><button type="button" id="to-([a-z]+)"', path) == ["new"]
    assert path.count("hx-post=") == 5 and "&lt; 1 d" in path


def test_a_click_moves_at_once_when_nothing_is_missing(people, deal, stages, fresh):
    answer = people.clients.ann.post(here(deal, "stage/qualified"), {"version": deal.version}, headers=HTMX)
    assert answer.status_code == 204
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["text"] == "Moved to “Need understood”"
    assert fresh(deal).stage_id == stages.qualified.pk


def test_what_is_missing_is_asked_for_and_saved_with_the_stage(people, deal, stages, fresh):
    ann, url = people.clients.ann, here(deal, "stage/negotiation")
    dialog = ann.post(url, headers=HTMX)
    assert dialog.status_code == 422 and asked(dialog.content.decode()) == ["amount", "closes_on"]
    assert fresh(deal).stage_id == stages.new.pk
    values = {
        "go": "1",
        "asked": ["amount", "closes_on"],
        "amount": "1200",
        "amount.currency": "EUR",
        "closes_on": "2026-12-24",
    }
    again = ann.post(url, {**values, "closes_on": ""}, headers=HTMX)
    assert again.status_code == 422 and "Needed for “Negotiation”." in again.content.decode()
    assert fresh(deal).amount is None and len(history.stays(deal)) == 1
    assert ann.post(url, values, headers=HTMX).status_code == 204
    moved = fresh(deal)
    assert (moved.stage_id, moved.amount, str(moved.closes_on)) == (stages.negotiation.pk, 1200, "2026-12-24")


def test_winning_asks_for_the_outcome_and_proposes_the_amount(people, deal, stages, fresh):
    writes.save(people.actors.ann, deal, {"amount": {"amount": "900", "currency": "EUR"}})
    good, bad = reason("won", name="Fast"), reason("lost", name="Dear")
    ann, url = people.clients.ann, here(deal, "stage/won")
    html = ann.post(url, headers=HTMX).content.decode()
    assert asked(html) == ["actual_amount", "closed_at", "reasons", "reason_text", "competitor", "lesson"]
    assert re.search(r'name="actual_amount" value="900"', html)
    assert str(good.pk) in html and str(bad.pk) not in html
    values = {
        "go": "1",
        "asked": asked(html),
        "actual_amount": "850",
        "actual_amount.currency": "EUR",
        "reasons": ["", str(good.pk)],
        "lesson": "Be quick",
    }
    assert ann.post(url, values, headers=HTMX).status_code == 204
    won = fresh(deal)
    assert (won.state, won.actual_amount, won.reasons, won.lesson, won.amount) == (
        "won",
        850,
        [good.pk],
        "Be quick",
        900,
    )


def test_losing_without_a_reason_is_refused_in_the_dialog(people, deal, stages, fresh):
    cause = reason("lost", name="Other", needs_text=True)
    ann, url = people.clients.ann, here(deal, "stage/lost")
    assert asked(ann.post(url, headers=HTMX).content.decode())[:2] == ["reasons", "reason_text"]
    values = {"go": "1", "asked": ["reasons", "reason_text"], "reasons": ["", str(cause.pk)], "reason_text": ""}
    refused = ann.post(url, values, headers=HTMX)
    assert refused.status_code == 422 and "asks for a text" in refused.content.decode()
    assert fresh(deal).state == "open"
    assert ann.post(url, {**values, "reason_text": "No money"}, headers=HTMX).status_code == 204
    assert (fresh(deal).state, fresh(deal).reason_text) == ("lost", "No money")


def test_a_cell_opens_the_same_dialog(people, deal, stages, fresh):
    ann, url = people.clients.ann, here(deal, "field/stage?in=list")
    editor = ann.get(url + "&edit=1").content.decode()
    assert re.findall(r'<option value="([^"]+)"', editor)[-6:] == [str(stage.pk) for stage in vars(stages).values()]
    answer = ann.post(url, {"stage": str(stages.offer.pk), "version": deal.version}, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#modal")
    assert asked(answer.content.decode()) == ["amount"] and fresh(deal).stage_id == stages.new.pk
    answer = ann.post(url, {"stage": str(stages.qualified.pk), "version": deal.version}, headers=HTMX)
    assert answer.status_code == 200 and fresh(deal).stage_id == stages.qualified.pk


def test_a_bulk_move_moves_what_it_can_and_lists_the_others(people, deal, stages, fresh):
    rich = factory.make(entity(), owner=str(people.ann.pk), name="Rich", amount={"amount": "5", "currency": "EUR"})
    values = {"ids": f"{deal.pk},{rich.pk}", "field": "stage", "stage": "offer"}
    answer = people.clients.ann.post("/opportunities/bulk/edit?go=1", values, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 200 and "1 record done, 1 skipped" in html
    assert re.findall(r"<b><a[^>]*>([^<]+)</a></b><span>([^<]+)</span>", html) == [
        ("Lathe", "Amount: Needed for “Offer sent”.")
    ]
    assert f'hx-get="/opportunities/{deal.pk}/stage/offer"' in html
    assert fresh(rich).stage_id == stages.offer.pk and fresh(deal).stage_id == stages.new.pk
    assert asked(people.clients.ann.get(here(deal, "stage/offer"), headers=HTMX).content.decode()) == ["amount"]


def test_a_checklist_is_ticked_on_the_path_or_in_the_dialog(people, ruled, fresh):
    course = ruled("new", "qualified", checklist=("Call", "Send, by mail"), needs_checklist=True)
    ann, deal = people.clients.ann, course.deal
    assert "Send, by mail" in ann.get(here(deal)).content.decode()
    assert ann.post(here(deal, "stage-checks"), {"step": "Call", "done": "1"}, headers=HTMX).status_code == 204
    assert fresh(deal).stage_checks == ["Call"]
    dialog = ann.post(here(deal, "stage/qualified"), headers=HTMX)
    assert dialog.status_code == 422
    assert re.findall(r'name="done" value="([^"]+)"', dialog.content.decode()) == ["Send, by mail"]
    assert ann.post(here(deal, "stage/qualified"), {"go": "1"}, headers=HTMX).status_code == 422
    assert fresh(deal).stage_id == course.new.pk
    assert (
        ann.post(here(deal, "stage/qualified"), {"go": "1", "done": "Send, by mail"}, headers=HTMX).status_code == 204
    )
    assert fresh(deal).stage_id == course.qualified.pk
    assert ann.post(here(deal, "stage-checks"), {"step": "Nothing", "done": "1"}, headers=HTMX).status_code == 404


def limited(user, level):
    """What the user may do with the field `stage` from now on."""
    role = registry.get("access.role").rows(SYSTEM).get(name="Own")
    writes.create(
        SYSTEM,
        registry.get("access.fieldpolicy"),
        {"role": role.pk, "entity": "sales.opportunity", "field": "stage", "level": level},
    )


@pytest.mark.parametrize(("level", "shown"), [("read", True), ("none", False)])
def test_rights_on_the_stage_hide_path_and_buttons(people, deal, stages, fresh, level, shown):
    limited(people.ann, level)
    html = people.clients.ann.get(here(deal)).content.decode()
    assert ('class="stages"' in html) is shown and f"{here(deal)}stage/" not in html
    answer = people.clients.ann.post(here(deal, "stage/qualified"), headers=HTMX)
    assert answer.status_code == (403 if shown else 404)
    assert people.clients.ann.get(f"/api/v1/opportunities/{deal.pk}/stages").status_code == (200 if shown else 404)
    assert fresh(deal).stage_id == stages.new.pk


def test_who_sees_a_record_and_may_not_change_it_is_refused_before_anything_is_asked(people, deal, stages, fresh):
    grant(people.max, ("sales.opportunity", "view", "all"))
    for stage in ("qualified", "offer", "lost"):  # nothing is missing, an amount, reasons
        assert people.clients.max.post(here(deal, f"stage/{stage}"), headers=HTMX).status_code == 403
        assert people.clients.max.get(here(deal, f"stage/{stage}"), headers=HTMX).status_code == 403
    limited(people.ann, "read")
    assert people.clients.ann.post(here(deal, "stage/lost"), headers=HTMX).status_code == 403
    assert fresh(deal).stage_id == stages.new.pk


def test_max_sees_no_path(people, deal, stages, fresh):
    for rest in ("", "stage/won", "head"):
        assert people.clients.max.get(here(deal, rest)).status_code == 404
    assert people.clients.max.post(here(deal, "stage/qualified"), headers=HTMX).status_code == 404
    assert fresh(deal).stage_id == stages.new.pk


def test_the_history_of_stages_is_a_tab_and_an_answer_of_the_api(people, deal, stages):
    writes.save(people.actors.tom, deal, {"stage": stages.qualified.pk})
    html = people.clients.ann.get(here(deal, "?tab=stages")).content.decode()
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    assert re.findall(r"</span> ([^<]+)</th>", table) == ["Need understood", "New"]
    assert re.findall(r"<td>([A-Z][a-z]+ [A-Z][a-z]+)</td></tr>", table) == ["Tom Team", "Ann Own"]
    found = people.clients.ann.get(f"/api/v1/opportunities/{deal.pk}/stages").json()["results"]
    assert [(stay["stage"], stay["by"], stay["left_at"] is None) for stay in found] == [
        ("new", str(people.ann.pk), False),
        ("qualified", str(people.tom.pk), True),
    ]
    assert people.clients.max.get(f"/api/v1/opportunities/{deal.pk}/stages").status_code == 404
    assert people.clients.ann.get(f"/api/v1/companies/{deal.company_id}/stages").status_code == 404


def test_who_moved_it_is_told_to_those_who_may_read_the_history(people, deal, stages):
    writes.save(people.actors.tom, deal, {"stage": stages.qualified.pk})
    grant(people.max, ("sales.opportunity", "view", "all"))
    html = people.clients.max.get(here(deal, "?tab=stages")).content.decode()
    table = html[html.index("<table") : html.index("</table>")]
    assert re.findall(r"</span> ([^<]+)</th>", table) == ["Need understood", "New"]
    assert "Tom Team" not in table and "Ann Own" not in table and "Moved by" not in table
    found = people.clients.max.get(f"/api/v1/opportunities/{deal.pk}/stages").json()["results"]
    assert [(stay["stage"], stay["by"]) for stay in found] == [("new", None), ("qualified", None)]
    grant(people.max, ("sales.opportunity", "history", "all"))
    assert "Tom Team" in people.clients.max.get(here(deal, "?tab=stages")).content.decode()
