"""Bringing files in from the page: who may, whether a plan still fits what is there, and the job that does it."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kith.core import access, files, proof
from kith.core.access import Actor
from kith.core.errors import BadValue, Forbidden, Refused
from kith.core.jobs import job, running
from kith.core.jobs_bulk import actor_now
from kith.core.system_rights import has_system_right, require_system_right

from . import applying, archive
from .applying import Plan
from .comparing import Difference
from .kinds import Scope

#: Reasons that are told; more would not be read.
MOST_TOLD = 20
LENGTH = 16


def may_carry(actor: Actor) -> bool:
    """Whether the actor may see and edit everything that the files hold, each row and field of it."""
    scope = Scope()
    return has_system_right(actor, "settings") and all(
        access.allowed(actor, entity, "edit")
        and not access.predicate(entity, actor, "view")
        and scope.fields(entity).keys() <= access.readable(actor, entity)
        for entity in scope.wholes
    )


def require(actor: Actor) -> None:
    """Raise Forbidden, naming what is missing, unless the actor may carry all of it."""
    require_system_right(actor, "settings")
    for entity in Scope().wholes:
        access.require(actor, entity, "edit")
    if not may_carry(actor):
        raise Forbidden("system:settings", _("The configuration as files is for those who see all of it."))


def mark(difference: Difference) -> str:
    """A difference in a few signs: the same as long as both the files and what is there say the same."""
    told = [
        [one.kind, one.does, one.entry.key, one.old.values if one.old else None, one.new.values if one.new else None]
        for one in (difference, *difference.parts)
    ]
    text = json.dumps(told, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def marks(plan: Plan) -> list[str]:
    """The differences that somebody has seen."""
    return [mark(one) for one in plan.differences]


def require_same(plan: Plan, seen: Iterable[str]) -> None:
    """Raise Refused with the reasons unless a plan is the one that was seen."""
    known, now = set(seen), {mark(one): one for one in plan.differences}
    if known == now.keys():
        return
    new = [f"{one.entry.entity.name} “{one.entry.words}”" for key, one in now.items() if key not in known]
    gone = len(known - now.keys())
    reasons = [_("The installation has changed since it was compared; nothing was written. Compare again.")]
    if new:
        reasons.append(_("Differs otherwise now: %(names)s.") % {"names": ", ".join(new[:MOST_TOLD])})
    if gone:
        reasons.append(ngettext("%(num)s difference that was shown is no longer so.", "%(num)s differences that were shown are no longer so.", gone) % {"num": gone})  # fmt: skip
    raise Refused({"": reasons})


def require_good(plan: Plan) -> None:
    """Raise Refused with what is wrong with a plan."""
    if plan.problems:
        raise Refused({"": [f"{one.place}: {one.words}" for one in plan.problems[:MOST_TOLD]]})


@job("core.configuration", once=True, lock="configuration", label=gettext_lazy("Bringing a configuration in"))
def bring_in(file: str, prune: bool, seen: list[str]) -> dict[str, Any]:
    """Rehearse the files on a copy that is thrown away, and write them if they do what was seen; all of it or nothing."""
    here, actor = running(), actor_now()
    require(actor)
    proof.demand()
    given, scope = unpacked(file), Scope()
    here.expect(2 * len(seen), _("Rehearsing …"))
    plan = applying.plan(actor, scope, given, prune=prune, step=here.step)
    require_good(plan)
    require_same(plan, seen)
    here.step(0, _("Writing …"))
    done = applying.perform(
        actor, scope, given, prune=prune, rehearsal=False, reason=_("Configuration as files"), step=here.step
    )
    require_good(done)
    return {"counts": done.counts, "changeset": str(done.changeset or "")}


def unpacked(key: str) -> dict[str, str]:
    """The files of a stored archive; Refused when it is there no more."""
    try:
        return archive.unpack(files.path_of(key).read_bytes())
    except (FileNotFoundError, BadValue):
        raise Refused(_("The archive is no longer there; choose it again.")) from None
