"""What administrators do with users, and what nobody may do to an administrator."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from kith.access import actions, passwords
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.jobs_models import JobRun
from kith.core.ledger import AuditEvent, Change
from kith.core.testing.people import PASSWORD, fresh, grant, make_user

pytestmark = pytest.mark.django_db


def act(client: Client, user: Any, name: str) -> Any:
    return client.post(f"/users/{user.pk}/action/{name}", headers={"HX-Request": "true"})


@pytest.mark.parametrize("name", ["invite", "one_time_password", "sign_out", "deactivate", "activate"])
def test_each_action_has_a_right_of_its_own(people: Any, name: str) -> None:
    assert act(people.clients.ann, people.max, name).status_code == 403
    grant(people.ann, ("access.user", name, "all"))
    assert act(people.clients.ann, people.max, name).status_code < 300
    others = {"invite", "sign_out", "deactivate"} - {name}
    assert {act(people.clients.ann, people.max, other).status_code for other in others} == {403}


@pytest.mark.parametrize("name", ["invite", "one_time_password", "sign_out", "deactivate"])
def test_a_help_desk_cannot_touch_an_administrator(people: Any, name: str) -> None:
    grant(people.ann, *(("access.user", action.name, "all") for action in registry.get("access.user").actions))
    assert act(people.clients.ann, people.eva, name).status_code == 403
    people.eva.refresh_from_db()
    assert people.eva.is_active and not people.eva.has_usable_password()


def test_deactivation_ends_everything_and_can_be_taken_back(people: Any) -> None:
    assert people.clients.max.get("/profile").status_code == 200
    assert act(people.clients.eva, people.max, "deactivate").status_code == 204
    assert people.clients.max.get("/profile").status_code == 302 and fresh(people.max).kind == "anonymous"
    assert act(people.clients.eva, people.max, "activate").status_code == 204
    assert fresh(people.max).id == people.max.pk and people.clients.max.get("/profile").status_code == 302


def test_nobody_deactivates_oneself(people: Any) -> None:
    answer = act(people.clients.eva, people.eva, "deactivate")
    assert answer.status_code == 422 and people.clients.eva.get("/profile").status_code == 200


def test_signing_out_everywhere(people: Any) -> None:
    assert act(people.clients.eva, people.max, "sign_out").status_code == 204
    assert people.clients.max.get("/profile").status_code == 302
    event = AuditEvent.objects.get(kind="logout")
    assert (event.actor_id, event.record_id, event.detail) == (people.eva.pk, people.max.pk, {"how": "everywhere"})


def test_a_one_time_password_is_shown_once_and_only_lets_choose_another(people: Any) -> None:
    text = act(people.clients.eva, people.max, "one_time_password").text
    password = text.partition('id="one-time" readonly value="')[2].partition('"')[0]
    assert (
        len(password) == 19
        and not Change.objects.filter(after__icontains=password).exists()
        and password not in str(list(AuditEvent.objects.values()))
    )
    client = Client()
    assert client.post("/login", {"login": people.max.email, "password": password}).status_code == 302
    assert client.get("/companies/").headers["Location"] == "/password/renew"
    assert client.get("/companies/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/password/renew"
    assert client.get("/api/v1/companies").status_code == 401
    assert client.post("/password/renew", {"password": "short"}).status_code == 422
    assert client.post("/password/renew", {"password": "my very own sentence"}).headers["Location"] == "/"
    assert client.get("/profile").status_code == 200
    assert Client().post("/login", {"login": people.max.email, "password": password}).status_code == 422


def test_a_one_time_password_ends_after_three_days(people: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from kith.access.accounts import set_password

    set_password(SYSTEM, people.max, PASSWORD, until=timezone.now() - timedelta(seconds=1))
    assert Client().post("/login", {"login": people.max.email, "password": PASSWORD}).status_code == 422


def test_a_service_has_no_password(people: Any) -> None:
    service = make_user("Shop", kind="service")
    assert act(people.clients.eva, service, "one_time_password").status_code == 422
    assert act(people.clients.eva, service, "invite").status_code == 422
    assert not JobRun.objects.exists()


def test_a_new_user_is_invited_by_mail_and_chooses_the_password(people: Any) -> None:
    user = writes.create(people.actors.eva, registry.get("access.user"), {"name": "New", "email": "new@kith.test"})
    writes.create(
        people.actors.eva, registry.get("access.user"), {"name": "Shop", "email": "shop@kith.test", "kind": "service"}
    )
    (run,) = JobRun.objects.all()
    passwords.send_link(**run.arguments)
    (message,) = mail.outbox
    assert message.to == ["new@kith.test"] and "three days" in message.body
    link = message.body.partition("/password/reset/")[2].split()[0]
    client = Client()
    client.get(f"/password/reset/{link}")
    assert "Your password is changed." in client.post("/password/choose", {"password": PASSWORD}).text
    assert client.post("/login", {"login": "new@kith.test", "password": PASSWORD}).status_code == 302
    assert user.pk is not None


def test_users_made_by_kith_itself_get_no_mail() -> None:
    make_user("Quiet")
    assert not JobRun.objects.exists()


def test_an_action_needs_no_right_to_edit_but_gives_none(people: Any) -> None:
    grant(people.ann, ("access.user", "deactivate", "all"))
    actions.deactivate(fresh(people.ann), [people.max])
    people.max.refresh_from_db()
    assert people.max.is_active is False
    change = Change.objects.filter(record_id=people.max.pk, op="update").latest("id")
    assert change.after == {"is_active": False}
