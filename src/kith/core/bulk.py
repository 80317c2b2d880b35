"""One act on many records: what is asked, on which of them, and what came of it (R142).

The rights are those of the moment at which each chunk is written; what may not be changed is skipped and counted. One
change-set holds it all, so that one undo takes it back.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import access, confirming, room, writes
from .access import Actor
from .changes import change_set
from .cleaning import REQUIRED
from .entity import Action, Entity
from .errors import BadValue, Forbidden, Refused

CHUNK, MOST_TOLD = 1000, 100
Step = Callable[[int], None]


@dataclass
class Result:
    """How many were done and skipped, why, and the change-set that undoes it."""

    done: int = 0
    skipped: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    #: The first records that a rule refused: id, title and what it said.
    refused: list[tuple[str, str, list[str]]] = field(default_factory=list)
    changeset: uuid.UUID | None = None

    def skip(self, reason: Any, count: int = 1) -> None:
        """Count records left as they are."""
        if count:
            self.skipped += count
            self.reasons[str(reason)] = self.reasons.get(str(reason), 0) + count

    def refuse(self, record: Any, errors: Mapping[str, list[Any]], labels: Mapping[str, Any]) -> None:
        """Count a record that a rule refused, and keep what it said by field."""
        lines = [
            f"{labels[name]}: {text}" if name in labels else str(text)
            for name, texts in errors.items()
            for text in texts
        ]
        self.skip(next(iter(lines), ""))
        if len(self.refused) < MOST_TOLD:
            self.refused.append((str(record.pk), str(record), lines))

    def as_json(self) -> dict[str, Any]:
        """For the result of a job."""
        return {
            "done": self.done,
            "skipped": self.skipped,
            "reasons": self.reasons,
            "refused": self.refused,
            "changeset": str(self.changeset) if self.changeset else None,
        }


def run(
    actor_now: Callable[[], Actor],
    entity: Entity,
    keys: Iterable[uuid.UUID],
    what: str,
    values: Mapping[str, Any],
    step: Step = lambda count: None,
) -> Result:
    """Do `what` ("edit", "confirm", "delete", "tag", "untag" or an action's name) to the records; `actor_now` gives the actor with the rights of now."""
    result, act = Result(), act_of(entity, what, values)
    actor, deletes = actor_now(), what == "delete"
    with (
        room.making() if deletes else nullcontext(),
        change_set(actor, kind="delete" if deletes else "bulk", entity=entity.label) as changes,
    ):
        for chunk in batched(dict.fromkeys(keys), CHUNK, strict=False):
            act(actor_now(), list(chunk), result)
            step(len(chunk))
    result.changeset = changes.id if changes.counts else None
    return result


Act = Callable[[Actor, list[uuid.UUID], Result], None]


def act_of(entity: Entity, what: str, values: Mapping[str, Any]) -> Act:
    """The function that does it to one chunk; raises Refused for an unknown act."""
    if what == "delete":
        return lambda actor, keys, result: count(result, writes.delete(actor, entity, keys))
    if what == "edit":
        return lambda actor, keys, result: edit(actor, entity, keys, values, result)
    if what == "confirm":
        fields = list(values.get("fields") or [])
        return lambda actor, keys, result: count(result, confirming.confirm(actor, entity, keys, fields))
    if what in ("tag", "untag"):
        return lambda actor, keys, result: edit(actor, entity, keys, retagged(entity, what, values), result)
    action = next((item for item in entity.actions if item.name == what and item.bulk), None)
    if action is None:
        valid = ", ".join(
            ["edit", "confirm", "delete", "tag", "untag", *(item.name for item in entity.actions if item.bulk)]
        )
        raise Refused(_("There is no such act on many records; there are: %(valid)s.") % {"valid": valid})
    given = action_values(action, values)
    return lambda actor, keys, result: perform(actor, entity, action, keys, given, result)


def count(result: Result, outcome: writes.Outcome) -> None:
    """Add the outcome of one chunk."""
    result.done += len(outcome.records)
    for _key, reason in outcome.skipped:
        result.skip(reason)


def edit(actor: Actor, entity: Entity, keys: list[uuid.UUID], values: Any, result: Result) -> None:
    """Set values; records that the entity's rules refuse are skipped with the reason."""
    records: list[Any] = []
    labels = {
        name: capfirst(str(spec.label)) for name, spec in entity.fields.items() if name not in values_named(values)
    }

    def new(record: Any) -> Any:
        records.append(record)
        return values(record) if callable(values) else values

    def refuse(position: int, errors: dict[str, list[Any]]) -> None:
        result.refuse(records[position], errors, labels)

    count(result, writes.update_many(actor, entity, keys, new, typed=True, on_errors=refuse))


def values_named(values: Any) -> Iterable[str]:
    """Fields that a bulk edit sets itself: their messages need no name."""
    return () if callable(values) else values


def retagged(entity: Entity, what: str, values: Mapping[str, Any]) -> Callable[[Any], dict[str, Any]]:
    """Tags added to or taken from those that each record has."""
    spec = entity.field("tags")
    wanted = spec.type.clean(list(values.get("tags") or []), spec)

    def tags(record: Any) -> dict[str, Any]:
        kept = [key for key in record.tags if key not in wanted]
        return {"tags": [*record.tags, *(key for key in wanted if key not in record.tags)] if what == "tag" else kept}

    return tags


def action_values(action: Action, values: Mapping[str, Any]) -> dict[str, Any]:
    """What an action asks for, as Python values; raises Refused naming the fields."""
    given, errors = dict[str, Any](), dict[str, list[Any]]()
    for spec in action.fields:
        raw = values.get(spec.name)
        try:
            given[spec.name] = spec.type.parse(raw, spec) if isinstance(raw, str) else spec.type.clean(raw, spec)
        except BadValue as error:
            errors[spec.name] = [error.message]
            continue
        if spec.required and spec.type.is_empty(given[spec.name]):
            errors[spec.name] = [REQUIRED]
    if errors:
        raise Refused(errors)
    return given


def perform(
    actor: Actor, entity: Entity, action: Action, keys: list[uuid.UUID], values: Mapping[str, Any], result: Result
) -> None:
    """Run an action of the entity on those records on which the actor may."""
    operation = action.right or action.name
    if not access.allowed(actor, entity, operation):
        raise Forbidden(
            access.right(entity, operation),
            _("You lack the right “%(right)s”. An administrator can grant it by a role.")
            % {"right": access.right(entity, operation)},
        )
    records = list(entity.rows(actor, operation).filter(pk__in=keys))
    outcome = action(actor, records, **values) if records else None
    if isinstance(outcome, writes.Outcome):
        count(result, outcome)
    else:
        result.done += len(records)
    result.skip(_("You may not change it."), len(keys) - len(records))
