"""What consents mean: who may be written to or called for which purpose; withdrawing; taking in those of web forms (X41, R156).

The latest consent of a party for a purpose and channel counts, one without channel for every channel. Who never said anything has
neither consented nor opted out. A contact point that is opted out is so for every purpose.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import writes
from kith.core.access import SYSTEM, Actor
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.specs import ComputedSpec
from kith.core.types import TYPES

from .entities.consent import Purpose

#: Clocks of those who send differ a little.
AHEAD = dt.timedelta(minutes=5)


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Moments in order; none lies ahead."""
    given, withdrawn, until = (
        values.get(name, getattr(record, name)) for name in ("given_at", "withdrawn_at", "expires_on")
    )
    errors: dict[str, list[Any]] = {}
    if given and given > timezone.now() + AHEAD:
        errors["given_at"] = [_("A consent cannot be given in the future.")]
    if given and withdrawn and withdrawn < given:
        errors["withdrawn_at"] = [_("It cannot be withdrawn before it was given.")]
    if given and until and until < timezone.localdate(given):
        errors["expires_on"] = [_("It cannot end before it was given.")]
    return errors


def withdraw(actor: Actor, consents: Sequence[Any]) -> Any:
    """Withdraw consents now; those that were withdrawn before stay as they are. The rows stay: they prove what held until then."""
    open_ones = [one.pk for one in consents if one.withdrawn_at is None]
    if not open_ones and len(consents) == 1:
        raise Refused(_("This consent was withdrawn before."))
    return writes.update_many(
        actor, registry.get("parties.consent"), open_ones, {"withdrawn_at": timezone.now()}, kind="action"
    )


# --- who may be written to --------------------------------------------------------------------------------------------


def silenced(purposes: Collection[str]) -> Q:
    """Contact points that may not be used for any of these purposes: opted out, or the latest consent for it was withdrawn."""
    found = Q(opted_out=True)
    for purpose in purposes:
        rows = registry.get("parties.consent").rows(SYSTEM).filter(party=OuterRef("party"), purpose=purpose)
        latest = rows.filter(Q(channel="") | Q(channel=OuterRef("kind"))).order_by("-given_at", "-pk")
        found |= Q(pk__in=points().alias(state=Subquery(latest.values("withdrawn_at")[:1])).filter(state__isnull=False))
    return found


def points() -> Any:
    """All contact points."""
    return registry.get("parties.contactpoint").rows(SYSTEM)


def is_silenced(point: Any, purpose: str) -> bool:
    """Whether one contact point counts as opted out for a purpose."""
    return bool(points().filter(silenced([purpose]), pk=point.pk).exists())


def consented(purpose: str, channel: str) -> Q:
    """Parties whose latest consent for a purpose and channel holds today."""
    rows = registry.get("parties.consent").rows(SYSTEM).filter(party=OuterRef("pk"), purpose=purpose)
    latest = rows.filter(Q(channel="") | Q(channel=channel)).order_by("-given_at", "-pk")
    good = Q(withdrawn_at=None) & (Q(expires_on=None) | Q(expires_on__gte=timezone.localdate()))
    parties = registry.get("parties.party").rows(SYSTEM).alias(latest=Subquery(latest.values("pk")[:1]))
    held = registry.get("parties.consent").rows(SYSTEM).filter(good)
    return Q(pk__in=parties.filter(latest__in=held.values("pk")).values("pk"))


def asked(op: str, purposes: Any, actor: Actor, me: Actor) -> Q:
    """The filter "opted out for" of contact points."""
    every = [str(purpose) for purpose in Purpose.values]
    found = silenced(every if op in ("empty", "filled") else purposes)
    return ~found if op in ("not_any", "empty") else found


OPTED_OUT_FOR = ComputedSpec(
    name="opted_out_for",
    label=_("opted out for"),
    type=TYPES["choice"],
    choices=tuple((str(key), label) for key, label in Purpose.choices),
    editable=False,
    where=asked,
)


# --- those that come with a request -----------------------------------------------------------------------------------


def take(party: UUID, **values: Any) -> Any:
    """Keep a consent that came with a request; the same text agreed to again for the same purpose is not kept twice while it holds."""
    entity = registry.get("parties.consent")
    rows = entity.rows(SYSTEM).filter(party=party, withdrawn_at=None, purpose=values["purpose"])
    told = {name: values.get(name, "") for name in ("channel", "text_version", "source")}
    same = rows.filter(channel=told["channel"], text_version=told["text_version"], source=told["source"])
    return same.first() or writes.create(SYSTEM, entity, {"party": party, **values})


def move(provisional: Any, chosen: Any) -> None:
    """Consents go with the party they were given by, when it turns out to be another one (R35)."""
    entity = registry.get("parties.consent")
    keys = list(entity.rows(SYSTEM).filter(party=provisional.pk).values_list("pk", flat=True))
    if keys:
        writes.update_many(SYSTEM, entity, keys, {"party": chosen.pk})
