"""Confirming: somebody says that values still hold. A change without a new value, which the ledger keeps like any other.

    confirming.confirm(actor, entity, [person.pk], ["phone", "email"])

The rows are not touched: neither version nor "changed" move. History and timeline show it, undo takes it back.
"""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import access, pipeline
from .access import Actor
from .changes import change_set
from .entity import Entity
from .errors import Refused
from .ledger import Op
from .pipeline import Outcome

REASON = "confirmed"
#: Facts about the record in Kith, which nobody outside could confirm.
OWN = frozenset({"owner", "org_unit", "tags", "external_ids", "created_at", "created_by", "updated_at", "subject"})


def confirmable(actor: Actor, entity: Entity) -> list[str]:
    """The fields whose values the actor may confirm: those it may change, and those it may read that follow from others."""
    if entity.access.faces or not access.allowed(actor, entity, "edit"):
        return []
    return [
        name
        for name, spec in entity.fields.items()
        if spec.columns
        and name not in OWN
        and spec.type.name != "file"
        and access.field_level(actor, entity, name) == "edit"
    ]


def confirm(actor: Actor, entity: Entity, keys: Iterable[uuid.UUID], names: Collection[str]) -> Outcome:
    """Confirm the values of these fields on these records; empty ones are left out, records that may not be changed are skipped."""
    pipeline.as_itself(entity)
    access.require(actor, entity, "edit")
    check(actor, entity, names)
    wanted = list(dict.fromkeys(keys))
    with change_set(actor, kind="confirm", entity=entity.label, reason=REASON) as changes:
        mine = set(entity.rows(actor, "edit").filter(pk__in=wanted).values_list("pk", flat=True))
        skipped = [(key, _("You may not change it.")) for key in wanted if key not in mine]
        done, entries = [], []
        for record in pipeline.lock(entity, mine):
            if not (held := values(entity, record, names)):
                skipped.append((record.pk, _("There is no value to confirm.")))
                continue
            done.append(record)
            entries.append(pipeline.entry(changes, entity, record, Op.CONFIRM, held, held))
        changes.add(entries)
    return Outcome(done, skipped, changes.id)


def check(actor: Actor, entity: Entity, names: Collection[str]) -> None:
    """Raise Refused for no field, or one that the actor cannot confirm."""
    valid = confirmable(actor, entity)
    if not names:
        raise Refused({"fields": [_("Choose at least one field to confirm.")]})
    if unknown := [name for name in names if name not in valid]:
        raise Refused(
            {
                "fields": [
                    _("“%(name)s” cannot be confirmed; there are: %(valid)s.")
                    % {"name": str(unknown[0])[:60], "valid": ", ".join(valid)}
                ]
            }
        )


def values(entity: Entity, record: Any, names: Iterable[str]) -> dict[str, Any]:
    """The values that there are, as the ledger writes them."""
    specs = [entity.fields[name] for name in names]
    return {
        spec.name: pipeline.dump(spec, spec.get(record)) for spec in specs if not spec.type.is_empty(spec.get(record))
    }
