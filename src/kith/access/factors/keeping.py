"""What factors a user has, and what follows when that changes: the mark on the user, the log, ended sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kith.access.entities.user import User
from kith.access.epoch import bump, end_sessions
from kith.core import ledger, proof, store
from kith.core.access import Actor
from kith.core.changes import maintenance
from kith.core.errors import Missing, Refused

from . import recovery, totp
from .models import Authenticator, Passkey

MAX_PASSKEYS = 20


@dataclass(frozen=True, slots=True)
class Factors:
    """What a user has beside the password."""

    app: Authenticator | None
    passkeys: list[Passkey]
    codes: int

    def __bool__(self) -> bool:
        return bool(self.app or self.passkeys)


def of(user: Any) -> Factors:
    """The factors of a user."""
    app = Authenticator.objects.filter(user_id=user.pk).first()
    return Factors(app, list(Passkey.objects.filter(user_id=user.pk)), recovery.left(user))


# --- one's own -----------------------------------------------------------------------------------------------------


def add_app(actor: Actor, user: Any, secret: str, code: str) -> list[str]:
    """Take an authenticator app into use, proven by its first code; recovery codes when these are the first factor's."""
    proof.demand()
    step = totp.step_of(secret, code) if totp.is_code(code) else None
    if step is None:
        raise Refused({"code": [_("This is not the code that the app shows now. Check the clock of the device.")]})
    with transaction.atomic():
        totp.keep(user, secret, step)
        return settle(actor, user, "app added")


def remove_app(actor: Actor, user: Any) -> None:
    """Do without the authenticator app from now on."""
    proof.demand()
    with transaction.atomic():
        if Authenticator.objects.filter(user_id=user.pk).delete()[0]:
            settle(actor, user, "app removed", weaker=True)


def add_passkey(actor: Actor, user: Any, key: Passkey) -> list[str]:
    """Take a passkey that was just registered into use; recovery codes when it is the first factor."""
    proof.demand()
    if not key.name.strip():
        raise Refused({"name": [_("Name the passkey, so that you know it again.")]})
    with transaction.atomic():
        if Passkey.objects.filter(user_id=user.pk).count() >= MAX_PASSKEYS:
            raise Refused(
                {"name": [_("There are %(num)s passkeys already; remove one first.") % {"num": MAX_PASSKEYS}]}
            )
        if Passkey.objects.filter(credential=key.credential).exists():
            raise Refused(_("This passkey is registered already."))
        key.user, key.name = user, key.name.strip()[:80]
        key.save(force_insert=True)
        return settle(actor, user, "passkey added", name=key.name)


def own_passkey(user: Any, key: Any) -> Passkey:
    """A passkey of the user; Missing for those of others."""
    found = Passkey.objects.filter(user_id=user.pk, pk=key).first()
    if found is None:
        raise Missing("passkey", str(key))
    return found


def rename_passkey(user: Any, key: Any, name: str) -> None:
    """Call a passkey something else."""
    if not name.strip():
        raise Refused({"name": [_("Name the passkey, so that you know it again.")]})
    Passkey.objects.filter(pk=own_passkey(user, key).pk).update(name=name.strip()[:80])


def remove_passkey(actor: Actor, user: Any, key: Any) -> None:
    """Do without a passkey from now on."""
    proof.demand()
    found = own_passkey(user, key)
    with transaction.atomic():
        found.delete()
        settle(actor, user, "passkey removed", weaker=True, name=found.name)


def renew_codes(actor: Actor, user: Any) -> list[str]:
    """Ten new recovery codes; the old ones are void."""
    proof.demand()
    if not of(user):
        raise Refused(_("Recovery codes come with an authenticator app or a passkey; set one up first."))
    note(actor, user, "recovery codes made")
    return recovery.renew(user)


# --- those of others -----------------------------------------------------------------------------------------------


def take_away(actor: Actor, users: Iterable[Any]) -> list[Any]:
    """Remove all factors of users who have any; those users."""
    touched = [user for user in users if of(user)]
    with transaction.atomic():
        for user in touched:
            Authenticator.objects.filter(user_id=user.pk).delete()
            Passkey.objects.filter(user_id=user.pk).delete()
            settle(actor, user, "second factors reset", weaker=True)
    return touched


# --- what follows --------------------------------------------------------------------------------------------------


def settle(actor: Actor, user: Any, what: str, *, weaker: bool = False, **detail: Any) -> list[str]:
    """Bring the mark of the user to what there is; when a factor is gone, sessions and tokens end. New recovery codes with the first factor."""
    had = of(user)
    codes = recovery.renew(user) if had and not user.second_factor else []
    if not had:
        recovery.forget(user)
    with maintenance("factors"):
        user.second_factor = bool(had)
        store.update(User, [user], {"second_factor"})
        if weaker:
            end_sessions([user])
    bump()
    note(actor, user, what, **detail)
    return codes


def note(actor: Actor, user: Any, what: str, **detail: Any) -> None:
    """A line in the log, at the user."""
    ledger.log(actor, "rights", entity="access.user", record_id=user.pk, title=str(user), what=what, **detail)
