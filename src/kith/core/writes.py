"""The one way to write (law 3): authorise, validate, store, record who changed what, announce — in one transaction.

person = writes.create(actor, entity, {"family_name": "Lind"})
writes.save(actor, person, {"family_name": "Lindh"}, version=3)
writes.update_many(actor, entity, ids, {"owner": eva.id})
writes.delete(actor, entity, ids)
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

from django.db import IntegrityError, transaction
from django.db.models import FETCH_PEERS
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import access, cleaning, store
from .access import Actor
from .changes import Running, change_set
from .entity import Batch, Entity, Item, registry
from .errors import Clash, Conflict, Forbidden, Missing, Refused, Warned
from .identity.searchtext import index_tokens
from .identity.text import fold_long as fold
from .ledger import Change, Entry, Op
from .specs import FieldSpec

#: Columns of bookkeeping that every update writes.
STAMPS = ("updated_at", "version")
SEARCH = ("search_text", "search_body", "sort_key")
OnErrors = Callable[[int, cleaning.Errors], None]


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


# --- creating ---------------------------------------------------------------------------------------------------------


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
    cleaning.check_names(actor, entity, {name: None for row in rows for name in row})
    items = []
    make = store.maker(entity.model)
    for position, row in enumerate(rows):
        values, errors = cleaning.clean(entity, row, typed=typed)
        if errors:
            report(position, errors, on_errors)
            continue
        item = Item(make(**entity.face), values, is_new=True, row=position, extra={"typed": row})
        if sources:
            item.extra["source"] = sources[position]
        items.append(item)
    return items


def report(position: int, errors: cleaning.Errors, on_errors: OnErrors | None) -> None:
    """Hand row errors to the caller, or refuse the whole write."""
    if on_errors is None:
        raise Refused(errors)
    on_errors(position, errors)


# --- changing ---------------------------------------------------------------------------------------------------------


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
        access.fetch(entity, actor, record.pk, "edit")
        cleaning.check_names(actor, entity, values)
        cleaned, errors = cleaning.clean(entity, values, typed=typed)
        if errors:
            raise Refused(errors)
        fresh = next(iter(lock(entity, [record.pk])), None)
        if fresh is None:  # somebody has just moved it to the trash
            raise Missing(entity.label, str(record.pk))
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
            cleaning.check_names(actor, entity, new)
            cleaned, errors = cleaning.clean(entity, new, typed=typed)
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


def lock(entity: Entity, keys: Iterable[uuid.UUID], *, trashed: bool | None = False) -> list[Any]:
    """The rows with these ids, locked in the order of their keys so that two writers never wait for each other in a circle."""
    rows = entity.model._base_manager.filter(pk__in=list(keys))
    if trashed is not None:
        rows = rows.filter(deleted_at__isnull=not trashed)
    return list(rows.select_for_update(of=("self",)).order_by("pk").fetch_mode(FETCH_PEERS))


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


# --- the pipeline -----------------------------------------------------------------------------------------------------


def write(changes: Running, batch: Batch, on_errors: OnErrors | None = None) -> None:
    """Prepare, check, store and record a batch; items that turn out bad or unchanged leave it."""
    batch.entity.prepare(batch)
    bad = cleaning.problems(batch)
    for position, errors in bad.items():
        report(batch.items[position].row or 0, errors, on_errors)
    batch.items[:] = [item for position, item in enumerate(batch.items) if position not in bad]
    for item in batch.items:
        put(batch.entity, item)
    changed = [item for item in batch.items if item.is_new or item.after or item.before]
    if not changed:
        return
    stamp(changes, batch.entity, changed)
    stored = store_each(batch.entity, changed, on_errors)
    if len(stored) < len(changed):
        lost = {id(item) for item in changed} - {id(item) for item in stored}
        batch.items[:] = [item for item in batch.items if id(item) not in lost]
    if stored:
        record_changes(changes, batch.entity, stored)
        batch.entity.derive(Batch(batch.actor, batch.entity, stored, batch.operation))


def store_each(entity: Entity, items: list[Item], on_errors: OnErrors | None) -> list[Item]:
    """Store all rows together; with `on_errors`, when a constraint refuses them, one by one, so that only the bad ones are told and left out."""
    try:
        store_rows(entity, items)
        return items
    except Refused:
        if on_errors is None:
            raise
    stored = []
    for item in items:
        try:
            store_rows(entity, [item])
            stored.append(item)
        except Refused as refused:
            on_errors(item.row or 0, refused.errors)
    return stored


def put(entity: Entity, item: Item) -> None:
    """Set the values on the record, noting before and after of those that differ."""
    specs = entity.fields
    for name, value in item.values.items():
        spec = specs[name]
        old = None if item.is_new else spec.get(item.record)
        if item.is_new and spec.type.is_empty(value) and spec.default is None:
            continue
        spec.put(item.record, value)
        new = spec.get(item.record)
        if item.is_new or not same(spec, old, new):
            item.before[name], item.after[name] = old, new


def same(spec: FieldSpec, old: Any, new: Any) -> bool:
    """Whether two values are equal, empty ones all alike (R2)."""
    return old == new or (spec.type.is_empty(old) and spec.type.is_empty(new))


def stamp(changes: Running, entity: Entity, items: list[Item]) -> None:
    """Bookkeeping: owner of new records (parts have none of their own), times, version, search text."""
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
    return not {entity.title, *entity.search, *entity.search_body, *entity.search_depends}.isdisjoint(names)


def index(entity: Entity, records: Sequence[Any], *, with_parts: bool = False) -> None:
    """Set the search text and sort key of records in memory; new records have no parts yet."""
    extra = entity.search_extra(records) if with_parts and records else {}
    for record in records:
        words = entity.search_words(record)
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
    """Insert new rows, update changed ones; a violated constraint becomes Refused in its own words."""
    new = [item.record for item in items if item.is_new]
    old = [item for item in items if not item.is_new]
    try:
        with transaction.atomic():
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
    except IntegrityError as error:
        raise Refused(constraint_errors(entity, error)) from error


def constraint_errors(entity: Entity, error: IntegrityError) -> cleaning.Errors:
    """The message of the violated constraint, at its field."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    for constraint in entity.model._meta.constraints:
        if constraint.name == name:
            fields = list(getattr(constraint, "fields", ()) or ())
            return {fields[-1] if fields else "": [constraint.get_violation_error_message()]}
    column = next((spec.name for spec in entity.declared.values() if any(part in name for part in spec.columns)), "")
    return {column: [_("This value is already taken or does not fit to other records.")]}


def record_changes(changes: Running, entity: Entity, items: list[Item]) -> None:
    """One ledger entry for each record written: for new ones all that was set, else only what changed."""
    specs = entity.fields
    set_names = names_set(entity)
    entries = []
    for item in items:
        names = set_names(item.record) if item.is_new else list(item.after)
        after = {name: dump(specs[name], specs[name].get(item.record)) for name in names}
        before = {} if item.is_new else {name: dump(specs[name], item.before[name]) for name in names}
        entries.append(
            entry(
                changes,
                entity,
                item.record,
                Op.CREATE if item.is_new else Op.UPDATE,
                before,
                after,
                item.extra.get("source"),
            )
        )
    changes.add(entries)


def names_set(entity: Entity) -> Callable[[Any], list[str]]:
    """Finds the fields of a new record that hold a value, looking closely only at columns that do: it matters for imports."""
    plain = {
        spec.columns[0]: spec.name for spec in entity.fields.values() if len(spec.columns) == 1 and not spec.is_bag
    }
    others = [spec for spec in entity.fields.values() if len(spec.columns) > 1 or spec.is_bag]

    def names(record: Any) -> list[str]:
        filled = [plain[column] for column, value in vars(record).items() if (value or value == 0) and column in plain]
        return filled + [spec.name for spec in others if not spec.type.is_empty(spec.get(record))]

    return names


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


# --- trash ------------------------------------------------------------------------------------------------------------


def delete(actor: Actor, entity: Entity, keys: Iterable[uuid.UUID], *, reason: str = "") -> Outcome:
    """Move records and their parts to the trash; those that may not be deleted are skipped."""
    as_itself(entity)
    wanted = list(dict.fromkeys(keys))
    with change_set(actor, kind="delete", entity=entity.label, reason=reason) as changes:
        mine = set(entity.rows(actor, "delete").filter(pk__in=wanted).values_list("pk", flat=True))
        skipped = [(key, _("You may not delete it.")) for key in wanted if key not in mine]
        records = lock(entity, mine)
        set_trash(changes, entity, records, changes.at)
    return Outcome(records, skipped, changes.id)


def restore(actor: Actor, entity: Entity, keys: Iterable[uuid.UUID]) -> Outcome:
    """Bring records back from the trash, with the parts that went with them."""
    as_itself(entity)
    wanted = list(dict.fromkeys(keys))
    with change_set(actor, kind="restore", entity=entity.label) as changes:
        mine = set(entity.rows(actor, "delete", trashed=True).filter(pk__in=wanted).values_list("pk", flat=True))
        skipped = [(key, _("You may not restore it.")) for key in wanted if key not in mine]
        records = lock(entity, mine, trashed=True)
        set_trash(changes, entity, records, None)
    return Outcome(records, skipped, changes.id)


def set_trash(changes: Running, entity: Entity, records: list[Any], at: Any, *, with_whole: bool = False) -> None:
    """Trash records (or bring them back when `at` is None), with the parts that share their fate, and record it."""
    if not records:
        return
    moments = {record.deleted_at for record in records} - {None}
    for part, link in entity.parts:
        rows = part.model._base_manager.filter(**{f"{link}__in": [record.pk for record in records]}, **part.face)
        rows = rows.filter(deleted_at=None) if at else rows.filter(deleted_at__in=moments)
        set_trash(
            changes,
            part,
            list(rows.select_for_update(of=("self",)).order_by("pk").fetch_mode(FETCH_PEERS)),
            at,
            with_whole=True,
        )
    for record in records:
        record.deleted_at, record.updated_at, record.version = at, changes.at, record.version + 1
    try:
        with transaction.atomic():
            store.update(entity.model, records, {"deleted_at", *STAMPS})
    except IntegrityError as error:
        raise Refused(constraint_errors(entity, error)) from error
    op = Op.DELETE if at else Op.RESTORE
    changes.add([entry(changes, entity, record, op, {}, {}) for record in records])
    entity.derive(
        Batch(
            changes.actor,
            entity,
            [Item(record, {}) for record in records],
            "with_whole" if with_whole else "delete" if at else "restore",
        )
    )


def purge(actor: Actor, entity: Entity, records: Sequence[Any]) -> None:
    """Erase rows for good, keeping their last values in the ledger; raises Refused when something still points to them."""
    as_itself(entity)
    access.require_system_right(actor, "trash_purge")
    alive = any(record.deleted_at is None for record in records)
    if alive and not actor.is_system:
        raise Refused(_("Only records in the trash can be erased."))
    with change_set(actor, kind="purge", entity=entity.label) as changes:
        mine = (
            {record.pk for record in records}
            if actor.is_system
            else set(
                entity.rows(actor, "delete", trashed=True)
                .filter(pk__in=[r.pk for r in records])
                .values_list("pk", flat=True)
            )
        )
        if len(mine) < len({record.pk for record in records}):
            raise Forbidden(access.right(entity, "delete"))
        erase(
            changes, entity, lock(entity, mine, trashed=None if alive else True)
        )  # not what has been brought back meanwhile


def erase(changes: Running, entity: Entity, records: Sequence[Any]) -> None:
    """Remove rows and their parts from the tables, recording their last values."""
    for part, link in entity.parts:
        parts = list(
            part.model._base_manager.filter(
                **{f"{link}__in": [record.pk for record in records]}, **part.face
            ).fetch_mode(FETCH_PEERS)
        )
        if parts:
            erase(changes, part, parts)
    full = [
        {
            name: dump(spec, spec.get(record))
            for name, spec in entity.fields.items()
            if spec.columns and not spec.type.is_empty(spec.get(record))
        }
        for record in records
    ]
    changes.add(
        [entry(changes, entity, record, Op.PURGE, values, {}) for record, values in zip(records, full, strict=True)]
    )
    try:
        with transaction.atomic():
            store.delete(entity.model, [record.pk for record in records])
            store.check_links()
    except IntegrityError as error:
        raise Refused(_("Other records still point to it; remove those links first.")) from error
    entity.derive(Batch(changes.actor, entity, [Item(record, {}) for record in records], "purge"))


def touch_index(changes: Running, entity: Entity, keys: Collection[uuid.UUID]) -> None:
    """Rebuild the search text of records whose parts changed; no change of content, so no ledger entry."""
    records = lock(entity, keys, trashed=None)
    index(entity, records, with_parts=True)
    if records:
        store.update(entity.model, records, set(SEARCH))


def now() -> Any:
    """The moment of the running change-set, else the clock."""
    from .changes import running

    active = running()
    return active.at if active else timezone.now()
