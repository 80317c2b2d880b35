"""Why somebody may or may not do something: every rule and way that speaks about it, with the path by which it came."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .access import (
    LEVEL_LABELS,
    SYSTEM,
    Actor,
    Rule,
    allowed,
    by_parent,
    by_share,
    field_level,
    rule_condition,
    rules_for,
    scoped,
)
from .entity import OPERATION_LABELS, Entity, registry

FIELD_WORDS = {"none": _("hidden"), "read": _("read only"), "edit": _("read and write")}


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an explanation: a rule or way, the path by which it reaches the actor, and whether it decides for this record."""

    text: Any
    path: tuple[Any, ...]
    grants: bool
    denies: bool = False


def in_words(rule: Rule) -> Any:
    """A rule as a line for people."""
    entity = registry.find(rule.entity)
    words = {
        "kind": entity.plural if entity else _("every kind of record"),
        "operation": _("everything") if rule.operation == "*" else OPERATION_LABELS.get(rule.operation, rule.operation), "level": LEVEL_LABELS[rule.level],
    }  # fmt: skip
    if rule.deny:
        return _("denies on %(kind)s: %(operation)s") % words
    return (
        _("allows on %(kind)s: %(operation)s, for %(level)s, where conditions hold")
        if rule.condition
        else _("allows on %(kind)s: %(operation)s, for %(level)s")
    ) % words


def explain(
    actor: Actor, entity: Entity, operation: str, record: Any = None, field_name: str = ""
) -> tuple[bool, list[Reason]]:
    """Why the actor may or may not do `operation` (on `record`, with `field_name`): the verdict and every rule that speaks."""
    reasons = []
    for rule in rules_for(actor, entity, operation):
        hit = record is None or entity.rows(SYSTEM).filter(rule_condition(entity, actor, rule), pk=record.pk).exists()
        reasons.append(
            Reason(in_words(rule), rule.via, hit and not rule.deny and rule.level != "none", hit and rule.deny)
        )
    if entity.access.parent or entity.access.subject:
        hit = record is None or entity.rows(SYSTEM).filter(by_parent(entity, actor, operation), pk=record.pk).exists()
        reasons.append(Reason(_("follows the record it is a part of"), (), hit))
    if record is not None and entity.rows(SYSTEM).filter(by_share(entity, actor, operation), pk=record.pk).exists():
        reasons.append(Reason(_("the record was shared"), (), True))
    verdict = (
        allowed(actor, entity, operation)
        if record is None
        else scoped(entity, actor, operation).filter(pk=record.pk).exists()
    )
    if field_name:
        level = field_level(actor, entity, field_name) if not actor.is_system else "edit"
        enough = level == "edit" or (level == "read" and operation == "view")
        paths = [rule for rule in actor.field_rules if rule.entity == entity.label and rule.field == field_name]
        reasons += [
            Reason(
                _("field “%(field)s”: %(level)s") % {"field": field_name, "level": FIELD_WORDS[rule.level]},
                rule.via,
                rule.level != "none",
                rule.deny,
            )
            for rule in paths
        ]
        verdict = verdict and enough
    return verdict, reasons
