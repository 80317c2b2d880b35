"""What people may change about themselves, and what not (R141)."""

from typing import Any

import pytest
from django.test import Client

from kith.access import tokens
from kith.access.epoch import Epoch
from kith.core import writes
from kith.core.errors import Forbidden
from kith.core.ledger import AuditEvent, Change
from kith.core.testing.people import PASSWORD, client_of, fresh, make_people, make_user
from kith.core.tokens import ApiToken, find

pytestmark = pytest.mark.django_db
SETTINGS = {"name": "Ada B.", "language": "ru", "time_zone": "Asia/Shanghai", "theme": "dark", "density": "compact"}


@pytest.fixture
def ada() -> Any:
    return make_user("Ada", email="ada@kith.test", password=PASSWORD)


@pytest.fixture
def client(ada: Any) -> Client:
    client = Client()
    assert client.post("/login", {"login": "ada@kith.test", "password": PASSWORD}).status_code == 302
    return client


def test_personal_settings_are_saved_and_the_next_page_speaks_the_new_language(ada: Any, client: Client) -> None:
    assert client.post("/profile", SETTINGS).status_code == 302
    ada.refresh_from_db()
    assert {name: getattr(ada, name) for name in SETTINGS} == SETTINGS and ada.shortcuts is False
    page = client.get("/profile")
    assert 'lang="ru"' in page.text and 'data-theme="dark"' in page.text and 'data-density="compact"' in page.text


def test_bad_settings_are_named_and_nothing_changes(ada: Any, client: Client) -> None:
    answer = client.post("/profile", SETTINGS | {"time_zone": "Moon/Base", "name": ""})
    assert answer.status_code == 422
    assert "Unknown time zone" in answer.text and "This field is required" in answer.text and "Moon/Base" in answer.text
    ada.refresh_from_db()
    assert (ada.name, ada.time_zone) == ("Ada", "UTC")


def test_what_is_not_personal_cannot_be_slipped_in(ada: Any, client: Client) -> None:
    client.post("/profile", SETTINGS | {"is_active": "", "kind": "service", "email": "evil@kith.test"})
    ada.refresh_from_db()
    assert (ada.is_active, ada.kind, ada.email) == (True, "person", "ada@kith.test")


@pytest.mark.parametrize(
    "values", [{"kind": "service"}, {"is_active": False}, {"email": "new@kith.test"}, {"name": "Ada", "org_unit": None}]
)
def test_no_door_lets_people_change_more_of_themselves(ada: Any, values: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        writes.save(fresh(ada), ada, values)
    assert not Change.objects.filter(record_id=ada.pk, op="update").exists()


def test_nobody_changes_the_settings_of_somebody_else(ada: Any) -> None:
    with pytest.raises(Forbidden):
        writes.save(fresh(ada), make_user("Bob"), {"name": "Robert"})


def test_an_administrator_changes_everything() -> None:
    people = make_people()
    writes.save(people.actors.eva, people.max, {"is_active": False, "email": "moved@kith.test"})
    people.max.refresh_from_db()
    assert (people.max.is_active, people.max.email) == (False, "moved@kith.test")


def test_a_taste_is_stored_without_ending_anybodys_rights(ada: Any, client: Client) -> None:
    before = Epoch.objects.get().value
    assert client.post("/profile/taste", {"theme": "dark"}).status_code == 204
    assert client.post("/profile/taste", {"density": "compact"}).status_code == 204
    ada.refresh_from_db()
    assert (ada.theme, ada.density, Epoch.objects.get().value) == ("dark", "compact", before)
    assert AuditEvent.objects.filter(record_id=ada.pk, kind="update").count() == 2


@pytest.mark.parametrize("values", [{}, {"theme": "pink"}, {"is_active": ""}, {"name": "X"}])
def test_a_bad_taste_is_refused(ada: Any, client: Client, values: dict[str, str]) -> None:
    assert client.post("/profile/taste", values).status_code == 422
    ada.refresh_from_db()
    assert (ada.theme, ada.name, ada.is_active) == ("auto", "Ada", True)


def test_the_password_needs_the_old_one_and_ends_other_devices(ada: Any, client: Client) -> None:
    other = Client()
    other.post("/login", {"login": "ada@kith.test", "password": PASSWORD})
    wrong = client.post("/profile/password", {"old": "guess", "password": "a quite different sentence"})
    assert wrong.status_code == 422 and "not your present password" in wrong.text
    key = client.session.session_key
    assert (
        client.post("/profile/password", {"old": PASSWORD, "password": "a quite different sentence"}).status_code == 302
    )
    assert client.get("/profile").status_code == 200 and client.session.session_key != key
    assert other.get("/profile").status_code == 302
    assert client.get("/profile").text.count("this device") == 1


def test_guessing_the_old_password_is_throttled(client: Client) -> None:
    answers = [
        client.post("/profile/password", {"old": "guess", "password": "a quite different sentence"}).status_code
        for _ in range(11)
    ]
    assert answers == [422] * 10 + [429]


def test_sessions_can_be_ended_from_the_profile(ada: Any, client: Client) -> None:
    from kith.access.sessions import SignIn

    other = Client()
    other.post("/login", {"login": "ada@kith.test", "password": PASSWORD})
    newest = SignIn.objects.order_by("-created_at")[0]
    assert client.post(f"/profile/sessions/{newest.pk}/end").status_code == 200
    assert (client.get("/profile").status_code, other.get("/profile").status_code) == (200, 302)
    assert client.post(f"/profile/sessions/{newest.pk}/end").status_code == 404


def test_all_other_sessions_of_the_user_are_ended_at_once_and_nobody_elses(ada: Any, client: Client) -> None:
    other, bob = Client(), client_of(make_user("Bob"))
    other.post("/login", {"login": "ada@kith.test", "password": PASSWORD})
    assert client.post("/profile/sessions/end").status_code == 200
    browsers = (client, other, bob)
    assert [browser.get("/profile").status_code for browser in browsers] == [200, 302, 200]


def test_a_token_is_shown_once_and_kept_only_as_a_hash(ada: Any, client: Client) -> None:
    answer = client.post("/profile/tokens/new", {"name": "Shop", "days": "30", "reach": "read"})
    (token,) = ApiToken.objects.all()
    secret = answer.text.partition('value="kith_')[2].partition('"')[0]
    assert find(f"kith_{secret}") == token and len(token.digest) == 64
    assert token.scopes == ["*:view", "*:history"] and token.user == ada
    page = client.get("/profile").text
    assert "Shop" in page and secret not in page
    assert AuditEvent.objects.get(detail__what="token made").title == "Shop"


def test_chosen_kinds_bring_their_parts() -> None:
    found = tokens.scopes_of("some", {"parties.person": "read", "parties.company": "", "no.thing": "write"})
    assert "parties.person:view" in found and "parties.employment:view" in found
    assert not [scope for scope in found if scope.startswith(("parties.company", "no.")) or scope.endswith(":edit")]


@pytest.mark.parametrize(
    "bad", [{"name": ""}, {"days": "7"}, {"days": "x"}, {"reach": "some"}, {"reach": "godmode"}, {"name": "x" * 121}]
)
def test_a_token_that_makes_no_sense_is_refused(client: Client, bad: dict[str, str]) -> None:
    assert client.post("/profile/tokens/new", {"name": "Shop", "days": "30", "reach": "all"} | bad).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_revoked_token_is_worth_nothing(ada: Any, client: Client) -> None:
    token, secret = tokens.make(fresh(ada), ada, "Shop", ["*"], 0)
    assert find(secret) == token
    assert client.post(f"/profile/tokens/{token.pk}/revoke").status_code == 204
    assert find(secret) is None


def test_tokens_of_others_need_the_right() -> None:
    people = make_people()
    token, secret = tokens.make(people.actors.max, people.max, "Mine", ["*"], 0)
    assert people.clients.ann.post(f"/profile/tokens/{token.pk}/revoke").status_code == 403
    assert people.clients.ann.get("/settings/tokens").status_code == 403
    assert (
        people.clients.ann.post(
            "/profile/tokens/new", {"user": str(people.max.pk), "name": "Evil", "days": "30", "reach": "all"}
        ).status_code
        == 403
    )
    assert find(secret) == token and ApiToken.objects.count() == 1
    assert "Mine" in people.clients.eva.get("/settings/tokens").text
    assert people.clients.eva.post(f"/profile/tokens/{token.pk}/revoke").status_code == 204
    assert find(secret) is None
