"""The benchmark: its data are what the write path makes, its client reads HTTP, its report says what was not met."""

import socket
import threading
from typing import Any

import pytest
from django.test import Client

from kith.core.bench import build, measure, names, report, users
from kith.core.bench.cases import CASES, Case
from kith.core.bench.client import Browser, token_in
from kith.core.entity import registry

PARTS = ("search_text", "sort_key", "name", "employer_id", "city")


@pytest.mark.django_db
def test_a_built_person_is_what_the_write_path_would_store() -> None:
    from kith.core import writes
    from kith.core.access import SYSTEM

    data = build.build(users.build("bench bench bench"), people=40, companies=9, changes=5, say=lambda line: None)
    entity = registry.get("parties.person")
    assert entity.rows(SYSTEM).count() == 40 and len(data.sites) == 9
    built = entity.rows(SYSTEM).get(pk=data.people[7][0])
    made = writes.create(
        SYSTEM,
        entity,
        {
            name: getattr(built, name)
            for name in ("given_name", "family_name", "language", "email", "phone", "birth_date")
        },
        confirm=("duplicate",),
    )
    writes.create(
        SYSTEM,
        registry.get("parties.employment"),
        {"person": made.pk, "company": built.employer_id, "title": built.job_title},
    )
    made = entity.rows(SYSTEM).get(pk=made.pk)
    assert [getattr(made, part) for part in ("name", "sort_key", "employer_id", "job_title")] == [
        getattr(built, part) for part in ("name", "sort_key", "employer_id", "job_title")
    ]
    assert set(made.search_text.split()) <= set(built.search_text.split())
    assert keys(made) == keys(built) and points(made) == points(built)


def keys(person: Any) -> set[tuple[str, str]]:
    return set(person.match_keys.values_list("kind", "key"))


def points(person: Any) -> set[tuple[str, str, bool]]:
    from kith.core.access import SYSTEM

    rows = registry.get("parties.contactpoint").rows(SYSTEM).filter(party=person.pk)
    return {(row.kind, row.normalized, row.is_primary) for row in rows}


@pytest.mark.django_db
def test_each_level_sees_its_share() -> None:
    from kith.core.access import actor_of

    crew = users.build("bench bench bench")
    build.build(crew, people=600, companies=60, changes=0, say=lambda line: None)
    entity = registry.get("parties.person")
    seen = {level: entity.rows(actor_of(key)).count() for level, key in crew.ids.items()}
    assert seen["own"] <= seen["team"] < seen["unit"] < seen["all"] == 600


def test_names_are_always_the_same() -> None:
    assert list(names.people(50)) == list(names.people(50))
    assert {named.language for named in names.people(200)} == {"en", "ru", "zh"}


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer-Timing: app;dur=12.50, queries;desc=\"7\"\r\n\r\nhello", b"hello"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nServer-Timing: app;dur=12.50, queries;desc=\"7\"\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", b"hello"),
    ],
)  # fmt: skip
def test_the_client_reads_whole_bodies(raw: bytes, body: bytes) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        answering = threading.Thread(target=answer_once, args=(listener, raw))
        answering.start()
        browser = Browser(listener.getsockname()[1])
        answer = browser.get("/")
        browser.close()
        answering.join()
    assert (answer.status, answer.body, answer.timing("app"), answer.timing("queries")) == (200, body, 12.5, 7)


def answer_once(listener: socket.socket, raw: bytes) -> None:
    connection, _address = listener.accept()
    connection.recv(65536)
    connection.sendall(raw)
    connection.close()


def test_the_token_is_found_in_head_and_form() -> None:
    assert token_in(b'<meta name="csrf-token" content="abc">') == "abc"
    assert token_in(b'<input type="hidden" name="csrfmiddlewaretoken" value="xyz">') == "xyz"
    assert token_in(b"<p>nothing</p>") == ""


@pytest.mark.parametrize(("server", "met"), [([10.0] * 95 + [50.0] * 5, True), ([10.0] * 90 + [50.0] * 10, False)])
def test_a_budget_is_about_the_95th_percentile(server: list[float], met: bool) -> None:
    result = measure.Result(
        Case("Save", "team", CASES[0].send, budget=30), [measure.Figures(1, server=server, client=server)]
    )
    assert result.is_met is met
    assert report.row(result).endswith("| yes |" if met else "| **no** |")


def test_an_operation_that_fails_is_named_in_the_table() -> None:
    result = measure.Result(
        Case("Save", "team", CASES[0].send, budget=30), [measure.Figures(1, problem="answered 500")]
    )
    assert "answered 500" in report.row(result)
    assert result.is_met is None


@pytest.mark.django_db
def test_the_header_tells_time_and_queries_where_it_is_on(settings: Any) -> None:
    assert "Server-Timing" not in Client().get("/login").headers
    settings.MIDDLEWARE = ["kith.core.timing.timing", *settings.MIDDLEWARE]
    header = Client().get("/login").headers["Server-Timing"]
    assert [part.split(";")[0].strip() for part in header.split(",")] == ["app", "cpu", "db", "queries"]
