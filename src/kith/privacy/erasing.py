"""Erasing what Kith holds about a person or company, also in its history; the empty record keeps its place (R145).

1. Refused for one that is still active, and for one that is held for a dispute or an authority.
2. Records that were merged into it go. Its names, contact points, addresses, notes, files and the requests it sent go; a record whose place matters stays, empty.
3. What names it in texts of other records is blanked there.
4. Ledger and log: all bodies of its records, those of records that link to it where they hint at it, and whatever else names it.
5. Copies: notifications, exports and imported files kept, answers kept for programs, arguments of jobs, marks.

A name that somebody else bears too, or a number at which somebody else is reached, is taken away only where a record is about this one
or links to it: nothing of a namesake is touched.
"""

import re
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kith.core import access, mentions, pipeline, proof, room, trash
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch, Item
from kith.core.chain import erasing
from kith.core.changes import Running, change_set
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.following import follow
from kith.core.ledger import Change
from kith.core.merging import merge

from . import copies, subjects
from .subjects import Holding

#: How a reason begins that stands in the list of erasures: such records are emptied again after a restore, not removed.
MARK = "personal data: "
BLANK = "…"
#: In these states a party is no longer dealt with.
OVER = frozenset({"do_not_contact", "deceased", "dormant", "lost"})
#: What says how it stands with us and not who it is; it stays for counts and reports.
KEPT = frozenset(
    ["status", "legal_hold", "roles", "tier", "source", "territory", "industry", "owner", "org_unit", "parent", "country", "language", "tags"]
)  # fmt: skip
TEXTS = frozenset({"text", "longtext", "richtext", "mail", "phone", "url", "words", "json"})
#: Our own people may be namesakes too.
COLLEAGUES = {"access.user": ("name", "email"), "people.employee": ("name", "email")}
#: Names shorter than this say too little to be looked for in all texts.
LEAST = 5


@dataclass(frozen=True, slots=True)
class Words:
    """What names it: `names` wherever they stand, `hints` only where a record is linked to it."""

    names: frozenset[str]
    hints: frozenset[str]


def check(entity: Entity, party: Any) -> None:
    """Raise Refused for a party that may not be erased, saying what to do."""
    if any(one.legal_hold for one in (party, *subjects.merged_into(entity, party))):
        raise Refused(_("“%(name)s” is under legal hold; erasing waits until that is lifted.") % {"name": party})
    if party.deleted_at is None and party.status not in OVER:
        raise Refused(
            _("“%(name)s” is still dealt with. Set the status to one that is over, or delete the record, then erase.")
            % {"name": party}
        )


def erase(actor: Actor, entity: Entity, key: uuid.UUID, *, reason: str) -> Counter[str]:
    """Erase; how many records were emptied, removed and blanked, and how many bodies of ledger and log."""
    party = found(actor, entity, key)
    proof.demand()
    check(entity, party)
    return forget(actor, entity, [party], MARK + reason)


def found(actor: Actor, entity: Entity, key: uuid.UUID) -> Any:
    """The party, alive or in the trash, for who may delete it and erase; Missing for who may not see it."""
    trashed = entity.rows(SYSTEM, trashed=True).filter(pk=key).exists()
    access.fetch(entity, actor, str(key), "delete" if trashed else "view", trashed=trashed)
    access.require_system_right(actor, "personal_erase")
    return access.fetch(entity, actor, str(key), "delete", trashed=trashed)


def forget(
    actor: Actor, entity: Entity, parties: Sequence[Any], reason: str, *, kind: str = "erase", checked: bool = True
) -> Counter[str]:
    """Steps 2 to 5 for some parties, in one transaction and one change-set.

    They are locked first and looked at as they are then, so that a hold set in this moment wins: Refused. Not `checked` is only what
    was erased before and came back with a backup.
    """
    with room.making(), transaction.atomic():
        with change_set(actor, kind=kind, entity=entity.label) as changes:
            locked = pipeline.lock(entity, [party.pk for party in parties], trashed=None)
            for party in locked if checked else ():
                check(entity, party)
            works = [work(changes, entity, party) for party in locked]
        # Only now does the ledger hold the last values, which have to go as well.
        for one in works:
            finish(actor, one, reason)
    return sum((one.counts for one in works), Counter())


@dataclass(frozen=True, slots=True)
class Work:
    """One party whose rows are emptied: what of its history and copies has to follow."""

    holding: Holding
    gone: list[tuple[str, uuid.UUID]]
    words: Words
    photos: set[str]
    counts: Counter[str]

    @property
    def keys(self) -> set[uuid.UUID]:
        """Records that are about nothing else."""
        return {self.holding.record.pk, *(key for _label, key in self.gone)}


def work(changes: Running, entity: Entity, party: Any) -> Work:
    """Steps 2 and 3: the rows."""
    holding = subjects.of(entity, party)
    gone = [*subjects.past(holding), *((label, row.pk) for label, rows in holding.own.items() for row in rows)]
    gone += [(entity.label, row.pk) for row in holding.merged]
    made = Work(holding, sorted(set(gone)), words_of(holding), copies.photos(holding), Counter())
    made.counts["removed"] = remove(changes, holding)
    made.counts["removed"] += remove_merged(changes, holding)
    made.counts["emptied"] = empty(holding)
    made.counts["blanked"] = blank(holding, made.words, made.keys)
    return made


def finish(actor: Actor, made: Work, reason: str) -> None:
    """Steps 4 and 5: history and copies."""
    about = (made.holding.entity.label, made.holding.record.pk)
    names, hints = made.words.names, made.words.names | made.words.hints
    made.counts["history"] = erasing.forget(
        actor, about, made.keys, linked=made.holding.linked_keys, names=names, hints=hints, reason=reason
    )
    erasing.note(actor, made.gone, reason.removeprefix(MARK))
    copies.forget(made.holding, made.keys, names, made.photos)


def again(due: Any) -> None:
    """Empty a record once more that came back with a backup; one that did not come back is only noted."""
    entity = registry.get(due.entity)
    rows = [row for trashed in (False, True) for row in entity.rows(SYSTEM, trashed=trashed).filter(pk=due.record_id)]
    if rows and due.entity in subjects.KINDS:
        forget(SYSTEM, entity, rows, due.reason, checked=False)
    elif rows:
        take_away(
            SYSTEM,
            entity,
            rows,
            [name for name, spec in entity.fields.items() if spec.personal and spec.columns],
            due.reason.removeprefix(MARK),
        )
    else:
        erasing.note(SYSTEM, [(due.entity, due.record_id)], due.reason)


def take_away(actor: Actor, entity: Entity, rows: Sequence[Any], names: Collection[str], why: str) -> None:
    """Empty personal fields of records that are no people, and what ledger and log say of these records."""
    with room.making(), transaction.atomic():
        with change_set(actor, kind="retention", entity=entity.label):
            items = []
            for row in pipeline.lock(entity, [row.pk for row in rows]):
                gone = nothing(entity, row)
                items.append(Item(row, {name: gone[name] for name in names if name in gone}))
            follow(entity, items)
        erasing.note(actor, [(entity.label, row.pk) for row in rows], MARK + why)


# --- what names it ----------------------------------------------------------------------------------------------------


def words_of(holding: Holding) -> Words:
    """Present and former names, addresses and numbers."""
    names, hints = set[str](), set[str]()
    for values in versions(holding):
        for name in ("name", "native_name", "legal_name", "email", "phone", "website", "value", "normalized"):
            if text := values.get(name):
                names.add(str(text))
        given, family = values.get("given_name") or "", values.get("family_name") or ""
        if given and family:
            names |= {f"{given} {family}", f"{family} {given}", f"{family}, {given}"}
        hints |= {word for word in (given, family) if len(word) > 1}
    names = {name.strip() for name in names if len(name.strip()) > 1}
    names |= {name.removeprefix("+") for name in names if name.startswith("+")}
    shared = {name for name in names if len(name) < LEAST and name.isascii()} | of_others(holding, names)
    return Words(frozenset(names - shared), frozenset(hints | shared))


def versions(holding: Holding) -> Iterable[dict[str, Any]]:
    """The values of the party, of what was merged into it and of its contact points, now and in the ledger."""
    rows = [*holding.itself, *holding.own.get("parties.contactpoint", [])]
    yield from map(vars, rows)
    keys = [row.pk for row in rows]
    for before, after in Change.objects.filter(record_id__in=keys).values_list("before", "after"):
        yield from (before, after)


def of_others(holding: Holding, names: Collection[str]) -> set[str]:
    """Those by which another party goes, or at which it is reached; one in the trash may come back."""
    wanted, itself, found = list(names), [one.pk for one in holding.itself], set[str]()
    for points in subjects.both(registry.get("parties.contactpoint")):
        for field in ("normalized", "value"):
            rows = points.exclude(party__in=itself).filter(**{f"{field}__in": wanted})
            found |= set(rows.values_list(field, flat=True))
    for others in subjects.both(registry.get(subjects.PARTY)):
        for field in ("name", "native_name", "legal_name", "email", "phone"):
            rows = others.exclude(pk__in=itself).filter(**{f"{field}__in": wanted})
            found |= set(rows.values_list(field, flat=True))
    for label, fields in COLLEAGUES.items():
        for field in fields:
            rows = registry.get(label).rows(SYSTEM).filter(**{f"{field}__in": wanted})
            found |= set(rows.values_list(field, flat=True))
    return found | {name.removeprefix("+") for name in found}


# --- the records ------------------------------------------------------------------------------------------------------


def remove(changes: Running, holding: Holding) -> int:
    """Parts, notes, files and requests go, unless something else points to them: those stay, empty."""
    count = 0
    for label, rows in list(holding.own.items()):
        entity = registry.get(label)
        for row in rows:
            try:
                with changes.attempt():
                    trash.erase(changes, entity, [row])
                count += 1
            except Refused:
                follow(entity, [Item(row, nothing(entity, row))])
    return count


def remove_merged(changes: Running, holding: Holding) -> int:
    """Records that became this one go, unless something else points to them: those stay, hidden and empty."""
    try:
        with changes.attempt():
            merge.forget(changes, holding.entity, [holding.record.pk])
        return len(holding.merged)
    except Refused:
        for row in pipeline.lock(holding.entity, [one.pk for one in holding.merged], trashed=None):
            empty_one(holding.entity, row)
        return 0


def nothing(entity: Entity, row: Any) -> dict[str, Any]:
    """Values that leave a row without anything personal: texts that must be there become a mark."""
    values: dict[str, Any] = {}
    for name, spec in entity.fields.items():
        if not spec.columns or name in KEPT or spec.type.is_empty(spec.get(row)):
            continue
        if spec.type.name in TEXTS | {"file"} or spec.personal or spec.is_bag:
            values[name] = BLANK if spec.required and spec.type.name in TEXTS else None
    return values


def empty(holding: Holding) -> int:
    """Empty the record itself; it is called “erased” from now on."""
    (fresh,) = pipeline.lock(holding.entity, [holding.record.pk], trashed=None)
    empty_one(holding.entity, fresh)
    return 1


def empty_one(entity: Entity, record: Any) -> None:
    """Empty one row of a party."""
    values = nothing(entity, record) | {"birth_date": None, "gender": None, "external_ids": []}
    values = {name: value for name, value in values.items() if name in entity.fields}
    values["name"] = gettext("Erased person") if entity.label == "parties.person" else gettext("Erased company")
    if entity.label == "parties.person":
        values["family_name"] = values["name"]
    item = Item(record, values)
    follow(entity, [item])
    pipeline.derive(Batch(SYSTEM, entity, [item], "undo"))  # match keys follow; parts are gone and are not made anew


def blank(holding: Holding, words: Words, done: Collection[uuid.UUID]) -> int:
    """Take its names out of texts of other records: all that name it, and those linked to it that hint at it."""
    count = 0
    everywhere, nearby = pattern(words.names), pattern(words.names | words.hints, whole=True)
    for entity in registry:
        if entity.access.faces or entity.log_as == "rights":
            continue
        specs = [spec for spec in entity.fields.values() if spec.type.name in TEXTS and spec.columns]
        near = {row.pk for row in holding.linked.get(entity.label, ())}
        keys = (near | mentions.keys(entity, specs, words.names)) - set(done)
        for row in pipeline.lock(entity, keys, trashed=None) if keys else ():
            expression = nearby if row.pk in near else everywhere
            values = {spec.name: new for spec in specs if (new := without(spec.get(row), expression)) != spec.get(row)}
            if values:
                follow(entity, [Item(row, values)])
                count += 1
    return count


def pattern(words: Collection[str], *, whole: bool = False) -> re.Pattern[str] | None:
    """An expression for any of the words, the longest first; `whole`: not inside other words."""
    if not words:
        return None
    joined = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)" if whole else joined, re.IGNORECASE)


def without(value: Any, expression: re.Pattern[str] | None) -> Any:
    """A value without the words, lists and structures included."""
    if expression is None or value is None:
        return value
    if isinstance(value, str):
        return expression.sub(BLANK, value)
    if isinstance(value, list):
        return [without(one, expression) for one in value]
    if isinstance(value, dict):
        return {name: without(one, expression) for name, one in value.items()}
    return value
