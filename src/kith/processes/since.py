"""Since when a record of another program has been in its stage: given once, with a new record, by whoever may import.

It becomes the beginning of the first stay, so that rotting and time in stages go on after the records moved in.
"""

import datetime as dt
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Item
from kith.core.cleaning import Errors
from kith.core.entity import Entity
from kith.core.staged import CLOSED

from .rules import is_staged

#: Clocks of other programs may be a little ahead.
SKEW = dt.timedelta(minutes=5)


def problems(entity: Entity, item: Item) -> Errors:
    """What is wrong with the moment that was given: to come, before the record began, or not when it was closed."""
    since = item.extra.get("since")
    if since is None or not is_staged(entity):
        return {}
    if since > timezone.now() + SKEW:
        return {"stage_at": [_("This moment is still to come; leave it out for now.")]}
    began = item.values.get(entity.begins) if entity.begins else None
    if began is not None and is_before(since, began):
        words = {
            "field": entity.fields[entity.begins].label,
            "when": formats.date_format(day_of(began), "SHORT_DATE_FORMAT"),
        }
        return {"stage_at": [_("It is before the beginning of the record (%(field)s: %(when)s).") % words]}
    if item.values.get("state") in CLOSED and item.values.get("closed_at") != since:
        return {"stage_at": [_("A closed record is in its stage since it was closed; leave one of the two out.")]}
    return {}


def is_before(since: dt.datetime, began: Any) -> bool:
    """Whether a moment is before the beginning, a day or a moment."""
    return since < began if isinstance(began, dt.datetime) else timezone.localdate(since) < began


def day_of(began: Any) -> dt.date:
    """The day of the beginning."""
    return timezone.localdate(began) if isinstance(began, dt.datetime) else began
