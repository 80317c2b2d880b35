"""The list of one's sessions and how they end."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from kith.access import sessions
from kith.access.sessions import SignIn
from kith.core.testing.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def ada() -> Any:
    return make_user("Ada", email="ada@kith.test", password=PASSWORD)


def signed_in(agent: str) -> Client:
    client = Client(headers={"User-Agent": agent})
    assert client.post("/login", {"login": "ada@kith.test", "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/password/choose").wsgi_request.user.is_authenticated)


def test_each_browser_is_one_line_and_the_present_one_comes_first(ada: Any) -> None:
    first, _second = signed_in(FIREFOX), signed_in(IPHONE)
    ada.refresh_from_db()
    lines = sessions.lines(ada, first.session.session_key or "")
    assert [(line.device, line.ip, line.is_current) for line in lines] == [
        ("Firefox · Linux", "127.0.0.1", True),
        ("Safari · iPhone", "127.0.0.1", False),
    ]


def test_no_session_key_is_kept_in_our_table(ada: Any) -> None:
    client = signed_in(FIREFOX)
    assert client.session.session_key not in str(list(SignIn.objects.values()))
    assert len(SignIn.objects.get().digest) == 64


def test_ending_one_session_leaves_the_others(ada: Any) -> None:
    first, second = signed_in(FIREFOX), signed_in(IPHONE)
    other = next(line for line in sessions.lines(ada, first.session.session_key or "") if not line.is_current)
    assert sessions.end(ada, other.id) is True
    assert (is_in(first), is_in(second)) == (True, False)
    assert sessions.end(ada, other.id) is False


def test_nobody_ends_the_session_of_somebody_else(ada: Any) -> None:
    client = signed_in(FIREFOX)
    assert sessions.end(make_user("Bob"), SignIn.objects.get().pk) is False
    assert is_in(client)


def test_ending_all_but_the_present_one(ada: Any) -> None:
    first, second, third = signed_in(FIREFOX), signed_in(IPHONE), signed_in(FIREFOX)
    assert sessions.end_all(ada, but=first.session.session_key or "") == 2
    assert [is_in(client) for client in (first, second, third)] == [True, False, False]


def test_what_has_ended_by_itself_is_not_listed_and_is_forgotten(ada: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    signed_in(FIREFOX)
    past = timezone.now() - timedelta(days=8)
    Session.objects.update(expire_date=past)
    SignIn.objects.update(created_at=past)
    assert sessions.lines(ada) == []
    assert sessions.forget_old() == 1
    assert not Session.objects.exists() and not SignIn.objects.exists()
