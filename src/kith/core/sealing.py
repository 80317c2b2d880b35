"""Secrets at rest: values that only Kith itself may read, encrypted with a key that is not in the database.

    secret = SealedField()                                    # in a model
    sealing.put(row, "secret", "JBSWY3DP…")                   # before the row is saved
    sealing.read(row, "secret")

AES-256-GCM; table, column and row are authenticated too, so a value works only where it was put. A value names the key it
was sealed with, so keys can be changed while Kith runs: `kith secrets rotate`.
"""

import base64
import os
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.db import models

from .changes import maintenance
from .sealing_keys import Keys, keys_of

NONCE = 12


class Unreadable(Exception):
    """A sealed value that cannot be opened: its key is missing, or it was moved or changed."""


class SealedField(models.TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """A column of sealed values; written by `put`, read by `read`. Empty where there is no secret."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        kwargs.setdefault("editable", False)
        kwargs.setdefault("blank", True)
        super().__init__(**kwargs)


def keys() -> Keys:
    """The keys of this installation, as they stand now."""
    return keys_of(settings.SEALING_KEYS, settings.DATA)


def put(row: models.Model, column: str, secret: str) -> None:
    """Seal a secret into a column of a row, which has its primary key already."""
    setattr(row, column, seal(secret, place(row, column)) if secret else "")


def read(row: models.Model, column: str) -> str:
    """The secret in a column of a row; Unreadable when the value does not belong there."""
    sealed: str = getattr(row, column)
    return opened(sealed, place(row, column)) if sealed else ""


def place(row: models.Model, column: str) -> bytes:
    """What a value is bound to."""
    return f"{row._meta.db_table}/{row.pk}/{column}".encode()


def seal(secret: str, where: bytes) -> str:
    """`<key id>.<nonce and ciphertext>`."""
    name, key = keys().first
    nonce = os.urandom(NONCE)
    sealed = nonce + AESGCM(key).encrypt(nonce, secret.encode(), where)
    return f"{name}.{base64.urlsafe_b64encode(sealed).decode()}"


def opened(sealed: str, where: bytes) -> str:
    """The opposite of `seal`."""
    name, _dot, body = sealed.partition(".")
    key = keys().get(name)
    if key is None:
        raise Unreadable(f"the key {name!r} is missing")
    try:
        raw = base64.urlsafe_b64decode(body)
        return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], where).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable("the value was moved or changed") from error


# --- changing keys -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """What a rotation found: values by the key they were sealed with, and those that no key opens."""

    by_key: Counter[str]
    unreadable: list[str]


def columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every column of sealed values."""
    for model in apps.get_models():
        for column in model._meta.local_fields:
            if isinstance(column, SealedField):
                yield model, column.attname


def rows(model: type[models.Model], column: str) -> Iterator[Any]:
    """Rows that hold a secret there."""
    yield from model._base_manager.exclude(**{column: ""}).only("pk", column).iterator()


def survey() -> Count:
    """Try to open every value; changes nothing."""
    found = Count(Counter(), [])
    for model, column in columns():
        for row in rows(model, column):
            found.by_key[getattr(row, column).partition(".")[0]] += 1
            try:
                read(row, column)
            except Unreadable as error:
                found.unreadable.append(f"{place(row, column).decode()}: {error}")
    return found


def reseal() -> int:
    """Seal every readable value that another key sealed with the first one; how many."""
    done, first = 0, keys().first[0]
    for model, column in columns():
        for row in rows(model, column):
            if (before := getattr(row, column)).partition(".")[0] != first:
                done += reseal_one(model, row, column, before)
    return done


def reseal_one(model: type[models.Model], row: Any, column: str, before: str) -> int:
    """Seal one value anew, unless somebody wrote it meanwhile or nothing opens it."""
    try:
        put(row, column, read(row, column))
    except Unreadable:
        return 0
    with maintenance("secrets"):
        found = model._base_manager.filter(pk=row.pk, **{column: before})
        return found.update(**{column: getattr(row, column)})


def add_key(data: Path) -> str:
    """Put a fresh key before those in the data folder; its id."""
    from .sealing_keys import write

    name, key = secrets.token_hex(4), AESGCM.generate_key(256)
    write(data, [(name, key), *keys().items()])
    return name
