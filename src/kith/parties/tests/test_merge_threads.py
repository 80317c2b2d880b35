"""Merges at the same moment as other merges, edits and undos of the same records: each is done as a whole, or not at all."""

import pytest
from tests.races.together import together

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Missing, Refused
from kith.core.ledger import ChangeSet
from kith.core.merging import merge as merging
from kith.core.merging.merged import current
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
COMPANY = "parties.company"


def rows():
    return registry.get(COMPANY).rows(SYSTEM)


def tried(act):
    """What came of an act; None where it found that somebody else was first."""
    try:
        return act()
    except (Missing, Refused):
        return None


def test_at_the_same_moment_everything_is_whole():
    make_people()
    entity = registry.get(COMPANY)
    with change_set(SYSTEM, entity=COMPANY) as born:
        pair = writes.create_many(SYSTEM, entity, [{"name": name} for name in ("Arbor", "Birch", "Cedar")])
    one, other, third = pair

    done = together(2, lambda at: tried(lambda: merging.merge(SYSTEM, entity, [one.pk, other.pk], survivor=(one, other)[at].pk)))  # fmt: skip
    (made,) = [found for found in done if found]
    assert rows().count() == 2 and current().get().survivor_id == made.survivor.pk
    undone = together(2, lambda _at: tried(lambda: undo.undo(SYSTEM, made.changeset)))
    assert len([found for found in undone if found]) == 1
    assert rows().count() == 3 and not current().exists()

    acts = (
        lambda: merging.merge(SYSTEM, entity, [one.pk, other.pk], survivor=one.pk),
        lambda: writes.save(SYSTEM, other, {"legal_name": "Bonn"}),
    )
    merged, edited = together(2, lambda at: tried(acts[at]))
    left = rows().get(pk=one.pk)
    assert merged and left.legal_name == ("Bonn" if edited else ""), "an edit is seen by the merge, or refused"
    undo.undo(SYSTEM, merged.changeset)

    acts = (
        lambda: undo.undo(SYSTEM, born.id),
        lambda: writes.save(SYSTEM, rows().get(pk=third.pk), {"legal_name": "Cologne"}),
    )
    _plan, edited = together(2, lambda at: tried(acts[at]))
    assert rows().filter(pk=third.pk).exists() == bool(edited), "an edit that was told is not erased"
    assert ChangeSet.objects.filter(kind="merge").count() == 2
