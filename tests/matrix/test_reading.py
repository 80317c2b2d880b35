"""What each person reads."""

import pytest

from kith.core.access import actor_of
from kith.core.entity import registry


def test_rows(matrix) -> None:
    bad = []
    for who, user in matrix.people.items():
        actor, person = actor_of(user.pk), matrix.persons[who]
        for kind in registry:
            for op in ("view", "edit", "delete", "export", "share", "history", "assign"):
                for trashed in (False, True):
                    got = {str(k) for k in kind.rows(actor, op, trashed=trashed).values_list("pk", flat=True)}
                    want = matrix.oracle.ids(person, kind.label, op, trashed)
                    if got != want:
                        bad.append((who, kind.label, op, trashed, len(got - want), len(want - got)))
    for line in bad:
        print(line)
    assert not bad
