"""How a record, the list and a card look with a layout that is only drawn so far."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils.text import capfirst

from kith.core import linked, listing, titles
from kith.core.access import Actor
from kith.core.actors import loaders
from kith.core.entity import Entity
from kith.core.layouts import Laid
from kith.core.specs import FieldSpec
from kith.core.ui import record_related
from kith.core.ui.layout_words import heading
from kith.core.ui.values import show
from kith.core.views import Look

ROWS = 3


def context(entity: Entity, actor: Actor, laid: Laid, role: uuid.UUID | None = None) -> dict[str, Any]:
    """What the preview shows: the latest records of the reader, of those fields that the reader and the role may read."""
    readers = [actor, loaders["role"](actor, role)] if role is not None else [actor]
    records = listing.page(Look(entity, sort=("-updated_at",)), actor, size=ROWS, counted=False).records
    columns = specs(entity, laid.columns, readers)
    names = [*laid.strip, *laid.card, *(name for section in laid.sections for name in section.names)]
    linked.load(actor, columns, records)
    found = titles.for_records(actor, [*columns, *specs(entity, names, readers)], records)
    first = records[0] if records else None

    def values(wanted: Iterable[str]) -> list[tuple[str, Any]]:
        return [(heading(laid, spec), drawn(spec, first, found)) for spec in specs(entity, wanted, readers)]

    return {
        "record": first, "heads": [heading(laid, spec) for spec in columns],
        "cells": [[drawn(spec, record, found) for spec in columns] for record in records],
        "strip": values(laid.strip), "card_pairs": values(name for name in laid.card if name != entity.title)[:6],
        "sections": [(section.title, pairs) for section in laid.sections if (pairs := values(section.names))],
        "lists": lists(entity, actor, laid), "tabs": [panel.title for panel in laid.panels("tabs")], "sides": [panel.title for panel in laid.panels("sides")],
    }  # fmt: skip


def specs(entity: Entity, names: Iterable[str], readers: list[Actor]) -> list[FieldSpec]:
    """The fields of these names that all of the readers may read."""
    seen = (name for name in dict.fromkeys(names) if all(linked.is_readable(one, entity, name) for one in readers))
    found = (linked.find(entity, name) for name in seen)
    return [spec for spec in found if spec is not None]


def drawn(spec: FieldSpec, record: Any, found: titles.Titles) -> Any:
    """A value; nothing where there is no record yet."""
    return show(spec, spec.get(record), record, found, cell=True) if record is not None else ""


def lists(entity: Entity, actor: Actor, laid: Laid) -> list[str]:
    """The related lists in order."""
    pairs = {related.key: (related, other) for related, other in record_related.offered(entity, actor)}
    return [str(pairs[key][0].title or capfirst(str(pairs[key][1].plural))) for key in laid.keyed("related", pairs)]
