"""Undo after any history: what it gives back is what stood there before, and what was edited since stays."""

from collections import Counter
from random import Random

import pytest
from hypothesis import strategies as st

from .drawing import drawn, value

LABEL, FIELDS = "people.employee", ("position", "capacity", "skills", "hired_on", "birth_date", "status")
#: A step: what is done, and the dice of who, which fields and values.
STEPS = st.lists(st.tuples(st.sampled_from(("edit", "edit", "bulk", "undo", "delete", "restore")), st.integers(0, 10**6)), min_size=2, max_size=9)  # fmt: skip


class Model:
    """What should stand there, in plain Python: values by record and field, and every change-set with what it did."""

    def __init__(self, keys):
        self.now = {key: {} for key in keys}
        self.gone = set()
        self.sets = {}  # id -> list of (record, field, before, after); a trashed or restored record is field "gone"

    def take(self, changeset, changes):
        """Note a change-set."""
        self.sets[changeset] = changes
        for key, name, _before, after in changes:
            self.put(key, name, after)

    def put(self, key, name, found):
        """One value from now on."""
        if name == "gone":
            (self.gone.add if found else self.gone.discard)(key)
        else:
            self.now[key][name] = found

    def held(self, key, name):
        """One value now."""
        return key in self.gone if name == "gone" else self.now[key][name]

    def back(self, changeset):
        """What undo of a change-set gives back: each value that is still the one given, none of a record in the trash."""
        return [
            (key, name, after, before)
            for key, name, before, after in self.sets[changeset]
            if self.held(key, name) == after and (name == "gone" or key not in self.gone)
        ]


def state():
    """What stands in the database: values of records, and which are in the trash."""
    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    entity = registry.get(LABEL)
    rows = {trashed: list(entity.rows(SYSTEM, trashed=trashed)) for trashed in (False, True)}
    values = {record.pk: {name: entity.fields[name].get(record) for name in FIELDS} for each in rows.values() for record in each}  # fmt: skip
    return values, {record.pk for record in rows[True]}


def step(model, what, dice):
    """Do one step in the product and in the model; whether there was anything to do."""
    from kith.core import undo, writes
    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.core.errors import Refused
    from kith.core.ledger import ChangeSet

    entity = registry.get(LABEL)
    here = [key for key in model.now if key not in model.gone]
    if what == "undo":
        left = [key for key in model.sets if not ChangeSet.objects.get(pk=key).undone_by]
        if not left:
            return False
        wanted = dice.choice(left)
        try:
            undo.undo(SYSTEM, wanted)
        except Refused:
            return False
        own = ChangeSet.objects.filter(undo_of=wanted).order_by("-at").first()
        if own is None:  # nothing could be given back, so nothing was written
            assert model.back(wanted) == []
            return False
        model.take(own.pk, model.back(wanted))
        return True
    keys = dice.sample(here, min(len(here), 1 if what == "edit" else dice.randint(1, 3)))
    if what == "restore":
        keys = sorted(model.gone)[:1]
    if not keys:
        return False
    before = state()
    if what in ("edit", "bulk"):
        names = dice.sample(FIELDS, 1 if what == "bulk" else dice.randint(1, 3))
        writes.update_many(SYSTEM, entity, keys, {name: value(entity.fields[name], dice, {}) for name in names})
    elif what == "delete":
        writes.delete(SYSTEM, entity, keys)
    else:
        writes.restore(SYSTEM, entity, keys)
    after = state()
    changes = [(key, name, before[0][key][name], after[0][key][name]) for key in model.now for name in FIELDS if before[0][key][name] != after[0][key][name]]  # fmt: skip
    changes += [(key, "gone", key in before[1], key in after[1]) for key in model.now if (key in before[1]) != (key in after[1])]  # fmt: skip
    if changes:
        model.take(ChangeSet.objects.latest("at", "pk").pk, changes)
    return bool(changes)


@pytest.mark.django_db
def test_undo_gives_back_what_nobody_changed_since():
    from django.db import transaction

    from kith.core import writes
    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    entity, done = registry.get(LABEL), Counter()
    made = writes.create_many(SYSTEM, entity, [{"name": f"Person {n}", "capacity": n} for n in range(4)])

    @drawn(STEPS, short=12, long=1500)
    def holds(steps):
        with transaction.atomic():
            model = Model([record.pk for record in made])
            model.now = state()[0]
            for what, seed in steps:
                done[what] += step(model, what, Random(seed))
                assert state() == (model.now, model.gone), what
            transaction.set_rollback(True)

    holds()
    assert min(done[what] for what in ("edit", "bulk", "undo", "delete", "restore")) > 0, done


@pytest.mark.django_db
def test_undo_of_everything_backwards_is_the_beginning():
    from django.db import transaction

    from kith.core import undo, writes
    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.core.testing.content import content_hash

    made = writes.create_many(SYSTEM, registry.get(LABEL), [{"name": f"Person {n}", "capacity": n} for n in range(3)])
    beginning = content_hash()

    @drawn(STEPS, short=3, long=200)
    def holds(steps):
        with transaction.atomic():
            model = Model([record.pk for record in made])
            model.now = state()[0]
            for what, seed in steps:
                if what != "undo":
                    step(model, what, Random(seed))
            for changeset in reversed(model.sets):
                assert undo.undo(SYSTEM, changeset).kept == []
            assert content_hash() == beginning
            transaction.set_rollback(True)

    holds()
