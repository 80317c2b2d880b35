"""Whether a change-set holds: it may have been undone, done again, undone again … each by a change-set of its own.

All of them form a chain by `undone_by`; only its last link can be undone, which turns the whole chain the other way.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from .ledger import ChangeSet

CHAINS = """
WITH RECURSIVE chain AS (
    SELECT id AS root, undone_by, 0 AS step FROM core_changeset WHERE id = ANY(%s) AND undone_by IS NOT NULL
    UNION ALL
    SELECT chain.root, later.undone_by, chain.step + 1 FROM chain JOIN core_changeset later ON later.id = chain.undone_by WHERE chain.step < 1000
)
SELECT root, undone_by FROM chain WHERE undone_by IS NOT NULL ORDER BY root, step
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A change-set with what undid it and did it again, oldest first."""

    changeset: ChangeSet
    links: tuple[ChangeSet, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether what it did is done now."""
        return len(self.links) % 2 == 0

    @property
    def last(self) -> ChangeSet:
        """The one whose undo turns it the other way."""
        return self.links[-1] if self.links else self.changeset

    @property
    def is_undone(self) -> bool:
        """Whether something is undone now that can be done again: its own change, or the one that it took back."""
        return self.last.kind == "undo"


def of(found: Iterable[ChangeSet]) -> dict[uuid.UUID, Standing]:
    """How change-sets stand, by id; two queries, none where nothing was undone."""
    known = {one.pk: one for one in found}
    turned = [key for key, one in known.items() if one.undone_by]
    chains = chains_of(turned) if turned else {}
    later = ChangeSet.objects.in_bulk({key for chain in chains.values() for key in chain}) if chains else {}
    return {key: Standing(one, tuple(later[link] for link in chains.get(key, ()))) for key, one in known.items()}


def chains_of(keys: list[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """By change-set: what turned it, in order."""
    chains: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(CHAINS, [keys])
        for root, link in cursor.fetchall():
            chains[root].append(link)
    return chains


def turns(found: ChangeSet | None) -> bool:
    """Whether a change-set undid another one or did it again."""
    return found is not None and (found.kind in ("undo", "redo") or found.undo_of is not None)


def first_of(found: ChangeSet) -> ChangeSet:
    """What a change-set undoes, or does again, in the end; itself if it does neither, or turns several together."""
    seen = {found.pk}
    while found.undo_of and found.undo_of not in seen:
        seen.add(found.undo_of)
        before = ChangeSet.objects.filter(pk=found.undo_of).first()
        if before is None:
            break
        found = before
    return found
