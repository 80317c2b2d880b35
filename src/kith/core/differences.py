"""What differs between two moments of a list or a record: which came, which went, what changed, by whom, when and why (N2).

1. A record came or went if the list of one moment has it and that of the other has not: because it was made, deleted or
   restored, or because its values (or the days meanwhile) moved it into the conditions or the reader's rights, or out of them.
2. Of a record that is in both, each field whose value differs is told, with its value before and after; what was changed
   there and back is not.
"""

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.utils.translation import gettext_lazy as _

from . import access, askable, listing, past_rows, past_touched, pipeline
from .ledger import Change, ChangeSet, Op
from .past import Past
from .recreating import loaded
from .reports.budget import fetched
from .views import Look

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

#: Records of each kind that are told, and values read for them.
SHOWN, MOST_LINES = 200, 20_000
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
WHAT = {
    Op.CREATE: _("created"), Op.DELETE: _("deleted"), Op.RESTORE: _("restored"), Op.UPDATE: _("changed"), "in": _("came into the list"), "out": _("left the list"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One field of one record: its value at both moments, and who gave it the second one."""

    spec: "FieldSpec"
    before: Any
    after: Any
    by: ChangeSet | None
    at: dt.datetime


@dataclass(slots=True)
class Entry:
    """One record that differs."""

    record: Any
    what: str
    lines: list[Line] = field(default_factory=list)
    by: ChangeSet | None = None
    at: dt.datetime | None = None

    @property
    def words(self) -> Any:
        """What happened to it."""
        return WHAT[self.what]


@dataclass(slots=True)
class Differences:
    """All of them: the first of each kind, and how many there are."""

    since: Past
    until: Past
    entries: dict[str, list[Entry]]
    counts: dict[str, int]
    #: Whether so many values changed that not all were compared.
    is_cut: bool = False


def of_list(look: Look, actor: "Actor", since: Past, until: Past) -> Differences:
    """The differences of a look between two moments."""
    entity, first, second = look.entity, replace(look, as_of=since), replace(look, as_of=until)
    touched = past_touched.find(look, actor, since, until)
    if touched is None:
        ids = {key: ids_sql(one, actor) for key, one in ((1, first), (2, second))}
        came, went = only_in(ids[2], ids[1]), only_in(ids[1], ids[2])
        lines, is_cut = lines_of(entity, actor, since, until, within=(ids[1], ids[2]))
    else:  # few enough to be told apart here, where PostgreSQL would plan for a handful
        one, two = (ids_among(touched, when) for when in (since, until))
        came, went = latest(two - one), latest(one - two)
        lines, is_cut = lines_of(entity, actor, since, until, keys=one & two)
    changed = sorted(lines, key=lambda key: max(line.at for line in lines[key]), reverse=True)
    told = {ADDED: came[:SHOWN], REMOVED: went[:SHOWN], CHANGED: changed[:SHOWN]}
    moved = lines_of(entity, actor, since, until, keys=[*told[ADDED], *told[REMOVED]])[0]
    happened = last_acts(entity, [*told[ADDED], *told[REMOVED]], since, until)
    records = {ADDED: by_id(second, actor, told[ADDED]), REMOVED: by_id(first, actor, told[REMOVED]), CHANGED: by_id(second, actor, told[CHANGED])}  # fmt: skip
    entries = {
        kind: [
            entry_of(kind, records[kind][key], lines.get(key) or moved.get(key, []), happened.get(key))
            for key in told[kind]
            if key in records[kind]
        ]
        for kind in told
    }
    name_authors(entry for found in entries.values() for entry in found)
    return Differences(since, until, entries, {ADDED: len(came), REMOVED: len(went), CHANGED: len(changed)}, is_cut)


def of_record(entity: "Entity", actor: "Actor", key: uuid.UUID, since: Past, until: Past) -> list[Line]:
    """The fields of one record that differ; the caller has checked the rights."""
    lines = lines_of(entity, actor, since, until, keys=[key])[0].get(key, [])
    name_authors([Entry(None, Op.UPDATE, lines)])
    return lines


def entry_of(kind: str, record: Any, lines: list[Line], act: Change | None) -> Entry:
    """One record that differs, with what happened to it last that explains it."""
    fits = {ADDED: (Op.CREATE, Op.RESTORE), REMOVED: (Op.DELETE,), CHANGED: ()}[kind]
    if act is not None and act.op in fits:
        return Entry(record, act.op, lines if act.op != Op.CREATE else [], ChangeSet(pk=act.changeset_id), act.at)
    return Entry(record, {ADDED: "in", REMOVED: "out", CHANGED: Op.UPDATE}[kind], lines)


def ids_among(touched: past_touched.Touched, when: Past) -> set[uuid.UUID]:
    """Which of the records that were written since the look has at a moment."""
    found = set[uuid.UUID]()
    for rows in touched.rows(when):
        found |= {key for (key,) in fetched(*as_sql(rows))}
    return found


def latest(keys: set[uuid.UUID]) -> list[uuid.UUID]:
    """Ids, the latest made first."""
    return sorted(keys, key=lambda key: key.int, reverse=True)


def ids_sql(look: Look, actor: "Actor") -> tuple[str, list[Any]]:
    """SQL of the ids of a look."""
    return as_sql(listing.rows(look, actor))


def as_sql(rows: "QuerySet[Any]") -> tuple[str, list[Any]]:
    """SQL of the ids of some rows."""
    try:
        sql, values = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::uuid WHERE false", []
    return sql, list(values)


def only_in(one: tuple[str, list[Any]], other: tuple[str, list[Any]]) -> list[uuid.UUID]:
    """The ids of one look that the other has not, the latest made first."""
    text = f"SELECT id FROM (({one[0]}) EXCEPT ({other[0]})) found(id) ORDER BY id DESC"  # noqa: S608 - SQL of the ORM
    return [key for (key,) in fetched(text, [*one[1], *other[1]])]


def by_id(look: Look, actor: "Actor", keys: list[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """Records of a look by their ids."""
    found = past_rows.named(look.entity, listing.rows(look, actor, keys=keys)) if keys else ()
    return {record.pk: record for record in found}


NET = """SELECT c.record_id, k.name, (array_agg(c.before -> k.name ORDER BY c.id))[1], (array_agg(c.after -> k.name ORDER BY c.id DESC))[1],
    (array_agg(c.changeset_id ORDER BY c.id DESC))[1], max(c.at)
FROM core_change c CROSS JOIN LATERAL jsonb_object_keys(c.after) k(name)
WHERE c.entity = ANY(%s) AND c.at > %s AND c.at <= %s AND c.op = 'update' AND c.op <> 'create' AND k.name = ANY(%s)"""


def lines_of(
    entity: "Entity", actor: "Actor", since: Past, until: Past, *,
    within: Iterable[tuple[str, list[Any]]] = (), keys: Collection[uuid.UUID] | None = None,
) -> tuple[dict[uuid.UUID, list[Line]], bool]:  # fmt: skip
    """The values that differ by record, of all in these sets or of these; and whether there were too many to compare all."""
    names = list(askable.told(entity, access.readable(actor, entity)))
    text, values = NET, [past_rows.labels(entity), since.moment, until.moment, names]
    for sql, given in within:
        text, values = f"{text} AND c.record_id IN ({sql})", [*values, *given]
    if keys is not None:
        text, values = f"{text} AND c.record_id = ANY(%s)", [*values, list(keys)]
    text += f" GROUP BY c.record_id, k.name ORDER BY 6 DESC LIMIT {MOST_LINES + 1}"
    found = list(fetched(text, values)) if keys is None or keys else []
    lines: dict[uuid.UUID, list[Line]] = defaultdict(list)
    for key, name, old, new, changeset, moment in found[:MOST_LINES]:
        spec = entity.fields[name]
        before, after = loaded(spec, read(old)), loaded(spec, read(new))
        if not pipeline.same(spec, before, after):
            lines[key].append(Line(spec, before, after, ChangeSet(pk=changeset), moment))
    order = list(entity.fields)
    for some in lines.values():
        some.sort(key=lambda line: order.index(line.spec.name))
    return dict(lines), len(found) > MOST_LINES


def read(text: str | None) -> Any:
    """A JSON value as the driver gives it."""
    return None if text is None else json.loads(text)


def last_acts(entity: "Entity", keys: list[uuid.UUID], since: Past, until: Past) -> dict[uuid.UUID, Change]:
    """The last time that each record was made, deleted or restored between two moments."""
    acts = Change.objects.filter(
        record_id__in=keys, at__gt=since.moment, at__lte=until.moment, op__in=[Op.CREATE, Op.DELETE, Op.RESTORE]
    )
    return {act.record_id: act for act in acts.order_by("id")} if keys else {}


def name_authors(entries: Iterable[Entry]) -> None:
    """Put the change-sets in, all with one query."""
    found = list(entries)
    wanted = {line.by.pk for entry in found for line in entry.lines if line.by} | {
        entry.by.pk for entry in found if entry.by
    }
    known = ChangeSet.objects.in_bulk(wanted)
    for entry in found:
        entry.lines[:] = [replace(line, by=known.get(line.by.pk) if line.by else None) for line in entry.lines]
        entry.by = known.get(entry.by.pk) if entry.by else None
