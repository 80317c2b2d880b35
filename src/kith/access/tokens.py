"""API tokens of users and services: made once, shown once, cut to scopes, revoked at once; every step stands in the log."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import ledger, proof
from kith.core.access import Actor, allowed, require_system_right
from kith.core.entity import Entity, registry
from kith.core.errors import Missing, Refused
from kith.core.tokens import ApiToken, digest, living, new_secret

REACHES = (("all", _("everything I may do")), ("read", _("reading only")), ("some", _("chosen kinds of record")))
LIVES = ((30, _("30 days")), (90, _("90 days")), (365, _("one year")), (0, _("until revoked")))
READ, WRITE = ("view", "history"), ("create", "edit", "delete")
MAX_OPEN = 50


def make(actor: Actor, user: Any, name: str, scopes: list[str], days: int) -> tuple[ApiToken, str]:
    """A token for a user: oneself, or anybody with the system right "tokens". The secret is returned once and kept nowhere."""
    if user.pk != actor.id:
        require_system_right(actor, "tokens")
    proof.demand()
    check(user, name, scopes, days)
    secret = new_secret()
    expires = timezone.now() + dt.timedelta(days=days) if days else None
    token = ApiToken.objects.create(
        user=user, name=name.strip(), shown=secret[:12], digest=digest(secret), scopes=scopes, expires_at=expires
    )
    note(actor, token, "token made", scopes=scopes, days=days)
    return token, secret


def check(user: Any, name: str, scopes: list[str], days: int) -> None:
    """Raise Refused, naming the field, for a token that cannot be made."""
    errors: dict[str, list[Any]] = {}
    if not name.strip() or len(name.strip()) > 120:
        errors["name"] = [_("Name what the token is for, in at most 120 characters.")]
    if not scopes:
        errors["scopes"] = [_("Choose at least one kind of record.")]
    if days not in dict(LIVES):
        errors["days"] = [_("Choose how long the token lives.")]
    if living().filter(user=user).count() >= MAX_OPEN:
        errors["name"] = [_("There are %(num)s tokens already; revoke one first.") % {"num": MAX_OPEN}]
    if errors:
        raise Refused(errors)


def revoke(actor: Actor, key: Any) -> ApiToken:
    """End a token at once; twice is once."""
    token = ApiToken.objects.filter(pk=key).first()
    if token is None:
        raise Missing("core.apitoken", str(key))
    if token.user_id != actor.id:
        require_system_right(actor, "tokens")
    if ApiToken.objects.filter(pk=key, revoked_at=None).update(revoked_at=timezone.now()):
        note(actor, token, "token revoked")
    return token


def note(actor: Actor, token: ApiToken, what: str, **detail: Any) -> None:
    """A line in the log, at the owner of the token."""
    ledger.log(
        actor,
        "rights",
        entity="access.user",
        record_id=token.user_id,
        title=token.name,
        what=what,
        shown=token.shown,
        **detail,
    )


def kinds(actor: Actor) -> list[Entity]:
    """Kinds of record that a token may be cut to: what the actor sees, without parts, which follow their whole."""
    return [
        entity
        for entity in registry
        if not (entity.access.parent or entity.access.faces) and allowed(actor, entity, "view")
    ]


def scopes_of(reach: str, chosen: dict[str, str]) -> list[str]:
    """Scopes from the form: `chosen` is "read" or "write" by entity label."""
    if reach in ("all", "read"):
        return ["*"] if reach == "all" else [f"*:{operation}" for operation in READ]
    found: list[str] = []
    for label, level in chosen.items():
        entity = registry.find(label)
        if entity is not None and level in ("read", "write"):
            operations = READ if level == "read" else (*READ, *WRITE)
            found += [f"{part}:{operation}" for part in with_parts(entity) for operation in operations]
    return sorted(dict.fromkeys(found))


def with_parts(entity: Entity) -> list[str]:
    """The labels of an entity and of everything that is a part of it."""
    return list(dict.fromkeys([entity.label, *(label for part, _link in entity.parts for label in with_parts(part))]))


def in_words(scopes: list[str]) -> list[Any]:
    """What a token may do, for people."""
    if not scopes or "*" in scopes:
        return [_("everything its owner may do")]
    if all(scope.startswith("*:") for scope in scopes):
        return [_("reading only")]
    labels = dict.fromkeys(scope.partition(":")[0] for scope in scopes)
    found = [
        (entity, f"{label}:edit" in scopes)
        for label in labels
        if (entity := registry.find(label)) and not entity.access.parent
    ]
    return [
        _("%(kind)s: read and write") % {"kind": entity.plural}
        if writes
        else _("%(kind)s: read") % {"kind": entity.plural}
        for entity, writes in found
    ]


def of_user(user: Any) -> list[ApiToken]:
    """Tokens of a user that still work, newest first."""
    return list(living().filter(user=user).select_related("user"))


def everybody() -> list[ApiToken]:
    """Tokens of all users that still work."""
    return list(living().select_related("user")[:1000])
