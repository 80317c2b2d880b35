"""The list of an entity: rows, order, pages, words, limits of rights; the same for every entity of the registry."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import counting, grouping, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.grouping import GroupRow
from kith.core.ledger import AuditEvent
from kith.core.testing.queries import counted
from kith.core.ui.list_totals import with_empty

pytestmark = pytest.mark.django_db


def companies(count, **values):
    entity = registry.get("parties.company")
    return writes.create_many(SYSTEM, entity, [{"name": f"Company {n:03}", **values} for n in range(count)])


def names(html):
    return re.findall(r'class="who">.*?<a href="[^"]+">([^<]+)</a>', html)


def page(client, url, **headers):
    answer = client.get(url, **headers)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


@pytest.mark.parametrize("slug", [entity.slug for entity in registry])
def test_every_entity_has_a_list(people, slug):
    html = page(people.clients.eva, f"/{slug}/")
    assert html.count("<h1") == 1
    assert 'id="list"' in html


def test_rows_come_in_order_and_pages_meet_without_gap_or_overlap(people):
    companies(120)
    client, seen, url = people.clients.eva, [], "/companies/"
    while url:
        html = page(client, url)
        seen += names(html)
        following = re.search(r'id="page-after" href="([^"]+)"', html)
        url = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"Company {n:03}" for n in range(120)]
    assert "101–120 / 120" in html
    before = re.search(r'id="page-before" href="([^"]+)"', html)[1].replace("&amp;", "&")
    assert names(page(client, before)) == [f"Company {n:03}" for n in range(50, 100)]


def test_a_heading_sorts_and_turns(people):
    companies(3)
    client = people.clients.eva
    assert 'aria-sort="ascending"' in page(client, "/companies/")
    html = page(client, "/companies/?sort=-name")
    assert names(html) == ["Company 002", "Company 001", "Company 000"]
    assert re.search(r'data-column="name" aria-sort="descending"', html)
    assert re.search(r'href="/companies/" hx-get="/companies/"', html)  # once more: back to the plain order


def test_own_rows_team_rows_all_rows_no_rows(people):
    companies(2, owner=people.ann.pk)
    companies(3, owner=people.tom.pk)
    companies(4, owner=people.eva.pk)
    shown = {who: len(names(page(getattr(people.clients, who), "/companies/"))) for who in ("ann", "tom", "eva")}
    assert shown == {"ann": 2, "tom": 5, "eva": 9}
    assert people.clients.max.get("/companies/").status_code == 404


def test_only_what_may_be_edited_offers_an_editor(people):
    mine, theirs = companies(1, owner=people.ann.pk)[0], companies(1, owner=people.tom.pk)[0]
    role = registry.get("access.role").rows(SYSTEM).get(name="Own")
    rules = registry.get("access.policyrule")
    view = rules.rows(SYSTEM).get(role=role, operation="view")
    writes.save(SYSTEM, view, {"level": "all"})
    html = page(people.clients.ann, "/companies/")
    assert f'data-edit="/companies/{mine.pk}/field/status' in html
    assert str(theirs.pk) in html
    assert f'data-edit="/companies/{theirs.pk}/field/status' not in html


def test_the_count_is_exact_and_the_empty_list_says_what_hides_the_rows(people):
    companies(7)
    html = page(people.clients.eva, "/companies/?f=name:is:Nobody")
    assert "The conditions hide 7 records." in html
    assert "No companies yet" in page(people.clients.ann, "/companies/")


def test_a_large_count_is_estimated_and_marked_and_not_asked_for_again_at_once(people, monkeypatch):
    monkeypatch.setattr(counting, "EXACT", 55)
    companies(60)
    first = page(people.clients.eva, "/companies/")
    assert re.search(r"1–50 / about \d+", first)
    with CaptureQueriesContext(connection) as caught:
        again = page(people.clients.eva, "/companies/")
    assert re.search(r"1–50 / about \d+", again)
    assert not [query["sql"] for query in caught if query["sql"].startswith("EXPLAIN") or "LIMIT 56" in query["sql"]]
    assert "1–10 / 10" in page(people.clients.eva, "/companies/?f=name:starts:Company 00")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("f=nam:is:x", "no field to filter by"), ("f=name:lt:3", "cannot be asked here"), ("f=founded_year:is:x", "Not a number"), ("f=status:any:great", "Not one of the choices"),
        ("sort=nam", "no field to sort"), ("group=name.x", "no field to sort or group"), ("after=xyz", "page address is broken"), ("filter=%7B", "not valid JSON"), ("f=x", "field:operator:value"),
    ],
)  # fmt: skip
def test_a_bad_address_is_told_in_words(people, query, words):
    answer = people.clients.eva.get(f"/companies/?{query}")
    assert (answer.status_code, words in answer.content.decode()) == (400, True)


def test_an_unknown_view_is_not_found(people):
    assert people.clients.eva.get("/companies/?view=01a20c55-fb95-7d3d-ac67-8b4a387dad17").status_code == 404


def test_groups_have_headings_with_count_and_sum(people):
    companies(2, status="active", annual_revenue={"amount": 100, "currency": "EUR"})
    companies(1, status="lost", annual_revenue={"amount": 50, "currency": "EUR"})
    html = page(people.clients.eva, "/companies/?group=status&cols=name,annual_revenue")
    assert re.findall(r'aria-expanded="true".*?</svg>([^<]+)<span class="cnt">(.*?)</span></button>', html) == [
        ("Prospect", "0"),
        ("Active", '2 · <span class="money">€200</span>'),
        ("Dormant", "0"),
        ("Lost", '1 · <span class="money">€50</span>'),
    ]
    assert '<small>Sum</small><span class="money">€250</span>' in html


HEADING = r'<tr class="(group[^"]*)"[^>]*><th[^>]*><button[^>]*data-group="([\d.]+)">.*?</svg>([^<]+)<span class="cnt">(.*?)</span></button>'


def test_groups_inside_groups_have_their_own_counts_and_sums(people):
    euros = lambda amount: {"amount": amount, "currency": "EUR"}  # noqa: E731
    companies(2, status="active", tier="A", annual_revenue=euros(100))
    companies(1, status="active", tier="B", annual_revenue=euros(30))
    companies(1, status="active", tier="", annual_revenue=euros(7))
    companies(1, status="lost", tier="A", annual_revenue=euros(50))
    html = page(people.clients.eva, "/companies/?group=status,tier&cols=name,annual_revenue")
    found = [(css, key.split(".")[0], words, count) for css, key, words, count in re.findall(HEADING, html)]
    money = '<span class="money">€{}</span>'.format
    assert found == [
        ("group", "0", "Prospect", "0"),
        ("group", "1", "Active", f"4 · {money(237)}"),
        ("group inner", "1", "A", f"2 · {money(200)}"),
        ("group inner", "1", "B", f"1 · {money(30)}"),
        ("group inner", "1", "Tier: none", f"1 · {money(7)}"),
        ("group", "2", "Dormant", "0"),
        ("group", "3", "Lost", f"1 · {money(50)}"),
        ("group inner", "3", "A", f"1 · {money(50)}"),
    ]
    rows = re.findall(r'data-row="[^"]+"[^>]* data-in="([\d.]+)"', html)
    assert [key.split(".")[0] for key in rows] == ["1"] * 4 + ["3"]
    assert len(set(rows)) == 4
    assert "Group: Status, Tier" in html
    assert "group=status%2Cowner" in html  # what else it could be divided by


def test_a_page_of_groups_inside_groups_counts_all_rows_of_them(people):
    companies(55, status="active", tier="A")
    companies(3, status="active", tier="B")
    companies(2, status="lost", tier="A")
    first = page(people.clients.eva, "/companies/?group=status,tier&cols=name")
    assert ("A", "55") in [(words, count) for css, _key, words, count in re.findall(HEADING, first) if "inner" in css]
    following = re.search(r'id="page-after" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = page(people.clients.eva, following)
    assert [(words, count) for _css, _key, words, count in re.findall(HEADING, second)] == [
        ("Active", "58"), ("A", "55"), ("B", "3"), ("Dormant", "0"), ("Lost", "2"), ("A", "2"),
    ]  # fmt: skip


def test_very_many_groups_inside_groups_are_read_for_the_page_alone(people, monkeypatch):
    companies(2, status="active", tier="A", annual_revenue={"amount": 5, "currency": "EUR"})
    companies(1, status="lost", tier="", annual_revenue={"amount": 7, "currency": "EUR"})
    address = "/companies/?group=status,tier&cols=name,annual_revenue"
    every = re.findall(HEADING, page(people.clients.eva, address))
    monkeypatch.setattr(grouping, "MAX_PAIRS", 1)
    assert re.findall(HEADING, page(people.clients.eva, address)) == every
    assert len(every) == 6


def test_groups_inside_groups_with_several_currencies_are_converted(people):
    writes.create(
        SYSTEM, registry.get("core.exchangerate"), {"currency": "USD", "valid_on": "2020-01-01", "rate": "0.5"}
    )
    companies(1, status="active", tier="A", annual_revenue={"amount": 100, "currency": "EUR"})
    companies(1, status="active", tier="A", annual_revenue={"amount": 100, "currency": "USD"})
    companies(1, status="active", tier="B", annual_revenue={"amount": 10, "currency": "USD"})
    html = page(people.clients.eva, "/companies/?group=status,tier&cols=name,annual_revenue")
    counts = {words: re.sub("<[^>]+>", "", count) for _css, _key, words, count in re.findall(HEADING, html)}
    assert (counts["Active"], counts["A"], counts["B"]) == ("3 · ≈ €155", "2 · ≈ €150", "1 · US$10")


def test_two_groups_are_different_few_and_can_be_divided(people):
    companies(1, status="active", founded_year=1990)
    for group, words in (
        ("status,status", "at most two different fields"),
        ("status,tier,owner", "at most two different fields"),
        ("updated_at,status", "cannot be divided further"),
        ("status,annual_revenue", "cannot be one of two groups"),
        ("status,bogus", "no field to sort or group"),
    ):
        answer = people.clients.eva.get(f"/companies/?group={group}")
        assert (answer.status_code, words in answer.text) == (400, True), group
    assert people.clients.eva.get("/companies/?group=status,updated_at").status_code == 200


def test_a_saved_view_keeps_both_groups(people):
    answer = people.clients.eva.post("/companies/views/new?group=status,tier", {"name": "By tier"})
    view = registry.get("core.view").rows(SYSTEM).get()
    assert (answer.status_code, view.group, view.shape) == (302, "status,tier", "grouped")
    assert "Group: Status, Tier" in page(people.clients.eva, f"/companies/?view={view.pk}")


def test_groups_that_a_condition_rules_out_are_not_shown_as_empty(people):
    companies(1, status="active")
    companies(1, status="lost")
    html = page(people.clients.eva, "/companies/?group=status&f=status:not_any:lost")
    assert re.findall(r'aria-expanded="true".*?</svg>([^<]+)<span class="cnt">(.*?)</span></button>', html) == [
        ("Provisional", "0"),
        ("Prospect", "0"),
        ("Active", "1"),
        ("Dormant", "0"),
    ]


def test_a_page_that_begins_inside_a_group_does_not_repeat_the_empty_ones_before_it():
    groups = [GroupRow(name, count, {}) for name, count in (("a", 0), ("b", 3), ("c", 0), ("d", 2), ("e", 0))]
    shown = {group.value: group.value for group in groups}
    first_page, end = with_empty(shown, groups, "b", 0)
    assert (list(first_page.values()), end) == (["", "ab", "", "cd", ""], "e")
    inside, _end = with_empty(shown, groups, "b", 2)
    assert list(inside.values()) == ["", "b", "", "cd", ""]
    at_the_start, _end = with_empty(shown, groups, "d", 3)
    assert at_the_start["d"] == "cd"


def test_choices_are_sorted_as_they_are_declared(people):
    for name, status in (("L", "lost"), ("A", "active"), ("P", "prospect"), ("D", "dormant"), ("N", "provisional")):
        companies(1, name=name, status=status)
    assert names(page(people.clients.eva, "/companies/?f=&sort=status")) == ["N", "P", "A", "D", "L"]
    assert names(page(people.clients.eva, "/companies/?f=&sort=-status")) == ["L", "D", "A", "P", "N"]


def test_amounts_of_several_currencies_are_not_added_up(people):
    companies(1, annual_revenue={"amount": 100, "currency": "EUR"})
    companies(1, annual_revenue={"amount": 100, "currency": "USD"})
    assert "several currencies" in page(people.clients.eva, "/companies/?cols=name,annual_revenue")


def test_long_lists_fetch_their_sums_later(people):
    companies(60, annual_revenue={"amount": 10, "currency": "EUR"})
    html = page(people.clients.eva, "/companies/?cols=name,annual_revenue")
    address = re.search(r'id="totals" hx-get="([^"]+)"', html)[1].replace("&amp;", "&")
    foot = page(people.clients.eva, address)
    assert "€600" in foot
    assert "60" in foot


def test_htmx_gets_the_rows_and_what_follows_the_address(people):
    companies(1)
    html = page(people.clients.eva, "/companies/?f=status:any:active", headers={"HX-Request": "true"})
    assert "<html" not in html
    assert re.findall(r'<hx-partial hx-target="#([\w-]+)"', html) == [
        "list-views",
        "list-chips",
        "list-menus",
        "find-state",
        "list-shapes",
        "list-export",
    ]
    assert 'aria-label="Status is any of Active"' in html


def test_finding_in_the_view_searches_and_is_logged(people):
    companies(3)
    assert names(page(people.clients.eva, "/companies/?q=nobody")) == []
    assert names(page(people.clients.eva, "/companies/?q=company+002")) == ["Company 002"]
    kinds = list(
        AuditEvent.objects.filter(actor_id=people.eva.pk, entity="parties.company")
        .order_by("id")
        .values_list("kind", "count")
    )
    assert kinds == [("search", 0), ("search", 1)]


def test_every_page_of_a_list_is_logged_once(people):
    companies(2)
    page(people.clients.eva, "/companies/")
    assert list(AuditEvent.objects.filter(kind="list").values_list("entity", "count", "actor_name")) == [
        ("parties.company", 2, "Eva All")
    ]


LISTS = {
    "list companies": "/companies/", "list companies, grouped": "/companies/?group=status", "list companies, grouped twice": "/companies/?group=status,owner", "list companies, filtered": "/companies/?f=status:any:active&f=owner:any:me",
    "list people": "/people/", "list employments": "/employments/", "list tasks": "/tasks/",
}  # fmt: skip


def test_a_list_takes_few_queries_however_many_rows(people):
    fill(people)
    client, few = people.clients.eva, {}
    for name, url in LISTS.items():
        client.get(url)
        with counted(name) as caught:
            client.get(url)
        few[name] = len(caught)
        assert len(caught) <= 8, [query["sql"][:150] for query in caught]
    fill(people)
    for name, url in LISTS.items():
        with CaptureQueriesContext(connection) as caught:
            client.get(url)
        assert len(caught) <= few[name], name


def fill(people):
    """Rows with every kind of link."""
    tag = writes.create(
        SYSTEM, registry.get("core.tag"), {"name": f"Tag {registry.get('core.tag').rows(SYSTEM).count()}"}
    )
    branch = writes.create(
        SYSTEM,
        registry.get("parties.industry"),
        {"name": f"Trade {registry.get('parties.industry').rows(SYSTEM).count()}"},
    )
    owners = [people.ann.pk, people.tom.pk, people.eva.pk]
    made = [
        writes.create_many(
            SYSTEM,
            registry.get("parties.company"),
            [{"name": f"C{n}", "owner": owner, "industry": branch.pk, "tags": [tag.pk]} for n in range(20)],
        )
        for owner in owners
    ]
    humans = writes.create_many(
        SYSTEM,
        registry.get("parties.person"),
        [{"given_name": "Ann", "family_name": f"P{n}", "owner": owners[n % 3]} for n in range(20)],
    )
    writes.create_many(
        SYSTEM,
        registry.get("parties.employment"),
        [{"person": human.pk, "company": made[0][n].pk, "title": "Buyer"} for n, human in enumerate(humans)],
    )
    tasks = [
        {"name": f"T{n}", "assignee": owners[n % 3], "subject": {"entity": "parties.company", "id": str(made[0][n].pk)}}
        for n in range(20)
    ]
    writes.create_many(SYSTEM, registry.get("activities.task"), tasks)
