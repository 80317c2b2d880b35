"""Retention: records that have grown older than a rule says are told, emptied of what is personal, or erased.

A dry run counts before anything is done. The job of the night does what the rules that are on say, a bounded number of records at
a time, each run in one change-set. What is under legal hold, or about somebody who is, is never touched.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kith.core import access, notify, pipeline, proof, room, trash
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch, Item
from kith.core.chain import erasing as chain
from kith.core.chain.models import Erasure
from kith.core.changes import author, change_set
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.filters import BadFilter, compile_filter, from_json
from kith.core.following import follow

from . import erasing, subjects
from .holds import held, parties_of

log = logging.getLogger(__name__)
#: So many records are erased or emptied at a time; the rest follows in the next nights.
MOST = 200
SHOWN = 50
#: A hundred years; a calendar does not reach back as far as the column does.
MOST_MONTHS = 1200
RULES = "privacy.retentionrule"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do: records that are due, those that stay because of a hold or because they are still dealt with."""

    due: int
    held: int
    busy: int
    first: list[Any]


# --- the rule -----------------------------------------------------------------------------------------------------------


def check_right(batch: Batch) -> None:
    """Writing rules needs the right to erase personal data."""
    if not batch.actor.is_system:
        access.require_system_right(batch.actor, "personal_erase")


#: A rule that is on and changes in one of these does something else from now on.
DECISIVE = frozenset({"entity", "condition", "age_field", "months", "act", "is_active"})


def check_kind(batch: Batch) -> None:
    """A rule that is on, whichever way it became so, needs its writer's right to delete what it acts on; called when it is stored."""
    actor = author() if batch.actor.is_system else batch.actor  # with a custom object its rules come back, too
    if actor.is_system or batch.operation not in ("create", "edit", "undo", "restore"):
        return
    for item in batch.items:
        decides = item.is_new or batch.operation == "restore" or DECISIVE.intersection(item.after)
        if item.record.is_active and decides:
            access.require_system_right(actor, "personal_erase")
            require_deletion(actor, item.record)


def require_deletion(actor: Actor, rule: Any) -> None:
    """Raise Forbidden or Refused unless the actor may delete what the rule acts on: every record, where it does more than tell."""
    if (entity := registry.find(rule.entity)) is None:
        return
    access.require(actor, entity, "delete")
    if rule.act != "notify" and access.predicate(entity, actor, "delete"):
        raise Refused(_("For this rule you need the right to delete all records of its kind."))


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """What does not fit together."""
    label, field, act, condition, months = (
        values.get(name, getattr(record, name)) for name in ("entity", "age_field", "act", "condition", "months")
    )
    entity = registry.find(label or "")
    if entity is None:
        return {}
    errors: dict[str, list[Any]] = {}
    dates = [name for name, spec in entity.fields.items() if spec.type.name in ("date", "moment") and spec.columns]
    if field not in dates:
        errors["age_field"] = [_("No date of such records; there are: %(valid)s.") % {"valid": ", ".join(dates)}]
    if not 1 <= (months or 0) <= MOST_MONTHS:
        errors["months"] = [_("From one month to %(most)d.") % {"most": MOST_MONTHS}]
    if act == "anonymise" and not personal(entity) and entity.label not in subjects.KINDS:
        errors["act"] = [_("Such records have no personal fields.")]
    try:
        compile_filter(entity, from_json(condition or {"all": []}), SYSTEM)
    except BadFilter as error:
        errors["condition"] = [error.message]
    return errors


def personal(entity: Entity) -> list[str]:
    """Fields that are declared personal and can be emptied."""
    return [name for name, spec in entity.fields.items() if spec.personal and spec.columns]


# --- what is due ------------------------------------------------------------------------------------------------------


def old(rule: Any) -> QuerySet[Any]:
    """Records of the rule that are too old, whatever holds them."""
    entity = registry.get(rule.entity)
    spec = entity.field(rule.age_field)
    now = timezone.now() if spec.type.name == "moment" else timezone.localdate()
    limit: dt.date = now - relativedelta(months=rule.months)
    condition = compile_filter(entity, from_json(rule.condition or {"all": []}), SYSTEM)
    return entity.rows(SYSTEM).filter(condition).filter(Q(**{f"{spec.path}__lt": limit})).order_by("pk")


def busy(rule: Any, entity: Entity) -> Q:
    """Parties that are still dealt with are not erased; those that were emptied before need nothing more."""
    if entity.label not in subjects.KINDS or rule.act == "notify":
        return Q(pk__in=[])
    return ~Q(status__in=erasing.OVER)


def due(rule: Any) -> QuerySet[Any]:
    """Records that a run is about."""
    entity = registry.get(rule.entity)
    rows = old(rule).exclude(held(entity)).exclude(busy(rule, entity))
    return rows.exclude(done(rule, entity)) if rule.act == "anonymise" or entity.label in subjects.KINDS else rows


def done(rule: Any, entity: Entity) -> Q:
    """Records from which nothing personal can be taken any more."""
    if rule.act == "notify":
        return Q(pk__in=[])
    if entity.label in subjects.KINDS:
        gone = Erasure.objects.filter(entity=entity.label, reason__startswith=erasing.MARK)
        return Q(pk__in=gone.values("record_id"))
    found = Q()
    for name in personal(entity):
        spec = entity.fields[name]
        value = compile_filter(entity, from_json({"field": name, "op": "empty"}), SYSTEM)
        found &= value | Q(**{spec.path: erasing.BLANK}) if spec.required else value
    return found


def plan(rule: Any) -> Plan:
    """The dry run."""
    entity, rows = registry.get(rule.entity), old(rule)
    count = due(rule)
    kept = rows.filter(held(entity)).count()
    still = rows.exclude(held(entity)).filter(busy(rule, entity)).count()
    return Plan(count.count(), kept, still, list(count[:SHOWN]))


# --- doing it ---------------------------------------------------------------------------------------------------------


def run_all() -> dict[str, int]:
    """All rules that are on."""
    counts = {"records": 0, "rules": 0}
    for rule in registry.get(RULES).rows(SYSTEM).filter(is_active=True).order_by("pk"):
        if registry.find(rule.entity) is None:  # a kind of record that is there no more
            continue
        try:
            counts["records"] += run(SYSTEM, rule)
            counts["rules"] += 1
        except (BadFilter, Refused) as error:  # it asks for what is there no more; the others are not to blame
            log.warning("retention rule %s was not applied: %s", rule.pk, type(error).__name__)
            counts["failed"] = counts.get("failed", 0) + 1
    return counts


def by_hand(actor: Actor, rules: Sequence[Any]) -> list[Any]:
    """Run rules now; needs the right to erase, to delete every record of these kinds, and a proof that it is oneself."""
    access.require_system_right(actor, "personal_erase")
    proof.demand()
    for rule in rules:
        require_deletion(actor, rule)
    for rule in rules:
        run(actor, rule)
    return []


def run(actor: Actor, rule: Any) -> int:
    """One rule; how many records it was about."""
    entity = registry.get(rule.entity)
    count = ACTS[rule.act](actor, rule, entity)
    with change_set(actor, kind="retention", entity=RULES):
        follow(registry.get(RULES), [Item(rule, {"last_run_at": timezone.now(), "last_count": count})])
    return count


def tell(actor: Actor, rule: Any, entity: Entity) -> int:
    """Tell the owner, once for each number."""
    count = due(rule).count()
    if count and count != rule.last_count and rule.owner_id:
        words = ngettext(
            "%(num)s record is older than the rule “%(rule)s” says.",
            "%(num)s records are older than the rule “%(rule)s” says.",
            count,
        ) % {"num": count, "rule": rule.name}
        notify.tell([rule.owner_id], "job", by=SYSTEM, entity=RULES, title=words, url=f"/retention-rules/{rule.pk}/?tab=dry-run")  # fmt: skip
    return count


def anonymise(actor: Actor, rule: Any, entity: Entity) -> int:
    """Take personal values away, in the ledger too."""
    with room.making(), transaction.atomic():
        rows = locked(rule, entity)
        if entity.label in subjects.KINDS:
            erasing.forget(actor, entity, rows, erasing.MARK + rule.name, kind="retention")
        elif rows:
            erasing.take_away(actor, entity, rows, personal(entity), rule.name)
    return len(rows)


def locked(rule: Any, entity: Entity) -> list[Any]:
    """What is due, as much as a run takes, locked with the parties that it is about, and due then too: a hold set in this moment wins."""
    rows = pipeline.lock(entity, due(rule).values_list("pk", flat=True)[:MOST])
    pipeline.lock(registry.get(subjects.PARTY), parties_of(entity, rows), trashed=None)
    still = set(due(rule).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [row for row in rows if row.pk in still]


def erase(actor: Actor, rule: Any, entity: Entity) -> int:
    """Erase for good; of people and companies the empty record keeps its place. What others point to stays."""
    if entity.label in subjects.KINDS:
        return anonymise(actor, rule, entity)
    gone = []
    with room.making(), transaction.atomic():
        with change_set(actor, kind="retention", entity=entity.label, reason=rule.name) as changes:
            for row in locked(rule, entity):
                try:
                    with changes.attempt():
                        trash.erase(changes, entity, [row])
                    gone.append((entity.label, row.pk))
                except Refused:
                    continue
        chain.note(actor, gone, rule.name)
    return len(gone)


ACTS = {"notify": tell, "anonymise": anonymise, "erase": erase}


def panel(actor: Actor, rule: Any) -> dict[str, Any]:
    """The dry run as a tab of the rule; only who may erase sees whose records they are."""
    entity = registry.find(rule.entity)
    if entity is None or not access.has_system_right(actor, "personal_erase"):
        return {"plan": None, "rows": [], "entity": None}
    found = plan(rule)
    seen = set(entity.rows(actor).filter(pk__in=[row.pk for row in found.first]).values_list("pk", flat=True))
    rows = [(row, f"/{entity.slug}/{row.pk}/") for row in found.first if row.pk in seen]
    return {
        "plan": found,
        "rows": rows,
        "kind": entity,
        "most": MOST,
        "date": rule.age_field if rule.age_field in access.readable(actor, entity) else "",
    }
