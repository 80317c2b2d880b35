"""What administrators do with users: links and one-time passwords, signing out, closing and opening accounts.

Each action has a right of its own; who has it needs no right to edit users. Nobody but an administrator touches an
administrator, so that a help desk cannot take over an account that may do more.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import ledger, notify, proof, writes
from kith.core.access import Actor, Rule, actor_of
from kith.core.changes import maintenance
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused

from . import passwords, sessions
from .accounts import set_password
from .entities.user import User
from .epoch import end_sessions
from .factors import keeping

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
ONE_TIME_DAYS = 3


def is_administrator(actor: Actor) -> bool:
    """Whether the actor may do everything with everything."""
    return actor.is_system or any(
        (rule.entity, rule.operation, rule.level, rule.deny) == ("*", "*", "all", False) for rule in actor.rules
    )


def check(actor: Actor, users: Iterable[Any], *, people: bool = False) -> None:
    """Refuse what nobody may do to these users."""
    for user in users:
        if is_administrator(actor_of(user.pk)) and not is_administrator(actor):
            raise Forbidden("access.user:edit", _("Only an administrator may do that to an administrator."))
        if people and user.kind != User.Kind.PERSON:
            raise Refused(_("A service has no password; give it an API token."))


def elevated(actor: Actor) -> Actor:
    """The actor, to whom the right to the action is enough to write what it means."""
    return replace(actor, rules=(*actor.rules, Rule("", "access.user", "edit")), memo={})


def invite(actor: Actor, users: Sequence[Any]) -> None:
    """Mail a link to choose a password."""
    check(actor, users, people=True)
    for user in users:
        if not user.is_active:
            raise Refused(_("%(name)s is deactivated; activate the account first.") % {"name": user.name})
        passwords.invite(user)
        ledger.log(actor, "password", entity="access.user", record_id=user.pk, title=str(user), how="link sent")


def one_time_password(actor: Actor, users: Sequence[Any]) -> str:
    """A password for one sign-in within three days, after which another one must be chosen; returned once and kept nowhere."""
    check(actor, users, people=True)
    proof.demand()
    (user,) = users
    password = "-".join("".join(secrets.choice(LETTERS) for _letter in range(4)) for _group in range(4))
    set_password(actor, user, password, how="one-time", until=timezone.now() + dt.timedelta(days=ONE_TIME_DAYS))
    sessions.end_all(user)
    return password


def reset_factors(actor: Actor, users: Sequence[Any]) -> None:
    """Take the second factors of somebody who lost them away; sessions and tokens end, and the user is told."""
    check(actor, users, people=True)
    proof.demand()
    for user in keeping.take_away(actor, users):
        sessions.end_all(user)
        notify.tell([user.pk], "factors_reset", by=actor, entity="access.user", record_id=user.pk)


def sign_out(actor: Actor, users: Sequence[Any]) -> None:
    """End all sessions and tokens of the users at once."""
    check(actor, users)
    with maintenance("sessions"):
        end_sessions(users)
    for user in users:
        sessions.end_all(user)
        ledger.log(actor, "logout", entity="access.user", record_id=user.pk, title=str(user), how="everywhere")


def deactivate(actor: Actor, users: Sequence[Any]) -> None:
    """Close accounts: nobody signs in, sessions and tokens are worth nothing; what they own stays."""
    check(actor, users)
    if actor.id in {user.pk for user in users}:
        raise Refused(_("You cannot deactivate yourself; ask another administrator."))
    writes.update_many(elevated(actor), registry.get("access.user"), [user.pk for user in users], {"is_active": False})


def activate(actor: Actor, users: Sequence[Any]) -> None:
    """Open accounts again; the password is as before."""
    check(actor, users)
    writes.update_many(elevated(actor), registry.get("access.user"), [user.pk for user in users], {"is_active": True})
