"""Designing a process: order of stages, rules by pair with conditions, differences, records moved to another edition (B5, B6)."""

import json
import re

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.processes import book, differences, drawing, editions, history, transferring

HTMX = {"HX-Request": "true"}


def current():
    return book.book().default(SYSTEM, "sales.opportunity")


@pytest.fixture
def draft(people):
    made = editions.copy(people.actors.eva, current().process)
    return book.book().courses[made.pk]


def order(course):
    return [stage.key for stage in book.book().courses[course.process.pk].stages]


def post(client, course, what, **values):
    return client.post(f"/processes/{course.process.pk}/{what}", values, headers=HTMX)


def pair(course, origin, target):
    fresh = book.book().courses[course.process.pk]
    return fresh.rules.get((fresh.stage(origin).pk if origin else None, fresh.stage(target).pk))


def test_the_page_draws_stages_rules_and_differences(people, draft):
    writes.save(people.actors.eva, draft.stage("offer"), {"max_days": 30})
    html = people.clients.eva.get(f"/processes/{draft.process.pk}/?tab=design").content.decode()
    assert html.count('class="step-box"') == 6 and html.count('id="pair-') == 6 * 6
    assert "What differs from edition 1" in html and "<del>21</del> → <ins>30</ins>" in html
    assert 'id="design-publish"' in html and 'id="stage-new"' in html
    published = people.clients.eva.get(f"/processes/{current().process.pk}/?tab=design").content.decode()
    assert (
        'id="design-publish"' not in published
        and 'id="stage-new"' not in published
        and "Open the draft of edition 2" in published
    )
    reader = people.clients.ann.get(f"/processes/{draft.process.pk}/?tab=design").content.decode()
    assert "design-publish" not in reader and 'id="up-' not in reader and "stage-new" not in reader


def test_stages_are_put_into_another_order(people, draft):
    eva, stage = people.clients.eva, draft.stage("offer")
    assert post(eva, draft, "order", stage=str(stage.pk), by="-1").status_code == 200
    assert order(draft) == ["new", "offer", "qualified", "negotiation", "won", "lost"]
    ids = [str(stage.pk) for stage in reversed(draft.stages)]
    answer = post(eva, draft, "order", ids=",".join(ids))
    assert order(draft) == ["lost", "won", "negotiation", "offer", "qualified", "new"]
    change = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"].rsplit("/", 1)[1]
    undo.undo(people.actors.eva, change)
    assert order(draft) == ["new", "offer", "qualified", "negotiation", "won", "lost"]


def test_a_published_edition_keeps_its_order_and_others_may_not_touch_it(people, draft):
    live = current()
    assert post(people.clients.eva, live, "order", stage=str(live.stages[1].pk), by="-1").status_code == 422
    assert post(people.clients.ann, draft, "order", stage=str(draft.stages[1].pk), by="-1").status_code == 403
    assert order(live) == order(draft) == ["new", "qualified", "offer", "negotiation", "won", "lost"]


def test_a_rule_is_made_changed_and_removed_in_its_dialog(people, draft):
    eva, url = people.clients.eva, f"/processes/{draft.process.pk}/rule?from=new&to=won"
    html = eva.get(url, headers=HTMX).content.decode()
    assert "From “New” to “Won”" in html and 'value="closes_on"' in html
    values = {
        "allowed": "true",
        "required_fields": ["", "closes_on", "need"],
        "needs_checklist": "false",
        "approver": str(people.tom.pk),
        "guidance": "Only small ones",
        "condition": ["", "amount:lt:1000"],
    }
    assert eva.post(url, values, headers=HTMX).status_code == 204
    rule = pair(draft, "new", "won")
    assert (rule.required_fields, rule.approver_id, rule.guidance) == (
        ["closes_on", "need"],
        people.tom.pk,
        "Only small ones",
    )
    assert rule.condition == {"field": "amount", "op": "lt", "value": "1000"}
    bad = eva.post(url, {**values, "condition": ["prize:lt:1"]}, headers=HTMX)
    assert bad.status_code == 422 and "prize" in bad.content.decode()
    assert eva.post(url, {**values, "allowed": "false", "condition": ""}, headers=HTMX).status_code == 204
    rule = pair(draft, "new", "won")
    assert (rule.allowed, rule.condition) == (False, {})
    assert eva.post(url, {"remove": "1"}, headers=HTMX).status_code == 204
    assert pair(draft, "new", "won") is None


def test_the_dialog_asks_about_the_records_of_the_process(people, draft):
    """The editor itself is tested with assignment rules."""
    url = f"/processes/{draft.process.pk}/rule?from=new&to=won"
    html = people.clients.eva.get(url, headers=HTMX).content.decode()
    assert "/transitions/condition/condition?about=sales.opportunity" in html and 'value="company.industry"' in html
    bad = people.clients.eva.post(url, {"allowed": "true", "condition": "", "condition.field": "amount", "condition.op": "ge", "condition.value": "much"}, headers=HTMX)  # fmt: skip
    assert (
        bad.status_code == 422
        and 'value="much"' in bad.content.decode()
        and 'id="f-condition-err"' in bad.content.decode()
    )
    assert pair(draft, "new", "won") is None


def test_rules_of_a_published_edition_are_only_shown(people):
    live = current()
    url = f"/processes/{live.process.pk}/rule?from=new&to=won"
    assert "make a new edition" in people.clients.ann.get(url, headers=HTMX).content.decode()
    answer = people.clients.eva.post(url, {"allowed": "false"}, headers=HTMX)
    assert answer.status_code == 422 and pair(live, "new", "won") is None
    assert people.clients.ann.post(url, {"allowed": "false"}, headers=HTMX).status_code == 403
    assert people.clients.eva.get(url.replace("won", "new"), headers=HTMX).status_code == 404


def test_differences_name_what_was_added_taken_away_and_altered(people, draft):
    eva, stages, rules = people.actors.eva, registry.get("processes.stage"), registry.get("processes.transition")
    writes.delete(eva, stages, [draft.stage("negotiation").pk])
    writes.create(eva, stages, {"process": draft.process.pk, "key": "trial", "name": "Trial", "position": 3})
    writes.save(eva, draft.stage("offer"), {"probability": "60", "guidance": "Call twice"})
    writes.create(eva, rules, {"process": draft.process.pk, "to_stage": draft.stage("won").pk, "allowed": False})
    writes.save(eva, draft.process, {"allow_back": False})
    found = differences.between(current(), book.book().courses[draft.process.pk])
    assert [(one.kind, one.what, one.fields) for one in found] == [
        ("changed", "Opportunities", [("May go back to an earlier stage", "yes", "no")]),
        ("new", "Trial", []),
        ("gone", "Negotiation", []),
        ("changed", "Offer sent", [("Probability", "50 %", "60 %"), ("Guidance", "–", "Call twice")]),
        ("new", "any stage → Won", []),
    ]


def test_the_drawing_shows_every_rule(people, draft):
    rules, own = registry.get("processes.transition"), draft.process.pk
    ends = {"new": draft.stage("new").pk, "won": draft.stage("won").pk, "lost": draft.stage("lost").pk}
    for values in (
        {"from_stage": ends["new"], "to_stage": ends["won"], "approver": people.tom.pk},
        {"from_stage": ends["won"], "to_stage": ends["new"], "allowed": False},
        {"to_stage": ends["lost"]},
    ):
        writes.create(people.actors.eva, rules, {"process": own, **values})
    ways = [(way.origin, way.target, way.kind) for way in drawing.ways(book.book().courses[own])]
    assert sorted(ways, key=str) == sorted(
        [
            (0, 4, "asked"),
            (4, 0, "barred"),
            (None, 5, "allowed"),
            (0, 1, "free"),
            (1, 2, "free"),
            (2, 3, "free"),
            (3, 4, "free"),
        ],
        key=str,
    )


def test_a_new_edition_is_begun_once(people):
    eva, live = people.clients.eva, current()
    first = eva.post(f"/processes/{live.process.pk}/revise", headers=HTMX).headers["HX-Redirect"]
    assert eva.post(f"/processes/{live.process.pk}/revise", headers=HTMX).headers["HX-Redirect"] == first
    assert people.clients.ann.post(f"/processes/{live.process.pk}/revise", headers=HTMX).status_code == 403
    assert len([course for course in book.book().courses.values() if course.process.entity == "sales.opportunity"]) == 2


def records():
    rows = registry.get("sales.opportunity").rows(SYSTEM).order_by("name")
    return [
        (row.name, book.book().course(row.process_id).process.edition, book.book().stage(row.stage_id).key)
        for row in rows
    ]


def test_records_are_moved_by_the_wizard_in_one_undoable_step(people, deal):
    eva, old = people.clients.eva, current()
    other = factory.make(
        "sales.opportunity", name="Mill", owner=str(people.tom.pk), amount={"amount": "5", "currency": "EUR"}
    )
    writes.save(people.actors.tom, other, {"stage": "offer"})
    draft = editions.copy(people.actors.eva, old.process)
    writes.delete(people.actors.eva, registry.get("processes.stage"), [book.book().courses[draft.pk].stage("offer").pk])
    editions.publish(people.actors.eva, [draft])
    new = book.book().courses[draft.pk]
    html = eva.get(f"/processes/{old.process.pk}/transfer", headers=HTMX).content.decode()
    assert "Move 2 records" in html and re.findall(r'name="to-([a-z]+)"', html) == ["new", "offer"]
    values = {"go": "1", "target": str(draft.pk), "to-new": str(new.stage("new").pk), "to-offer": ""}
    refused = eva.post(f"/processes/{old.process.pk}/transfer", values, headers=HTMX)
    assert refused.status_code == 422 and "Choose a stage for each of them." in refused.content.decode()
    assert records() == [("Lathe", 1, "new"), ("Mill", 1, "offer")]
    assert people.clients.ann.post(f"/processes/{old.process.pk}/transfer", values, headers=HTMX).status_code == 403
    done = eva.post(
        f"/processes/{old.process.pk}/transfer", {**values, "to-offer": str(new.stage("qualified").pk)}, headers=HTMX
    )
    assert done.status_code == 204 and records() == [("Lathe", 2, "new"), ("Mill", 2, "qualified")]
    toast = json.loads(done.headers["HX-Trigger"])["toast"]
    assert toast["text"] == "2 records done"
    undo.undo(people.actors.eva, toast["undo"].rsplit("/", 1)[1])
    assert records() == [("Lathe", 1, "new"), ("Mill", 1, "offer")]
    assert [stay.left_at for stay in history.stays(deal)] == [None]


def test_records_that_a_rule_of_theirs_refuses_stay(people, deal):
    old = current()
    draft = editions.copy(people.actors.eva, old.process)
    editions.publish(people.actors.eva, [draft])
    lost = book.book().courses[draft.pk].stage("lost")
    result = transferring.run(people.actors.eva, old.process.pk, draft.pk, {old.stage("new").pk: lost.pk})
    assert (result.done, result.skipped, [title for _key, title, _lines in result.refused]) == (0, 1, ["Lathe"])
    assert records() == [("Lathe", 1, "new")]


def test_pages_of_processes_have_no_page_without_rights(people, draft):
    pia = people.clients.max
    assert post(pia, draft, "order", ids="").status_code == 403
    assert pia.get(f"/processes/{draft.process.pk}/transfer", headers=HTMX).status_code == 403
