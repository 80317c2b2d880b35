"""Sends a mail from a job: at least once, and however often its worker dies, under the same Message-ID."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from kith.core.ids import uuid7
from kith.core.jobs.running import running


def send(subject: str, text: str, to: str) -> None:
    """Send it. A job sends one mail; a second one of a repeated job is the same to every mail program."""
    record = running().record
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    name = f"<{record.pk if record else uuid7()}@{host}>"
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [to], headers={"Message-ID": name}).send()
