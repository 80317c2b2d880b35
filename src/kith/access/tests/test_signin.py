"""Signing in and out: who gets in, what is said, what stands in the log, what happens to the session."""

from typing import Any

import pytest
from django.test import Client

from kith.access import accounts
from kith.access.sessions import SignIn
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.ledger import AuditEvent
from kith.core.testing.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Any:
    return make_user("Ada", email="Ada@Kith.test", password=PASSWORD)


def sign_in(client: Client, email: str = "ada@kith.test", password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/login" + more.pop("query", ""), {"login": email, "password": password, **more})


def kinds() -> list[str]:
    return list(AuditEvent.objects.filter(kind__startswith="log").order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize("typed", ["ada@kith.test", "ADA@KITH.TEST", "  ada@kith.test "])
def test_the_address_is_read_without_regard_to_case(ada: Any, typed: str) -> None:
    client = Client()
    assert sign_in(client, typed, next="/companies/").headers["Location"] == "/companies/"
    assert client.session["_auth_user_id"] == str(ada.pk)
    event = AuditEvent.objects.get(kind="login")
    assert (event.actor_id, event.ip, event.origin) == (ada.pk, "127.0.0.1", "ui")


@pytest.mark.parametrize("bad", ["wrong password", "deactivated", "trashed", "service", "unknown", "no password"])
def test_refusals_look_all_the_same(ada: Any, bad: str) -> None:
    email, password = "ada@kith.test", PASSWORD
    if bad == "wrong password":
        password = "not the password"
    elif bad == "deactivated":
        writes.save(SYSTEM, ada, {"is_active": False})
    elif bad == "trashed":
        writes.delete(SYSTEM, accounts_entity(), [ada.pk])
    elif bad == "service":
        writes.save(SYSTEM, ada, {"kind": "service"})
    elif bad == "unknown":
        email = "nobody@kith.test"
    elif bad == "no password":
        email = make_user("New", email="new@kith.test").email
    client = Client()
    answer = sign_in(client, email, password)
    assert answer.status_code == 422
    assert "That e-mail and password do not match." in answer.text
    assert "_auth_user_id" not in client.session
    event = AuditEvent.objects.get(kind="login_failed")
    assert (event.title, event.actor_id, event.detail) == (email, None, {"reason": "wrong"})


def accounts_entity() -> Any:
    from kith.core.entity import registry

    return registry.get("access.user")


def test_every_kind_of_refusal_hashes_once(ada: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kith.access import backend

    hashed: list[str] = []
    for name in ("make_password", "verify_password"):
        plain = getattr(backend, name)
        monkeypatch.setattr(backend, name, lambda *args, name=name, plain=plain: hashed.append(name) or plain(*args))
    for email in ("ada@kith.test", "nobody@kith.test", make_user("New").email):
        hashed.clear()
        sign_in(Client(), email, "not the password")
        assert len(hashed) == 1


@pytest.mark.parametrize("evil", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/login"])
def test_only_places_of_this_site_follow(ada: Any, evil: str) -> None:
    assert sign_in(Client(), next=evil).headers["Location"] == "/"


def test_empty_fields_are_named_and_count_as_no_try() -> None:
    answer = sign_in(Client(), "", "")
    assert answer.status_code == 422 and "Enter your e-mail address" in answer.text
    assert kinds() == []


def test_the_session_is_new_after_signing_in(ada: Any) -> None:
    client = Client()
    client.get("/login")
    before = client.session.session_key
    sign_in(client)
    after = client.session.session_key
    assert after != before
    assert SignIn.objects.get().digest != after


def test_signing_out_ends_the_session(ada: Any) -> None:
    client = Client()
    sign_in(client)
    key = client.session.session_key
    assert client.post("/logout").headers["Location"] == "/login"
    stale = Client()
    stale.cookies["kith_session"] = key or ""
    assert stale.get("/password/choose").wsgi_request.user.is_anonymous
    assert kinds() == ["login", "logout"] and not SignIn.objects.exists()


def test_a_link_cannot_sign_anybody_out(ada: Any) -> None:
    client = Client()
    sign_in(client)
    assert client.get("/logout").status_code == 405
    assert "_auth_user_id" in client.session


def test_the_dialog_answers_with_a_fresh_token(ada: Any) -> None:
    client = Client()
    assert sign_in(client, password="not the password", query="?dialog=1").status_code == 422
    answer = sign_in(client, query="?dialog=1")
    assert answer.status_code == 204 and "signed-in" in answer.headers["HX-Trigger"]


def test_a_stranger_is_sent_to_sign_in_and_a_fragment_gets_401() -> None:
    client = Client()
    assert client.get("/profile").headers["Location"] == "/login?next=/profile"
    assert client.get("/profile", headers={"HX-Request": "true"}).status_code == 401


def test_deactivation_ends_a_running_session_at_once(ada: Any) -> None:
    client = Client()
    sign_in(client)
    assert client.get("/password/choose").wsgi_request.user.is_authenticated
    writes.save(SYSTEM, ada, {"is_active": False})
    assert client.get("/password/choose").wsgi_request.user.is_anonymous
    writes.save(SYSTEM, ada, {"is_active": True})
    assert client.get("/password/choose").wsgi_request.user.is_anonymous


def test_a_new_password_ends_all_sessions_and_is_in_no_ledger(ada: Any) -> None:
    from kith.core.ledger import Change

    client = Client()
    sign_in(client)
    accounts.set_password(SYSTEM, ada, "another long sentence")
    assert client.get("/password/choose").wsgi_request.user.is_anonymous
    assert (
        not Change.objects.filter(after__icontains="argon2").exists()
        and not Change.objects.filter(after__has_key="password").exists()
    )
    assert [(event.record_id, event.detail) for event in AuditEvent.objects.filter(kind="password")] == [
        (ada.pk, {"how": "set"})
    ] * 2


def test_an_old_hash_is_renewed_without_ending_sessions(ada: Any) -> None:
    from django.contrib.auth.hashers import make_password

    accounts.store_hash(ada, make_password(PASSWORD, hasher="pbkdf2_sha256"))
    first = Client()
    sign_in(first)
    ada.refresh_from_db()
    assert ada.password.startswith("argon2")
    assert sign_in(Client()).status_code == 302
