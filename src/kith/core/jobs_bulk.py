"""Bulk acts and undos that are too large for a page: jobs with progress, told to the person at the end."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kith.core import access, bulk, listing, notify, undo
from kith.core.access import SYSTEM, Actor
from kith.core.entity import registry
from kith.core.jobs import job, running
from kith.core.views import from_address, saved_views


def actor_now() -> Actor:
    """The person who asked, with the rights of this moment."""
    user = running().actor
    return access.actor_of(user.pk if user else None)


@job("core.bulk", once=True, label=_("Change of many records"))
def bulk_job(entity: str, what: str, query: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Do one act on every record of a look."""
    here, noun, actor = running(), registry.get(entity), actor_now()
    look = from_address(noun, actor, QueryDict(query), saved_views(noun, actor))
    keys = listing.keys_of(look, actor)
    here.expect(len(keys))
    result = bulk.run(actor_now, noun, keys, what, values, here.step)
    tell(actor, result_words(result.done, result.skipped), noun.label)
    return result.as_json()


@job("core.undo", once=True, label=_("Undoing of many changes"))
def undo_job(changeset: str, again: bool = False) -> dict[str, Any]:
    """Undo large change-sets, or do them again; several are joined by commas."""
    plan = (undo.redo if again else undo.undo)(actor_now(), *map(uuid.UUID, changeset.split(",")))
    skipped = len(plan.kept) + len(plan.refused)
    words = redone_words if plan.is_redo else undone_words
    tell(actor_now(), words(plan.restored, skipped), plan.entity)
    made = str(plan.made) if plan.made else None
    return {
        "done": plan.restored, "skipped": skipped, "reasons": {}, "undone": not plan.is_redo, "redone": plan.is_redo,
        "changeset": made if plan.is_redo else None, "undo": None if plan.is_redo else made,
    }  # fmt: skip


def tell(actor: Actor, words: str, entity: str) -> None:
    """Let the person know, wherever they are by now."""
    if actor.id:
        notify.tell([actor.id], "job", by=SYSTEM, entity=entity, title=words)


def result_words(done: int, skipped: int) -> str:
    """The end message of a bulk act (R142)."""
    words = ngettext("%(num)s record done", "%(num)s records done", done) % {"num": done}
    return f"{words}, {skipped_words(skipped)}" if skipped else words


def undone_words(done: int, skipped: int) -> str:
    """The end message of an undo."""
    words = ngettext("%(num)s record restored", "%(num)s records restored", done) % {"num": done}
    return f"{words}, {skipped_words(skipped)}" if skipped else words


def redone_words(done: int, skipped: int) -> str:
    """The end message of a redo."""
    words = ngettext("%(num)s record done again", "%(num)s records done again", done) % {"num": done}
    return f"{words}, {skipped_words(skipped)}" if skipped else words


def skipped_words(count: int) -> str:
    """How many were left as they are."""
    return ngettext("%(num)s skipped", "%(num)s skipped", count) % {"num": count}
