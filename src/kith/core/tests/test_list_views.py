"""Saved views and conditions: kept, shared, changed, deleted; chips in words and their editors."""

import json
import re

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ui.filter_words import span_words

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def views():
    return registry.get("core.view")


def save(client, query, **values):
    return client.post(f"/companies/views/new?{query}", {"name": "Mine", **values}, headers=HTMX)


def where(answer):
    return json.loads(answer.headers["HX-Trigger"])["go-list"]["url"]


def fill(people):
    entity = registry.get("parties.company")
    writes.create_many(
        SYSTEM,
        entity,
        [{"name": f"C{n}", "status": "active" if n % 2 else "lost", "owner": people.ann.pk} for n in range(5)],
    )


def test_a_look_is_saved_under_a_name_and_opens_as_it_was(people):
    fill(people)
    answer = save(people.clients.ann, "f=status:any:active&sort=-name&cols=name,status&group=status")
    html = people.clients.ann.get(where(answer)).content.decode()
    assert 'aria-label="Status is any of Active"' in html
    assert "Unsaved changes" not in html
    assert re.findall(r'<th [^>]*data-column="(\w+)"', html.split("</thead>")[0]) == ["name", "status"]
    view = views().rows(SYSTEM).get()
    assert (view.sort, view.group, view.owner_id, view.shape) == (["-name"], "status", people.ann.pk, "grouped")


def test_a_change_is_marked_until_it_is_saved_into_the_view(people):
    fill(people)
    url = where(save(people.clients.ann, "f=status:any:active"))
    changed = people.clients.ann.get(f"{url}&f=status:any:lost").content.decode()
    assert "Unsaved changes" in changed
    update = re.search(r'hx-post="(/companies/views/[^"]+/update[^"]*)"', changed)[1].replace("&amp;", "&")
    people.clients.ann.post(update, headers=HTMX)
    again = people.clients.ann.get(url).content.decode()
    assert 'aria-label="Status is any of Lost"' in again
    assert "Unsaved changes" not in again


def test_all_conditions_of_a_view_can_be_taken_away(people):
    fill(people)
    url = where(save(people.clients.ann, "f=status:any:active"))
    assert "1–5 / 5" in people.clients.ann.get(f"{url}&f=").content.decode()
    assert "1–2 / 2" in people.clients.ann.get(url).content.decode()


def test_views_are_seen_by_their_groups_and_changed_only_with_the_right(people):
    fill(people)
    url = where(save(people.clients.tom, "f=status:any:active"))
    key = url.split("view=")[1]
    assert people.clients.ann.get(url).status_code == 404
    people.clients.tom.post(
        f"/companies/views/{key}/edit", {"name": "Ours", "shared_with": [str(people.north.pk)]}, headers=HTMX
    )
    assert "Ours" in people.clients.ann.get(url).content.decode()
    assert people.clients.ann.post(f"/companies/views/{key}/edit", {"name": "Theirs"}, headers=HTMX).status_code == 403
    assert people.clients.ann.post(f"/companies/views/{key}/delete", headers=HTMX).status_code == 403
    assert views().rows(SYSTEM).get().name == "Ours"
    assert (
        "Ours" not in people.clients.eva.get("/companies/").content.decode()
    )  # who may read all views still sees own tabs only


def test_the_view_that_opens_first_is_one(people):
    fill(people)
    save(people.clients.ann, "f=status:any:active", is_default="true", name="First")
    save(people.clients.ann, "f=status:any:lost", is_default="true", name="Second")
    assert list(views().rows(SYSTEM).filter(is_default=True).values_list("name", flat=True)) == ["Second"]
    assert 'aria-label="Status is any of Lost"' in people.clients.ann.get("/companies/").content.decode()
    assert "1–5 / 5" in people.clients.ann.get("/companies/?view=all").content.decode()


def test_a_deleted_view_comes_back_by_undo(people):
    fill(people)
    key = where(save(people.clients.ann, "f=status:any:active")).split("view=")[1]
    gone = people.clients.ann.post(f"/companies/views/{key}/delete", headers=HTMX)
    assert views().rows(SYSTEM).count() == 0
    people.clients.ann.post(json.loads(gone.headers["HX-Trigger"])["toast"]["undo"], headers=HTMX)
    assert views().rows(SYSTEM).count() == 1


def test_a_view_needs_a_name(people):
    answer = save(people.clients.ann, "f=status:any:active", name=" ")
    assert (answer.status_code, "This field is required." in answer.content.decode()) == (422, True)
    assert views().rows(SYSTEM).count() == 0


def test_counts_come_by_themselves(people):
    fill(people)
    key = where(save(people.clients.ann, "f=status:any:active")).split("view=")[1]
    html = people.clients.ann.get("/companies/counts", headers=HTMX).content.decode()
    assert f'<hx-partial hx-target="#count-{key}" hx-swap="innerHTML">2</hx-partial>' in html
    assert '<hx-partial hx-target="#count-all" hx-swap="innerHTML">5</hx-partial>' in html


def test_columns_are_chosen_ordered_and_sized(people):
    fill(people)
    dialog = people.clients.ann.get("/companies/columns?", headers=HTMX).content.decode()
    assert dialog.index('id="order-name"') < dialog.index('id="order-status"') < dialog.index('id="order-tax_id"')
    answer = people.clients.ann.post(
        "/companies/columns?", {"column": ["name", "city", "status"], "width.city": "222"}, headers=HTMX
    )
    head = people.clients.ann.get(where(answer)).content.decode().split("</thead>")[0]
    assert re.findall(r'<th [^>]*data-column="(\w+)"', head) == ["name", "city", "status"]
    assert 'width="222"' in head


def test_a_width_is_kept_for_the_session_and_saved_with_the_view(people):
    fill(people)
    assert people.clients.ann.post("/companies/draft?view=", {"width": "status:140"}, headers=HTMX).status_code == 204
    assert people.clients.ann.post("/companies/draft?view=", {"width": "nothing:1"}, headers=HTMX).status_code == 422
    assert 'width="140"' in people.clients.ann.get("/companies/").content.decode()
    save(people.clients.ann, "")
    assert views().rows(SYSTEM).get().widths == {"status": 140}


# --- conditions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("status:any:active,lost", "Status is any of Active, Lost"), ("owner:any:me", "Owner is any of me"), ("updated_at:last:30 days", "Changed in the last 30 days"), ("updated_at:this:month", "Changed in this month"),
        ("updated_at:on:today", "Changed on today"), ("country:any:DE", "Country is any of Germany"), ("name:contains:halden", "Company name contains halden"), ("tags:empty", "Tags is empty"),
        ("founded_year:between:1990,2000", "Founded in between 1990 – 2000"), ("parent.status:any:lost", "Parent company › Status is any of Lost"),
    ],
)  # fmt: skip
def test_conditions_stand_in_words(people, term, words):
    html = people.clients.ann.get("/companies/", {"f": term}).content.decode()
    assert f'aria-label="{words}"' in re.sub(r"\s+\"", '"', html)


def test_a_record_in_a_condition_has_its_name_unless_it_is_hidden(people):
    entity = registry.get("parties.company")
    mine = writes.create(SYSTEM, entity, {"name": "Halden", "owner": people.ann.pk})
    theirs = writes.create(SYSTEM, entity, {"name": "Secret", "owner": people.eva.pk})
    html = people.clients.ann.get("/companies/", {"f": f"parent:any:{mine.pk},{theirs.pk}"}).content.decode()
    assert "Parent company is any of Halden, hidden" in html
    assert "Secret" not in html


@pytest.mark.parametrize(
    ("query", "control"),
    [
        ("field=status", 'type="checkbox" name="value" value="active"'), ("field=owner", 'data-lookup="/users/lookup"'), ("field=owner", 'value="my_team"'), ("field=updated_at&op=last", '<option value="30 days"'),
        ("field=updated_at&op=this", '<option value="quarter"'), ("field=updated_at&op=between", 'id="filter-value1"'), ("field=country", '<option value="DE"'), ("field=name", 'inputmode="text" name="value"'),
        ("term=status:any:lost", 'value="lost" checked'), ("field=founded_year&op=between", 'id="filter-value1"'), ("", "data-filter-editor"),
    ],
)  # fmt: skip
def test_each_type_has_its_editor(people, query, control):
    html = people.clients.ann.get(f"/companies/filter?{query}", headers=HTMX).content.decode()
    assert control in html


def test_nested_groups_are_one_chip_and_edited_as_json(people):
    fill(people)
    tree = {"any": [{"field": "status", "op": "any", "value": ["lost"]}, {"field": "tags", "op": "filled"}]}
    html = people.clients.ann.get("/companies/", {"filter": json.dumps(tree)}).content.decode()
    assert "Status is any of Lost or Tags is filled" in html
    edit = re.search(r'hx-get="(/companies/filter/nested[^"]*)"', html)[1].replace("&amp;", "&")
    assert "&#34;op&#34;: &#34;filled&#34;" in people.clients.ann.get(edit, headers=HTMX).content.decode()
    assert people.clients.ann.post(edit, {"tree": "{"}, headers=HTMX).status_code == 422
    assert (
        people.clients.ann.post(edit, {"tree": '{"field": "secret", "op": "filled"}'}, headers=HTMX).status_code == 422
    )
    done = people.clients.ann.post(
        edit, {"tree": '{"any": [{"field": "status", "op": "any", "value": ["active"]}]}'}, headers=HTMX
    )
    assert "1–2 / 2" in people.clients.ann.get(where(done)).content.decode()


def test_lengths_of_time_are_plural_in_each_language():
    from django.utils import translation

    with translation.override("ru"):
        assert [span_words(text) for text in ("1 day", "3 days", "30 days")] == ["1 день", "3 дня", "30 дней"]


def test_what_is_wrong_with_fields_that_the_dialog_does_not_show_stands_at_its_top(people, monkeypatch):
    wrong = {"name": ["Taken."], "columns": ["Too many."], "": ["Not now."]}
    monkeypatch.setattr(type(views()), "validate", lambda self, record, values: wrong)
    answer = save(people.clients.ann, "sort=-name")
    page = answer.content.decode()
    summary = re.search(r'class="summary-err".*?</div></div>', page, re.S)[0]
    assert answer.status_code == 422 and page.count("Taken.") == 1
    assert "Columns: Too many." in summary and "Not now." in summary and "Taken." not in summary
    assert not views().rows(SYSTEM).exists()
