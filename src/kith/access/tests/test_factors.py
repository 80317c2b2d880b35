"""The second factor: codes of an app and recovery codes, each good once; setting up, taking away, demanding, resetting."""

import re
import time
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from kith.access import actions, passwords
from kith.access.factors import keeping, recovery, totp
from kith.access.models import Authenticator, RecoveryCode
from kith.access.throttle import LIMITS
from kith.core import proof, sealing, settings_store, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.errors import Forbidden
from kith.core.ledger import AuditEvent
from kith.core.notify import Notification
from kith.core.testing.people import PASSWORD, client_of, fresh, make_user
from kith.core.tokens import ApiToken, find

pytestmark = pytest.mark.django_db
MOMENT = "2026-03-02 10:00:10+00:00"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada() -> Any:
    return make_user("Ada", email="ada@kith.test", password=PASSWORD)


@pytest.fixture
def secret(ada: Any) -> str:
    """Ada has an authenticator app."""
    made = totp.new_secret()
    keeping.add_app(actor_of(ada.pk), ada, made, code(made))
    Authenticator.objects.update(step=0)
    return made


def code(secret: str, steps: int = 0) -> str:
    return totp.code_at(secret, int(time.time()) // totp.SECONDS + steps)


def password_step(client: Client, **more: Any) -> Any:
    return client.post("/login", {"login": "ada@kith.test", "password": PASSWORD, **more})


def second_step(client: Client, typed: str, **more: Any) -> Any:
    return client.post("/login/factor", {"code": typed, **more})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def reread(user: Any) -> Any:
    return type(user)._base_manager.get(pk=user.pk)


# --- codes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_rfc_6238(moment: int, expected: str) -> None:
    import base64

    key = base64.b32encode(b"12345678901234567890").decode()
    assert totp.code_at(key, moment // 30) == expected


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_wrong_by_one_step(ada: Any, secret: str, steps: int, right: bool) -> None:
    with time_machine.travel(MOMENT, tick=False):
        assert totp.use(ada, code(secret, steps)) is right


def test_a_code_works_once_and_no_earlier_one_after_it(ada: Any, secret: str) -> None:
    with time_machine.travel(MOMENT, tick=False):
        assert totp.use(ada, code(secret))
        assert not totp.use(ada, code(secret))
        assert not totp.use(ada, code(secret, -1))
        assert totp.use(ada, code(secret, 1))


def test_a_dump_holds_neither_the_secret_nor_a_recovery_code(ada: Any) -> None:
    client = client_of(ada)
    page = client.get("/profile/factors/app", headers=HTMX).text
    key = re.search(r'id="app-key" readonly value="([A-Z2-7 ]+)"', page)[1].replace(" ", "")
    answer = client.post("/profile/factors/app", {"code": code(key)}, headers=HTMX)
    codes = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.S)[1].split()
    assert len(codes) == 10
    with connection.cursor() as cursor:
        dump = ""
        for table in (
            "access_authenticator",
            "access_recoverycode",
            "django_session",
            "audit_event",
            "core_auditevent",
        ):
            cursor.execute("SELECT to_regclass(%s)", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f"SELECT t::text FROM {table} t")
                dump += "\n".join(row[0] for row in cursor.fetchall())
    assert str(ada.pk) in dump
    session = str(dict(client.session.items()))
    assert key not in dump + session and not any(one in dump or one.replace("-", "") in dump for one in codes)
    assert sealing.read(Authenticator.objects.get(), "secret") == key


# --- signing in ----------------------------------------------------------------------------------------------------


def test_the_password_alone_opens_nothing(ada: Any, secret: str) -> None:
    client = Client()
    answer = password_step(client, next="/companies/")
    assert answer.headers["Location"] == "/login/factor?next=%2Fcompanies%2F"
    assert not is_in(client)
    for address in ("/", "/companies/", "/profile", "/profile/factors", "/proof"):
        assert client.get(address).headers["Location"].startswith("/login?")
    assert client.get("/api/v1/companies").status_code == 401
    assert second_step(client, code(secret), next="/companies/").headers["Location"] == "/companies/"
    assert is_in(client)
    assert AuditEvent.objects.get(kind="login").detail == {"how": "password, app"}


def test_the_session_key_changes_at_each_step(ada: Any, secret: str) -> None:
    client = Client()
    client.get("/login")
    keys = [client.session.session_key]
    password_step(client)
    keys.append(client.session.session_key)
    second_step(client, code(secret))
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3


@pytest.mark.parametrize("typed", ["", "000000", "12345", "0000000", "abcdef", "٠١٢٣٤٥", "x" * 5000, "null\0"])
def test_wrong_codes_open_nothing_and_say_nothing_more(ada: Any, secret: str, typed: str) -> None:
    client = Client()
    password_step(client)
    with time_machine.travel(MOMENT, tick=False):
        client = Client()
        password_step(client)
        answer = second_step(client, typed)
    assert answer.status_code == 422 and "That code is not right, or it was used already." in answer.text
    assert not is_in(client)
    assert AuditEvent.objects.filter(kind="login_failed").get().detail == {"reason": "second factor"}


def test_a_recovery_code_signs_in_once_however_it_is_written(ada: Any) -> None:
    secret = totp.new_secret()
    codes = keeping.add_app(actor_of(ada.pk), ada, secret, code(secret))
    client = Client()
    password_step(client)
    second_step(client, f" {codes[0].upper().replace('-', ' ')} ")
    assert is_in(client)
    again = Client()
    password_step(again)
    assert second_step(again, codes[0]).status_code == 422
    assert not is_in(again) and recovery.left(ada) == 9


def test_new_recovery_codes_make_the_old_ones_void(ada: Any, secret: str) -> None:
    old = keeping.renew_codes(actor_of(ada.pk), ada)
    new = keeping.renew_codes(actor_of(ada.pk), ada)
    assert not recovery.use(ada, old[0]) and recovery.use(ada, new[0])


def test_the_second_step_waits_ten_minutes_and_for_the_same_account_only(ada: Any, secret: str) -> None:
    for change in ("time", "password", "deactivated"):
        client = Client()
        with time_machine.travel(MOMENT, tick=False) as clock:
            password_step(client)
            if change == "time":
                clock.shift(601)
            elif change == "password":
                actions.one_time_password(SYSTEM, [reread(ada)])
            else:
                writes.save(SYSTEM, reread(ada), {"is_active": False})
            assert second_step(client, code(secret)).headers["Location"] == "/login"
        assert not is_in(client)
        from kith.access.accounts import set_password

        set_password(SYSTEM, reread(ada), PASSWORD)


def test_without_the_password_there_is_no_second_step(ada: Any, secret: str) -> None:
    client = Client()
    assert client.get("/login/factor").headers["Location"] == "/login"
    assert second_step(client, code(secret)).headers["Location"] == "/login"
    assert not is_in(client)


def test_an_ended_session_is_renewed_over_the_page_in_two_steps(ada: Any, secret: str) -> None:
    client = Client()
    asked = client.post("/login?dialog=1", {"login": "ada@kith.test", "password": PASSWORD}, headers=HTMX)
    assert asked.status_code == 200 and 'hx-post="/login/factor?dialog=1"' in asked.text and not is_in(client)
    wrong = client.post("/login/factor?dialog=1", {"code": "000000"}, headers=HTMX)
    assert wrong.status_code == 422 and not is_in(client)
    done = client.post("/login/factor?dialog=1", {"code": code(secret)}, headers=HTMX)
    assert done.status_code == 204 and "signed-in" in done.headers["HX-Trigger"] and is_in(client)


def test_guessing_codes_ends_soon_whatever_the_password_step_does(ada: Any, secret: str) -> None:
    with time_machine.travel(MOMENT, tick=False) as clock:
        for _number in range(LIMITS["factor"]["account"].tries):
            client = Client()
            password_step(client)
            assert second_step(client, "000000").status_code == 422
        client = Client()
        password_step(client)
        assert second_step(client, code(secret)).status_code == 429 and not is_in(client)
        clock.shift(3601)
        client = Client()
        password_step(client)
        second_step(client, code(secret))
        assert is_in(client)


def test_a_new_password_keeps_the_second_factor(ada: Any, secret: str) -> None:
    client = Client()
    client.get(f"/password/reset/{passwords.token(ada)}")
    assert "is changed" in client.post("/password/choose", {"password": "another long sentence"}).text
    client.post("/login", {"login": "ada@kith.test", "password": "another long sentence"})
    assert not is_in(client)
    assert client.get("/login/factor").status_code == 200
    second_step(client, code(secret))
    assert is_in(client)


# --- setting up and taking away ------------------------------------------------------------------------------------


def test_an_app_is_set_up_by_its_first_code_and_ends_other_sessions(ada: Any) -> None:
    client, other = Client(), Client()
    password_step(other)
    password_step(client)
    page = client.get("/profile/factors/app", headers=HTMX).text
    key = re.search(r'id="app-key" readonly value="([A-Z2-7 ]+)"', page)[1].replace(" ", "")
    assert 'src="data:image/svg+xml' in page
    assert client.post("/profile/factors/app", {"code": "000000"}, headers=HTMX).status_code == 422
    assert not reread(ada).second_factor and not RecoveryCode.objects.exists()
    assert key[:4] in client.get("/profile/factors/app", headers=HTMX).text  # no need to scan again
    answer = client.post("/profile/factors/app", {"code": code(key)}, headers=HTMX)
    assert answer.status_code == 200 and reread(ada).second_factor
    assert client.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 302
    assert AuditEvent.objects.filter(kind="rights", detail__what="app added", record_id=ada.pk).exists()


def test_the_code_that_set_the_app_up_is_used_up(ada: Any) -> None:
    secret = totp.new_secret()
    typed = code(secret)
    keeping.add_app(actor_of(ada.pk), ada, secret, typed)
    client = Client()
    password_step(client)
    assert second_step(client, typed).status_code == 422


def test_taking_the_app_away_ends_other_sessions_and_tokens_but_not_this_one(ada: Any, secret: str) -> None:
    from kith.access import tokens

    client, other = Client(), Client()
    for browser, steps in ((client, 0), (other, 1)):
        password_step(browser)
        second_step(browser, code(secret, steps))
    _token, key = tokens.make(fresh(ada), reread(ada), "Mine", ["*"], 0)
    assert find(key)
    assert client.post("/profile/factors/app/remove", headers=HTMX).status_code == 204
    assert not reread(ada).second_factor and not RecoveryCode.objects.exists()
    assert client.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 302
    assert find(key) is None


def test_recovery_codes_need_a_factor(ada: Any) -> None:
    assert client_of(ada).post("/profile/factors/recovery", headers=HTMX).status_code == 422
    assert not RecoveryCode.objects.exists()


# --- asked anew ----------------------------------------------------------------------------------------------------


def weighty(ada: Any) -> dict[str, Any]:
    return {
        "app": ("/profile/factors/app", {"code": "1"}),
        "app away": ("/profile/factors/app/remove", {}),
        "passkey": ("/profile/factors/passkeys/new", {"name": "Phone", "passkey": "{}"}),
        "passkey options": ("/profile/factors/options", {"why": "new"}),
        "recovery codes": ("/profile/factors/recovery", {}),
        "token": ("/profile/tokens/new", {"name": "Mine", "days": "30", "reach": "all"}),
        "address": (
            f"/users/{ada.pk}/edit",
            {
                "email": "other@kith.test",
                "name": "Ada",
                "kind": "person",
                "language": "en",
                "time_zone": "UTC",
                "is_active": "on",
            },
        ),
        "address in the list": (f"/users/{ada.pk}/field/email?in=list", {"email": "other@kith.test"}),
        "one-time password": (f"/users/{ada.pk}/action/one_time_password", {}),
        "reset of factors": (f"/users/{ada.pk}/action/reset_factors", {}),
        "password": ("/profile/password", {"old": PASSWORD, "password": "another long sentence"}),
    }


ACTS = tuple(weighty(type("Nobody", (), {"pk": ""})))


@pytest.mark.parametrize("act", ACTS)
def test_weighty_acts_ask_anew_after_a_while_and_change_nothing(people: Any, act: str, settings: Any) -> None:
    eva = people.eva
    secret = totp.new_secret()
    keeping.add_app(people.actors.eva, eva, secret, code(secret))
    before = state(eva)
    client = client_of(eva)
    session = client.session
    session[proof.PROVED] = int(time.time()) - 601
    session.save()
    address, form = weighty(eva)[act]
    answer = client.post(address, form, headers=HTMX)
    assert (answer.status_code, answer.headers.get("Kith-Ask")) == (401, "proof"), (address, answer.status_code)
    assert state(eva) == before


def state(user: Any) -> Any:
    user = reread(user)
    return (
        user.email, user.password, user.auth_epoch, user.second_factor, list(ApiToken.objects.values_list("pk")),
        list(RecoveryCode.objects.order_by("pk").values_list("digest")), list(Authenticator.objects.values_list("secret")),
    )  # fmt: skip


def test_an_address_is_not_changed_over_the_api_of_an_old_session(people: Any) -> None:
    client = client_of(people.eva)
    session = client.session
    session[proof.PROVED] = int(time.time()) - 601
    session.save()
    answer = client.patch(f"/api/v1/users/{people.ann.pk}", {"email": "x@kith.test"}, content_type="application/json")
    assert answer.status_code == 403 and answer.json()["type"].endswith("unproven")
    assert reread(people.ann).email == "ann@kith.test"
    session[proof.PROVED] = int(time.time())
    session.save()
    answer = client.patch(f"/api/v1/users/{people.ann.pk}", {"email": "x@kith.test"}, content_type="application/json")
    assert answer.status_code == 200 and reread(people.ann).email == "x@kith.test"


def test_proving_needs_the_password_and_the_second_factor(ada: Any, secret: str) -> None:
    client = client_of(reread(ada))
    session = client.session
    session[proof.PROVED] = 0
    session.save()
    right = {"password": PASSWORD, "code": code(secret)}
    for wrong in ({"code": "000000"}, {"code": ""}, {"password": "not the password"}, {"password": ""}):
        answer = client.post("/proof?dialog=1", right | wrong, headers=HTMX)
        assert answer.status_code == 422 and "The password or the code is not right." in answer.text
        assert client.session[proof.PROVED] == 0
    done = client.post("/proof?dialog=1", right, headers=HTMX)
    assert done.status_code == 204 and "signed-in" in done.headers["HX-Trigger"]
    assert client.session[proof.PROVED] > 0


def test_a_page_is_asked_for_on_a_page_of_its_own(ada: Any) -> None:
    client = client_of(ada)
    session = client.session
    session[proof.PROVED] = 0
    session.save()
    settings_store.put(SYSTEM, "access.second_factor", True)
    assert client.get("/profile/factors/first").headers["Location"] == "/proof?next=%2Fprofile%2Ffactors%2Ffirst"
    assert client.get("/proof?next=/profile/factors/first").status_code == 200
    done = client.post("/proof", {"password": PASSWORD, "next": "/profile/factors/first"})
    assert done.headers["Location"] == "/profile/factors/first"
    assert client.get("/profile/factors/first").status_code == 200


def test_how_long_a_proof_lasts_is_a_setting(ada: Any) -> None:
    settings_store.put(SYSTEM, "access.proof_minutes", 30)
    client = client_of(ada)
    session = client.session
    session[proof.PROVED] = int(time.time()) - 601
    session.save()
    assert client.get("/profile/factors/app", headers=HTMX).status_code == 200


# --- demanded ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["company", "role", "group"])
def test_who_lacks_a_demanded_factor_reaches_only_its_page(people: Any, by: str) -> None:
    from kith.access import shipped, tokens

    role = shipped.make("Guarded", "", [])
    shipped.give(role, group=people.north)  # who is given a role signs in anew, so before anything else
    people.ann.refresh_from_db()
    _token, key = tokens.make(people.actors.ann, people.ann, "Mine", ["*"], 0)
    api = {"Authorization": f"Bearer {key}"}
    client = client_of(people.ann)
    assert client.get("/companies/").status_code == client.get("/api/v1/companies").status_code == 200
    assert Client().get("/api/v1/companies", headers=api).status_code == 200
    if by == "company":
        settings_store.put(SYSTEM, "access.second_factor", True)
    elif by == "role":
        writes.save(SYSTEM, people.roles.own, {"second_factor": True})
    else:
        writes.save(SYSTEM, role, {"second_factor": True})
    for address in ("/", "/companies/", "/profile", "/profile/tokens", "/profile/factors/recovery", "/notifications"):
        assert client.get(address).headers.get("Location") == "/profile/factors/first", address
    assert client.get("/companies/", headers=HTMX).headers["HX-Redirect"] == "/profile/factors/first"
    assert client.post("/profile/tokens/new", {"name": "x", "days": "30", "reach": "all"}).status_code == 302
    assert client.get("/api/v1/companies").status_code == 401
    assert Client().get("/api/v1/companies", headers=api).status_code == 401
    page = client.get("/profile/factors/first").text
    secret = re.search(r'id="app-key" readonly value="([A-Z2-7 ]+)"', page)[1].replace(" ", "")
    assert client.post("/profile/factors/first", {"code": "000000"}).status_code == 422
    assert client.get("/companies/").status_code == 302
    answer = client.post("/profile/factors/first", {"code": code(secret)})
    assert answer.status_code == 200 and 'id="codes"' in answer.text
    assert client.get("/companies/").status_code == client.get("/api/v1/companies").status_code == 200
    assert Client().get("/api/v1/companies", headers=api).status_code == 200
    assert ApiToken.objects.count() == 1


def test_services_are_never_asked_for_a_factor(people: Any) -> None:
    from kith.access import tokens

    settings_store.put(SYSTEM, "access.second_factor", True)
    service = make_user("Shop", kind="service")
    _token, key = tokens.make(SYSTEM, service, "Shop", ["*"], 0)
    assert Client().get("/api/v1/users", headers={"Authorization": f"Bearer {key}"}).status_code == 200


# --- reset by administrators ---------------------------------------------------------------------------------------


def test_an_administrator_resets_factors_and_the_user_is_told(people: Any) -> None:
    from kith.access import tokens

    ann = people.ann
    secret = totp.new_secret()
    keeping.add_app(people.actors.ann, ann, secret, code(secret))
    _token, key = tokens.make(fresh(ann), reread(ann), "Mine", ["*"], 0)
    client = client_of(reread(ann))
    assert client.get("/profile").status_code == 200
    answer = people.clients.eva.post(f"/users/{ann.pk}/action/reset_factors", headers=HTMX)
    assert answer.status_code in (200, 204), answer.text
    assert not keeping.of(ann) and not reread(ann).second_factor and not RecoveryCode.objects.exists()
    assert client.get("/profile").status_code == 302 and find(key) is None
    event = AuditEvent.objects.get(kind="rights", detail__what="second factors reset")
    assert (event.actor_id, event.record_id) == (people.eva.pk, ann.pk)
    assert Notification.objects.get(user=ann).kind == "factors_reset"
    fresh_client = client_of(reread(ann))
    assert "took your second factors away" in fresh_client.get("/notifications", headers=HTMX).text


def test_nobody_else_resets_factors(people: Any) -> None:
    secret = totp.new_secret()
    keeping.add_app(people.actors.ann, people.ann, secret, code(secret))
    before = state(people.ann)
    assert people.clients.tom.post(f"/users/{people.ann.pk}/action/reset_factors", headers=HTMX).status_code == 403
    assert state(people.ann) == before and not Notification.objects.exists()


def test_a_help_desk_does_not_touch_an_administrator(people: Any) -> None:
    from kith.core.testing.people import grant

    grant(people.tom, ("access.user", "reset_factors", "all"))
    secret = totp.new_secret()
    keeping.add_app(people.actors.eva, people.eva, secret, code(secret))
    before = state(people.eva)
    with pytest.raises(Forbidden):
        actions.reset_factors(fresh(people.tom), [reread(people.eva)])
    assert state(people.eva) == before


@pytest.mark.parametrize("proved", [True, False])
def test_a_job_goes_by_what_its_session_had_proved(people: Any, proved: bool) -> None:
    """An import of users runs in a job, and is no way around the question."""
    from contextlib import nullcontext

    from kith.core.context import through
    from kith.core.errors import Unproven
    from kith.core.jobs.deferring import defer
    from kith.core.jobs.running import Running, _as
    from kith.core.testing.sample_jobs import add

    with through("ui", proved=lambda: proved):
        record = defer(add, people.eva, a=1, b=2)
    record.refresh_from_db()
    with _as(Running(record), str(record.pk)), nullcontext() if proved else pytest.raises(Unproven):
        writes.save(people.actors.eva, reread(people.ann), {"email": "x@kith.test"})
    assert reread(people.ann).email == ("x@kith.test" if proved else "ann@kith.test")
