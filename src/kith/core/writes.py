"""The one way to write (law 3): authorise, validate, store, record who changed what, announce — in one transaction.

person = writes.create(actor, entity, {"family_name": "Lind"})
writes.save(actor, person, {"family_name": "Lindh"}, version=3)
writes.update_many(actor, entity, ids, {"owner": eva.id})
writes.delete(actor, entity, ids)
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import access, cleaning, store
from .access import Actor
from .batch import Batch, Item
from .changes import Running, change_set
from .entity import Entity, registry
from .errors import Clash, Conflict, Refused, Warned
from .ledger import Change, Op
from .pipeline import OnErrors, Outcome, as_itself, lock, report, write
from .trash import delete, purge, restore

# --- creating ---


def create(
    actor: Actor,
    entity: Entity,
    values: Mapping[str, Any],
    *,
    typed: bool = False,
    confirm: Collection[str] = (),
    reason: str = "",
) -> Any:
    """Create one record. Raises Refused, Forbidden or Warned; then nothing is written."""
    as_itself(entity)
    access.require(actor, entity, "create")
    with change_set(actor, entity=entity.label, reason=reason) as changes:
        items = new_items(actor, entity, [values], typed=typed, on_errors=None)
        warn(actor, entity, items[0], confirm, changes)
        write(changes, Batch(actor, entity, items, "create"))
    return items[0].record


def create_many(
    actor: Actor,
    entity: Entity,
    rows: Sequence[Mapping[str, Any]],
    *,
    typed: bool = False,
    on_errors: OnErrors | None = None,
    sources: Sequence[Any] | None = None,
) -> list[Any]:
    """Create records in bulk, in order. With `on_errors(position, errors)` bad rows are reported and left out, else refused."""
    as_itself(entity)
    access.require(actor, entity, "create")
    with change_set(actor, kind="bulk", entity=entity.label) as changes:
        items = new_items(actor, entity, rows, typed=typed, on_errors=on_errors, sources=sources)
        if items:
            write(changes, Batch(actor, entity, items, "create"), on_errors)
    return [item.record for item in items]


def new_items(
    actor: Actor,
    entity: Entity,
    rows: Sequence[Mapping[str, Any]],
    *,
    typed: bool,
    on_errors: OnErrors | None,
    sources: Sequence[Any] | None = None,
) -> list[Item]:
    """Checked names and cleaned values of new records."""
    cleaning.check_names(actor, entity, {name: None for row in rows for name in row}, is_new=True)
    items = []
    make = store.maker(entity.model)
    for position, row in enumerate(rows):
        values, errors = cleaning.clean(actor, entity, row, typed=typed)
        if errors:
            report(position, errors, on_errors)
            continue
        item = Item(make(**entity.face), values, is_new=True, row=position, extra={"typed": row})
        if sources:
            item.extra["source"] = sources[position]
        items.append(item)
    return items


# --- changing ---


def save(
    actor: Actor,
    record: Any,
    values: Mapping[str, Any],
    *,
    typed: bool = False,
    version: int | None = None,
    confirm: Collection[str] = (),
    reason: str = "",
) -> Any:
    """Change fields of one record; returns it fresh.

    `version` is the version that the values were typed over: fields somebody else changed since raise Conflict, others
    are merged. Raises Missing, Forbidden, Refused, Warned, Conflict; then nothing is written.
    """
    entity = registry.for_model(type(record))
    as_itself(entity)
    with change_set(actor, entity=entity.label, reason=reason) as changes:
        fresh = access.fetch(entity, actor, record.pk, "edit", locked=True)
        cleaning.check_names(actor, entity, values)
        cleaned, errors = cleaning.clean(actor, entity, values, typed=typed, record=fresh)
        if errors:
            raise Refused(errors)
        if version is not None and version != fresh.version:
            check_conflict(entity, fresh, cleaned, version)
        item = Item(fresh, cleaned, extra={"typed": values})
        warn(actor, entity, item, confirm, changes)
        write(changes, Batch(actor, entity, [item], "edit"))
    return item.record


def update_many(
    actor: Actor, entity: Entity, keys: Iterable[uuid.UUID], values: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]], *, typed: bool = False, kind: str = "bulk", on_errors: OnErrors | None = None,
    sources: Mapping[uuid.UUID, Any] | None = None,
) -> Outcome:  # fmt: skip
    """Set values on many records (or `values(record)` on each), in one change-set; records that may not be changed are skipped (R142)."""
    as_itself(entity)
    outcome = Outcome()
    with change_set(actor, kind=kind, entity=entity.label) as changes:
        wanted = list(dict.fromkeys(keys))
        mine = set(entity.rows(actor, "edit").filter(pk__in=wanted).values_list("pk", flat=True))
        outcome.skipped = [(key, _("You may not change it.")) for key in wanted if key not in mine]
        items = []
        for position, record in enumerate(lock(entity, mine)):
            new = values(record) if callable(values) else values
            cleaned, errors = checked(actor, entity, new, record, typed=typed)
            if errors:
                report(position, errors, on_errors)
                continue
            item = Item(record, cleaned, row=position, extra={"typed": new})
            if sources:
                item.extra["source"] = sources.get(record.pk)
            items.append(item)
        if items:
            write(changes, Batch(actor, entity, items, "edit"), on_errors)
        outcome.records, outcome.changeset = [item.record for item in items], changes.id
    return outcome


def checked(
    actor: Actor, entity: Entity, values: Mapping[str, Any], record: Any, *, typed: bool
) -> tuple[dict[str, Any], cleaning.Errors]:
    """Cleaned values for a record, and the errors of those that cannot be; raises Forbidden."""
    try:
        cleaning.check_names(actor, entity, values)
    except Refused as refused:
        return {}, refused.errors
    return cleaning.clean(actor, entity, values, typed=typed, record=record)


def check_conflict(entity: Entity, record: Any, values: dict[str, Any], version: int) -> None:
    """Raise Conflict for fields that somebody changed since `version` to something else than the new value."""
    since = Change.objects.filter(record_id=record.pk, op=Op.UPDATE, version__gt=version).order_by("at", "id")
    changed: dict[str, Change] = {name: change for change in since for name in change.after}
    clashes = []
    for name, value in values.items():
        spec, theirs = entity.fields[name], entity.fields[name].get(record)
        if name in changed and theirs != value:
            clashes.append(
                Clash(
                    name,
                    spec.type.text(theirs, spec),
                    spec.type.text(value, spec),
                    author(changed[name]),
                    changed[name].at,
                )
            )
    if clashes:
        raise Conflict(clashes, record.version)


def author(change: Change) -> str:
    """Who made a change."""
    from .ledger import ChangeSet

    return ChangeSet.objects.filter(pk=change.changeset_id).values_list("actor_name", flat=True).first() or ""


def warn(actor: Actor, entity: Entity, item: Item, confirm: Collection[str], changes: Running) -> None:
    """Raise Warned for facts not yet confirmed; note the confirmed ones in the ledger (R1)."""
    warnings = [] if actor.is_system else entity.warn(actor, item.record, item.values)
    open_ones = [warning for warning in warnings if warning.code not in confirm]
    if open_ones:
        raise Warned(open_ones)
    changes.confirmed += [warning.code for warning in warnings]


__all__ = ["Outcome", "create", "create_many", "delete", "lock", "purge", "restore", "save", "update_many"]
