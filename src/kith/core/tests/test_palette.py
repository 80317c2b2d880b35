"""The palette, the search page, the bell and the first page."""

import datetime as dt

import pytest
from django.utils import timezone

from kith.core import notify, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import AuditEvent
from kith.core.notify import Notification
from kith.core.testing import factory
from kith.core.testing.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(people):
    return factory.make("parties.company", name="ООО «Ромашка»", phone="+7 495 123-45-67", owner=str(people.ann.pk))


def text(answer):
    return answer.content.decode()


def ask(client, query):
    return text(client.get("/palette", {"q": query}))


@pytest.mark.parametrize(
    ("query", "reason"),
    [("Ромашка", ""), ("romashka", "same in another script"), ("1234567", "Phone: "), ("Ромашкка", "similar spelling")],
)
def test_a_record_is_found_with_the_reason(people, company, query, reason):
    page = ask(people.clients.ann, query)
    assert f"/companies/{company.pk}/" in page and reason in page
    assert ("same in another script" in page) == (reason == "same in another script")


def test_hidden_records_are_not_found(people, company):
    for query in ("Ромашка", "romashka", str(company.pk)):
        assert f"/companies/{company.pk}/" not in ask(people.clients.max, query)
        assert f"/companies/{company.pk}/" not in text(people.clients.max.get("/search", {"q": query}))


@pytest.mark.parametrize(
    "query",
    [
        "?!",
        "«»",
        "%",
        "\\",
        "'",
        "<script>alert(1)</script>",
        "x" * 5000,
        "\x00",
        ">",
        "@",
        "#",
        "> dark",
        "@romashka",
        "#romashka",
        "张",
    ],
)
def test_nothing_typed_breaks_it(people, company, query):
    for address in ("/palette", "/search"):
        answer = people.clients.ann.get(address, {"q": query})
        assert answer.status_code == 200 and "<script>alert" not in text(answer)


def test_prefixes_narrow_the_results(people, company):
    person = factory.make("parties.person", given_name="Romashka", family_name="Lind", owner=str(people.ann.pk))
    assert str(company.pk) in ask(people.clients.ann, "#romashka") and "data-command" not in ask(
        people.clients.ann, "#romashka"
    )
    only_people = ask(people.clients.ann, "@romashka")
    assert str(person.pk) in only_people and str(company.pk) not in only_people
    assert 'data-command="theme:dark"' in ask(people.clients.ann, ">dark")


def test_without_words_it_offers_what_is_at_hand(people, company):
    people.clients.ann.get(f"/companies/{company.pk}/")
    notify.star(people.actors.ann, "parties.company", company.pk, on=True)
    page = ask(people.clients.ann, "")
    assert "Recent" in page and "Favourites" in page and page.count(f'data-href="/companies/{company.pk}/"') == 2
    here = text(people.clients.ann.get("/palette", {"ctx": f"companies/{company.pk}"}))
    assert f"/companies/{company.pk}/edit" in here and "tel:" in here
    assert "Ромашка" not in text(people.clients.max.get("/palette", {"ctx": f"companies/{company.pk}"}))
    assert people.clients.ann.get("/palette", {"ctx": "nonsense", "for": "companies/nonsense"}).status_code == 200


def test_what_is_no_longer_visible_leaves_the_recent_ones(people, company):
    people.clients.ann.get(f"/companies/{company.pk}/")
    writes.save(SYSTEM, company, {"owner": str(people.eva.pk)})
    assert "Ромашка" not in ask(people.clients.ann, "") and "Ромашка" not in text(people.clients.ann.get("/"))


def test_a_search_is_logged(people, company):
    people.clients.ann.get("/search", {"q": "romashka"})
    assert AuditEvent.objects.filter(kind="search", actor_id=people.ann.pk, title="romashka", count=1).exists()


def test_the_bell_counts_reads_and_leads(people, company):
    notify.tell(
        [people.ann.pk],
        "changed",
        by=people.actors.tom,
        entity="parties.company",
        record_id=company.pk,
        title="ООО «Ромашка»",
        fields=["name", "phone"],
    )
    notify.tell([people.tom.pk], "given", by=people.actors.eva, title="other")
    client, note = people.clients.ann, Notification.objects.get(user=people.ann)
    assert '<span class="count hot">1</span>' in text(client.get("/"))
    page = text(client.get("/notifications"))
    assert "changed 2 fields of" in page and "Tom Team" in page and "other" not in page
    answer = client.get(f"/notifications/{note.pk}")
    assert answer.headers["Location"] == f"/companies/{company.pk}/"
    note.refresh_from_db()
    assert note.read_at is not None
    assert people.clients.tom.get(f"/notifications/{note.pk}").status_code == 404
    assert people.clients.tom.post(f"/notifications/{note.pk}/read").status_code == 404


def test_all_are_marked_as_read_only_for_oneself(people):
    for user in (people.ann, people.tom):
        notify.tell([user.pk], "given", by=people.actors.eva, title="x")
    assert people.clients.ann.post("/notifications/read").status_code == 200
    assert [notify.unread(user.pk) for user in (people.ann, people.tom)] == [0, 1]


def test_the_first_page_shows_what_is_due_today(people, company):
    subject, now = f"parties.company/{company.pk}", timezone.now()
    made = {
        name: writes.create(SYSTEM, registry.get("activities.task"), {"name": name, "subject": subject, "assignee": str(who.pk), "due_at": due and due.isoformat()})
        for name, who, due in [("Late", people.ann, now - dt.timedelta(days=2)), ("Next month", people.ann, now + dt.timedelta(days=30)), ("Whenever", people.ann, None), ("Not mine", people.tom, now)]
    }  # fmt: skip
    people.clients.ann.get("/")
    with counted("home"):
        page = text(people.clients.ann.get("/"))
    card = page.split('id="home-tasks"')[1].split("</section>")[0]
    assert "My companies" in page
    assert (
        all(words in card for words in ("Late", "Whenever", "bad-t"))
        and "Next month" not in card
        and "Not mine" not in card
    )
    people.clients.ann.post(f"/tasks/{made['Late'].pk}/toggle")
    assert "Late" not in text(people.clients.ann.get("/tasks/mine"))
    assert "Next month" not in text(people.clients.ann.get("/tasks/mine?period=week"))


def test_a_newcomer_is_shown_the_first_steps(people):
    page = text(people.clients.eva.get("/"))
    assert "First steps" in page and "/companies/new" in page and "/companies/import" in page
    assert "/companies/new" not in text(people.clients.max.get("/"))
