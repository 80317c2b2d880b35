"""Tries are counted by account, by network and for everybody; the wait is told and ends."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.test import Client

from kith.access import throttle
from kith.access.throttle import LIMITS, Throttle, network
from kith.core.ledger import AuditEvent
from kith.core.testing.people import PASSWORD, make_user
from kith.core.throttling import Throttled, check, forgive, take

pytestmark = pytest.mark.django_db


def test_networks() -> None:
    assert network("203.0.113.77") == "203.0.113.0/24"
    assert network("2001:db8:1:2:3::4") == "2001:db8:1:2::/64"
    assert network("::ffff:203.0.113.77") == "203.0.113.0/24"
    assert network("no address") == "unknown"


def test_an_account_is_closed_after_its_tries_and_opens_again() -> None:
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False) as clock:
        assert [take("secret", account="Ada@kith.test") for _ in range(10)] == list(range(9, -1, -1))
        clock.shift(60)
        with pytest.raises(Throttled) as refused:
            take("secret", account=" ada@KITH.test")
        assert (
            refused.value.seconds == 14 * 60 + 1 and refused.value.message == "Too many tries. Try again in 15 minutes."
        )
        assert take("secret", account="bob@kith.test") == 9
        clock.shift(15 * 60)
        assert take("secret", account="ada@kith.test") == 9


def test_a_network_is_closed_for_all_accounts_and_does_not_use_up_theirs() -> None:
    for number in range(LIMITS["secret"]["address"].tries):
        take("secret", account=f"{number}@kith.test", address=f"198.51.100.{number % 250}")
    with pytest.raises(Throttled):
        take("secret", account="ada@kith.test", address="198.51.100.9")
    assert take("secret", account="ada@kith.test", address="198.51.101.9") == 9


def test_everybody_together_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS["secret"], "all", throttle.Limit(3))
    for number in range(3):
        take("secret", account=f"{number}@kith.test", address=f"192.0.{number}.1")
    with pytest.raises(Throttled):
        take("secret", account="ada@kith.test", address="192.0.9.1")


def test_right_tries_do_not_count() -> None:
    for _ in range(LIMITS["secret"]["address"].tries * 2):
        take("secret", account="ada@kith.test", address="198.51.100.1")
        forgive("secret", account="ada@kith.test", address="198.51.100.1")
    assert take("secret", account="ada@kith.test", address="198.51.100.1") == 9


def test_asking_counts_nothing() -> None:
    for _ in range(100):
        check("secret", address="198.51.100.1")
    assert not Throttle.objects.exists()
    for _ in range(60):
        take("secret", address="198.51.100.1")
    with pytest.raises(Throttled):
        check("secret", address="198.51.100.200")


def test_what_was_typed_is_not_kept() -> None:
    take("secret", account="Ada@kith.test")
    assert "ada" not in " ".join(Throttle.objects.values_list("key", flat=True))


def test_the_page_tells_how_many_tries_are_left_and_then_the_wait() -> None:
    make_user("Ada", email="ada@kith.test", password=PASSWORD)
    client = Client()
    answers = [client.post("/login", {"login": "ada@kith.test", "password": "x"}) for _ in range(11)]
    assert (
        "tries left" not in answers[3].text
        and "5 tries left." in answers[4].text
        and "0 tries left." in answers[9].text
    )
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "Too many tries. Try again in 15 minutes." in answers[10].text
    assert client.post("/login", {"login": "ada@kith.test", "password": PASSWORD}).status_code == 429
    reasons = [event.detail["reason"] for event in AuditEvent.objects.filter(kind="login_failed").order_by("id")]
    assert reasons == ["wrong"] * 10 + ["throttled"] * 2


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_are_counted_one_by_one() -> None:
    def one(_number: int) -> bool:
        try:
            take("secret", account="ada@kith.test")
        except Throttled:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(32))) == 10


def test_old_counters_are_forgotten() -> None:
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False) as clock:
        take("secret", account="ada@kith.test")
        clock.shift(3599)  # the longest look back is an hour: mails that ask to confirm a request
        assert throttle.forget_old() == 0
        clock.shift(2)
        assert throttle.forget_old() == 2


def test_guessing_tokens_is_throttled_and_right_ones_are_never_counted() -> None:
    from kith.access import tokens
    from kith.core.testing.people import fresh

    ada = make_user("Ada")
    _token, secret = tokens.make(fresh(ada), ada, "Shop", ["*"], 0)
    client, limit = Client(), LIMITS["secret"]["address"].tries

    def ask(given: str) -> int:
        return client.get("/api/v1/companies", headers={"Authorization": f"Bearer {given}"}).status_code

    assert {ask(secret) for _ in range(5)} == {404} and not Throttle.objects.exists()
    for number in range(limit):
        take("secret", account=f"{number}@kith.test", address="127.0.0.1")
    assert ask("kith_guess") == ask(secret) == 429
