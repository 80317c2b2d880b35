"""From a user to an Actor: roles that reach the user directly, through nested groups or departments, with their paths.

Loaded once per user and epoch of rights; a change of rights anywhere ends the cached ones (see epoch).
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.core.signals import setting_changed
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from kith.core import access, custom_fields, past, settings_store
from kith.core.access import NOTHING, SYSTEM, Actor, FieldRule, Rule
from kith.core.among import one_of
from kith.core.entity import registry
from kith.core.predicates import Kept

from . import closure
from .entities.user import User
from .epoch import Epoch, bump

settings_store.declare(
    "access.second_factor",
    _("Everybody needs a second factor"),
    "boolean",
    default=False,
    group=settings_store.ACCESS,
    help=_("Whoever has none sets up an authenticator app or a passkey after signing in and reaches nothing before. A role can demand it too."),
)  # fmt: skip
_cache: dict[uuid.UUID, tuple[tuple[int, dt.date], Actor]] = {}
MAX_CACHED = 2000
#: What several users have in common, while many are built one after the other.
_common: ContextVar[dict[Any, Any] | None] = ContextVar("kith_principals", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Ask once for what users have in common (departments, teams, roles) while the block builds many; it may change no rights."""
    token = _common.set({})
    try:
        yield
    finally:
        _common.reset(token)


def once[T](key: Any, work: Callable[[], T]) -> T:
    """What `work` gives; inside `together` only the first time for a key."""
    known = _common.get()
    if known is None:
        return work()
    if key not in known:
        known[key] = work()
    found: T = known[key]
    return found


def rows(label: str) -> Any:
    """All rows of an entity: rights are loaded before there is an actor."""
    return registry.get(label).rows(SYSTEM)


def current_epoch() -> int:
    """The epoch of rights now."""
    return Epoch.objects.filter(pk=1).values_list("value", flat=True).first() or 0


def load(user_id: uuid.UUID, *, epoch: int | None = None) -> Actor:
    """The actor of a user; NOBODY for one who is gone or may not sign in."""
    stamp = (current_epoch() if epoch is None else epoch, timezone.localdate())
    custom_fields.at(stamp[0])
    found = _cache.get(user_id)
    if found is None or found[0] != stamp:
        if len(_cache) >= MAX_CACHED:
            _cache.clear()
        found = _cache[user_id] = (stamp, build(user_id, stamp[1]))
    # Conditions may hold dates ("last 30 days"), so compiled ones never outlive a request.
    return replace(found[1], memo={})


def build(user_id: uuid.UUID, day: dt.date) -> Actor:
    """Load everything that decides about a user's rights."""
    user = rows("access.user").filter(pk=user_id, is_active=True).first()
    if user is None:
        return access.NOBODY
    groups = closure.groups_of(user.pk, day)
    chains = {group: tuple(said(_("group %(name)s"), name) for name in names) for group, _is_team, names in groups}
    roles = granted(user, chains, day)
    rules = tuple(policy_rules(roles))
    lacks_factor = user.kind == "person" and not user.second_factor
    return Actor(
        id=user.pk, name=user.name, kind="service" if user.kind == "service" else "user", language=user.language, time_zone=user.time_zone,
        rules=rules, kept=Kept(rules), field_rules=tuple(field_rules(roles)), group_ids=frozenset(chains),
        team_ids=members([group for group, team, _names in groups if team], day), report_ids=closure.reports_of(user.pk),
        unit_ids=once(("below", user.org_unit_id), lambda: closure.units_below(user.org_unit_id)) if user.org_unit_id else frozenset(), unit_id=user.org_unit_id,
        shares=frozenset(shares(user.pk, frozenset(chains), day).values_list("subject_entity", flat=True)),
        must_enrol=lacks_factor and demands_factor(roles), audiences=audiences(groups, roles),
    )  # fmt: skip


def audiences(groups: Iterable[tuple[Any, ...]], roles: dict[uuid.UUID, tuple[Any, ...]]) -> tuple[uuid.UUID, ...]:
    """Groups, those the user is in itself before those around them, then roles by the length of their way; equal ones by name."""
    near = sorted(groups, key=lambda group: (len(group[2]), group[2][-1].casefold(), group[0]))
    given = sorted(roles.items(), key=lambda role: (len(role[1]), str(role[1][-1]).casefold(), role[0]))
    return (*(group for group, _team, _names in near), *(role for role, _way in given))


def wearing(actor: Actor, role: uuid.UUID) -> Actor:
    """The actor as if it had one role and nothing else, for looking at what that role shows."""
    way: dict[uuid.UUID, tuple[Any, ...]] = {role: ()}
    rules = tuple(policy_rules(way))
    return replace(
        actor, rules=rules, kept=Kept(rules), field_rules=tuple(field_rules(way)), group_ids=frozenset(), shares=frozenset(), audiences=(role,), memo={},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A user's rights for a page: the actor, and by what ways roles and groups reach it."""

    actor: Actor
    roles: list[tuple[uuid.UUID, tuple[Any, ...]]]
    groups: list[tuple[uuid.UUID, tuple[Any, ...]]]


def build_for_display(user_id: uuid.UUID) -> Shown:
    """See Shown; loaded anew."""
    day = timezone.localdate()
    actor = build(user_id, day)
    if actor.id is None:
        return Shown(actor, [], [])
    user = rows("access.user").get(pk=user_id)
    groups = closure.groups_of(user_id, day)
    chains = {group: tuple(said(_("group %(name)s"), name) for name in names) for group, _is_team, names in groups}
    return Shown(
        actor, list(granted(user, chains, day).items()), [(group, tuple(names)) for group, _team, names in groups]
    )


def said(text: Any, name: Any) -> Any:
    """A step of a way in the language of whoever reads it: actors are cached and may be read in several."""
    return lazy(lambda: str(text) % {"name": name}, str)()


def granted(user: User, chains: dict[uuid.UUID, tuple[Any, ...]], day: dt.date) -> dict[uuid.UUID, tuple[Any, ...]]:
    """Roles that reach the user, each with its path of groups or departments."""
    unit = user.org_unit_id
    units = once(("above", unit), lambda: closure.units_above(unit)) if unit else frozenset()
    mine = grants(user.pk, frozenset(chains), units, day)
    paths: dict[uuid.UUID, tuple[Any, ...]] = {}
    for grant in sorted(mine, key=lambda grant: (grant.user_id is None, grant.group_id is None)):
        way = (
            chains[grant.group_id]
            if grant.group_id
            else (said(_("department %(name)s"), grant.org_unit_granted),)
            if grant.org_unit_granted_id
            else ()
        )
        paths.setdefault(grant.role_id, (*way, said(_("role %(name)s"), grant.role.name)))
    return paths


def members(teams: list[uuid.UUID], day: dt.date) -> frozenset[uuid.UUID]:
    """Who is in one of these teams."""
    return once(("members", frozenset(teams), day), lambda: closure.members(teams, day))


def grants(user: uuid.UUID, groups: frozenset[uuid.UUID], units: frozenset[uuid.UUID], day: dt.date) -> list[Any]:
    """What gives roles to a user on a day."""
    valid = rows("access.rolegrant").filter(role__deleted_at=None).select_related("role", "org_unit_granted")
    valid = valid.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))
    if _common.get() is None:
        return list(valid.filter(Q(user=user) | Q(group__in=list(groups)) | Q(org_unit_granted__in=list(units))))
    everyones = once(("grants", day), lambda: list(valid))
    return [one for one in everyones if one.user_id == user or one.group_id in groups or one.org_unit_granted_id in units]  # fmt: skip


def demands_factor(roles: Iterable[uuid.UUID]) -> bool:
    """Whether the company or one of the roles wants a second factor."""
    if settings_store.get("access.second_factor"):
        return True
    keys = frozenset(roles)
    asked: bool = once(("factor", keys), lambda: rows("access.role").filter(pk__in=keys, second_factor=True).exists())
    return asked


def policy_rules(roles: dict[uuid.UUID, tuple[Any, ...]]) -> list[Rule]:
    """The permission items of the roles."""
    return [
        Rule(str(item.role_id), item.entity, item.operation, item.level, item.deny, item.condition, roles[item.role_id])
        for item in items("access.policyrule", roles)
    ]


def field_rules(roles: dict[uuid.UUID, tuple[Any, ...]]) -> list[FieldRule]:
    """The field permissions of the roles."""
    return [
        FieldRule(str(item.role_id), item.entity, item.field, item.level, item.deny, roles[item.role_id])
        for item in items("access.fieldpolicy", roles)
    ]


def items(label: str, roles: Iterable[uuid.UUID]) -> list[Any]:
    """The parts of some roles, in the order in which they were made."""
    keys = frozenset(roles)
    return once((label, keys), lambda: list(rows(label).filter(role__in=keys).order_by("pk")))


def shares(user: uuid.UUID, groups: frozenset[uuid.UUID], day: dt.date) -> Any:
    """Shares that reach a user directly or through a group."""
    return rows("access.share").filter(
        Q(user=user) | Q(group__in=list(groups)), Q(valid_to=None) | Q(valid_to__gte=day)
    )


def shared_rows(entity: Any, actor: Actor, operation: str) -> Q:
    """The rows of an entity that shares open to the actor."""
    if actor.id is None:
        return NOTHING
    mine = shares(actor.id, actor.group_ids, past.today()).filter(subject_entity=entity.label)
    return one_of((mine.filter(level="edit") if operation == "edit" else mine).values("subject_id"))


@receiver(setting_changed)
def forget(**_facts: Any) -> None:
    """Conditions follow settings; only tests change those while Kith runs."""
    _cache.clear()


access.loaders["user"] = load
access.loaders["role"] = wearing
access.loaders["shares"] = shared_rows
custom_fields.changed.append(bump)
