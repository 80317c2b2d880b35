"""What objects and records are used for: what keeps an object from being deleted, and what points to a record that is erased."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.filters import compile_filter, term

from .building import build
from .nouns import known
from .plans import LinkPlan, Plan, plan_of


def entity_of(row: Any) -> Entity:
    """The entity of an object, whatever this thread knows of it."""
    plan = plan_of(row)
    return build((plan,))[plan.label]


def count(entity: Entity) -> int:
    """How many records there are, the trash included."""
    return sum(entity.rows(SYSTEM, trashed=trashed).count() for trashed in (False, True))


def has_records(entity: Entity) -> bool:
    """Whether there are any."""
    return any(entity.rows(SYSTEM, trashed=trashed).exists() for trashed in (False, True))


def fills(entity: Entity, link: LinkPlan) -> bool:
    """Whether some record, be it in the trash, holds this link."""
    holds = compile_filter(entity, term(f"{link.name}:filled"), SYSTEM)
    return any(entity.rows(SYSTEM, trashed=trashed).filter(holds).exists() for trashed in (False, True))


def reasons(row: Any, others: Iterable[Any]) -> list[str]:
    """Why an object cannot be deleted: it has records, or other objects, custom fields or roll-ups lead to it."""
    found = []
    if number := count(entity_of(row)):
        found.append(
            ngettext(
                "“%(object)s” has %(num)s record, the trash included; erase it first, or retire the object.",
                "“%(object)s” has %(num)s records, the trash included; erase them first, or retire the object.",
                number,
            )
            % {"object": row.plural, "num": number}
        )
    label = plan_of(row).label
    linking = [str(other) for other in others if other.pk != row.pk and leads_to(plan_of(other), label)]
    if linking:
        found.append(
            _("Other objects link to it: %(names)s. Remove those links first.") % {"names": ", ".join(linking)}
        )
    if fields := leading_fields(label):
        found.append(_("Fields of other records lead to it: %(names)s. Remove those first.") % {"names": ", ".join(fields)})  # fmt: skip
    return found


def leading_fields(label: str) -> list[str]:
    """Links among custom fields of other records, retired ones too, and roll-ups of them, that would lead nowhere."""
    links = registry.get("core.fielddefinition").rows(SYSTEM).filter(target=label)
    rollups = registry.get("core.rollupfield").rows(SYSTEM).filter(source=label)
    return sorted(str(row) for rows in (links, rollups) for row in rows.exclude(entity=label))


def leads_to(plan: Plan, label: str) -> bool:
    """Whether an object has a link to this kind of record."""
    return any(link.target == label for link in plan.links)


def held(entity: Entity, keys: Sequence[Any]) -> bool:
    """Whether records of custom objects point to some of these; the links have no foreign key that would tell."""
    targets = {
        entity.label,
        *(other.label for other in registry.declared.values() if entity.label in other.access.faces),
    }
    for noun in known().by_label.values():
        for spec in (spec for label in targets for spec in noun.links_to(label)):
            if spec.name in ("owner", "org_unit", "created_by", "process", "stage"):
                continue
            if leads(noun, Q(**{f"{spec.path}__in": list(keys)}), but=keys if noun.label == entity.label else ()):
                return True
        if noun.names_subject and leads(noun, Q(subject_entity=entity.label, subject_id__in=list(keys)), but=keys):
            return True
    return False


def leads(noun: Entity, condition: Q, but: Sequence[Any]) -> bool:
    """Whether records of an object, be it in the trash, fulfil a condition, without those that are erased themselves."""
    return any(
        noun.rows(SYSTEM, trashed=trashed).filter(condition).exclude(pk__in=list(but)).exists()
        for trashed in (False, True)
    )
