"""The steps of every write: lock, prepare, check, put, stamp, index, store, record — batch by batch, inside a change-set."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

from django.db import IntegrityError, transaction
from django.db.models import FETCH_PEERS, BaseConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import cleaning, copying, courier, owning, store
from .batch import Batch, Item
from .changes import Running
from .entity import Entity, registry
from .errors import Refused
from .identity.searchtext import index_tokens
from .identity.text import fold_long as fold
from .ledger import Entry, Op
from .specs import FieldSpec
from .types import FieldType

#: Columns of bookkeeping that every update writes.
STAMPS = ("updated_at", "version")
SEARCH = ("search_text", "search_body", "sort_key")
OnErrors = Callable[[int, cleaning.Errors], None]
#: Steps that an app adds to every write: completing values before an entity's own `prepare`, refusing rows as they are
#: stored (also by an undo; raises Refused), and writing what follows after its `derive`.
completing: list[Callable[[Batch], None]] = []
gates: list[Callable[[Entity, list[Item]], None]] = []
following: list[Callable[[Batch], None]] = []
#: The same refusal for records that have just come back from the trash.
returning: list[Callable[[Entity, list[Any]], None]] = []


@dataclass
class Outcome:
    """What a bulk write did: the records written, those left as they are with the reason, and the change-set."""

    records: list[Any] = field(default_factory=list)
    skipped: list[tuple[uuid.UUID, Any]] = field(default_factory=list)
    changeset: uuid.UUID | None = None


def as_itself(entity: Entity) -> None:
    """Refuse to write a row of a table with several faces other than as what it is: rules and rights are those of the face."""
    if entity.access.faces:
        kinds = ", ".join(str(registry.get(label).plural) for label in entity.access.faces)
        raise Refused(_("Write it as what it is: %(kinds)s.") % {"kinds": kinds})


def report(position: int, errors: cleaning.Errors, on_errors: OnErrors | None) -> None:
    """Hand row errors to the caller, or refuse the whole write."""
    if on_errors is None:
        raise Refused(errors)
    on_errors(position, errors)


def lock(entity: Entity, keys: Iterable[uuid.UUID], *, trashed: bool | None = False) -> list[Any]:
    """The rows with these ids, locked in the order of their keys so that two writers never wait for each other in a circle."""
    wanted = list(keys)
    if not wanted:
        return []
    rows = entity.model._base_manager.filter(pk__in=wanted)
    if trashed is not None:
        rows = rows.filter(deleted_at__isnull=not trashed)
    return list(rows.select_for_update(of=("self",)).order_by("pk").fetch_mode(FETCH_PEERS))


def write(changes: Running, batch: Batch, on_errors: OnErrors | None = None) -> None:
    """Prepare, check, store and record a batch; items that turn out bad or unchanged leave it."""
    owning.complete(batch)
    for complete in completing:
        complete(batch)
    batch.entity.prepare(batch)
    bad = cleaning.problems(batch)
    for position, errors in bad.items():
        report(batch.items[position].row or 0, errors, on_errors)
    batch.items[:] = [item for position, item in enumerate(batch.items) if position not in bad]
    put(batch.entity, batch.items)
    changed = [item for item in batch.items if item.is_new or item.after or item.before]
    if not changed:
        return
    stamp(changes, batch.entity, changed)
    if courier.running() and store_behind(changes, batch, changed):
        return
    with courier.aside():
        store_now(changes, batch, changed, on_errors)


def store_now(changes: Running, batch: Batch, changed: list[Item], on_errors: OnErrors | None) -> None:
    """Store rows, record them and what follows from them; rows that a constraint refuses leave the batch."""
    stored = store_each(batch.entity, changed, on_errors)
    if len(stored) < len(changed):
        lost = {id(item) for item in changed} - {id(item) for item in stored}
        batch.items[:] = [item for item in batch.items if id(item) not in lost]
    if stored:
        record_changes(changes, batch.entity, stored)
        derive(Batch(batch.actor, batch.entity, stored, batch.operation))


def store_behind(changes: Running, batch: Batch, new: list[Item]) -> bool:
    """Store many new rows while what follows from them is being worked out; False, and nothing is written, where one of them is refused."""
    if len(new) < store.COPY_FROM or not all(item.is_new for item in new):
        return False
    try:
        with changes.attempt():
            store_rows(batch.entity, new)
            record_changes(changes, batch.entity, new)
            derive(Batch(batch.actor, batch.entity, new, batch.operation))
    except (IntegrityError, Refused):
        return False
    return True


def came_back(entity: Entity, records: list[Any]) -> None:
    """Refuse records that have left the trash, in a transaction that ends then."""
    for check in returning:
        check(entity, records)


def derive(batch: Batch) -> None:
    """Write what follows from a batch: the entity's own, then what apps add for every entity."""
    batch.entity.derive(batch)
    for follow in following:
        follow(batch)


def store_each(entity: Entity, items: list[Item], on_errors: OnErrors | None) -> list[Item]:
    """Store all rows together; with `on_errors`, when a constraint refuses them, one by one, so that only the bad ones are told and left out."""
    if on_errors is None:
        store_rows(entity, items)
        return items
    try:
        with transaction.atomic():
            store_rows(entity, items)
        return items
    except Refused:
        stored = []
    for item in items:
        try:
            with transaction.atomic():
                store_rows(entity, [item])
            stored.append(item)
        except Refused as refused:
            on_errors(item.row or 0, refused.errors)
    return stored


def put(entity: Entity, items: Iterable[Item]) -> None:
    """Set the values on the records, noting before and after of those that differ."""
    specs = entity.fields
    for item in items:
        if item.is_new:
            put_new(specs, item)
            continue
        record = item.record
        for name, value in item.values.items():
            spec = specs[name]
            old = spec.get(record)
            spec.put(record, value)
            new = spec.get(record)
            if not same(spec, old, new):
                item.before[name], item.after[name] = old, new


def put_new(specs: Mapping[str, FieldSpec], item: Item) -> None:
    """Set the values on a new record; what is empty there already needs no word."""
    record, before, after = item.record, item.before, item.after
    for name, value in item.values.items():
        spec = specs[name]
        if spec.type.is_empty(value) and spec.default is None:
            continue
        spec.put(record, value)
        before[name], after[name] = None, spec.get(record)


def same(spec: FieldSpec, old: Any, new: Any) -> bool:
    """Whether two values are equal, empty ones all alike (R2)."""
    return old == new or (spec.type.is_empty(old) and spec.type.is_empty(new))


def stamp(changes: Running, entity: Entity, items: list[Item]) -> None:
    """Bookkeeping: owner of new records (parts have none of their own), times, version, search text."""
    if entity.named_by:
        as_peers([item.record for item in items])
    owned = "owner" in entity.access.own and "owner" in entity.declared and not entity.access.public
    for item in items:
        record = item.record
        record.updated_at = changes.at
        if item.is_new:
            record.created_at, record.created_by_id = changes.at, changes.actor.id
            if owned and record.owner_id is None and "owner" not in item.values:
                record.owner_id = changes.actor.id
            if owned and record.org_unit_id is None and "org_unit" in entity.declared:
                record.org_unit_id = changes.actor.unit_id
        else:
            record.version += 1
    index(entity, [item.record for item in items if item.is_new])
    index(entity, [item.record for item in items if not item.is_new and reindexes(entity, item.after)], with_parts=True)


def as_peers(records: Sequence[Any]) -> None:
    """Let a link that the title of one of them needs be loaded for all of them at once."""
    peers = [ref(record) for record in records]
    for record in records:
        record._state.fetch_mode, record._state.peers = FETCH_PEERS, peers


def reindexes(entity: Entity, names: Iterable[str]) -> bool:
    """Whether a change of these fields changes what the record is found by."""
    return not entity.found_by.isdisjoint(names)


def index(entity: Entity, records: Sequence[Any], *, with_parts: bool = False) -> None:
    """Set the search text and sort key of records in memory; new records have no parts yet."""
    extra = entity.search_extra(records) if with_parts and records else {}
    for record in records:
        words = entity.search_words(record)
        if extra:
            for kind, more in extra.get(record.pk, {}).items():
                words[kind] += more
        if entity.in_search:
            record.search_text, record.search_body = index_tokens(
                words["names"], bodies=words["bodies"], phones=words["phones"], emails=words["emails"]
            )
        else:  # parts are searched only in their own lists, by their words
            record.search_text, record.search_body = (
                " ".join(dict.fromkeys(fold(" ".join(str(word) for kind in words.values() for word in kind)).split())),
                "",
            )
        record.sort_key = entity.sort_text(record)[:500]


def store_rows(entity: Entity, items: list[Item]) -> None:
    """Insert new rows, update changed ones; a violated constraint becomes Refused in its own words.

    Refused, the transaction goes no further: the change-set, or the attempt of it that failed, is taken back.
    """
    new = [item.record for item in items if item.is_new]
    old = [item for item in items if not item.is_new]
    try:
        if new:
            store.insert(entity.model, new)
        if old:
            names = {name for item in old for name in item.after}
            columns = {column for name in names for column in entity.fields[name].columns}
            store.update(
                entity.model,
                [item.record for item in old],
                columns | set(STAMPS) | (set(SEARCH) if reindexes(entity, names) else set()),
            )
        for gate in gates:
            gate(entity, items)
    except IntegrityError as error:
        raise Refused(constraint_errors(entity, error)) from error


def constraint_errors(entity: Entity, error: IntegrityError) -> cleaning.Errors:
    """The message of the violated constraint, at its field."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    for constraint in entity.model._meta.constraints:
        if constraint.name == name:
            fields = list(getattr(constraint, "fields", ()) or ())
            return {fields[-1] if fields else "": [violated(constraint)]}
    if name.startswith("kithx_"):
        from .field_indexes import field_of  # it needs entities and rows

        return {field_of(entity, name): [_("Another record holds this value already.")]}
    column = next((spec.name for spec in entity.declared.values() if any(part in name for part in spec.columns)), "")
    return {column: [_("This value is already taken or does not fit to other records.")]}


def violated(constraint: BaseConstraint) -> Any:
    """The words of a constraint: ours are said as they are, for a percent sign in them is no place for its name."""
    if constraint.violation_error_message == BaseConstraint.default_violation_error_message:
        return constraint.get_violation_error_message()
    return constraint.violation_error_message


def record_changes(changes: Running, entity: Entity, items: list[Item]) -> None:
    """One ledger entry for each record written: for new ones all that was set, else only what changed."""
    specs = entity.fields
    held = iter(holds(entity, [item.record for item in items if item.is_new]))
    entries = []
    for item in items:
        if item.is_new:
            op, before, after = Op.CREATE, {}, next(held)
        else:
            op = Op.UPDATE
            after = {name: dump(specs[name], specs[name].get(item.record)) for name in item.after}
            before = {name: dump(specs[name], item.before[name]) for name in item.after}
        entries.append(entry(changes, entity, item.record, op.value, before, after, item.extra.get("source")))
    changes.add(entries)


def holds(entity: Entity, records: Sequence[Any]) -> list[dict[str, Any]]:
    """What new records hold, as JSON: column by column, since most columns of an import are empty or hold the same in all rows."""
    if not records:
        return []
    rows = list(map(vars, records))
    common: dict[str, Any] = {}
    varied: list[tuple[FieldSpec, Sequence[Any]]] = []
    for spec in entity.fields.values():
        if (values := values_of(spec, records, rows)) is None:
            continue
        if copying.is_same(values) and values[0] is not None:
            common[spec.name] = dump(spec, values[0])
        else:
            varied.append((spec, values))
    found = [common.copy() for _record in records]
    for spec, values in varied:
        is_json = type(spec.type).dump is FieldType.dump
        for held, value in zip(found, values, strict=True):
            if value is not None:
                held[spec.name] = value if is_json else spec.type.dump(value, spec)
    return found


def values_of(spec: FieldSpec, records: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> Sequence[Any] | None:
    """The values of one field, None for "no value"; None instead where no record has any. Nought and "no" are values."""
    if not spec.columns:
        return None
    column = spec.columns[0]
    values = [row.get(column) for row in rows]
    if not any(values) and 0 not in values:
        return None
    if len(spec.columns) > 1 or spec.is_bag:
        return [None if spec.type.is_empty(value) else value for value in map(spec.get, records)]
    return values if all(values) else [value if value or value == 0 else None for value in values]


def dump(spec: FieldSpec, value: Any) -> Any:
    """A value as JSON for the ledger."""
    return None if value is None else spec.type.dump(value, spec)


def entry(
    changes: Running,
    entity: Entity,
    record: Any,
    op: str,
    before: dict[str, Any],
    after: dict[str, Any],
    source: Any = None,
) -> Entry:
    """A ledger entry."""
    return Entry(
        at=changes.at, changeset_id=changes.id, entity=entity.label, record_id=record.pk, op=str(op), title=str(record)[:500], version=record.version,
        before=before, after=after, source=source or {},
    )  # fmt: skip


def now() -> Any:
    """The moment of the running change-set, else the clock."""
    from .changes import running

    active = running()
    return active.at if active else timezone.now()
