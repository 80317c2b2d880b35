"""The register of personal data, made from the declarations: which kinds of records hold which personal fields, and who may read them.

Purpose, legal basis, recipients and how long they are kept are written down by people (`Processing`); the rest follows.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext

from kith.core import access, counting
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch
from kith.core.entity import Entity, registry
from kith.core.exchange.formats.columns import Column
from kith.core.specs import FieldSpec

from .entities.processing import Processing
from .retention import RULES


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record with its personal fields."""

    entity: Entity
    fields: list[FieldSpec]
    processings: list[Any]
    rules: list[Any]
    readers: list[str]
    sensitive_readers: list[str]
    count: int
    is_exact: bool

    @property
    def sensitive(self) -> list[FieldSpec]:
        """Those that need a right of their own."""
        return [spec for spec in self.fields if spec.sensitive]

    def bases(self) -> list[str]:
        """The legal grounds in words."""
        return [str(Processing.Basis(one.basis).label) for one in self.processings]


def require(actor: Actor) -> None:
    """Raise Forbidden unless the actor may read the register."""
    access.require_system_right(actor, "personal")


def check_right(batch: Batch) -> None:
    """Writing it down needs the same right."""
    if not batch.actor.is_system:
        require(batch.actor)


def marked(entity: Entity) -> list[FieldSpec]:
    """The personal and sensitive fields of an entity."""
    return [spec for spec in entity.fields.values() if (spec.personal or spec.sensitive) and spec.name != "stale"]


def entities() -> list[Entity]:
    """Kinds of records with such fields, by name."""
    found = [entity for entity in registry if not entity.access.faces and marked(entity)]
    return sorted(found, key=lambda entity: str(entity.plural).casefold())


def kinds() -> tuple[tuple[str, str], ...]:
    """The same as choices."""
    return tuple((entity.label, str(capfirst(entity.plural))) for entity in entities())


def read() -> list[Kind]:
    """The whole register."""
    texts, rules = by_kind("privacy.processing"), by_kind(RULES)
    roles = list(registry.get("access.role").rows(SYSTEM).order_by("name", "pk"))
    policies: dict[Any, list[Any]] = defaultdict(list)
    for policy in registry.get("access.policyrule").rows(SYSTEM):
        policies[policy.role_id].append(policy)
    made = []
    for entity in entities():
        count, exact = counting.count(entity.rows(SYSTEM))
        made.append(
            Kind(
                entity,
                marked(entity),
                texts[entity.label],
                rules[entity.label],
                [role.name for role in roles if opens(policies[role.pk], entity, "view")],
                [role.name for role in roles if opens(policies[role.pk], entity, "sensitive")],
                count,
                exact,
            )
        )
    return made


def by_kind(label: str) -> dict[str, list[Any]]:
    """Records that name a kind, by it."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in registry.get(label).rows(SYSTEM).order_by("name", "pk"):
        found[row.entity].append(row)
    return found


def opens(policies: list[Any], entity: Entity, operation: str) -> bool:
    """Whether the rules of a role let something be done with records of an entity; of parts, with what they belong to."""
    labels = {entity.label, "*", *wholes(entity)}
    mine = [one for one in policies if one.entity in labels and one.operation in (operation, "*")]
    return any(not one.deny and one.level != "none" for one in mine)


def wholes(entity: Entity) -> list[str]:
    """The kinds that a part belongs to."""
    if not entity.access.parent or entity.access.own_right:
        return []
    target = registry.get(entity.fields[entity.access.parent].target)
    return list(target.access.faces or (target.label,))


# --- as a table -------------------------------------------------------------------------------------------------------


def columns() -> list[Column]:
    """Columns of the file."""
    titles = {
        "kind": gettext("Kind of record"), "field": gettext("Field"), "sensitive": gettext("Sensitive"), "records": gettext("Records"), "purpose": gettext("Purpose"),
        "basis": gettext("Legal basis"), "kept": gettext("Kept for"), "recipients": gettext("Recipients"), "rules": gettext("Retention rules"), "readers": gettext("Roles that may read"),
    }  # fmt: skip
    types = {"sensitive": "boolean", "records": "number"}
    return [Column(name, title, types.get(name, "text")) for name, title in titles.items()]  # type: ignore[arg-type]


def table() -> Iterator[list[Any]]:
    """One row for each personal field."""
    for kind in read():
        for spec in kind.fields:
            yield [
                str(capfirst(kind.entity.plural)), str(capfirst(spec.label)), spec.sensitive, kind.count,
                "; ".join(one.purpose for one in kind.processings), "; ".join(kind.bases()), "; ".join(filter(None, (one.retention for one in kind.processings))),
                "; ".join(filter(None, (one.recipients for one in kind.processings))), "; ".join(rule.name for rule in kind.rules),
                "; ".join(kind.sensitive_readers if spec.sensitive else kind.readers),
            ]  # fmt: skip


def as_data() -> list[dict[str, Any]]:
    """For the API."""
    return [
        {
            "entity": kind.entity.label, "name": str(kind.entity.plural), "records": kind.count, "records_is_exact": kind.is_exact,
            "fields": [{"name": spec.name, "label": str(spec.label), "personal": spec.personal, "sensitive": spec.sensitive} for spec in kind.fields],
            "processings": [
                {"id": str(one.pk), "name": one.name, "purpose": one.purpose, "basis": one.basis, "retention": one.retention, "recipients": one.recipients, "safeguards": one.safeguards}
                for one in kind.processings
            ],
            "retention_rules": [{"id": str(rule.pk), "name": rule.name, "months": rule.months, "act": rule.act, "is_active": rule.is_active} for rule in kind.rules],
            "readers": kind.readers, "readers_of_sensitive": kind.sensitive_readers,
        }
        for kind in read()
    ]  # fmt: skip
