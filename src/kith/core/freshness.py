"""Freshness: how long a value may stand without being set or confirmed before it counts as stale (N8).

`Entity.fresh` says it in months by field, a setting of the company says otherwise. What is stale follows from the ledger:
no entry since then set the value or confirmed it, those aside that were taken back. Nothing is kept beside it, so nothing can be out of step.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import prepared
from .actors import SYSTEM
from .filter_ops import condition
from .ledger import Change, ChangeSet, Op
from .specs import ComputedSpec, FieldSpec
from .types import TYPES

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity

GROUP = _("Freshness")
MOST_MONTHS = 600
#: What is younger cannot be stale, whatever the settings say: they need not be asked.
LEAST = dt.timedelta(days=28)


def name_of(label: str, field: str) -> str:
    """The name of the setting."""
    return f"fresh.{label}.{field}"


def declare(label: str) -> None:
    """Let the company say how long the values of this kind of record stay fresh; called by the app it belongs to."""
    from . import settings_store  # which is made of entities, as they are of this
    from .entity import registry

    entity = registry.get(label)
    for field, months in entity.fresh.items():
        settings_store.declare(
            name_of(label, field),
            format_lazy("{}: {}", entity.plural, entity.declared[field].label),
            "number",
            default=months,
            group=GROUP,
            help=_("Months after which the value has to be confirmed again; 0 for never."),
            minimum=0,
            maximum=MOST_MONTHS,
            required=True,
        )


def months(entity: "Entity") -> dict[str, int]:
    """Months by field, those that are never stale left out."""
    from . import settings_store  # see declare

    found = {}
    for field, default in entity.fresh.items():
        name = name_of(entity.label, field)
        value = int(settings_store.get(name) if name in settings_store.store.declared else default)
        if value:
            found[field] = value
    return found


def limits(entity: "Entity") -> dict[str, dt.datetime]:
    """By field the moment before which a value is stale."""
    now = timezone.now()
    return {field: now - relativedelta(months=count) for field, count in months(entity).items()}


# --- of records that are shown ----------------------------------------------------------------------------------------


def stale(entity: "Entity", records: Sequence[Any], names: Collection[str]) -> dict[uuid.UUID, frozenset[str]]:
    """Which of the fields are stale on which records: one query, and none where all records are young."""
    young = timezone.now() - LEAST
    records = [record for record in records if record.created_at < young] if entity.fresh else []
    if not records:
        return {}
    ends = {field: end for field, end in limits(entity).items() if field in names}
    fields = entity.fields
    old = {
        record.pk: suspects
        for record in records
        if (suspects := {field for field, end in ends.items() if is_old(fields[field], record, end)})
    }
    if not old:
        return {}
    held = heard(old, ends)
    return {key: frozenset(left) for key, suspects in old.items() if (left := suspects - held.get(key, set()))}


def is_old(spec: FieldSpec, record: Any, end: dt.datetime) -> bool:
    """Whether there is a value that may have been set before the moment."""
    return record.created_at < end and not spec.type.is_empty(spec.get(record))


def heard(keys: Iterable[uuid.UUID], ends: Mapping[str, dt.datetime]) -> dict[uuid.UUID, set[str]]:
    """The fields that were set or confirmed since."""
    names = sorted(ends)

    def last(keys: list[uuid.UUID], since: dt.datetime) -> QuerySet[Any, Any]:
        rows = said().filter(record_id__in=keys, at__gte=since, after__has_any_keys=names).order_by()
        moments = {f"at_{at}": Max("at", filter=Q(after__has_key=name)) for at, name in enumerate(names)}
        return rows.values("record_id").annotate(**moments).values_list("record_id", *moments)

    rows = prepared.run(SYSTEM, ("heard", *names), last, list(keys), min(ends.values()))
    return {key: {name for name, at in zip(names, told, strict=True) if at and at >= ends[name]} for key, *told in rows}


def said() -> QuerySet[Change]:
    """Entries that set values or confirm them and that hold: an undo gives back what stood there before, nobody said that it still holds."""
    turned = ChangeSet.objects.filter(Q(kind="undo") | Q(undone_by__isnull=False), pk=OuterRef("changeset_id"))
    return Change.objects.filter(~Exists(turned), op__in=(Op.CREATE, Op.UPDATE, Op.CONFIRM))


# --- asked for --------------------------------------------------------------------------------------------------------


def spec_for(entity: "Entity", specs: Mapping[str, FieldSpec]) -> ComputedSpec:
    """The condition "stale: phone" of an entity."""

    def where(op: str, fields: Any, actor: "Actor", me: "Actor") -> Q:
        return asked(entity, op, fields, actor)

    return ComputedSpec(
        name="stale",
        label=_("stale"),
        help=_("Values that nobody has set or confirmed for long."),
        type=TYPES["choice"],
        choices=tuple((field, specs[field].label) for field in entity.fresh),
        editable=False,
        where=where,
    )


def asked(entity: "Entity", op: str, fields: Any, actor: "Actor") -> Q:
    """Records on which one of the fields is stale; with "filled" any field of all, with "not_any" and "empty" none of them."""
    from .access import readable  # access compiles conditions
    from .filters import BadFilter

    allowed = readable(actor, entity)
    ends = limits(entity)
    wanted = [field for field in entity.fresh if field in allowed] if op in ("empty", "filled") else list(fields)
    if hidden := [field for field in wanted if field not in allowed]:
        raise BadFilter(_("“%(field)s” is no field to filter by.") % {"field": hidden[0]})
    nothing = Q(pk__in=[])
    found = reduce(
        Q.__or__, (is_stale(entity, entity.fields[field], ends[field]) for field in wanted if field in ends), nothing
    )
    return ~found if op in ("not_any", "empty") else found


def is_stale(entity: "Entity", spec: FieldSpec, end: dt.datetime) -> Q:
    """The condition on one field, as SQL."""
    since = said().filter(record_id=OuterRef("pk"), entity=entity.label, at__gte=end, after__has_key=spec.name)
    return condition(entity, spec, "filled", None, SYSTEM) & Q(created_at__lt=end) & ~Q(Exists(since))


def told(entity: "Entity", record: Any, names: Collection[str]) -> dict[str, str]:
    """What the stale ones of these fields of one record say about themselves, by name."""
    old = stale(entity, [record], names).get(record.pk, frozenset())
    counts = months(entity) if old else {}
    return {name: words(entity.fields[name], counts[name]) for name in old}


def words(spec: FieldSpec, count: int) -> str:
    """What a stale value says about itself."""
    text = ngettext(
        "%(what)s was not confirmed for more than %(num)s month.",
        "%(what)s was not confirmed for more than %(num)s months.",
        count,
    )
    return text % {"what": capfirst(str(spec.label)), "num": count}
