"""Parts that rows bring along: an address, a second phone, a job. One that the record has already is changed, not doubled."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kith.core import cleaning, writes
from kith.core.batch import Batch, Item
from kith.core.entity import Entity

from .drafts import Draft, PartDraft

if TYPE_CHECKING:
    from .wave import Wave

type Pair = tuple[Draft, PartDraft]
type Identity = tuple[Any, ...]


def save_parts(wave: "Wave", drafts: Sequence[Draft]) -> None:
    """Write the parts of these rows, kind by kind; errors are put on the drafts."""
    by_kind: dict[str, list[Pair]] = defaultdict(list)
    for draft in drafts:
        draft.has_changed_parts = False
        for part in draft.parts.values():
            if part.given:
                by_kind[part.part.entity.label].append((draft, part))
    for pairs in by_kind.values():
        save_kind(wave, pairs)


def save_kind(wave: "Wave", pairs: list[Pair]) -> None:
    """Write parts of one kind: new ones and changed ones."""
    entity, link = pairs[0][1].part.entity, pairs[0][1].part.link
    complete = [pair for pair in pairs if has_whole(wave, entity, pair)]
    items = prepared(wave, entity, link, complete)
    present = existing(wave, entity, link, {draft.record.pk for draft, _part in complete}, items)
    new: dict[Identity, tuple[Pair, dict[str, Any]]] = {}
    changed: dict[UUID, tuple[Pair, dict[str, Any]]] = {}
    for pair, item in zip(complete, items, strict=True):
        if item is None:
            continue
        values = {name: value for name, value in pair[1].values.items() if not entity.fields[name].type.is_empty(value)}
        identity = (pair[0].record.pk, *identify(entity, link, item))
        if found := present.get(identity):
            changed.setdefault(found, (pair, values))
        else:
            new.setdefault(identity, (pair, values))
    create(wave, entity, link, list(new.values()))
    update(wave, entity, changed)


def has_whole(wave: "Wave", entity: Entity, pair: Pair) -> bool:
    """Leave out a part whose necessary link is empty, such as a job without its company; the row itself is taken."""
    draft, part = pair
    if part.lacks or any(
        spec.required and spec.type.name == "link" and name != part.part.link and not part.values.get(name)
        for name, spec in entity.fields.items()
    ):
        wave.left_out[entity.label] += 1
        return False
    return not draft.errors


def prepared(wave: "Wave", entity: Entity, link: str, pairs: list[Pair]) -> list[Item | None]:
    """The values as they will be stored, to compare them with parts that are there; None for rows with errors."""
    found: list[Item | None] = []
    for draft, part in pairs:
        values, errors = cleaning.clean(wave.actor, entity, part.values)
        for name, messages in errors.items():
            draft.fail(wave.compiled.column_of(name, part.part), *messages)
        found.append(
            None if errors else Item(entity.model(**entity.face), values | {link: draft.record.pk}, is_new=True)
        )
    entity.prepare(Batch(wave.actor, entity, [item for item in found if item], "create"))
    return found


def names(entity: Entity, link: str) -> list[str]:
    """What tells parts of one record apart: what they must have, else their kind."""
    required = [spec.name for spec in entity.fields.values() if spec.required and spec.name != link]
    return required or [spec.name for spec in entity.fields.values() if spec.type.name == "choice"]


def identify(entity: Entity, link: str, item: Item) -> Identity:
    """What tells this part from others of its record."""
    if marks := item.values.get("external_ids"):
        return ("external_ids", *marks)
    return tuple(folded(item.values.get(name, entity.fields[name].default)) for name in names(entity, link))


def existing(
    wave: "Wave", entity: Entity, link: str, keys: set[UUID], items: Sequence[Item | None]
) -> dict[Identity, UUID]:
    """Parts that the records have already, by what tells them apart; records just written have those that follow from their values."""
    if not any(items):
        return {}
    found: dict[Identity, UUID] = {}
    specs = [entity.fields[name] for name in names(entity, link)]
    for row in entity.rows(wave.actor).filter(**{f"{link}__in": keys}).order_by("-pk"):
        whole = getattr(row, f"{link}_id")
        found[(whole, *(folded(spec.get(row)) for spec in specs))] = row.pk
        if row.external_ids:
            found[(whole, "external_ids", *row.external_ids)] = row.pk
    return found


def folded(value: Any) -> Any:
    """A value as it is compared."""
    return value.casefold() if isinstance(value, str) else value


def create(wave: "Wave", entity: Entity, link: str, new: list[tuple[Pair, dict[str, Any]]]) -> None:
    """Create parts."""
    if not new:
        return
    rows = [values | {link: draft.record.pk} for (draft, _part), values in new]
    failed: list[int] = []

    def bad(at: int, errors: dict[str, list[Any]]) -> None:
        failed.append(at)
        fail(wave, new[at][0], errors)

    writes.create_many(
        wave.actor, entity, rows, on_errors=bad, sources=[wave.source(draft) for (draft, _part), _values in new]
    )
    for (draft, _part), _values in new:
        draft.has_changed_parts = True
    wave.added[entity.label] += len(new) - len(failed)


def update(wave: "Wave", entity: Entity, changed: dict[UUID, tuple[Pair, dict[str, Any]]]) -> None:
    """Change parts that the records have already."""
    if not changed:
        return
    order: list[UUID] = []
    versions: dict[UUID, int] = {}

    def values(record: Any) -> dict[str, Any]:
        order.append(record.pk)
        versions[record.pk] = record.version
        return changed[record.pk][1]

    sources = {key: wave.source(draft) for key, ((draft, _part), _values) in changed.items()}
    outcome = writes.update_many(
        wave.actor,
        entity,
        changed,
        values,
        on_errors=lambda at, errors: fail(wave, changed[order[at]][0], errors),
        sources=sources,
    )
    for key, why in outcome.skipped:
        changed[key][0][0].fail("", why)
    for record in outcome.records:
        if record.version != versions[record.pk]:
            changed[record.pk][0][0].has_changed_parts = True
            wave.updated[entity.label] += 1


def fail(wave: "Wave", pair: Pair, errors: dict[str, list[Any]]) -> None:
    """Reject the row of a part."""
    draft, part = pair
    for name, messages in errors.items():
        draft.fail(wave.compiled.column_of(name, part.part) if name else "", *messages)
