"""Which existing record each row is about (R146): by id, by chosen fields, or as the entity recognises its records."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import BadValue
from kith.core.specs import FieldSpec

from .drafts import Draft
from .links import TEXTS, upper
from .mapping import Mapping

#: Stands for "as the entity recognises its records".
RECOGNISE = ("*",)
type Key = tuple[Any, ...]


class Matches:
    """Finds the records that rows are about; two rows of one chunk with a common key are told apart by `shares`."""

    def __init__(self, actor: Actor, entity: Entity, mapping: Mapping, given: Iterable[str]) -> None:
        self.actor, self.entity, self.given = actor, entity, set(given)
        self.is_chosen = bool(mapping.match)
        self.ways = [
            way
            for way in self.chosen(mapping)
            if (self.given & set(entity.recognised_by) if way == RECOGNISE else self.given.issuperset(way))
        ]

    def chosen(self, mapping: Mapping) -> list[tuple[str, ...]]:
        """The alternatives of the mapping, else those of the entity."""
        if mapping.match:
            for name in {name for way in mapping.match for name in way} - {"id"}:
                self.entity.field(name)
            return [way for way in mapping.match if way != ("id",)]
        by = self.entity.recognised_by
        return [RECOGNISE] if by else [(name,) for name in self.entity.match]

    def keys(self, draft: Draft) -> set[Key]:
        """What this row could be matched by; rows of one chunk that share a key are written one after the other."""
        found: set[Key] = {("id", draft.id)} if draft.id else set()
        for way in self.ways:
            if way == RECOGNISE:
                found |= {
                    (name, item) for name in self.entity.recognised_by for item in comparable(draft.values.get(name))
                }
            elif (way_key := self.key(draft, way)) is not None:
                found |= {(way, item) for item in way_key[0]} if way == ("external_ids",) else {(way, *way_key)}
        return found

    def key(self, draft: Draft, way: tuple[str, ...]) -> Key | None:
        """The values of the fields of one way in comparable form; None when one is empty."""
        values = []
        for name in way:
            value = draft.values.get(name)
            spec = self.entity.fields[name]
            tidy = cleaned(spec, value)
            if spec.type.is_empty(tidy):
                return None
            values.append(tuple(tidy) if isinstance(tidy, list) else folded(tidy))
        return tuple(values)

    def find(self, drafts: Sequence[Draft]) -> None:
        """Set `match` on each draft that is about an existing record; reject those about several."""
        self.by_id([draft for draft in drafts if draft.id])
        rest = [draft for draft in drafts if not draft.id]
        for way in self.ways:
            rest = [draft for draft in rest if draft.match is None and not draft.errors]
            if rest:
                self.by_way(rest, way)
        if not self.is_chosen and "external_ids" in self.given:
            self.part_others([draft for draft in drafts if draft.match and not draft.id])

    def part_others(self, drafts: list[Draft]) -> None:
        """A record that the same source knows under another number is another one, however alike their names are."""
        pairs = (
            self.entity.rows(self.actor)
            .filter(pk__in=[draft.match for draft in drafts])
            .values_list("pk", "external_ids")
            if drafts
            else ()
        )
        marks = dict(pairs)
        for draft in drafts:
            own, theirs = set(draft.values.get("external_ids") or ()), set(marks.get(draft.match, ()))
            if own and not own & theirs and {source(mark) for mark in own} & {source(mark) for mark in theirs}:
                draft.match = None

    def by_id(self, drafts: list[Draft]) -> None:
        """Rows that name the record itself."""
        if not drafts:
            return
        seen = set(
            self.entity.rows(self.actor).filter(pk__in=[draft.id for draft in drafts]).values_list("pk", flat=True)
        )
        for draft in drafts:
            if draft.id in seen:
                draft.match = draft.id
            else:
                draft.fail(
                    "id", _("There is no record of this id, or you may not see it. Leave the id empty for a new one.")
                )

    def by_way(self, drafts: list[Draft], way: tuple[str, ...]) -> None:
        """Rows matched in one way."""
        if way == RECOGNISE:
            return self.recognise(drafts)
        keyed = [(draft, key) for draft in drafts if (key := self.key(draft, way)) is not None]
        if not keyed:
            return None
        if len(way) == 1 and way[0] in self.entity.recognised_by:
            self.recognise([draft for draft, _key in keyed], way)
            if not self.is_plain(way[0]):
                return None
            keyed = [(draft, key) for draft, key in keyed if draft.match is None and not draft.errors]
        found = self.look_up(way, [key for _draft, key in keyed])
        for draft, key in keyed:
            marks = [(mark,) for mark in key[0]] if way == ("external_ids",) else [key]
            self.settle(draft, {pk for mark in marks for pk in found.get(mark, ())}, way)
        return None

    def is_plain(self, name: str) -> bool:
        """Whether values of a recognised field may also be such that nothing is recognised by them: a short number, but no e-mail."""
        return self.entity.fields[name].type.name == "text" and name != self.entity.title

    def recognise(self, drafts: list[Draft], names: Sequence[str] = ()) -> None:
        """Rows as the entity recognises them; only records that the actor may see."""
        by = names or self.entity.recognised_by
        rows = [
            {name: value for name in by if (value := cleaned(self.entity.fields[name], draft.values.get(name)))}
            for draft in drafts
        ]
        found = self.entity.recognise(rows)
        keys = {key for key, _among in found if key}
        seen = set(self.entity.rows(self.actor).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
        for draft, (key, among) in zip(drafts, found, strict=True):
            if among > 1:
                self.fail(draft, by, among)
            elif key in seen:
                draft.match = key

    def settle(self, draft: Draft, keys: set[UUID], way: Sequence[str]) -> None:
        """One record is the match; several reject the row."""
        if len(keys) > 1:
            self.fail(draft, way, len(keys))
        elif keys:
            draft.match = next(iter(keys))

    def fail(self, draft: Draft, way: Sequence[str], count: int) -> None:
        """Reject a row that several records fit."""
        labels = ", ".join(str(self.entity.fields[name].label) for name in way)
        draft.fail(
            "",
            _("%(count)d records fit to this row by %(fields)s; merge them or choose other fields to match by.")
            % {"count": count, "fields": labels},
        )

    def look_up(self, way: tuple[str, ...], keys: list[Key]) -> dict[Key, set[UUID]]:
        """Records by the values of some fields: asked by the field that tells most, compared by all."""
        found: dict[Key, set[UUID]] = defaultdict(set)
        specs = [self.entity.fields[name] for name in way]
        rows = self.entity.rows(self.actor).annotate(**{f"k{at}": comparison(spec) for at, spec in enumerate(specs)})
        if way == ("external_ids",):
            marks = {mark for key in keys for mark in key[0]}
            for pk, own in rows.filter(external_ids__overlap=list(marks)).values_list("pk", "external_ids"):
                for mark in marks.intersection(own):
                    found[mark,].add(pk)
            return found
        telling = max(range(len(way)), key=lambda at: len(Counter(key[at] for key in keys)))
        wanted = {key[telling] for key in keys}
        for pk, *values in rows.filter(**{f"k{telling}__in": list(wanted)}).values_list(
            "pk", *(f"k{at}" for at in range(len(way)))
        ):
            found[tuple(values)].add(pk)
        return found


def source(mark: str) -> str:
    """The prefix of an external id: where it comes from."""
    return mark.rpartition(":")[0]


def comparison(spec: FieldSpec) -> Any:
    """The value of a field as it is compared in SQL."""
    expression = spec.expression() if spec.is_bag else F(spec.path)
    return Upper(expression) if spec.type.name in TEXTS else expression


def cleaned(spec: FieldSpec, value: Any) -> Any:
    """The value as it will be stored; None when it will be refused."""
    try:
        return spec.type.clean(value, spec)
    except BadValue:
        return None


def folded(value: Any) -> Any:
    """Text without regard to case, as SQL compares it."""
    return upper(value) if isinstance(value, str) else value


def comparable(value: Any) -> list[Any]:
    """The items of a value, folded."""
    items = value if isinstance(value, list) else [value] if value else []
    return [folded(item) for item in items]
