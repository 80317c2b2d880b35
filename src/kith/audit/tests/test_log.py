"""The log: what stands in it, who may read it, how it is filtered, paged, cut to rights, exported."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kith.core import ledger, writes
from kith.core.access import NOBODY, SYSTEM
from kith.core.changes import maintenance
from kith.core.entity import registry
from kith.core.ledger import AuditEvent
from kith.core.testing.people import fresh, grant

pytestmark = pytest.mark.django_db


def empty() -> None:
    """Forget what making people wrote."""
    with maintenance("maintenance"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_auditevent")


def company(people: Any, name: str = "Halden Paper", who: str = "ann", **values: Any) -> Any:
    return writes.create(getattr(people.actors, who), registry.get("parties.company"), {"name": name, **values})


def get(people: Any, query: str = "", who: str = "eva") -> Any:
    return getattr(people.clients, who).get(f"/audit/{query}")


def test_only_the_right_opens_the_log(people: Any) -> None:
    assert {who: get(people, who=who).status_code for who in ("ann", "tom", "max", "eva")} == {
        "ann": 403,
        "tom": 403,
        "max": 403,
        "eva": 200,
    }
    assert {path: people.clients.ann.get(path).status_code for path in ("/audit/1", "/audit/export")} == {
        "/audit/1": 403,
        "/audit/export": 403,
    }
    assert AuditEvent.objects.filter(kind="denied", actor_id=people.ann.pk).count() == 3
    grant(people.max, ("system", "audit", "all"))
    assert get(people, who="max").status_code == 200


def test_every_deed_leaves_a_line(people: Any) -> None:
    empty()
    record = company(people)
    writes.save(people.actors.ann, record, {"name": "Halden Papir"})
    writes.delete(people.actors.ann, registry.get("parties.company"), [record.pk])
    writes.restore(people.actors.ann, registry.get("parties.company"), [record.pk])
    people.clients.ann.post("/logout")
    people.clients.max.get("/audit/")
    kinds = list(
        AuditEvent.objects.filter(entity__in=("parties.company", "access.user", "system"))
        .order_by("id")
        .values_list("kind", flat=True)
    )
    assert kinds == ["create", "update", "delete", "restore", "logout", "denied"]
    line = AuditEvent.objects.get(kind="update")
    assert (line.title, line.record_id, line.actor_id, line.count) == ("Halden Papir", record.pk, people.ann.pk, 1)
    assert "name" in line.detail["fields"]


def test_a_line_of_work_says_what_became_of_it(people: Any) -> None:
    record = company(people)
    for work in ("taken", "released", "expired"):
        ledger.log(
            people.actors.ann, "update", entity="parties.company", record_id=record.pk, title="Halden", work=work
        )
    text = get(people).text
    assert all(f">{words}</td>" in text for words in ("work begun", "work ended", "time ran out"))


def test_a_bulk_write_is_one_line(people: Any) -> None:
    keys = [company(people, f"Company {number}").pk for number in range(5)]
    empty()
    writes.update_many(people.actors.eva, registry.get("parties.company"), keys, {"website": "https://halden.test"})
    (line,) = AuditEvent.objects.filter(entity="parties.company")
    assert (line.kind, line.count, line.record_id) == ("update", 5, None)


FILTERS = {
    "?tab=signins": {"login_failed"},
    "?tab=deletions": {"delete"},
    "?kind=update": {"update"},
    "?entity=parties.person": {"view"},
    "?origin=api": {"export"},
    "?q=halden": {"update", "delete"},
    "?q=198.51.100.7": {"login_failed"},
    "?from=2026-03-02&to=2026-03-02": {"export"},
    "?to=2026-03-01": {"delete", "update", "view", "login_failed"},
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters(people: Any, query: str) -> None:
    empty()
    actor, day = people.actors.eva, dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    plain = {"actor_id": actor.id, "actor_name": actor.name, "origin": "ui", "at": day}
    rows = [
        {"kind": "update", "entity": "parties.company", "title": "Halden Paper"},
        {"kind": "delete", "entity": "parties.company", "title": "HALDEN"},
        {"kind": "view", "entity": "parties.person", "title": "Per Lunde"},
        {
            "kind": "login_failed",
            "entity": "access.user",
            "title": "x@kith.test",
            "ip": "198.51.100.7",
            "actor_id": None,
            "actor_name": "",
        },
        {"kind": "export", "entity": "parties.company", "origin": "api", "at": day + dt.timedelta(days=1)},
    ]
    AuditEvent.objects.bulk_create(AuditEvent(**(plain | row)) for row in rows)
    query += "&from=2026-01-01" if "q=" in query else ""
    text = get(people, query).text
    shown = {row["kind"] for row in rows if f'data-peek="/audit/{AuditEvent.objects.get(kind=row["kind"]).pk}"' in text}
    assert shown == FILTERS[query.removesuffix("&from=2026-01-01")]


@pytest.mark.parametrize(
    "query",
    [
        "?who=x",
        "?kind=nothing",
        "?entity=no.thing",
        "?from=31.03.2026",
        "?record=1",
        "?before=x",
        "?before=2026-01-01,9",
        "?q=%00",
        "?origin=moon",
    ],
)
def test_a_bad_filter_is_named_and_never_breaks(people: Any, query: str) -> None:
    answer = get(people, query)
    assert answer.status_code == 200
    assert ('class="note warn"' in answer.text) == (not query.startswith(("?before", "?q")))


def test_pages_are_walked_by_key_without_gap_or_repeat(people: Any) -> None:
    empty()
    for number in range(120):
        ledger.log(people.actors.tom, "view", entity="parties.company", title=f"Line {number}")
    seen: list[str] = []
    address = "/audit/?kind=view"
    while address:
        text = people.clients.eva.get(address, headers={"HX-Request": "true", "HX-Target": "tr#audit-more"}).text
        seen += [part.partition("<")[0].partition(" ×")[0] for part in text.split("Line ")[1:]]
        address = (
            text.partition('hx-get="/audit/?')[2].partition('"')[0].replace("&amp;", "&")
            if "audit-older" in text
            else ""
        )
        address = address and f"/audit/?{address}"
    assert [int(number) for number in seen] == list(range(119, -1, -1))


def test_names_and_values_are_cut_to_what_the_reader_may_see(people: Any) -> None:
    grant(people.tom, ("system", "audit", "all"))
    record = company(people, "Secret Ltd", "eva")
    line = AuditEvent.objects.filter(entity="parties.company", record_id=record.pk).latest("id")
    text = get(people, f"?record={record.pk}", "tom").text
    assert "Secret Ltd" not in text and "hidden" in text
    detail = people.clients.tom.get(f"/audit/{line.pk}").text
    assert "Secret Ltd" not in detail and "You may not see this record" in detail
    assert (
        "Secret Ltd" in get(people, f"?record={record.pk}").text
        and "Secret Ltd" in people.clients.eva.get(f"/audit/{line.pk}").text
    )


def test_fields_that_may_not_be_read_are_left_out(people: Any) -> None:
    role = grant(people.max, ("system", "audit", "all"), ("parties.company", "view", "all"))
    writes.create(
        SYSTEM,
        registry.get("access.fieldpolicy"),
        {"role": role.pk, "entity": "parties.company", "field": "website", "level": "none"},
    )
    record = company(people, "Open Ltd", "eva", website="https://open.test")
    line = AuditEvent.objects.filter(record_id=record.pk).latest("id")
    mine, all_of_it = people.clients.max.get(f"/audit/{line.pk}").text, people.clients.eva.get(f"/audit/{line.pk}").text
    assert ("open.test" in mine, "open.test" in all_of_it) == (False, True)
    assert "Open Ltd" in mine


def test_the_detail_shows_before_and_after_and_offers_undo(people: Any) -> None:
    record = company(people, "Halden Paper", "eva")
    writes.save(people.actors.eva, record, {"name": "Halden Papir"})
    line = AuditEvent.objects.filter(record_id=record.pk, kind="update").get()
    text = people.clients.eva.get(
        f"/audit/{line.pk}", headers={"HX-Request": "true", "HX-Target": "aside#audit-side"}
    ).text
    assert "<del>Halden Paper</del>" in text and "<ins>Halden Papir</ins>" in text
    assert f'hx-post="/undo/{line.changeset_id}"' in text and "<html" not in text
    assert people.clients.eva.post(f"/undo/{line.changeset_id}", headers={"HX-Request": "true"}).status_code == 204
    record.refresh_from_db()
    assert record.name == "Halden Paper"
    assert 'hx-post="/undo/' not in people.clients.eva.get(f"/audit/{line.pk}").text


def test_undoing_changes_of_others_needs_the_right(people: Any) -> None:
    grant(people.max, ("system", "audit", "all"), ("parties.company", "view", "all"))
    record = company(people, "Halden Paper", "ann")
    line = AuditEvent.objects.filter(record_id=record.pk).latest("id")
    assert "/undo/" not in people.clients.max.get(f"/audit/{line.pk}").text
    assert people.clients.max.post(f"/undo/{line.changeset_id}", headers={"HX-Request": "true"}).status_code == 403
    grant(people.max, ("system", "undo_others", "all"))
    assert f"/undo/{line.changeset_id}" in people.clients.max.get(f"/audit/{line.pk}").text


def test_an_erased_record_keeps_its_line(people: Any) -> None:
    record = company(people, "Gone Ltd", "eva")
    writes.delete(SYSTEM, registry.get("parties.company"), [record.pk])
    writes.purge(
        SYSTEM,
        registry.get("parties.company"),
        [registry.get("parties.company").rows(SYSTEM, trashed=True).get(pk=record.pk)],
    )
    line = AuditEvent.objects.filter(kind="purge", entity="parties.company").latest("id")
    answer = people.clients.eva.get(f"/audit/{line.pk}")
    assert answer.status_code == 200 and "Gone Ltd" in answer.text


def test_an_unknown_line_is_missing(people: Any) -> None:
    assert people.clients.eva.get("/audit/999999999").status_code == 404


def test_failed_sign_ins_are_shown_with_their_reason(people: Any) -> None:
    ledger.log(NOBODY, "login_failed", title="joseph@kith.test", reason="wrong")
    text = get(people, "?tab=signins").text
    assert "joseph@kith.test" in text and "wrong password" in text


def test_the_export_is_the_filtered_log_as_csv_and_is_logged(people: Any) -> None:
    company(people, "=cmd()", "eva")
    company(people, "Halden", "eva")
    answer = people.clients.eva.get("/audit/export?entity=parties.company&kind=create")
    assert (
        answer.headers["Content-Type"].startswith("text/csv") and "attachment" in answer.headers["Content-Disposition"]
    )
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(row["Who"], row["Action"], row["Record"]) for row in rows] == [
        ("Eva All", "created", "Halden"),
        ("Eva All", "created", "'=cmd()"),
    ]
    assert AuditEvent.objects.get(kind="export").detail["query"] == "kind=create&entity=parties.company"


def test_the_export_hides_what_the_page_hides(people: Any) -> None:
    grant(people.tom, ("system", "audit", "all"))
    company(people, "Secret Ltd", "eva")
    answer = people.clients.tom.get("/audit/export")
    assert b"Secret Ltd" not in b"".join(answer.streaming_content)


def test_the_number_of_queries_does_not_grow_with_the_lines(people: Any) -> None:
    counts = []
    for _round in range(2):
        for number in range(20):
            company(people, f"Company {number}", "eva")
        get(people)
        with CaptureQueriesContext(connection) as queries:
            get(people, "?entity=parties.company")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_the_days_are_those_of_the_reader(people: Any) -> None:
    writes.save(SYSTEM, people.eva, {"time_zone": "Asia/Shanghai"})
    AuditEvent.objects.create(kind="print", at=dt.datetime(2026, 3, 1, 17, tzinfo=dt.UTC), title="Evening")
    assert "Evening" in get(people, "?from=2026-03-02&to=2026-03-02&kind=print").text
    assert "Evening" not in get(people, "?from=2026-03-01&to=2026-03-01&kind=print").text
    assert fresh(people.eva).time_zone == "Asia/Shanghai" and timezone.now()
