"""One line of the log in full: what changed from what to what, what else happened to the record, whether it can be undone."""

from dataclasses import dataclass, field
from typing import Any

from kith.core import standing, titles, undo
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Missing
from kith.core.ledger import AuditEvent, Change, ChangeSet, Op
from kith.core.timeline_changes import lines as changed
from kith.core.timeline_changes import linked
from kith.core.tokens import ApiToken

from .stream import Line, lines

MOST_RECORDS = 20
AROUND = 3


@dataclass(slots=True)
class Record:
    """What the change-set did to one record."""

    change: Change
    entity: Entity
    lines: list[tuple[Any, Any, Any]]

    @property
    def what(self) -> Any:
        """Created, changed …"""
        return Op(self.change.op).label


@dataclass(slots=True)
class Detail:
    """Everything beside the log about one of its lines."""

    line: Line
    by: ChangeSet | None = None
    records: list[Record] = field(default_factory=list)
    hidden: int = 0
    titles: Any = None
    around: list[Line] = field(default_factory=list)
    token: ApiToken | None = None
    stands: standing.Standing | None = None
    may_turn: bool = False


def of(actor: Actor, key: int) -> Detail:
    """The line with this number; Missing when there is none."""
    event = AuditEvent.objects.filter(pk=key).order_by("-at").first()
    if event is None:
        raise Missing("core.auditevent", str(key))
    detail = Detail(lines(actor, [event])[0])
    if event.changeset_id:
        add_changes(detail, actor, event)
    if event.token_id:
        detail.token = ApiToken.objects.filter(pk=event.token_id).first()
    if event.record_id and not detail.line.is_hidden:
        detail.around = lines(actor, neighbours(event))
    return detail


def add_changes(detail: Detail, actor: Actor, event: AuditEvent) -> None:
    """The changes of the line's kind of record that the reader may see; how many are hidden."""
    detail.by = ChangeSet.objects.filter(pk=event.changeset_id).first() if event.changeset_id else None
    entity = registry.find(event.entity)
    if detail.by is None or entity is None:
        return
    found = list(
        Change.objects.filter(changeset_id=detail.by.pk, entity=event.entity).order_by("id")[: MOST_RECORDS + 1]
    )
    shown = [
        line.event.record_id
        for line in lines(actor, [AuditEvent(entity=event.entity, record_id=change.record_id) for change in found])
        if not line.is_hidden
    ]
    detail.hidden = len(found) - len(shown)
    detail.records = [
        Record(change, entity, changed(actor, entity, change.before, change.after))
        for change in found
        if change.record_id in shown
    ][:MOST_RECORDS]
    detail.titles = titles.load(actor, {pair for record in detail.records for pair in linked(record.lines)})
    detail.stands = standing.of([detail.by])[detail.by.pk]
    detail.may_turn = undo.may_turn(actor, detail.stands.last)


def neighbours(event: AuditEvent) -> list[AuditEvent]:
    """What happened to the record just before and after."""
    same = AuditEvent.objects.filter(record_id=event.record_id, entity=event.entity).exclude(pk=event.pk)
    after = list(same.filter(at__gte=event.at, pk__gt=event.pk).order_by("at", "id")[:AROUND])
    before = list(same.filter(at__lte=event.at, pk__lt=event.pk).order_by("-at", "-id")[:AROUND])
    return [*reversed(after), *before]
