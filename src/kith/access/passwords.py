"""Links by which somebody chooses a new password: single use, 30 minutes (first password: 3 days), bound to the epoch."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kith.core import jobs, mailing, signed, throttling
from kith.core.access import actor_of
from kith.core.context import current

from .accounts import set_password
from .backend import users

SALT = "kith.password"
LIFETIMES = {"reset": 30 * 60, "invite": 3 * 24 * 3600}


def token(user: Any, why: str = "reset") -> str:
    """A signed token; any change of password or address makes it void, because it names the epoch."""
    return signed.dumps([str(user.pk), user.auth_epoch, user.get_session_auth_hash()[:16], why], salt=SALT)


def user_of(text: str) -> Any | None:
    """The user of a token that is still good, or None."""
    try:
        ident, epoch, mark, why = signed.loads(text, salt=SALT, max_age=max(LIFETIMES.values()))
        signed.loads(text, salt=SALT, max_age=LIFETIMES[why])
        user = users().filter(pk=uuid.UUID(ident), kind="person").first()
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return None
    return user if user is not None and [user.auth_epoch, user.get_session_auth_hash()[:16]] == [epoch, mark] else None


def ask(email: str) -> None:
    """Ask for a link; the same work and the same silence whether the address is known or not. May raise Throttled."""
    throttling.take("mail", account=email, address=current().ip)
    found = users().filter(kind="person", email__iexact=email.strip()).values_list("pk", flat=True).first()
    jobs.defer(send_link, None, user=str(found or ""), why="reset")


def invite(user: Any) -> None:
    """Send a user the link to choose the first password, or a new one."""
    jobs.defer(send_link, None, user=str(user.pk), why="reset" if user.has_usable_password() else "invite")


def welcome(users: Iterable[Any]) -> None:
    """Invite new users, in the transaction that makes them; services sign in by tokens and get no mail."""
    for user in users:
        if user.kind == "person" and user.is_active:
            invite(user)


def link(user: Any, why: str) -> str:
    """The address in the mail; its host comes from the settings, never from a request."""
    return f"{settings.BASE_URL.rstrip('/')}/password/reset/{token(user, why)}"


@jobs.job("access.send_password_link", retry=5, label=gettext_lazy("Mail with a link to choose a password"))
def send_link(user: str, why: str) -> None:
    """Mail a link to a user, in the user's language; nothing for nobody."""
    found = users().filter(pk=user, kind="person").first() if user else None
    if found is None:
        return
    with translation.override(found.language):
        subject, text = words(found, why)
        mailing.send(subject, text, found.email)


def words(user: Any, why: str) -> tuple[str, str]:
    """Subject and text of the mail."""
    values = {"name": user.name, "workspace": settings.KITH_COMPANY, "link": link(user, why)}
    if why == "invite":
        subject = _("Your account at %(workspace)s")
        text = _(
            "Hello %(name)s,\n\nan account was made for you. Choose your password here; the link works once, for three days:\n\n%(link)s\n"
        )
    else:
        subject = _("Reset your password at %(workspace)s")
        text = _(
            "Hello %(name)s,\n\nhere you choose a new password; the link works once, for 30 minutes:\n\n%(link)s\n\nIf you did not ask for it, ignore this message; nothing has changed.\n"
        )
    return subject % values, text % values


def choose(text: str, password: str) -> Any | None:
    """Set the new password by a link; None when the link is void. Raises Refused for a weak one."""
    user = user_of(text)
    if user is None:
        return None
    set_password(actor_of(user.pk), user, password, how="link")
    return user
