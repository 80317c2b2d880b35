"""Double opt-in: nothing comes of a request before its sender opens the link that was mailed (B1)."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.jobs_models import JobRun
from kith.sales import confirming, forms

pytestmark = pytest.mark.django_db
GOOD = {"name": "Freja Mortensen", "email": "freja@nordhavn.example", "text": "Ten points", "consent": "yes"}


def rows(label):
    return registry.get(label).rows(SYSTEM)


@pytest.fixture
def form(people, make, settings):
    settings.BASE_URL = "https://crm.kith.test"
    return make(
        "sales.leadform", name="Trial", key="trial", title="Ask for a trial unit", lead_owner=people.ann.pk, confirm_hours=24,
        consent_text="You may contact me.", consent_version="2026-1", consent_required=True, thank_you="See you soon.",
    )  # fmt: skip


def send(data=GOOD, language="en"):
    return Client().post(f"/f/trial?lang={language}", data)


def deliver():
    """Run the jobs that mail links; the links that went out."""
    mail.outbox.clear()
    for run in JobRun.objects.filter(name="sales.send_confirmation"):
        confirming.send_confirmation(**run.arguments)
    return [re.search(r"https://crm\.kith\.test(/f/trial/confirm/\S+)", message.body)[1] for message in mail.outbox]


def nothing_came():
    return not rows("sales.lead").exists() and not rows("parties.person").filter(name="Freja Mortensen").exists()


def test_a_request_becomes_a_lead_when_its_sender_confirms_and_only_once(form, people):
    answer = send()
    assert answer.status_code == 200 and "Open the link in it within 24 hours" in answer.text
    (kept,) = rows("sales.leadsubmission")
    assert (kept.status, kept.lead_id, kept.consent_version) == ("unconfirmed", None, "2026-1") and nothing_came()
    (link,) = deliver()
    assert mail.outbox[0].to == ["freja@nordhavn.example"] and "Ten points" not in mail.outbox[0].body
    page = Client().get(link)
    assert (
        page.status_code == 200 and "freja@nordhavn.example" in page.text and nothing_came()
    )  # programs look at links too
    assert "See you soon." in Client().post(link).text
    (lead,) = rows("sales.lead")
    assert (lead.person.email, lead.owner_id, lead.text) == ("freja@nordhavn.example", people.ann.pk, "Ten points")
    (kept,) = rows("sales.leadsubmission")
    assert (kept.status, kept.lead_id, kept.consent, kept.consent_version) == ("taken", lead.pk, True, "2026-1")
    assert "See you soon." in Client().post(link).text and "See you soon." in Client().get(link).text
    assert rows("sales.lead").count() == 1 and deliver() == []


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [("ru", "Подтвердите заявку", "в течение 24 часов"), ("zh-hans", "请确认", "24 小时内")],
)
def test_the_mail_and_the_page_speak_the_senders_language(form, language, subject, words):
    assert words in send(language=language).text
    (link,) = deliver()
    assert mail.outbox[0].subject.startswith(subject) and words in mail.outbox[0].body
    assert link.endswith(f"?lang={language}")


def test_a_link_ends_after_its_hours_and_a_forged_or_foreign_one_is_void(form, make):
    send()
    (link,) = deliver()
    other = make("sales.leadform", name="Other", key="other", title="Other", confirm_hours=24)
    at = link.index("?") - 9  # within the signature
    forged = link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1 :]
    for wrong in (forged, link.replace("/trial/", "/other/")):
        assert Client().post(wrong).status_code == 410
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        assert Client().post(link).status_code == 410
    writes.save(SYSTEM, other, {"is_active": False})
    assert Client().post(link.replace("/trial/", "/other/")).status_code == 403
    assert nothing_came()


def test_nobody_is_flooded_with_mail(form):
    assert [send().status_code for _each in range(5)] == [200, 200, 200, 429, 429]
    assert rows("sales.leadsubmission").count() == 3
    assert send(GOOD | {"email": "olaf@nordhavn.example"}).status_code == 200


def test_the_address_is_needed_and_spam_gets_no_mail(form):
    field = rows("sales.leadformfield").get(form=form.pk, kind="email")
    writes.save(SYSTEM, field, {"is_required": False})
    assert send({name: value for name, value in GOOD.items() if name != "email"}).status_code == 422
    assert not rows("sales.leadsubmission").exists()
    assert "Open the link" in send(GOOD | {forms.TRAP: "x"}).text
    assert rows("sales.leadsubmission").get().status == "spam" and deliver() == []


def test_a_colleague_cannot_confirm_in_the_senders_place(form, people):
    send()
    (kept,) = rows("sales.leadsubmission")
    with pytest.raises(Refused, match="waits for its sender"):
        forms.accept(people.actors.eva, [kept])
    assert nothing_came()


def test_requests_that_nobody_confirmed_are_removed_a_week_after_their_link(form):
    send()
    for days, left in ((7, 1), (9, 0)):
        with time_machine.travel(timezone.now() + dt.timedelta(days=days)):
            assert confirming.forget_unconfirmed() == {"removed": 1 - left}
        assert rows("sales.leadsubmission").count() == left


@pytest.mark.parametrize("hours", [0, 721, -1])
def test_hours_have_bounds(form, people, hours):
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.eva, form, {"confirm_hours": hours})
    assert list(refused.value.errors) == ["confirm_hours"]
    form.refresh_from_db()
    assert form.confirm_hours == 24


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example, c@d.example",
        "a@b.example\nBcc: c@d.example",
        "not an address",
        "a@b",
        "mü@x.example",
        "a..b@x.example",
        ".a@x.example",
    ],
)
def test_an_address_that_no_mail_can_go_to_is_refused_at_once(form, address):
    answer = send(GOOD | {"email": address})
    assert answer.status_code == 422 and 'id="f-email-err"' in answer.text
    assert (
        not rows("sales.leadsubmission").exists() and not JobRun.objects.filter(name="sales.send_confirmation").exists()
    )


def test_the_mail_goes_to_the_address_in_its_normal_form(form):
    send(GOOD | {"email": " Freja@NORDHAVN.example "})
    deliver()
    assert mail.outbox[0].to == [rows("sales.leadsubmission").get().data["email"]] == ["freja@nordhavn.example"]


def test_links_that_are_out_stay_good_when_the_form_does_not_ask_any_more(form):
    send()
    (link,) = deliver()
    writes.save(SYSTEM, form, {"confirm_hours": None})
    assert Client().post(link).status_code == 200 and rows("sales.lead").count() == 1


def test_a_confirmed_request_that_cannot_become_a_lead_is_told_and_stays(form, monkeypatch):
    send()
    (link,) = deliver()

    def refuse(*_given):
        raise Refused({"text": ["Too late."]})

    monkeypatch.setattr(forms, "make", refuse)
    answer = Client().post(link)
    assert answer.status_code == 422 and "Too late." in answer.text and "Ten points" in answer.text
    assert rows("sales.leadsubmission").get().status == "unconfirmed" and nothing_came()


def test_spam_with_interests_is_taken_after_all(form, people, make):
    product = make("catalogue.product", name="TX-400")
    writes.save(SYSTEM, form, {"products": [product.pk], "confirm_hours": None})
    make("sales.leadformfield", form=form.pk, kind="interest", position=9)
    send(GOOD | {"interest": str(product.pk), forms.TRAP: "x"})
    (kept,) = rows("sales.leadsubmission")
    assert kept.status == "spam" and forms.accept(people.actors.eva, [kept])[0].interest == [product.pk]
