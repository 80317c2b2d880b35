"""Make a user who may do everything; a random password is shown once."""

import argparse
import secrets

from django.db import transaction

from kith.access import accounts, shipped
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.context import through
from kith.core.entity import registry
from kith.core.errors import Refused


def arguments(parser: argparse.ArgumentParser) -> None:
    """Who it is."""
    parser.add_argument("email", help="the e-mail address to sign in with")
    parser.add_argument("--name", default="Administrator", help="how the user is called (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    """Make the user, or say which value is refused and why."""
    password = secrets.token_urlsafe(15)
    try:
        with through("cli"):
            _make(options.email, options.name, password)
    except Refused as refusal:
        for field, messages in refusal.errors.items():
            print(f"kith: {field + ': ' if field else ''}{' '.join(map(str, messages))}")
        return 1
    print(f"Sign in as {options.email} with the password {password} and change it; it is not shown again.")
    return 0


def _make(email: str, name: str, password: str) -> None:
    with transaction.atomic():
        with change_set(SYSTEM, kind="create"):
            user = writes.create(SYSTEM, registry.get("access.user"), {"name": name, "email": email})
            shipped.give(shipped.roles()["administrator"], user=user)
        accounts.set_password(SYSTEM, user, password)
