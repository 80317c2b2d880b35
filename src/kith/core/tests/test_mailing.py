"""A mail of a job has one Message-ID, however often its worker dies; the mails of two jobs have two."""

import pytest

from kith.core import mailing
from kith.core.jobs.running import Running, _as
from kith.core.jobs_models import JobRun


@pytest.mark.django_db
def test_a_repeated_job_sends_the_same_mail_again(mailoutbox, settings):
    settings.BASE_URL = "https://kith.example:8443"
    first, second = JobRun.objects.create(name="t"), JobRun.objects.create(name="t")
    for record in (first, first, second, None):
        with _as(Running(record), "t"):
            mailing.send("Subject", "Text", "ann@kith.test")
    ids = [mail.message()["Message-ID"] for mail in mailoutbox]
    assert ids[0] == ids[1] == f"<{first.pk}@kith.example>"
    assert len(set(ids)) == 3
    assert [mail.to for mail in mailoutbox] == [["ann@kith.test"]] * 4
