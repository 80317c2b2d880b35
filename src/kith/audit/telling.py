"""Whoever may read the log is told of what is conspicuous in it: each anomaly once to each person, in that person's language."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.access import holders
from kith.core import notify
from kith.core.access import SYSTEM, actor_of
from kith.core.ui import formats

from . import anomalies
from .anomalies import Anomaly

KIND = "anomaly"
#: So many days are looked at, and remembered twice as long; so many anomalies are told one by one, the rest together.
DAYS, SINGLE = 1, 10


def amount(one: Anomaly) -> str:
    """How much it is, in words."""
    if one.detail:
        return _("from %(address)s") % {"address": one.detail}
    said = {"num": formats.num(one.total)}
    if one.rule.name in ("exports", "deletions", "views"):
        return ngettext("%(num)s record", "%(num)s records", one.total) % said
    if one.rule.name == "night":
        return ngettext("%(num)s read", "%(num)s reads", one.total) % said
    return ngettext("%(num)s try", "%(num)s tries", one.total) % said


def tell(now: dt.datetime | None = None) -> int:
    """Tell of what nobody was told of yet; how many notifications were made."""
    moment = now or timezone.now()
    found = anomalies.find(DAYS, moment)
    found.sort(key=lambda one: one.rule is anomalies.FAILED)  # which anybody can make: all others go first
    if not found:
        return 0
    readers = holders.of_system_right("audit")
    known = known_to(readers, moment - dt.timedelta(days=2 * DAYS + 1))
    with transaction.atomic():
        return sum(tell_one(reader, [one for one in found if one.key not in known[reader]]) for reader in readers)


def known_to(readers: list[uuid.UUID], since: dt.datetime) -> dict[uuid.UUID, set[str]]:
    """The anomalies that each of them was told of."""
    known: dict[uuid.UUID, set[str]] = {reader: set() for reader in readers}
    for user, detail in notify.told(readers, KIND, since):
        known[user] |= set(detail.get("keys", ()))
    return known


def tell_one(reader: uuid.UUID, fresh: list[Anomaly]) -> int:
    """Tell one person, the oldest first; how many notifications that took."""
    actor = actor_of(reader)
    with translation.override(actor.language):
        further = fresh[SINGLE:]
        if further:
            title = ngettext("%(num)s more anomaly", "%(num)s more anomalies", len(further)) % {"num": len(further)}
            note(reader, title, f"/audit/anomalies?days={DAYS}", further)
        for one in reversed(fresh[:SINGLE]):
            who = one.name or _("unknown")
            title = _("%(rule)s: %(who)s, %(amount)s") % {"rule": one.rule.title, "who": who, "amount": amount(one)}
            note(reader, title, f"/audit/?{one.address}", [one])
    return min(len(fresh), SINGLE) + bool(further)


def note(reader: uuid.UUID, title: str, url: str, about: list[Anomaly]) -> None:
    """One notification."""
    notify.tell([reader], KIND, by=SYSTEM, title=title, url=url, keys=[one.key for one in about])
