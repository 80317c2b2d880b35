"""Every door on which a secret can be guessed, or mail and work be caused, is throttled in the database; and what ends an account's
sessions ends them on every door with the next request."""

import datetime as dt
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.signing import dumps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kith.access import accounts, actions, passwords, shipped, streams, tokens
from kith.access.epoch import end_sessions
from kith.access.factors import keeping, passkeys, totp
from kith.access.models import Throttle
from kith.access.throttle import LIMITS
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.changes import maintenance
from kith.core.entity import registry
from kith.core.testing.people import PASSWORD, client_of, fresh, make_group, make_user, role_of
from kith.core.tokens import find

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 3, 2, 10, 0, 10, tzinfo=dt.UTC)


def code(secret: str, steps: int = 0) -> str:
    return totp.code_at(secret, int(time.time()) // totp.SECONDS + steps)


class House:
    """An account with everything that can be guessed, and a web form."""

    def __init__(self) -> None:
        self.ada = make_user("Ada", email="ada@kith.test", password=PASSWORD)
        self.secret = totp.new_secret()
        keeping.add_app(fresh(self.ada), self.ada, self.secret, code(self.secret))
        self.held_role = role_of("Held", [])
        shipped.give(self.held_role, user=self.ada)
        above = writes.create(SYSTEM, units(), {"name": "Above"})
        own = writes.create(SYSTEM, units(), {"name": "Own", "parent": above.pk})
        shipped.give(self.held_role, org_unit=above)
        writes.save(SYSTEM, self.ada, {"org_unit": own.pk})
        self.ada.refresh_from_db()

    def held(self) -> Client:
        client = Client()
        client.post("/login", {"login": "ada@kith.test", "password": PASSWORD})
        return client


def sign_in(house: House) -> Any:
    return Client().post("/login", {"login": "ada@kith.test", "password": "wrong"})


def app_code(house: House) -> Any:
    return house.held().post("/login/factor", {"code": "000000"})


def recovery_code(house: House) -> Any:
    return house.held().post("/login/factor", {"code": "abcde-" * 5})


def passkey(house: House) -> Any:
    return Client().post("/login", {"passkey": json.dumps({"rawId": "AAAA", "response": {}})})


def passkey_second(house: House) -> Any:
    return house.held().post("/login/factor", {"passkey": "{}"})


def reset(house: House) -> Any:
    return Client().post("/password/reset", {"email": "ada@kith.test"})


def reset_link(house: House) -> Any:
    client = Client()
    client.get("/password/reset/" + dumps(["guess"], salt="kith.password"))
    return client.get("/password/choose")


def token(house: House) -> Any:
    return Client().get("/api/v1/users", headers={"Authorization": "Bearer kith_guess"})


def present_password(house: House) -> Any:
    client = client_of(house.ada)
    return client.post("/profile/password", {"old": "wrong", "password": "another long sentence"})


def proof(house: House) -> Any:
    return client_of(house.ada).post("/proof", {"password": "wrong", "code": "000000"})


def proof_code(house: House) -> Any:
    return client_of(house.ada).post("/proof", {"password": PASSWORD, "code": "000000"})


def proof_passkey(house: House) -> Any:
    return client_of(house.ada).post("/proof", {"passkey": "{}"})


def form_key(house: House) -> Any:
    return Client().get("/f/guess")


def form_link(house: House) -> Any:
    return Client().get("/f/guess/confirm/guess")


#: Each door: what knocks there, and the addresses it stands for.
DOORS: dict[Callable[[House], Any], tuple[str, ...]] = {
    sign_in: ("login",),
    app_code: ("login-factor",),
    recovery_code: ("login-factor",),
    passkey: ("login", "login-passkey"),
    passkey_second: ("login-factor",),
    reset: ("password-reset",),
    reset_link: ("password-link", "password-choose"),
    token: ("api",),
    present_password: ("profile-password",),
    proof: ("proof",),
    proof_code: ("proof",),
    proof_passkey: ("proof",),
    form_key: ("public_form",),
    form_link: ("public_form_confirmation",),
}
#: Open addresses behind which there is nothing to guess and nothing to cause.
HARMLESS = {"healthz", "readyz", "logout", "change-password"}


@pytest.mark.parametrize("knock", DOORS, ids=lambda knock: knock.__name__)
def test_knocking_too_often_is_answered_429_until_the_time_is_over(
    knock: Callable[[House], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(MOMENT, tick=False) as clock:
        house = House()
        Throttle.objects.all().delete()
        most = max(
            limit.tries
            for limits in LIMITS.values()
            for name, limit in limits.items()
            if name != "all" and limit.tries <= 60
        )
        before = knock(house).status_code
        assert before in (200, 401, 403, 410, 422)
        answers = [before]
        while answers[-1] == before and len(answers) <= most:
            answers.append(knock(house).status_code)
        assert answers[-1] == 429, answers[-1]
        clock.shift(3601)
        assert knock(house).status_code == before


def open_routes(patterns: Any = None, prefix: str = "") -> dict[str, str]:
    """Names of all addresses that need no session."""
    found = {}
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            found |= open_routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern) and not getattr(pattern.callback, "login_required", True):
            found[pattern.name or str(pattern.pattern)] = prefix + str(pattern.pattern)
    return found


def test_every_open_address_is_a_door_of_this_list() -> None:
    doors = {name for names in DOORS.values() for name in names} | HARMLESS
    unknown = {name: route for name, route in open_routes().items() if not (route.startswith("api/") or name in doors)}
    assert unknown == {}


# --- no oracle -----------------------------------------------------------------------------------------------------


def text_of(answer: Any) -> str:
    """A page without what differs at each request."""
    import re

    text = re.sub(r'(nonce|csrfmiddlewaretoken" value|content|value)="[^"]*"', r"\1", answer.text)
    return text.replace("ada@kith.test", "…").replace("nobody@kith.test", "…")


@pytest.mark.parametrize("email", ["ada@kith.test", "nobody@kith.test"])
def test_throttled_and_refused_sign_ins_tell_nothing_of_the_account(email: str) -> None:
    House()
    answers = {
        name: Client().post("/login", {"login": name, "password": "wrong"})
        for name in ("ada@kith.test", "nobody@kith.test")
    }
    assert {answer.status_code for answer in answers.values()} == {422}
    assert len({text_of(answer) for answer in answers.values()}) == 1
    asked = {name: Client().post("/password/reset", {"email": name}) for name in answers}
    assert len({text_of(answer) for answer in asked.values()}) == 1


def test_options_for_a_passkey_tell_nothing_of_any_account(settings: Any) -> None:
    settings.BASE_URL = "http://localhost:8000"
    House()
    options = Client().post("/login/passkey", {"why": "alone", "login": "ada@kith.test"}).json()
    assert not options.get("allowCredentials") and options["userVerification"] == "required"
    assert Client().post("/login/passkey", {"why": "second"}).status_code == 422
    assert passkeys.origin() == "http://localhost:8000"


# --- what ends an account's sessions -------------------------------------------------------------------------------


def password_changed(ada: Any) -> None:
    accounts.set_password(SYSTEM, ada, "another long sentence")


def password_reset(ada: Any) -> None:
    passwords.choose(passwords.token(ada), "another long sentence")


def deactivated(ada: Any) -> None:
    writes.save(SYSTEM, ada, {"is_active": False})


def address_changed(ada: Any) -> None:
    writes.save(SYSTEM, ada, {"email": "other@kith.test"})


def role_given(ada: Any) -> None:
    shipped.give(role_of("Another", []), user=ada)


def role_taken(ada: Any) -> None:
    writes.delete(SYSTEM, grants(), [grant_of(ada).pk])


def role_moved(ada: Any) -> None:
    writes.save(SYSTEM, grant_of(ada), {"user": str(make_user("Bob").pk)})


def role_ended(ada: Any) -> None:
    writes.save(SYSTEM, grant_of(ada), {"valid_to": "2020-01-01"})


def role_trashed(ada: Any) -> None:
    writes.delete(SYSTEM, registry.get("access.role"), [grant_of(ada).role_id])


def group_joined(ada: Any) -> None:
    inner = make_group("Inner", is_team=False)
    shipped.give(role_of("Of all", []), group=make_group("Outer", inner))
    writes.create(SYSTEM, registry.get("access.groupmember"), {"group": inner.pk, "user": ada.pk})


def department_trashed(ada: Any) -> None:
    writes.delete(SYSTEM, units(), [ada.org_unit.parent_id])


def units() -> Any:
    return registry.get("people.orgunit")


def grants() -> Any:
    return registry.get("access.rolegrant")


def grant_of(ada: Any) -> Any:
    return grants().rows(SYSTEM).get(user=ada)


def trashed(ada: Any) -> None:
    writes.delete(SYSTEM, registry.get("access.user"), [ada.pk])


def factors_reset(ada: Any) -> None:
    actions.reset_factors(SYSTEM, [ada])


def signed_out(ada: Any) -> None:
    actions.sign_out(SYSTEM, [ada])


ROLES = (role_given, role_taken, role_moved, role_ended, role_trashed, group_joined, department_trashed)
ENDS = (password_changed, password_reset, deactivated, address_changed, trashed, factors_reset, signed_out, *ROLES)


def test_whoever_ends_sessions_counts_what_others_have_counted_meanwhile(house: House) -> None:
    """Else a change of the password and a role taken away at the same time would leave one session alive."""
    before, stale = house.ada.auth_epoch, type(house.ada)._base_manager.get(pk=house.ada.pk)
    with maintenance("test"):
        end_sessions([house.ada])
        end_sessions([stale])
    house.ada.refresh_from_db()
    assert (house.ada.auth_epoch, stale.auth_epoch) == (before + 2, before + 2)


@pytest.fixture
def house() -> House:
    return House()


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_the_next_request_on_every_door_is_refused(house: House, end: Callable[[Any], None]) -> None:
    """Within a second, because nothing about a session or token is remembered from one request to the next."""
    ada = house.ada
    browser = house.held()
    browser.post("/login/factor", {"code": code(house.secret, 1)})
    _token, key = tokens.make(fresh(ada), ada, "Mine", ["*"], 0)
    link = passwords.token(ada)
    waiting = house.held()
    doors: dict[str, Callable[[], int]] = {
        "page": lambda: browser.get("/profile").status_code,
        "fragment": lambda: browser.get("/profile/tokens", headers={"HX-Request": "true"}).status_code,
        "API by session": lambda: browser.get("/api/v1/users").status_code,
        "API by token": lambda: Client().get("/api/v1/users", headers={"Authorization": f"Bearer {key}"}).status_code,
    }
    assert {name: door() for name, door in doors.items()} == dict.fromkeys(doors, 200)
    ada.refresh_from_db()
    end(ada)
    refused = {"page": 302, "fragment": 401, "API by session": 401, "API by token": 401}
    assert {name: door() for name, door in doors.items()} == refused
    assert passwords.user_of(link) is None and find(key) is None
    assert waiting.get("/login/factor").headers["Location"] == "/login"


def test_an_account_that_opens_again_does_not_bring_its_tokens_back(house: House) -> None:
    _token, key = tokens.make(fresh(house.ada), house.ada, "Mine", ["*"], 0)
    deactivated(house.ada)
    house.ada.refresh_from_db()
    writes.save(SYSTEM, house.ada, {"is_active": True})
    assert find(key) is None and tokens.of_user(house.ada) == []


def test_what_a_role_allows_holds_on_every_door_with_the_next_request(people: Any) -> None:
    """The session goes on, with the rights of this moment: docs/decisions/012."""
    _token, key = tokens.make(people.actors.ann, people.ann, "Mine", ["*"], 0)
    doors = {
        "page": lambda: people.clients.ann.get("/companies/").status_code,
        "API by session": lambda: people.clients.ann.get("/api/v1/companies").status_code,
        "API by token": lambda: (
            Client().get("/api/v1/companies", headers={"Authorization": f"Bearer {key}"}).status_code
        ),
    }
    assert {name: door() for name, door in doors.items()} == dict.fromkeys(doors, 200)
    items = registry.get("access.policyrule")
    own = items.rows(SYSTEM).filter(role=people.roles.own)
    writes.delete(SYSTEM, items, list(own.values_list("pk", flat=True)))
    found = {name: door() for name, door in doors.items()}
    assert all(status in (403, 404) for status in found.values()), found


def test_a_role_of_somebody_who_never_signed_in_leaves_the_invitation_good() -> None:
    newcomer = make_user("Newcomer", email="new@kith.test")
    link = passwords.token(newcomer, "invite")
    role_given(newcomer)
    assert passwords.user_of(link) == newcomer


def test_a_group_without_roles_ends_nothing(house: House) -> None:
    house.held().post("/login/factor", {"code": code(house.secret, 1)})
    before = fresh_epoch(house.ada)
    make_group("Choir", house.ada)
    assert fresh_epoch(house.ada) == before
    group_joined(house.ada)
    assert fresh_epoch(house.ada) == before + 1


def fresh_epoch(ada: Any) -> int:
    ada.refresh_from_db()
    return int(ada.auth_epoch)


@pytest.mark.parametrize("end", (deactivated, password_changed, role_taken, signed_out), ids=lambda end: end.__name__)
def test_a_long_answer_breaks_off(house: House, end: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """An export that is on its way ends at the next look, a second after the last one."""
    house.held().post("/login/factor", {"code": code(house.secret, 1)})
    moments = iter([0.0, 0.5, 0.9, 1.1, 2.2, 3.3])
    monkeypatch.setattr(streams.time, "monotonic", lambda: next(moments))
    house.ada.refresh_from_db()
    pieces = streams.watched(iter([b"1", b"2", b"3", b"4"]), house.ada)
    assert [next(pieces), next(pieces)] == [b"1", b"2"]
    assert next(pieces) == b"3", "a look at 1.1 s finds the account as it was"
    ada = type(house.ada)._base_manager.get(pk=house.ada.pk)
    end(ada)
    with pytest.raises(streams.Ended):
        next(pieces)


def test_answers_that_stream_are_watched(people: Any, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make("parties.company", name="Nordlicht")
    monkeypatch.setattr(streams, "EVERY", -1.0)
    answer = people.clients.eva.get("/companies/export?format=csv")
    assert answer.streaming
    signed_out(type(people.eva)._base_manager.get(pk=people.eva.pk))
    with pytest.raises(streams.Ended):
        b"".join(answer.streaming_content)
