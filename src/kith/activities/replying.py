"""Quote reply: a note that answers another one about the same record, with the part of it that it answers."""

import uuid
from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch
from kith.core.entity import registry
from kith.core.notify import tell

from .actions import SILENT, may_read

NOTE, TOLD = "activities.note", "reply"
#: What is quoted of a note of which no part was chosen.
WHOLE = 500


def sources(actor: Actor, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """The notes that are answered, as far as the actor may read them; one query."""
    return {row.pk: row for row in registry.get(NOTE).rows(actor).filter(pk__in=keys).select_related("created_by")}


def prepare(batch: Batch) -> None:
    """A reply is about what its source is about, and quotes all of it unless a part was chosen."""
    wanted = [item.values["reply_to"] for item in batch.items if item.is_new and item.values.get("reply_to")]
    found = sources(batch.actor, wanted) if wanted else {}
    for item in batch.items:
        key = item.values.get("reply_to") if item.is_new else None
        source = found.get(key) if key else None
        if source is not None and not item.values.get("quote"):
            item.values["quote"] = source.text[:WHOLE]


def validate(note: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """A quote stands in its source, which is about the same record; a note keeps what it answers."""
    quote, key = values.get("quote", note.quote), values.get("reply_to", note.reply_to_id)
    if not note._state.adding:
        changed = [name for name in ("reply_to", "quote") if name in values and values[name] != before(note, name)]
        return {name: [_("What a note answers stays as it is.")] for name in changed}
    if key is None:
        return {"quote": [_("Say which note this is from.")]} if quote else {}
    source = registry.get(NOTE).rows(SYSTEM).filter(pk=key).first()
    if source is None:
        return {"reply_to": [_("This note no longer exists.")]}
    subject = values.get("subject")
    if subject is None or (subject.entity, subject.id) != (source.subject_entity, source.subject_id):
        return {"reply_to": [_("A reply is about the same record as the note that it answers.")]}
    if plain(quote) not in plain(source.text):
        return {"quote": [_("This does not stand in the note that is quoted.")]}
    return {}


def before(note: Any, name: str) -> Any:
    """What a stored note holds."""
    return note.reply_to_id if name == "reply_to" else note.quote


def plain(text: str | None) -> str:
    """A text without regard to spaces and lines."""
    return " ".join((text or "").split())


def tell_author(batch: Batch) -> None:
    """Tell the author of a note that somebody answered it, unless the answer mentions them anyway."""
    if batch.operation in SILENT:
        return
    for item in batch.items:
        note = item.record
        if not item.is_new or note.reply_to_id is None:
            continue
        author = (
            registry.get(NOTE).rows(SYSTEM).filter(pk=note.reply_to_id).values_list("created_by_id", flat=True).first()
        )
        if author is None or author in note.mentions or not may_read(author, batch.entity, note):
            continue
        tell(
            [author], TOLD, by=batch.actor, entity=note.subject_entity or NOTE, record_id=note.subject_id or note.pk,
            title=note.text, note=str(note.pk),
        )  # fmt: skip
