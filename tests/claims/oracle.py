"""What must be true after many took at once: each record went to exactly one person, and to the one who was told so."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import batched
from typing import Any
from uuid import UUID

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import Change
from kith.distribution.entities.work_item import WorkItem


def gains(keys: Collection[UUID]) -> Counter[UUID]:
    """How often the ledger says that somebody became the owner of each record."""
    found: Counter[UUID] = Counter()
    for some in batched(keys, 2000, strict=False):
        changes = Change.objects.filter(entity="sales.lead", record_id__in=some, op="update", after__has_key="owner")
        found.update(changes.exclude(after__owner=None).values_list("record_id", flat=True))
    return found


def violations(keys: Collection[UUID], told: Mapping[UUID, Iterable[UUID]], *, all_taken: bool = True) -> list[str]:
    """Everything that is wrong; `told` says which records each person was told to have got, one by one."""
    taken, owners = gains(keys), owners_of(keys)
    wrong = [f"{key}: {count} times taken" for key, count in taken.items() if count > 1]
    if all_taken:
        wrong += [f"{key}: nobody got it" for key in keys if not taken[key]]
    acknowledged = Counter(key for mine in told.values() for key in mine)
    wrong += [f"{key}: {count} people were told they have it" for key, count in acknowledged.items() if count > 1]
    wrong += [f"{key}: told {who}, owned by {owners.get(key)}" for who, mine in told.items() for key in mine if owners.get(key) != who]  # fmt: skip
    return wrong + items(keys, owners)


def owners_of(keys: Collection[UUID]) -> dict[UUID, Any]:
    """Who owns each record."""
    rows = registry.get("sales.lead").rows(SYSTEM)
    return {key: owner for some in batched(keys, 2000, strict=False) for key, owner in rows.filter(pk__in=some).values_list("pk", "owner_id")}  # fmt: skip


def items(keys: Collection[UUID], owners: Mapping[UUID, Any]) -> list[str]:
    """One item for each record, leased by its owner."""
    wrong = []
    seen: Counter[UUID] = Counter()
    for some in batched(keys, 2000, strict=False):
        for key, state, who in WorkItem.objects.filter(subject_id__in=some).values_list("subject_id", "state", "lease_owner_id"):  # fmt: skip
            seen[key] += 1
            if owners.get(key) and (state == "waiting" or who != owners[key]):
                wrong.append(f"{key}: owned by {owners[key]}, but its item is {state} of {who}")
    return wrong + [f"{key}: {count} items" for key, count in seen.items() if count != 1]
