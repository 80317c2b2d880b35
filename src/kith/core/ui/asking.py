"""What a change still needs, asked in a dialog: apps answer before a value is saved in place, or after it was refused.

Used by cells, rows of the record page and boards, where there is no form in which the missing fields could be typed.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Refused

#: (request, entity, actor, record, values, refusal or None before the write) -> the dialog, or None for nothing to ask.
type Asker = Callable[[HttpRequest, Entity, Actor, Any, Mapping[str, Any], Refused | None], HttpResponse | None]
askers: list[Asker] = []
#: (entity, id of a record, values that a bulk edit could not set) -> address of the dialog in which it can be mended.
remedies: list[Callable[[Entity, str, Mapping[str, Any]], str]] = []


def ask(
    request: HttpRequest, entity: Entity, actor: Actor, record: Any, values: Mapping[str, Any], refused: Refused | None = None
) -> HttpResponse | None:  # fmt: skip
    """The dialog that an app has for this change; None when there is none to show."""
    answers = (asker(request, entity, actor, record, values, refused) for asker in askers)
    return next((answer for answer in answers if answer is not None), None)


def remedy(entity: Entity, key: str, values: Mapping[str, Any]) -> str:
    """The address of the dialog in which a record that a bulk edit left out can be mended; empty for none."""
    return next((address for find in remedies if (address := find(entity, key, values))), "")
