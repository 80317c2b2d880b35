"""Where mail of Kith itself goes: EMAIL_URL, or files in the data folder until a server is named."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kith import env
from kith.core.egress.places import own_networks

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mailer(data: Path) -> dict[str, Any]:
    """The default entry of MAILERS."""
    own_networks()  # a wrong one stops the start
    url = env.text(
        "EMAIL_URL",
        "",
        "Mail server: smtp+tls://user:password@host:587, smtps://… or smtp://…; one on a private address: see EGRESS_MAIL_PRIVATE.",
        secret=True,
        shown="none: mails are kept as files in the data folder",
    )
    if not url:
        return {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(data / "mail")},
        }
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise env.BadSetting("EMAIL_URL: must look like smtp+tls://user:password@host:587")
    return {
        "BACKEND": "kith.core.egress.mail.Backend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or PORTS[parts.scheme],
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp+tls",
            "use_ssl": parts.scheme == "smtps",
            "timeout": 20,
        },
    }
