"""Erasing what the ledger and the log say about a record, so that the chain stays valid.

The database does it in one function, `kith_erase`, which is all that the role of the application may do to sealed rows: it
empties the bodies, writes down in `core_erasure` which ones, for whom and why, and zeroes their salts.
"""

import json
import uuid
from collections.abc import Iterable

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
