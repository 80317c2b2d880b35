"""A forgotten password: one mail, one use, half an hour, and no word about who has an account."""

from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from kith.access import passwords
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.jobs_models import JobRun
from kith.core.testing.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db
NEW = "a quite different sentence"


@pytest.fixture
def ada() -> Any:
    return make_user("Ada", email="ada@kith.test", password=PASSWORD, language="ru")


def ask(email: str) -> Any:
    return Client().post("/password/reset", {"email": email})


def main(answer: Any) -> str:
    """The part of the page that could tell something."""
    return str(answer.text.partition("<main")[2].partition("</main>")[0])


def deliver() -> None:
    """Run the jobs that were asked for."""
    for run in JobRun.objects.filter(name="access.send_password_link"):
        passwords.send_link(**run.arguments)


def choose(client: Client, token: str, password: str = NEW) -> Any:
    client.get(f"/password/reset/{token}")
    return client.post("/password/choose", {"password": password})


def test_the_mail_holds_a_link_to_the_address_of_the_settings(ada: Any, settings: Any) -> None:
    settings.BASE_URL = "https://crm.kith.test/"
    Client().post("/password/reset", {"email": " ADA@kith.test "}, headers={"Host": "localhost"})
    deliver()
    (message,) = mail.outbox
    assert message.to == ["ada@kith.test"] and "Ada" in message.body
    assert "https://crm.kith.test/password/reset/" in message.body and "localhost" not in message.body
    assert message.subject.startswith("Сброс")


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_work(ada: Any) -> None:
    known, unknown = ask("ada@kith.test"), ask("nobody@kith.test")
    assert known.status_code == unknown.status_code == 200
    assert main(known) == main(unknown)
    assert JobRun.objects.count() == 2
    deliver()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"kind": "service"}])
def test_closed_and_service_accounts_get_no_mail(ada: Any, change: dict[str, Any]) -> None:
    writes.save(SYSTEM, ada, change)
    ask("ada@kith.test")
    deliver()
    assert mail.outbox == []


def test_the_link_works_once(ada: Any) -> None:
    client, token = Client(), passwords.token(ada)
    assert "Your password is changed." in choose(client, token).text
    assert client.post("/login", {"login": "ada@kith.test", "password": NEW}).status_code == 302
    again = choose(Client(), token, "a third sentence of mine")
    assert "used already or is too old" in again.text
    assert Client().post("/login", {"login": "ada@kith.test", "password": NEW}).status_code == 302


def test_the_link_ends_after_half_an_hour_and_an_invitation_after_three_days(ada: Any) -> None:
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False) as clock:
        reset, invitation = passwords.token(ada), passwords.token(ada, "invite")
        clock.shift(30 * 60)
        assert passwords.user_of(reset) == ada
        clock.shift(2)
        assert passwords.user_of(reset) is None and passwords.user_of(invitation) == ada
        clock.shift(3 * 24 * 3600)
        assert passwords.user_of(invitation) is None


@pytest.mark.parametrize("change", [{"email": "new@kith.test"}, {"is_active": False}])
def test_a_changed_account_makes_the_link_void(ada: Any, change: dict[str, Any]) -> None:
    token = passwords.token(ada)
    writes.save(SYSTEM, ada, change)
    assert passwords.user_of(token) is None


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "eyJ:1:2", "\u0000", "x" * 5000])
def test_a_forged_link_is_void(token: str) -> None:
    assert passwords.user_of(token) is None


@pytest.mark.parametrize(
    ("password", "reason"), [("short", "at least 12 characters"), ("password1234", "too common"), ("", "at least 12")]
)
def test_a_weak_password_is_refused_in_words(ada: Any, password: str, reason: str) -> None:
    client = Client(headers={"accept-language": "en"})
    answer = choose(client, passwords.token(ada), password)
    assert answer.status_code == 422 and reason in answer.text
    assert Client().post("/login", {"login": "ada@kith.test", "password": PASSWORD}).status_code == 302


def test_mail_is_throttled_without_telling_anything(ada: Any) -> None:
    assert [ask("ada@kith.test").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [ask("nobody@kith.test").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert JobRun.objects.count() == 6


def test_password_managers_find_their_way(ada: Any) -> None:
    client = Client()
    assert client.get("/.well-known/change-password").headers["Location"] == "/password/reset"
    client.force_login(ada)
    assert client.get("/.well-known/change-password").headers["Location"] == "/profile#password"
