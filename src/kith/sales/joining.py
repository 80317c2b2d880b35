"""Joining before assignment (R39): of the open records of one customer one is left, the other leads are closed as duplicates.

1. Waiting leads are grouped by their party (the person, else the company) and the whole e-mail addresses of that party;
   to a group belong as well open leads and opportunities of the same customer that have a team or an owner already. What
   waits in a pool is left alone.
2. The one that stays: one with a team or owner before one without, then in the order of R32.
3. Each other waiting lead is closed with the reason "Duplicate" and a link to the one that stays, which takes what it
   lacks (R33) and all notes, tasks and files (R35). A lead whose process does not let it be closed is left alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.batch import Item
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.following import active, follow
from kith.core.staged import CLOSED
from kith.distribution import running
from kith.processes.book import book
from kith.processes.shipped import worded

from .leads import UNQUALIFIED
from .qualifying import OWN

LEAD, DEAL = "sales.lead", "sales.opportunity"
MARK = "kith:reason:unqualified:duplicate"
#: Fields of a lead that say when and how this one came, not what the customer wants.
OF_ITS_OWN = OWN | {"name", "channel", "received_at", "first_response_at", "org_unit", "text", "tags", "interest"}
#: What an open opportunity takes from a lead where it has nothing: what was agreed since is not overwritten.
FOR_DEALS = ("source", "campaign", "territory", "person", "company")


def join(entity: Entity, keys: Sequence[UUID]) -> None:
    """Step 1 of an assignment run on leads; runs inside its change-set."""
    if entity.label != LEAD or not keys:
        return
    waiting = list(entity.rows(SYSTEM).filter(pk__in=keys))
    marks = marks_of(waiting)
    near = others({mark for found in marks.values() for mark in found}, set(marks))
    free = {lead.pk for lead in waiting} | set(
        running.waiting(entity, [one.pk for one in near if not is_deal(one)], most=None)
    )
    records = {one.pk: one for one in (*waiting, *near) if one.pk in free or one.owner_id or one.org_unit_id}
    for group in groups(records, marks | marks_of(near)):
        kept, rest = group[0], [one.pk for one in group[1:] if one.pk in free]
        fresh = next(iter(writes.lock(registry.for_model(type(kept)), [kept.pk])), None)
        for lead in writes.lock(entity, rest):
            if fresh is not None and fresh.state not in CLOSED and lead.owner_id is None and lead.state not in CLOSED:
                fresh = into(lead, fresh)


# --- who belongs together --------------------------------------------------------------------------------------------------


def groups(records: Mapping[UUID, Any], marks: Mapping[UUID, set[Any]]) -> list[list[Any]]:
    """Records of one customer each, at least two, the one that stays first."""
    known = {key: found for key, found in marks.items() if key in records}
    return [sorted((records[key] for key in keys), key=rank) for keys in connected(known) if len(keys) > 1]


def marks_of(records: Iterable[Any]) -> dict[UUID, set[Any]]:
    """By what each record's customer is known: its party (the person, else the company) and that party's e-mail addresses."""
    parties = {record.pk: record.person_id or record.company_id for record in records}
    points = registry.get("parties.contactpoint").rows(SYSTEM).filter(party__in=set(parties.values()), kind="email")
    mails: dict[Any, set[str]] = defaultdict(set)
    for party, mail in points.values_list("party_id", "normalized"):
        if mail:
            mails[party].add(mail)
    return {key: {party, *mails[party]} for key, party in parties.items() if party}


def others(marks: set[Any], known: set[UUID]) -> list[Any]:
    """Other open leads and opportunities of these customers."""
    mails = [mark for mark in marks if isinstance(mark, str)]
    points = registry.get("parties.contactpoint").rows(SYSTEM).filter(kind="email", normalized__in=mails)
    parties = {mark for mark in marks if not isinstance(mark, str)} | set(points.values_list("party_id", flat=True))
    mine = Q(person__in=parties) | Q(person=None, company__in=parties)
    rows = [registry.get(label).rows(SYSTEM).filter(mine).exclude(state__in=CLOSED) for label in (LEAD, DEAL)]
    return [record for some in rows for record in some if record.pk not in known]


def connected(marks: Mapping[UUID, set[Any]]) -> list[list[UUID]]:
    """Records that share a mark, directly or by others between them."""
    by_mark: dict[Any, list[UUID]] = defaultdict(list)
    for key, found in marks.items():
        for mark in found:
            by_mark[mark].append(key)
    seen: set[UUID] = set()
    result: list[list[UUID]] = []
    for key in marks:
        if key in seen:
            continue
        group, open_ones = [], [key]
        seen.add(key)
        while open_ones:
            at = open_ones.pop()
            group.append(at)
            more = {other for mark in marks[at] for other in by_mark[mark]} - seen
            seen |= more
            open_ones += sorted(more)
        result.append(group)
    return result


def rank(record: Any) -> tuple[Any, ...]:
    """The first stays: assigned, open before on hold, opportunity before lead, higher stage, likelier, older (R32)."""
    stage = book().stage(record.stage_id)
    chance = getattr(record, "probability", None) if is_deal(record) else record.score
    return (
        record.owner_id is None and record.org_unit_id is None, record.state != "open", not is_deal(record),
        -(stage.position if stage else -1), -(chance or 0), record.created_at, record.pk,
    )  # fmt: skip


def is_deal(record: Any) -> bool:
    """Whether a record is an opportunity."""
    return bool(record._meta.label_lower == DEAL)


# --- joining one --------------------------------------------------------------------------------------------------------------


def into(lead: Any, kept: Any) -> Any:
    """Close a lead as the double of another record; gives that one as it is now. A refusal by a rule leaves both as they were."""
    try:
        with active().attempt():
            kept = fill(lead, kept)
            move(lead, kept)
            close(lead, kept)
    except Refused:
        return writes.lock(registry.for_model(type(kept)), [kept.pk])[0]
    return kept


def fill(lead: Any, kept: Any) -> Any:
    """What the kept record lacks; tags and interests of both; the texts below each other (R33)."""
    source, target = registry.get(LEAD), registry.for_model(type(kept))
    names = FOR_DEALS if is_deal(kept) else [name for name, spec in source.fields.items() if spec.editable and spec.columns and name not in OF_ITS_OWN]  # fmt: skip
    values = {
        name: value for name in names
        if target.fields[name].type.is_empty(target.fields[name].get(kept)) and not source.fields[name].type.is_empty(value := source.fields[name].get(lead))
    }  # fmt: skip
    for name in ("tags", "interest"):
        more = [key for key in getattr(lead, name) if key not in getattr(kept, name)]
        values |= {name: [*getattr(kept, name), *more]} if more else {}
    text = "need" if is_deal(kept) else "text"
    if lead.text and lead.text not in getattr(kept, text):
        values[text] = "\n\n".join(filter(None, (getattr(kept, text), lead.text)))
    return writes.save(SYSTEM, kept, values) if values else kept


def move(lead: Any, kept: Any) -> None:
    """Notes, tasks and files are about the kept record now (R35); who a lead was shared with does not see that one by it."""
    label = registry.for_model(type(kept)).label
    for other in registry:
        if other.is_about and "subject" in other.fields and other.label != "access.share":
            for row in list(other.rows(SYSTEM).filter(subject_entity=LEAD, subject_id=lead.pk)):
                writes.save(SYSTEM, row, {"subject": {"entity": label, "id": str(kept.pk)}})


def close(lead: Any, kept: Any) -> None:
    """Unqualified as a duplicate, with the link; raises Refused where the process has no such end."""
    course = book().course(lead.process_id)
    stages = course.of_kind("lost") if course else ()
    if not stages:
        raise Refused({"stage": [_("The process of this lead has no stage for unqualified ones.")]})
    entity = registry.get(LEAD)
    writes.save(SYSTEM, lead, {"stage": stages[-1].pk, "reasons": [reason().pk], "reason_text": str(kept)[:200]})
    (fresh,) = writes.lock(entity, [lead.pk])
    follow(entity, [Item(fresh, {"opportunity" if is_deal(kept) else "joined_into": kept.pk})])


def reason() -> Any:
    """The reason "Duplicate"; made when it is needed first."""
    entity = registry.get("sales.reason")
    found = entity.rows(SYSTEM).filter(external_ids__contains=[MARK], result=UNQUALIFIED).first()
    if found is None:
        with translation.override(settings.LANGUAGE_CODE):
            values = worded(_("duplicate")) | {"result": UNQUALIFIED, "hue": "violet", "position": 90, "external_ids": [MARK]}  # fmt: skip
        same = entity.rows(SYSTEM).filter(name__iexact=values["name"], result=UNQUALIFIED).first()
        found = same or writes.create(SYSTEM, entity, values)
    return found
