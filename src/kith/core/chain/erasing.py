"""Erasing what the ledger and the log say about a record, so that the chain stays valid.

The database does it in two functions, which are all that the role of the application may do to sealed rows: they empty the
bodies, write down in `core_erasure` which ones, for whom and why, and zero their salts. `kith_erase` is for one record,
`kith_forget` for a person: all records that are about it, and whatever else names it.
"""

import json
import re
import uuid
from collections.abc import Collection, Iterable

from django.conf import settings
from django.db import connection, transaction

from kith.core.access import Actor, require_system_right


def erase(actor: Actor, records: Iterable[tuple[str, uuid.UUID]], *, reason: str) -> int:
    """Empty what the ledger and the log hold about these records, and for users what they did under their name; how many bodies."""
    require_system_right(actor, "trash_purge")
    with transaction.atomic():
        return sum(erase_one(actor, label, key, reason) for label, key in records)


def erase_one(actor: Actor, label: str, key: uuid.UUID, reason: str) -> int:
    """One record."""
    is_person = label == settings.AUTH_USER_MODEL.lower()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kith_erase(%s, %s, %s, %s, %s, %s)",
            [actor.id, actor.name[:200], label, key, is_person, reason],
        )
        gone = cursor.fetchone()[0]
    places = json.loads(gone) if isinstance(gone, str) else gone
    return sum(map(len, places.values()))


def forget(
    actor: Actor,
    about: tuple[str, uuid.UUID],
    keys: Collection[uuid.UUID],
    *,
    linked: Collection[uuid.UUID],
    names: Collection[str],
    hints: Collection[str],
    reason: str,
) -> int:
    """Empty all that ledger and log hold about the records `keys`, what names the person anywhere, and hints at it on linked records."""
    require_system_right(actor, "personal_erase")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT kith_forget(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [actor.id, actor.name[:200], *about, list(keys), list(linked), patterns(names), patterns(hints), reason],
        )
        gone = cursor.fetchone()[0]
    places = json.loads(gone) if isinstance(gone, str) else gone
    return sum(map(len, places.values()))


def note(actor: Actor, records: Iterable[tuple[str, uuid.UUID]], reason: str) -> None:
    """Write further records down as erased, so that a restore of an older backup knows it."""
    with connection.cursor() as cursor:
        for label, key in records:
            cursor.execute(
                "SELECT kith_forget(%s, %s, %s, %s, %s, '{}', '{}', '{}', %s)",
                [actor.id, actor.name[:200], label, key, [key], reason],
            )


def patterns(words: Collection[str]) -> list[str]:
    """Words as patterns of LIKE, also as they stand inside JSON."""
    written = {form for word in words for form in (word, json.dumps(word, ensure_ascii=False)[1:-1])}
    return [f"%{re.sub(r'([%_\\])', r'\\\1', form)}%" for form in sorted(written)]
