"""Who may do what: the rules of an actor compiled into one SQL predicate, the same for every surface (law 2).

An Actor carries the rules of all roles that reach it (directly, through nested groups or departments), each with the
path by which it came. `scoped` turns them into a queryset, `allowed` answers for an entity as a whole, `readable` and
`writable` for fields; `why.explain` says why.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db.models import FETCH_PEERS, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from . import past, predicates, prepared
from .actors import LEVEL_LABELS as LEVEL_LABELS
from .actors import LEVELS as LEVELS
from .actors import NOBODY as NOBODY
from .actors import SYSTEM as SYSTEM
from .actors import Actor as Actor
from .actors import FieldRule as FieldRule
from .actors import Rule as Rule
from .actors import actor_of as actor_of
from .actors import loaders as loaders
from .among import looked_up
from .errors import Forbidden, Missing
from .system_rights import SYSTEM_RIGHTS as SYSTEM_RIGHTS
from .system_rights import has_system_right as has_system_right
from .system_rights import require_system_right as require_system_right

if TYPE_CHECKING:
    from .entity import Entity
    from .specs import FieldSpec

NOTHING = Q(pk__in=[])
#: Operations that rules on "every kind" reach on public records (users, roles, dictionaries) too; see speaks.
READING = frozenset({"view", "export", "history", "sensitive"})

#: Further ways to a record: functions (entity, actor, operation) -> Q or None. Apps above core add theirs.
ways_in: list[Callable[["Entity", Actor, str], Q | None]] = []
#: Rows that are kept from an actor whatever the rules say: functions (entity, actor) -> Q or None.
ways_out: list[Callable[["Entity", Actor], Q | None]] = []


def right(entity: "Entity", operation: str) -> str:
    """The name of a right, such as "parties.company:edit"."""
    return f"{entity.label}:{operation}"


def speaks(rule: Rule, entity: "Entity", operation: str) -> bool:
    """Whether a rule is about this entity and operation.

    "Every kind" does not open the writing of public records (users, roles, dictionaries, departments) unless it comes
    with "every operation" and "all": who may create everything shall not create users and roles.
    """
    if rule.operation not in (operation, "*"):
        return False
    if rule.entity == entity.label:
        return True
    everything = rule.deny or (rule.operation == "*" and rule.level == "all")
    return rule.entity == "*" and (everything or operation in READING or not entity.access.public)


def rules_for(actor: Actor, entity: "Entity", operation: str) -> tuple[Rule, ...]:
    """The actor's rules that speak about this entity and operation; rules naming the entity go before "*" of one role."""
    key = ("rules", entity.label, operation)
    if key not in actor.memo:
        found = [rule for rule in actor.rules if speaks(rule, entity, operation)]
        exact = {rule.role for rule in found if rule.entity == entity.label and rule.operation == operation}
        actor.memo[key] = tuple(
            rule for rule in found
            if rule.deny or rule.role not in exact or (rule.entity == entity.label and rule.operation == operation)
        )  # fmt: skip
    return actor.memo[key]  # type: ignore[no-any-return]


def in_scope(actor: Actor, entity: "Entity", operation: str) -> bool:
    """Whether a service token's scopes cover the operation; "entity:op", "entity:*", "*:op" and "*" are scopes."""
    if actor.scopes is None:
        return True
    return bool(actor.scopes & {f"{entity.label}:{operation}", f"{entity.label}:*", f"*:{operation}", "*"})


def allowed(actor: Actor, entity: "Entity", operation: str) -> bool:
    """Whether the actor may do `operation` on at least some rows of the entity, as far as rules alone can tell."""
    if actor.is_system or actor.kind == "anonymous":
        return actor.is_system
    kept, key = predicates.store(actor), predicates.key("allowed", entity, actor, operation)
    if key not in kept:
        kept[key] = work_out_allowed(actor, entity, operation)
    return kept[key]  # type: ignore[no-any-return]


def work_out_allowed(actor: Actor, entity: "Entity", operation: str) -> bool:
    """See allowed; not cached."""
    if entity.access.faces:  # the rows are written as what they are
        return operation in READING and any(
            allowed(actor, registry_get(face), operation) for face in entity.access.faces
        )
    return in_scope(actor, entity, operation) and is_open(actor, entity, operation)


def opens(actor: Actor, entity: "Entity") -> bool:
    """Whether there is a list for the actor: a rule lets rows be seen, or a share, a task or the like has opened one."""
    return allowed(actor, entity, "view") or scoped(entity, actor, "view").exists()


def is_open(actor: Actor, entity: "Entity", operation: str) -> bool:
    """Whether a rule, a public kind of record or the record that a part belongs to can open it."""
    if operation == "view" and entity.access.public:
        return True
    if (entity.access.parent or entity.access.subject) and not entity.access.own_right and not entity.access.rules:
        if operation == "import":
            return has_rule(actor, entity, operation)
        faces = [registry_get(face) for other in wholes(entity) for face in other.access.faces or (other.label,)]
        whole = any(allowed(actor, face, on_whole(entity, operation)) for face in faces)
        return whole and not is_denied(actor, entity, operation)
    return has_rule(actor, entity, operation)


def is_denied(actor: Actor, entity: "Entity", operation: str) -> bool:
    """Whether a denial without condition speaks against it."""
    return any(rule.deny and not rule.condition for rule in rules_for(actor, entity, operation))


def has_rule(actor: Actor, entity: "Entity", operation: str) -> bool:
    """Whether some allowing rule above "none" speaks for it and no unconditional denial against it."""
    if is_denied(actor, entity, operation):
        return False
    return any(not rule.deny and rule.level != "none" for rule in rules_for(actor, entity, operation))


def has_rule_for_all(actor: Actor, entity: "Entity", operation: str) -> bool:
    """Whether a rule allows it on every row and none denies it on any: rights on fields know no rows."""
    rules = rules_for(actor, entity, operation)
    return any(rule.level == "all" and not rule.condition for rule in rules if not rule.deny) and not any(
        rule.deny for rule in rules
    )


def require(actor: Actor, entity: "Entity", operation: str) -> None:
    """Raise Forbidden, saying which right is missing, unless the actor may do `operation` on the entity."""
    if not allowed(actor, entity, operation):
        raise Forbidden(
            right(entity, operation),
            _("You lack the right “%(right)s”. An administrator can grant it by a role.")
            % {"right": right(entity, operation)},
        )


def level_condition(entity: "Entity", actor: Actor, level: str) -> Q:
    """The rows that `level` reaches for this actor."""
    if level == "all":
        return Q()
    if level == "none" or actor.id is None:
        return NOTHING
    people = {"own": {actor.id}, "reports": {actor.id, *actor.report_ids}, "team": {actor.id, *actor.team_ids}}.get(
        level, {actor.id}
    )
    condition = Q()
    for column in entity.access.own:
        condition |= Q(
            **{f"{column}__in" if len(people) > 1 else column: sorted(people) if len(people) > 1 else actor.id}
        )
    condition |= Q(owner=None, created_by__in=sorted(people))
    return condition | Q(org_unit__in=sorted(actor.unit_ids)) if level == "unit" and actor.unit_ids else condition


def rule_condition(entity: "Entity", actor: Actor, rule: Rule) -> Q:
    """The rows that one rule speaks about."""
    condition = level_condition(entity, actor, "all" if rule.deny else rule.level)
    if rule.condition:
        from .filters import compile_filter, from_json  # filters ask access which fields may be read

        condition &= compile_filter(entity, from_json(rule.condition), SYSTEM, me=actor)
    return condition


def union(conditions: Iterable[Q]) -> Q:
    """Rows of any of the conditions; an empty condition means all rows, no condition at all none."""
    result: Q | None = None
    for condition in conditions:
        if not condition:
            return Q()
        if condition == NOTHING:
            continue
        result = condition if result is None else result | condition
    return NOTHING if result is None else result


def by_rules(entity: "Entity", actor: Actor, operation: str) -> Q:
    """What the actor's own rules reach: allowed rows minus denied ones."""
    allowing = (rule for rule in rules_for(actor, entity, operation) if not rule.deny)
    return without_denied(entity, actor, operation, union(rule_condition(entity, actor, rule) for rule in allowing))


def without_denied(entity: "Entity", actor: Actor, operation: str, condition: Q) -> Q:
    """The rows of a condition but for those that the actor's rules deny."""
    for rule in rules_for(actor, entity, operation):
        if rule.deny:
            denied = rule_condition(entity, actor, rule)
            condition = NOTHING if not denied else condition & ~denied
    return condition


def by_parent(entity: "Entity", actor: Actor, operation: str, about: tuple[str, ...] = ()) -> Q:
    """Rows whose parent record (or subject, one of these kinds if any are named) may be viewed, or edited for any other operation."""
    wanted = on_whole(entity, operation)
    if entity.access.parent:
        (parents,) = wholes(entity)
        condition = predicate(parents, actor, wanted)
        if condition and past.played():  # asked about one record: the whole of then is not gathered
            return looked_up(parents.rows(actor, wanted), f"{entity.access.parent}_id")
        return condition and Q(**{f"{entity.access.parent}__in": parents.rows(actor, wanted).values("pk")})
    return union(
        Q(subject_entity=other.label) & (looked_up(other.rows(actor, wanted), "subject_id") if condition else Q())
        for other in wholes(entity)
        if (not about or other.label in about) and (condition := predicate(other, actor, wanted)) != NOTHING
    )


def on_whole(entity: "Entity", operation: str) -> str:
    """What must be allowed on the whole for an operation on its part."""
    return operation if operation in ("view", "history", "export") else entity.access.needs


def wholes(entity: "Entity") -> list["Entity"]:
    """The entities whose records these are parts of."""
    from .entity import registry  # entity imports access inside rows()

    if entity.access.parent:
        return [registry.get(entity.declared[entity.access.parent].target)]
    return [other for other in registry if is_subject(other)]


def is_subject(entity: "Entity") -> bool:
    """Whether notes, tasks, files and shares can be about records of this entity."""
    return entity.has_timeline and not entity.access.faces


def registry_get(label: str) -> "Entity":
    """The entity with this label."""
    from .entity import registry  # entity imports access inside rows()

    return registry.get(label)


def by_faces(entity: "Entity", actor: Actor, operation: str) -> Q:
    """Rows of a shared table, each by the rights on the entity it is a face of."""
    faces = [registry_get(label) for label in entity.access.faces]
    conditions = [(face, predicate(face, actor, operation)) for face in faces]
    if all(not condition for _face, condition in conditions):
        return Q()
    return union(Q(**face.face) & condition for face, condition in conditions if condition != NOTHING)


def by_share(entity: "Entity", actor: Actor, operation: str) -> Q:
    """Rows that somebody shared with the actor or one of its groups."""
    if entity.label not in actor.shares or operation not in ("view", "edit", "history"):
        return NOTHING
    reached: Q = loaders["shares"](entity, actor, operation)
    return reached


def predicate(entity: "Entity", actor: Actor, operation: str, about: tuple[str, ...] = ()) -> Q:
    """The one compiled condition for entity, actor and operation; Q() means all rows, NOTHING none.

    With `about`, it is the condition for rows whose subjects are of these kinds; of others it says nothing.
    """
    if actor.is_system:
        return Q()
    kept, key = predicates.store(actor), predicates.key("condition", entity, actor, operation, about)
    if key not in kept:
        kept[key] = compute_predicate(entity, actor, operation, about)
    return kept[key]  # type: ignore[no-any-return]


def compute_predicate(entity: "Entity", actor: Actor, operation: str, about: tuple[str, ...] = ()) -> Q:
    """See predicate; not cached."""
    if actor.kind == "anonymous":
        return NOTHING
    if entity.access.faces:
        return by_faces(entity, actor, operation)
    if not in_scope(actor, entity, operation):
        return NOTHING
    if operation == "view" and entity.access.public:
        return Q()
    hierarchical = bool(entity.access.parent or entity.access.subject)
    conditions = []
    if hierarchical and (not entity.access.own_right or has_rule(actor, entity, operation)):
        # Nothing but a rule lets data out of the house: neither a share nor having been given a task.
        has_own = entity.access.own and operation != "export"
        whole = [
            by_parent(entity, actor, operation, about),
            *([level_condition(entity, actor, "own")] if has_own else []),
        ]
        conditions.append(without_denied(entity, actor, operation, union(whole)))
    if not hierarchical or entity.access.rules:
        conditions.append(by_rules(entity, actor, operation))
    conditions.append(by_share(entity, actor, operation))
    conditions += [way for provider in ways_in if (way := provider(entity, actor, operation)) is not None]
    if (extra := entity.extra_access(actor, operation)) is not None:
        conditions.append(extra)
    condition = without_closed(entity, actor, union(conditions))
    if operation == "view":
        return condition
    viewable = predicate(entity, actor, "view", about)
    if NOTHING in (condition, viewable):
        return NOTHING
    return condition if predicates.implies(condition, viewable) else condition & viewable


def without_closed(entity: "Entity", actor: Actor, condition: Q) -> Q:
    """The rows of a condition but for those that ways out keep from the actor."""
    for provider in ways_out:
        if (kept := provider(entity, actor)) is not None and condition != NOTHING:
            condition = condition & ~kept
    return condition


def compiled(entity: "Entity", actor: Actor, operation: str) -> Any:
    """The predicate in the form that queries take fastest; as a condition only, see `predicates`."""
    return predicates.of(entity, actor, operation, predicate(entity, actor, operation))


def scoped(
    entity: "Entity", actor: Actor, operation: str, *, trashed: bool = False, walked: bool = False, about: Iterable[str] = (),
) -> QuerySet[Any]:  # fmt: skip
    """See Entity.rows."""
    rows, kinds = predicates.base(entity, trashed).all(), tuple(sorted(about)) if entity.access.subject else ()
    if kinds:
        rows = rows.filter(subject_entity__in=kinds)
    with past.at(past.played()):  # rights on rows of today are those of today, whatever the page speaks of
        condition = predicate(entity, actor, operation, kinds)
    return rows.filter(predicates.of(entity, actor, operation, condition, is_walked=walked, about=kinds)) if condition else rows  # fmt: skip


def ways(entity: "Entity", actor: Actor, operation: str = "view", *, apart: bool = False) -> "list[QuerySet[Any]]":
    """The rows of `scoped` as querysets whose union they are, each with indexes of its own: for finding all of a small set."""
    condition, rows = predicate(entity, actor, operation), predicates.base(entity, False)
    return (
        [rows.filter(way) for way in predicates.ways(entity, actor, operation, condition, apart=apart)]
        if condition
        else [rows.all()]
    )


def by_branch(entity: "Entity", actor: Actor, operation: str = "view") -> list[Any] | None:
    """The conditions of `branches`."""
    condition = predicate(entity, actor, operation)
    return predicates.branches(entity, actor, operation, condition) if condition else None


def branches(entity: "Entity", actor: Actor, operation: str = "view") -> "list[QuerySet[Any]] | None":
    """The rows of `scoped` as querysets of one owner each, besides sets of ids; None where they are not reached that way."""
    found, rows = by_branch(entity, actor, operation), predicates.base(entity, False)
    return None if found is None else [rows.filter(way) for way in found]


def fetch(
    entity: "Entity",
    actor: Actor,
    key: Any,
    operation: str = "view",
    *,
    trashed: bool = False,
    merged: bool = False,
    columns: Mapping[str, Any] = MappingProxyType({}),
    told: str = "",
    locked: bool = False,
) -> Any:
    """One record, or Missing when it is absent or hidden, or Forbidden when it is seen but `operation` is not allowed.

    What was merged into another record is not in the trash, unless `merged` asks for it as well.
    `columns` are expressions that come with it as attributes; `told` names them where they are always the same for this
    actor, kind and operation. `locked` for the running transaction: others wait who want to write it.
    """
    from .types.picks import as_uuid  # types are independent of access; kept local for import order

    try:
        ident = as_uuid(key)
    except Exception:
        raise Missing(entity.label, str(key)) from None
    if trashed and not merged and is_merged(entity, ident):
        raise Missing(entity.label, str(key))

    def wanted(ident: uuid.UUID) -> QuerySet[Any]:
        rows = scoped(entity, actor, operation, trashed=trashed).filter(pk=ident).annotate(**columns).order_by()
        return rows.select_for_update(of=("self",)).fetch_mode(FETCH_PEERS) if locked else rows  # type: ignore[no-any-return]

    if columns and not told:
        found = list(wanted(ident))
    else:
        found = prepared.run(actor, ("fetch", entity.label, operation, trashed, told, locked), wanted, ident)
    if found:
        return found[0]
    # Asked in one statement: the record may have come out of the trash since.
    allowed = scoped(entity, actor, operation, trashed=trashed).filter(pk=ident).values("pk")
    seen = scoped(entity, actor, "view", trashed=trashed).filter(pk=ident)
    if operation != "view" and seen.exclude(pk__in=allowed).exists():
        raise Forbidden(
            right(entity, operation),
            _(
                "You may see this record but lack the right “%(right)s” on it. Its owner or an administrator can give it."
            )
            % {"right": right(entity, operation)},
        )
    raise Missing(entity.label, str(key))


def may(entity: "Entity", actor: Actor, key: uuid.UUID, operation: str) -> bool:
    """Whether a record is there and the actor may do this with it, as it is now."""

    def rows(key: uuid.UUID) -> QuerySet[Any, Any]:
        return scoped(entity, actor, operation).filter(pk=key).order_by().values_list("pk", flat=True)[:1]

    return bool(prepared.run(actor, ("may", entity.label, operation), rows, key))


def is_merged(entity: "Entity", key: Any) -> bool:
    """Whether a record is not in the trash but merged into another one."""
    from .merging.merged import hidden  # a model, which asks nothing of rights

    return entity.duplicates and bool(hidden([key]))


# --- fields ---------------------------------------------------------------------------------------------------------

FIELD_LEVELS = ("none", "read", "edit")


def field_level(actor: Actor, entity: "Entity", name: str) -> str:
    """What the actor may do with a field: the most any of its roles gives, unless a denial says less."""
    spec = entity.fields[name]
    faces = [face for label in entity.access.faces if name in (face := registry_get(label)).fields]
    if faces:
        return min((field_level(actor, face, name) for face in faces), key=FIELD_LEVELS.index)
    default = "none" if spec.sensitive and not has_rule_for_all(actor, entity, "sensitive") else "edit"
    mine = [rule for rule in actor.field_rules if rule.entity == entity.label and rule.field == name]
    if not may_follow(actor, spec, mine):
        return "none"
    if not mine:
        return default
    roles = {rule.role for rule in rules_for(actor, entity, "view") if not rule.deny}
    by_role = {rule.role: rule.level for rule in mine if not rule.deny}
    levels = [by_role.get(role, default) for role in roles | by_role.keys()] or [default]
    best = max(levels, key=FIELD_LEVELS.index)
    return min([best, *(rule.level for rule in mine if rule.deny)], key=FIELD_LEVELS.index)


def may_follow(actor: Actor, spec: "FieldSpec", mine: Iterable[FieldRule]) -> bool:
    """Whether a value that follows from others may be read: each of those as well, and all records whose values it gives away, unless a role allows it by name."""
    for label, name in spec.needs:
        other = registry_get(label)
        if name not in other.fields or field_level(actor, other, name) == "none":
            return False
    if any(not rule.deny and rule.level != "none" for rule in mine):
        return True
    return all(not predicate(registry_get(label), actor, "view") for label in spec.gathers)


def readable(actor: Actor, entity: "Entity") -> frozenset[str]:
    """Names of the fields the actor may read."""
    return _fields_at(actor, entity, "read")


def writable(actor: Actor, entity: "Entity") -> frozenset[str]:
    """Names of the fields the actor may write."""
    return _fields_at(actor, entity, "edit")


def givable(actor: Actor, entity: "Entity") -> frozenset[str]:
    """Names of the fields the actor may give to a new record: besides the writable ones those that come with an import."""
    return _fields_at(actor, entity, "give" if allowed(actor, entity, "import") else "edit")


def _fields_at(actor: Actor, entity: "Entity", use: str) -> frozenset[str]:
    """Names of the fields that the actor may read, edit or give to a new record."""
    specs = entity.fields
    if actor.is_system:
        return frozenset(name for name, spec in specs.items() if use == "read" or is_for(spec, use))
    kept, key = predicates.store(actor), predicates.key(use, entity, actor, "fields")
    found: tuple[Any, Any, frozenset[str]] | None = kept.get(key)
    if found is None or found[0] is not specs or found[1] is not actor.field_rules:
        found = kept[key] = (specs, actor.field_rules, fields_at(actor, entity, use))
    return found[2]


def fields_at(actor: Actor, entity: "Entity", use: str) -> frozenset[str]:
    """See _fields_at; not cached."""
    least = FIELD_LEVELS.index("read" if use == "read" else "edit")
    there = (name for name, spec in entity.fields.items() if use == "read" or is_for(spec, use))
    return frozenset(name for name in there if FIELD_LEVELS.index(field_level(actor, entity, name)) >= least)


def is_for(spec: "FieldSpec", use: str) -> bool:
    """Whether a field can be edited, or given to a new record, by anybody."""
    return bool(spec.columns) and (spec.editable or (use == "give" and spec.imported))
