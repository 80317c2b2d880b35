"""The what-if of rights where people change them: in forms, before deleting, and as a warning before saving."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core import writes
from kith.core.access import SYSTEM, Actor
from kith.core.entity import OPERATION_LABELS, registry
from kith.core.errors import KithError, Warning_
from kith.core.ui import looking
from kith.core.ui.looking import Change, Looker

from . import reaching, whatif

NAMED = 5  # people named in a warning


def register() -> None:
    """Offer it wherever records of rights are edited."""
    for label in reaching.NOTES:
        looking.register(label, Looker(whatif.may_ask, look, alarming, "access/whatif.html"))


def context(outcome: whatif.Outcome) -> dict[str, Any]:
    """What the template of differences needs."""
    return {"outcome": outcome, "cap": whatif.CAP, "labels": OPERATION_LABELS, "most": whatif.EXAMPLES}


def look(actor: Actor, change: Change) -> dict[str, Any]:
    """Who gains and loses what."""
    return context(whatif.compare(actor, change))


def alarming(actor: Actor, change: Change) -> dict[str, Any] | None:
    """The same where there is something to confirm; None where there is not, or where it has been."""
    if whatif.is_seen() or not grave(actor, whatif.compare(actor, change, look=False)):
        return None
    return look(actor, change)


def grave(actor: Actor, outcome: whatif.Outcome) -> list[whatif.Alarm]:
    """The alarms to confirm; whoever would lock itself out is refused by the write (`lockout`)."""
    return [alarm for alarm in outcome.alarms if (alarm.kind, alarm.user.pk) != ("last", actor.id)]


def warnings(actor: Actor, record: Any, values: Mapping[str, Any]) -> list[Warning_]:
    """What to confirm before a record of rights is saved with these values."""
    if whatif.is_seen() or not whatif.may_ask(actor):
        return []
    entity = registry.for_model(type(record))

    def change() -> None:
        if record._state.adding:
            writes.create(SYSTEM, entity, values)
        else:
            writes.save(SYSTEM, record, values)

    try:
        outcome = whatif.compare(SYSTEM, change, look=False)
    except KithError:  # the write itself will say why it cannot be
        return []
    return said(grave(actor, outcome))


def said(alarms: list[whatif.Alarm]) -> list[Warning_]:
    """Alarms in words."""
    found = []
    if delicate := [alarm for alarm in alarms if alarm.kind == "sensitive"]:
        kinds = dict.fromkeys(capfirst(str(alarm.entity.plural)) for alarm in delicate if alarm.entity)
        text = _("Would see sensitive fields: %(people)s (%(kinds)s).") % {"people": named(delicate), "kinds": ", ".join(kinds)}  # fmt: skip
        found.append(Warning_("sensitive_access", text))
    if last := [alarm for alarm in alarms if alarm.kind == "last"]:
        found.append(Warning_("last_access", _("Would see nothing any more: %(people)s.") % {"people": named(last)}))
    return found


def named(alarms: list[whatif.Alarm]) -> str:
    """The people of alarms, the first of them by name."""
    users = list({alarm.user.pk: alarm.user for alarm in alarms}.values())
    text = ", ".join(str(user) for user in users[:NAMED])
    more = len(users) - NAMED
    return text if more <= 0 else ngettext("%(people)s and %(num)s more", "%(people)s and %(num)s more", more) % {"people": text, "num": more}  # fmt: skip
