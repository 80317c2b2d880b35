"""Undo of any change-set, or of several together, at any later time (N1): each field compared three ways; what was edited since is kept and told.

1. Walk the change-set's entries backwards (`unwinding.py`).
2. A created record is erased, unless it was edited since or others point to it: then it is kept (`uncreating.py`).
3. A changed field gets its old value back if it still has the value the change-set gave it; else it is kept.
4. A deleted record returns from the trash, a restored one goes back, with its parts; an erased one cannot come back: refused,
   unless an undo erased it, which took back that it was created (`recreating.py`).
5. Change-sets that are undone together are walked as one: what one of them edited of another is no edit since.
6. Whoever undoes needs the right to what is undone, on each record and field, at this moment.
7. An undo is a change-set like any other: its undo does again what was undone (`redo`). Asked for a change-set that was
   undone and done again since, the last link of that chain is undone (`standing.py`).

Here stands what may be undone, by whom, and when; `undo_plan.py` is what came of it.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from . import access, standing, unwinding
from .access import Actor
from .changes import Running, change_set
from .errors import Forbidden, Missing, Refused
from .ledger import ChangeSet
from .undo_plan import Plan

#: Change-sets that are undone together.
MOST = 500


class Dry(Exception):
    """Raised to roll a rehearsal back."""


def find(actor: Actor, key: uuid.UUID) -> ChangeSet:
    """A change-set the actor may undo: its own, or any with the system right "undo_others"."""
    found = ChangeSet.objects.filter(pk=key).first()
    if found is None:
        raise Missing("core.changeset", str(key))
    if not may_turn(actor, found):
        raise Forbidden("system:undo_others", _("Only the person who made a change, or an administrator, can undo it."))
    return found


def may_turn(actor: Actor, found: ChangeSet) -> bool:
    """Whether somebody may undo a change-set, or do it again: one's own, or any with the system right "undo_others"."""
    mine = actor.id is not None and found.actor_id == actor.id
    return mine or access.has_system_right(actor, "undo_others")


def window(actor: Actor, user_id: uuid.UUID, since: datetime, until: datetime) -> list[ChangeSet]:
    """What a user changed between two moments and nobody has undone, the latest first, but for merges, each of which is taken apart by itself; of others with the right to undo theirs."""
    if user_id != actor.id and not access.has_system_right(actor, "undo_others"):
        raise Forbidden("system:undo_others", _("Only the person who made a change, or an administrator, can undo it."))
    found = ChangeSet.objects.filter(actor_id=user_id, at__gte=since, at__lte=until, undone_by=None).exclude(
        kind__in=("undo", "merge")
    )
    return list(found.order_by("-at", "-pk")[: MOST + 1])


def find_all(actor: Actor, keys: Iterable[uuid.UUID]) -> list[ChangeSet]:
    """Change-sets to be undone together, each of which the actor may undo; of those done again since, what did them again."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        raise Refused(_("Choose the changes to be undone."))
    if len(wanted) > MOST:
        raise Refused(_("At most %(limit)d changes can be undone together.") % {"limit": MOST})
    found = [find(actor, key) for key in wanted]
    stand = standing.of(found)
    return lasts(actor, [one if not stand[one.pk].holds else stand[one.pk].last for one in found])


def find_undone(actor: Actor, keys: Iterable[uuid.UUID]) -> list[ChangeSet]:
    """The undos that change-sets wait to be done again after; raises Refused where nothing is undone."""
    stand = standing.of([find(actor, key) for key in dict.fromkeys(keys)])
    if not stand or not all(one.is_undone for one in stand.values()):
        raise Refused(_("This is not undone now, so there is nothing to do again."))
    return lasts(actor, [one.last for one in stand.values()])


def lasts(actor: Actor, found: list[ChangeSet]) -> list[ChangeSet]:
    """Each once, the latest first; the actor needs the right to undo the last link of a chain, too."""
    once = {one.pk: one for one in found}
    for key in once:
        find(actor, key)
    if len({one.kind == "undo" for one in once.values()}) > 1:
        raise Refused(_("Undo and redo are not done in one step; choose either."))
    return sorted(once.values(), key=lambda one: (one.at, one.pk), reverse=True)


def preview(actor: Actor, *keys: uuid.UUID) -> Plan:
    """What undo would restore, keep and refuse; writes nothing."""
    return rehearse(actor, find_all(actor, keys))


def preview_redo(actor: Actor, *keys: uuid.UUID) -> Plan:
    """What redo would give back, keep and refuse; writes nothing."""
    return rehearse(actor, find_undone(actor, keys))


def rehearse(actor: Actor, found: list[ChangeSet]) -> Plan:
    """Do it, and roll it back; refused as the act itself would be."""
    refuse_undone(found)
    plan: Plan | None = None
    try:
        with change_set(actor, kind=kind_of(found), undo_of=found[0].pk if len(found) == 1 else None) as changes:
            plan = run(changes, actor, found)
            raise Dry
    except Dry:
        assert plan is not None
        return plan


def undo(actor: Actor, *keys: uuid.UUID) -> Plan:
    """Undo change-sets together; raises Refused when one of them was undone before."""
    return turn(actor, find_all(actor, keys))


def redo(actor: Actor, *keys: uuid.UUID) -> Plan:
    """Do again what was undone: by the change-set itself, or by its undo; raises Refused when it is not undone now."""
    return turn(actor, find_undone(actor, keys))


def refuse_undone(found: list[ChangeSet]) -> None:
    """What was undone is not undone once more."""
    if any(one.undone_by for one in found):
        raise Refused(_("This was undone already."))


def turn(actor: Actor, found: list[ChangeSet]) -> Plan:
    """Take change-sets back in one of their own; raises Refused when somebody did so before."""
    refuse_undone(found)
    ids, only = [one.pk for one in found], found[0]
    entity = only.entity if len({one.entity for one in found}) == 1 else ""
    alone = only.pk if len(found) == 1 else None
    with change_set(actor, kind=kind_of(found), entity=entity, undo_of=alone) as changes:
        if ChangeSet.objects.filter(pk__in=ids, undone_by=None).update(undone_by=changes.id) < len(ids):
            raise Refused(_("This was undone already."))
        plan = run(changes, actor, found)
        plan.made = changes.id if changes.counts else None
        if not changes.counts:  # nothing could be undone: somebody else, or another time, may still do it
            ChangeSet.objects.filter(pk__in=ids).update(undone_by=None)
        return plan


def kind_of(found: list[ChangeSet]) -> str:
    """What the change-set is that takes these back: the undo of an undo is a redo, that of a merge taken apart a merge."""
    if any(one.kind != "undo" for one in found):
        return "undo"
    return "merge" if is_apart(found) else "redo"


def is_apart(found: list[ChangeSet]) -> bool:
    """Whether one of some undos took a merge apart."""
    return ChangeSet.objects.filter(pk__in=[one.undo_of for one in found if one.undo_of], kind="merge").exists()


def run(changes: Running, actor: Actor, found: list[ChangeSet]) -> Plan:
    """Take change-sets back; a merge in its own way, and by itself."""
    apart = all(one.kind == "undo" for one in found) and is_apart(found)
    if not apart and all(one.kind != "merge" for one in found):
        return unwinding.walk(changes, actor, found)
    if len(found) > 1:
        raise Refused(_("A merge is taken apart or done again by itself; leave it out here."))
    from .merging import again, unmerge  # they write through this

    return again.run(changes, actor, found[0]) if apart else unmerge.run(changes, actor, found[0])


__all__ = ["Plan", "find", "preview", "preview_redo", "redo", "undo", "window"]
