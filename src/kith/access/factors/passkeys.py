"""Passkeys (WebAuthn): options for the browser, and the check of what it answers. The protocol is the work of `fido2`.

A browser shows passkeys only at the address they were made for, that of BASE_URL, by https or on the same machine.
"""

import ipaddress
import json
import logging
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.access.backend import users
from kith.core import throttling
from kith.core.context import current
from kith.core.errors import Refused

from .models import Passkey

if TYPE_CHECKING:
    from fido2.server import Fido2Server

ASKED = "_passkey"  # in the session: what was asked of the browser, for what, when
SECONDS = 300
DOOR = "passkey"
log = logging.getLogger(__name__)


def origin() -> str:
    """Where passkeys work, as browsers write it; empty where they cannot (an IP address, or http across a network)."""
    parts = urlsplit(settings.BASE_URL)
    host = parts.hostname or ""
    safe = parts.scheme == "https" or host == "localhost"
    return f"{parts.scheme}://{parts.netloc}" if safe and not is_address(host) else ""


def is_address(host: str) -> bool:
    """Whether a host is a bare IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def server() -> "Fido2Server":
    """The relying party: this installation."""
    from fido2.server import Fido2Server  # takes half a second, and few requests need it
    from fido2.webauthn import PublicKeyCredentialRpEntity

    party = PublicKeyCredentialRpEntity(name=settings.KITH_COMPANY, id=urlsplit(origin()).hostname or "localhost")
    return Fido2Server(party, verify_origin=lambda given: bool(given) and given == origin())


# --- asking --------------------------------------------------------------------------------------------------------


def ask_new(request: HttpRequest, user: Any) -> dict[str, Any]:
    """Options for registering a passkey that can also sign in alone."""
    from fido2.webauthn import PublicKeyCredentialUserEntity, ResidentKeyRequirement, UserVerificationRequirement

    entity = PublicKeyCredentialUserEntity(name=user.email, id=user.pk.bytes, display_name=user.name)
    options, state = server().register_begin(
        entity,
        known(user),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return asked(request, "new", options, state)


def ask(request: HttpRequest, why: str, user: Any | None = None) -> dict[str, Any]:
    """Options for proving oneself by a passkey: of a known user, or of whoever holds one."""
    from fido2.webauthn import UserVerificationRequirement

    options, state = server().authenticate_begin(
        known(user) if user else None, user_verification=UserVerificationRequirement.REQUIRED
    )
    return asked(request, why, options, state)


def asked(request: HttpRequest, why: str, options: Any, state: Any) -> dict[str, Any]:
    """Keep what was asked; the options as the browser takes them."""
    request.session[ASKED] = {"why": why, "state": dict(state), "at": int(time.time())}
    return dict(options.public_key)


def known(user: Any) -> list[Any]:
    """The passkeys of a user, as the protocol names them."""
    from fido2.server import to_descriptor

    return [to_descriptor(credential(key), key.transports or None) for key in Passkey.objects.filter(user_id=user.pk)]


def credential(key: Passkey) -> Any:
    """The public half of a passkey."""
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(bytes(key.data))


# --- checking ------------------------------------------------------------------------------------------------------


def take_state(request: HttpRequest, why: str) -> Any:
    """What was asked for this purpose, which can be answered once and not for long."""
    kept = request.session.pop(ASKED, None)
    if not kept or kept["why"] != why or time.time() - kept["at"] > SECONDS:
        raise refusal()
    return kept["state"]


def refusal() -> Refused:
    """One answer for everything that is wrong with a passkey."""
    return Refused(_("This passkey was not accepted. Try again, or use another way."))


def read(text: str) -> dict[str, Any]:
    """The browser's answer."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        raise refusal() from None
    if not isinstance(answer, dict):
        raise refusal()
    return answer


def registered(request: HttpRequest, text: str, name: str) -> Passkey:
    """A new passkey out of the browser's answer, not stored yet."""
    state, answer = take_state(request, "new"), read(text)
    try:
        data = server().register_complete(state, answer)
    except Exception as error:  # a parser of what strangers send: whatever breaks in it is a wrong answer
        log.info("a passkey was not registered: %r", error)
        raise refusal() from None
    made = data.credential_data
    assert made is not None
    transports = answer.get("response", {}).get("transports") or []
    kinds = (
        [kind for kind in transports if isinstance(kind, str) and len(kind) < 20]
        if isinstance(transports, list)
        else []
    )
    return Passkey(name=name, credential=made.credential_id, data=bytes(made), count=data.counter, transports=kinds[:8])


def proven(request: HttpRequest, why: str, text: str, user: Any | None = None) -> Any:
    """The user who proved to hold a passkey, which must be `user` if one is given. Raises Throttled or Refused."""
    throttling.take(DOOR, address=current().ip)
    state, answer = take_state(request, why), read(text)
    try:
        key = found(answer, user)
        server().authenticate_complete(state, [credential(key)], answer)
        count = counter(answer)
    except Exception as error:  # as above
        log.info("a passkey was not accepted: %r", error)
        raise refusal() from None
    return used(key, count)


def found(answer: dict[str, Any], user: Any | None) -> Passkey:
    """The passkey that the answer names."""
    from fido2.utils import websafe_decode

    keys = Passkey.objects.filter(credential=websafe_decode(answer["rawId"]))
    key = (keys.filter(user_id=user.pk) if user else keys).get()
    handle = answer["response"].get("userHandle")
    if handle and uuid.UUID(bytes=websafe_decode(handle)) != key.user_id:
        raise ValueError("the passkey names another user")
    return key


def counter(answer: dict[str, Any]) -> int:
    """How often the passkey says it was used."""
    from fido2.webauthn import AuthenticationResponse

    return int(AuthenticationResponse.from_dict(answer).response.authenticator_data.counter)


def used(key: Passkey, count: int) -> Any:
    """The owner of a passkey, unless the account is closed or the count tells of a copy of the key."""
    fresh = (
        Passkey.objects.filter(pk=key.pk, count__lt=count) if count or key.count else Passkey.objects.filter(pk=key.pk)
    )
    user = users().filter(pk=key.user_id, kind="person").first()
    if user is None or not fresh.update(count=count, used_at=timezone.now()):
        log.warning("passkey %s was refused: closed account or a copy of the key", key.pk)
        raise refusal()
    throttling.forgive(DOOR, address=current().ip)
    return user
