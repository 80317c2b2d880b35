"""Merging once more what was taken apart: the redo of a merge, with the choices that were made then.

What the survivor held after the merge is what it holds again, field by field, unless somebody has edited it since; what the
others have got since is filled in as by any merge.
"""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import pipeline, writes
from kith.core.access import Actor
from kith.core.changes import Running
from kith.core.entity import Entity, registry
from kith.core.errors import Missing, Refused
from kith.core.ledger import Change, ChangeSet, Op
from kith.core.recreating import loaded
from kith.core.undo_plan import Plan, done

from .filling import SETS, filled, mergeable
from .merge import merge, ranked
from .merged import Merged


def run(changes: Running, actor: Actor, apart: ChangeSet) -> Plan:
    """Merge again inside the change-set of a redo; `apart` took the merge apart."""
    assert apart.undo_of is not None
    before = ChangeSet.objects.get(pk=apart.undo_of)
    entity = registry.find(before.entity)
    rows = list(Merged.objects.filter(changeset_id=before.pk, whole=True).exclude(survivor_id=None))
    if entity is None or not rows:
        raise Refused(_("This merge cannot be done again: its records were erased."))
    survivor = rows[0].survivor_id
    assert survivor is not None
    keys = [survivor, *dict.fromkeys(row.record_id for row in rows)]
    records = writes.lock(entity, keys)
    if len(records) < len(keys):
        raise Refused(
            _("This merge cannot be done again: one of its records is in the trash, erased or merged elsewhere.")
        )
    try:
        made = merge(actor, entity, keys, survivor=survivor, values=values_of(entity, records, survivor, before, apart))
    except Missing as error:
        raise Refused(_("This merge cannot be done again: you may not see all of its records.")) from error
    plan = Plan([apart])
    done(plan, entity, len(keys) - 1)
    for label, count in made.moved.rows.items():
        done(plan, registry.get(label), count)
    return plan


def values_of(
    entity: Entity, records: Sequence[Any], survivor: uuid.UUID, before: ChangeSet, apart: ChangeSet
) -> dict[str, Any]:
    """What has to be said so that the survivor holds what it held after the merge; what follows of itself needs no word."""
    order = ranked(entity, records, survivor)
    entry = Change.objects.filter(changeset_id=before.pk, record_id=survivor, op=Op.UPDATE)
    then: dict[str, Any] = {}
    for one in entry.order_by("id"):
        then |= one.after
    automatic = filled(entity, order)
    news = edited_since([record.pk for record in order[1:]], apart)
    ours, said = edited_since([survivor], apart), dict[str, Any]()
    for spec in mergeable(entity):
        if spec.type.name in SETS:
            continue
        now = spec.get(order[0])
        wanted = loaded(spec, then[spec.name]) if spec.name in then and spec.name not in ours else now
        would = automatic.get(spec.name, now)
        if not pipeline.same(spec, would, wanted) and (spec.name in then or spec.name not in news):
            said[spec.name] = wanted
    return said


def edited_since(keys: Collection[uuid.UUID], apart: ChangeSet) -> set[str]:
    """Fields of some records that were written after the merge was taken apart."""
    later = Change.objects.filter(record_id__in=keys, at__gte=apart.at, op=Op.UPDATE).exclude(changeset_id=apart.pk)
    return {name for after in later.values_list("after", flat=True) for name in after}
