"""Changes of the ledger as entries of the timeline: who set which field from what to what, through which door."""

import uuid
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from . import access
from .cleaning import references
from .entity import registry
from .ledger import Change, ChangeSet, Op
from .timeline import About, Entry, Source, add, shaped

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity

#: What every write stamps; nobody set it.
STAMPS = frozenset({"created_at", "created_by", "updated_at"})
CHANGESET = ChangeSet.objects.filter(pk=OuterRef("changeset_id")).values(
    facts=JSONObject(who="actor_name", by="actor_id", origin="origin", kind="kind", reason="reason", undone="undone_by")
)
#: Fields that say what a change of many fields is about.
TELLING = ("stage", "status")


def past(actor: "Actor", about: About) -> "QuerySet[Any]":
    """Changes of the records: all of those whose history the actor may read, else only that they were created."""
    condition = reduce(Q.__or__, (readable(actor, registry.get(label), keys) for label, keys in about.items()))
    return shaped(
        Change.objects.filter(condition), "change", at="at", entity="entity", record="record_id",
        op="op", before="before", after="after", changeset="changeset_id", title="title", by=Subquery(CHANGESET),
    )  # fmt: skip


def readable(actor: "Actor", entity: "Entity", keys: list[uuid.UUID]) -> Q:
    """The changes that may be read (R143)."""
    mine = Q(entity=entity.label, record_id__in=keys)
    if not access.predicate(entity, actor, "history"):
        return mine
    told = entity.rows(actor, "history").filter(pk__in=keys)
    return mine & (Q(op=Op.CREATE) | Q(record_id__in=told.values("pk")))


def prepare(actor: "Actor", entry: Entry) -> Iterable[tuple[str, uuid.UUID]]:
    """Read the values of a change for its template; returns the records that they link to."""
    entity = registry.find(entry.entity)
    data = entry.data
    by = data["by"] or {}
    data["through"] = "" if by.get("origin") in ("ui", "system", None) else ChangeSet.Origin(by["origin"]).label
    data["lines"] = (
        lines(actor, entity, data["before"], data["after"]) if entity and data["op"] in (Op.UPDATE, Op.CONFIRM) else []
    )
    data["telling"] = next((line for line in data["lines"] if line[0].name in TELLING), None)
    return linked(data["lines"])


def lines(
    actor: "Actor", entity: "Entity", before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[Any, Any, Any]]:
    """(field, old value, new value) of the fields that the actor may read; unknown ones of older versions are left out."""
    allowed = access.readable(actor, entity) - STAMPS
    names = [name for name in entity.fields if name in allowed and (name in after or name in before)]
    specs = [entity.fields[name] for name in names]
    return [(spec, loaded(spec, before.get(spec.name)), loaded(spec, after.get(spec.name))) for spec in specs]


def loaded(spec: Any, raw: Any) -> Any:
    """A value of the ledger; None when it no longer fits the field's type."""
    try:
        return None if raw is None else spec.type.load(raw, spec)
    except (ValueError, TypeError, KeyError, ArithmeticError):
        return None


def linked(found: Iterable[tuple[Any, Any, Any]]) -> set[tuple[str, uuid.UUID]]:
    """Records that the values of lines link to."""
    return {pair for spec, old, new in found for value in (old, new) for pair in references(spec, value)}


add(Source("change", _("Changes"), "arrow-right-left", "kith/entry_change.html", past, prepare=prepare, order=900))
