"""The pages of the past: the bar that says so, nothing to change, refusals; and the same over the API (N2, N3)."""

import csv
import io

import pytest

from kith.core import past, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.testing.people import client_of, grant, make_user

from .past_story import at, deals

pytestmark = pytest.mark.django_db
THEN = "as_of=2026-09-30"


def html(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, response.content[-2000:]
    return response.content.decode()


def test_a_list_of_the_past_says_so_and_offers_no_change(people, autumn):
    text = html(people.clients.eva, f"/opportunities/?{THEN}&sort=name&f=")
    assert "As of 30 Sept 2026" in text or "As of Sep 30, 2026" in text
    assert 'id="past-back"' in text and "Back to today" in text
    assert "grows" in text and "a grown one" not in text and "deleted" in text and "later" not in text
    for word in (
        "/field/",
        "data-bulk=",
        'name="ids"',
        'class="btn primary" data-key="N"',
        "/opportunities/import",
        "views/new",
        'id="find"',
    ):
        assert word not in text, word
    assert f"/{autumn['grows'].pk}/?as_of=2026-09-30" in text
    assert "As of…" in html(people.clients.eva, "/opportunities/")


def test_a_board_of_the_past_has_its_cards_in_the_columns_of_then(people, autumn):
    with at(11, 1, 12):
        text = html(people.clients.eva, f"/opportunities/board?{THEN}&f=")
        assert text.count('class="deal') == 4 and "As of" in text
        assert (
            "data-drop" not in text.replace("data-dropped", "")
            and "lane-new" not in text
            and "data-move-menu" not in text
        )
        assert "€400" in text or "400" in text


def test_grouped_and_totals_and_pages_travel(people, autumn):
    eva = people.clients.eva
    assert "As of" in html(eva, f"/opportunities/?{THEN}&group=owner&f=")
    assert "As of" in html(eva, f"/opportunities/?{THEN}&group=stage&f=")
    assert "400" in html(eva, f"/opportunities/totals?{THEN}&f=&count=4")
    assert "2026" in html(eva, f"/opportunities/as-of?{THEN}")
    assert html(eva, f"/opportunities/columns?{THEN}")
    assert html(eva, f"/opportunities/filter?{THEN}")


def test_what_does_not_travel_refuses(people, autumn):
    eva = people.clients.eva
    for address in ("trash", "new", "tree", "counts"):
        response = eva.get(f"/opportunities/{address}?{THEN}")
        assert response.status_code in (400, 404), address
    assert eva.get(f"/opportunities/{autumn['stays'].pk}/edit?{THEN}").status_code == 400
    assert eva.post(f"/opportunities/{autumn['stays'].pk}/delete?{THEN}").status_code == 400
    assert deals().rows(people.actors.eva).filter(pk=autumn["stays"].pk).exists()
    with past.at(past.of("2026-09-30")), pytest.raises(Refused, match="past"):
        writes.save(people.actors.eva, autumn["stays"], {"name": "other"})


def test_a_record_as_it_was(people, autumn):
    eva = people.clients.eva
    text = html(eva, f"/opportunities/{autumn['grows'].pk}/?{THEN}")
    assert "grows" in text and "As of" in text and "Who could see it then" in text and "Ann Own" in text
    assert "data-edit-field" not in text and "hx-post" not in text.split("</header>", 1)[1].split("history", 1)[0]
    given = html(eva, f"/opportunities/{autumn['given'].pk}/?{THEN}")
    assert "Ann Own" in given
    assert "It was not there" in html(eva, f"/opportunities/{autumn['later'].pk}/?{THEN}", 404)
    deleted = html(eva, f"/opportunities/{autumn['deleted'].pk}/?{THEN}")
    assert "deleted" in deleted and "Back to today" in deleted
    assert html(eva, f"/opportunities/{autumn['grows'].pk}/as-of")
    assert eva.get(f"/opportunities/{autumn['grows'].pk}/?as_of=nonsense").status_code == 400


def test_strangers_learn_nothing(people, autumn):
    for address in ("", "differences", "as-of"):
        assert (
            people.clients.max.get(
                f"/opportunities/{autumn['grows'].pk}/{address}?{THEN if not address else ''}"
            ).status_code
            == 404
        )
    for address in (f"?{THEN}", "differences", "why", "as-of"):
        assert people.clients.max.get(f"/opportunities/{address}").status_code == 404
    assert people.clients.ann.get(f"/opportunities/{autumn['given'].pk}/?{THEN}").status_code == 404


def test_the_past_needs_the_right_to_the_history(people, autumn):
    user = make_user("Vera")
    grant(user, ("sales.opportunity", "view", "all"))
    vera = client_of(user)
    assert "As of…" not in html(vera, "/opportunities/?f=")
    for address in (f"?{THEN}", "differences", "why", "as-of", f"export?{THEN}"):
        assert vera.get(f"/opportunities/{address}").status_code == 403, address
    assert vera.get(f"/opportunities/{autumn['stays'].pk}/?{THEN}").status_code == 403
    assert vera.get(f"/api/v1/opportunities?{THEN}").status_code == 403
    assert vera.get("/api/v1/opportunities/why?from=2026-09-30").status_code == 403


def test_a_field_that_may_not_be_read_stays_hidden_in_the_past(people, autumn):
    user = make_user("Nora")
    role = grant(user, ("sales.opportunity", "view", "all"), ("sales.opportunity", "history", "all"))
    writes.create(
        SYSTEM,
        registry.get("access.fieldpolicy"),
        {"role": role.pk, "entity": "sales.opportunity", "field": "amount", "level": "none"},
    )
    nora, between = client_of(user), "from=2026-09-30&to=2026-10-31"
    assert "100" not in html(nora, f"/opportunities/?{THEN}&f=").split('id="list"')[1].split("</table>")[0]
    assert nora.get(f"/opportunities/?{THEN}&f=amount:gt:1").status_code == 400
    assert nora.get(f"/opportunities/why?{between}&measure=sum:amount").status_code == 400
    changes = nora.get(f"/api/v1/opportunities/differences?{between}").json()["changed"]["results"]
    assert "amount" not in {change["field"] for row in changes for change in row["changes"]}


def test_the_pages_of_differences_and_of_why(people, autumn):
    eva = people.clients.eva
    text = html(eva, "/opportunities/differences?f=&from=2026-09-30&to=2026-10-31")
    assert "a grown one" in text and "deleted" in text and "later" in text and "Eva All" in text
    text = html(eva, "/opportunities/why?f=&from=2026-09-30&to=2026-10-31&measure=sum:amount&part=changed")
    assert 'id="part-added"' in text and 'id="opened"' in text and "a grown one" in text
    for bad in ("from=nonsense", "from=2026-10-31&to=2026-09-30", "measure=nonsense", "from=2030-01-01", "q=x"):
        assert eva.get(f"/opportunities/why?{bad}").status_code == 400, bad
    assert eva.get("/opportunities/why?part=nonsense").status_code == 404
    text = html(eva, f"/opportunities/{autumn['grows'].pk}/differences?from=2026-09-30&to=2026-10-31")
    assert "170" in text and "100" in text


def test_the_file_of_a_list_of_the_past(people, autumn):
    response = people.clients.eva.get(f"/opportunities/export?{THEN}&f=&sort=name&format=csv&cols=name,amount,score")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ["deleted", "given", "grows", "stays"]
    assert [float(row[2]) for row in rows[1:]] == [100.0] * 4 and len(rows[0]) == 4
    inner = people.clients.eva.get("/opportunities/export", {"query": f"{THEN}&f=&sort=name", "format": "csv"})
    assert len(b"".join(inner.streaming_content).decode().splitlines()) == 5
    dialog = people.clients.eva.get("/opportunities/export", {"query": f"{THEN}&f="}, headers={"HX-Request": "true"})
    assert "4 records" in dialog.content.decode() and "as_of" in dialog.content.decode()


def test_the_api_tells_the_past(people, autumn):
    eva = people.clients.eva
    body = eva.get(f"/api/v1/opportunities?{THEN}&sort=name&fields=name,amount").json()
    assert [row["name"] for row in body["results"]] == ["deleted", "given", "grows", "stays"]
    assert body["count"] == 4 and body["results"][2]["amount"] == {"amount": "100.0000", "currency": "EUR"}
    one = eva.get(f"/api/v1/opportunities/{autumn['grows'].pk}?{THEN}&fields=name,score")
    assert one.status_code == 400 and "Score" in one.json()["detail"]
    one = eva.get(f"/api/v1/opportunities/{autumn['grows'].pk}?{THEN}&fields=name").json()
    assert (one["name"], one["version"]) == ("grows", 1)
    assert eva.get(f"/api/v1/opportunities/{autumn['later'].pk}?{THEN}").status_code == 404
    assert (
        eva.patch(
            f"/api/v1/opportunities/{autumn['grows'].pk}?{THEN}", "{}", content_type="application/json"
        ).status_code
        == 400
    )
    between = "from=2026-09-30&to=2026-10-31"
    found = eva.get(f"/api/v1/opportunities/differences?{between}").json()
    assert {kind: found[kind]["count"] for kind in ("added", "removed", "changed")} == {
        "added": 1,
        "removed": 1,
        "changed": 2,
    }
    changes = {change["field"]: change for row in found["changed"]["results"] for change in row["changes"]}
    assert changes["amount"]["before"]["amount"] == "100.0000" and changes["owner"]["by"] == "Eva All"
    figure = eva.get(f"/api/v1/opportunities/why?{between}&measure=sum:amount&part=added").json()
    assert (figure["before"], figure["after"], figure["change"]) == ("400.0000", "870.0000", "470.0000")
    assert [part["part"] for part in figure["parts"] if part["count"]] == ["added", "removed", "changed"]
    assert [row["id"] for row in figure["records"]] == [str(autumn["later"].pk)]
    lines = eva.get(f"/api/v1/opportunities/{autumn['grows'].pk}/differences?{between}").json()["changes"]
    assert {line["field"] for line in lines} >= {"name", "amount"}
    assert eva.get("/api/v1/opportunities?as_of=2036-01-01").status_code == 400
    assert eva.get(f"/api/v1/opportunities/report?{THEN}&rows=score").status_code == 400
    assert people.clients.max.get(f"/api/v1/opportunities/why?{between}").status_code == 404
