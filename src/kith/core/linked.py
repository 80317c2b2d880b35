"""Columns of linked records: "employer.industry" is the industry of a person's company, in lists and exports.

A linked column is a FieldSpec like any other, so cells, titles and files show it as its own field. Its values come with
one query per link and page (`load`), through the reader's rights on the target: what may not be seen is empty.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.db.models import FETCH_PEERS, Case, F, QuerySet, TextField, Value, When
from django.utils.functional import lazystr
from django.utils.text import capfirst

from . import access, asof, past
from .entity import registry
from .specs import FieldSpec
from .titles import HEAVY

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity

SEPARATOR = "."
#: Links of every record whose targets say nothing about it.
COMMON = frozenset({"created_by", "org_unit"})
#: Fields of every record that nobody looks for beside another one.
PLAIN = frozenset({"created_by", "created_at", "updated_at", "external_ids", "tags"})
#: Where loaded targets are kept on a record, by the name of the link.
KEPT = "_linked"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedSpec(FieldSpec):
    """A field of the record that a link leads to."""

    link: FieldSpec
    leaf: FieldSpec

    @property
    def columns(self) -> tuple[str, ...]:
        """What must be loaded of the record itself: its link."""
        return self.link.columns

    @property
    def stored(self) -> bool:
        return False

    @property
    def sortable(self) -> bool:
        return (
            self.leaf.sortable
            and (bool(self.leaf.columns) or self.leaf.shown)
            and not self.link.is_bag
            and not (self.leaf.is_bag and self.leaf.type.name == "link")
        )

    def get(self, record: Any) -> Any:
        """The value, once `load` has been there."""
        target = getattr(record, KEPT, {}).get(self.link.name)
        return None if target is None else self.leaf.get(target)

    def put(self, record: Any, value: Any) -> None:
        raise TypeError(f"{self.name} belongs to a linked record")


def find(entity: "Entity", name: str) -> FieldSpec | None:
    """The field of a name, plain or of a linked record; None when there is none."""
    head, dot, tail = name.partition(SEPARATOR)
    link = entity.fields.get(head)
    if not dot or link is None:
        return link
    if link.type.name != "link" or not link.columns or (target := registry.find(link.target)) is None:
        return None
    leaf = target.fields.get(tail)
    return None if leaf is None else spec_of(link, leaf)


def spec_of(link: FieldSpec, leaf: FieldSpec) -> LinkedSpec:
    """The column of one field behind one link."""
    facts = {fact.name: getattr(leaf, fact.name) for fact in fields(FieldSpec)}
    label = lazystr(Words(link, leaf))
    return LinkedSpec(**facts | {"name": f"{link.name}{SEPARATOR}{leaf.name}", "label": label, "required": False, "editable": False}, link=link, leaf=leaf)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """The heading "Company: Industry", in the language of whoever reads it."""

    link: FieldSpec
    leaf: FieldSpec

    def __str__(self) -> str:
        return f"{capfirst(str(self.link.label))}: {self.leaf.label}"


def is_readable(actor: "Actor", entity: "Entity", name: str, operation: str = "view") -> bool:
    """Whether the actor may see this column at all: the field, and for a linked one the link and kind of record as well."""
    spec = find(entity, name)
    if not isinstance(spec, LinkedSpec):
        return spec is not None and name in access.readable(actor, entity)
    target = registry.get(spec.link.target)
    return (
        spec.link.name in access.readable(actor, entity)
        and spec.leaf.name in access.readable(actor, target)
        and access.predicate(target, actor, operation) != access.NOTHING
    )


def offered(actor: "Actor", entity: "Entity") -> Iterator[tuple[FieldSpec, list[LinkedSpec]]]:
    """What can be chosen beside the record's own fields: each link with the fields behind it, by their names for people."""
    readable = access.readable(actor, entity)
    for link in entity.fields.values():
        if link.type.name != "link" or link.name not in readable or link.name in COMMON or not link.columns:
            continue
        target = registry.find(link.target)
        if target is None or access.predicate(target, actor, "view") == access.NOTHING:
            continue
        names = access.readable(actor, target)
        found = [spec_of(link, leaf) for leaf in target.fields.values() if leaf.name in names and shows(leaf)]
        if found:
            yield link, sorted(found, key=lambda spec: str(spec.leaf.label).casefold())


def shows(leaf: FieldSpec) -> bool:
    """Whether a field is worth a column elsewhere: values of its own, no file and no text of many lines."""
    return (
        leaf.name not in PLAIN
        and bool(leaf.columns or leaf.sortable)
        and leaf.type.flat
        and leaf.type.name not in ("longtext", "richtext")
    )


# --- values -----------------------------------------------------------------------------------------------------------


def load(actor: "Actor", specs: Iterable[FieldSpec], records: Iterable[Any], operation: str = "view") -> None:
    """Bring the targets that these columns show to the records; one query for each link."""
    kept, by_link = list(records), defaultdict[str, list[LinkedSpec]](list)
    for spec in specs:
        if isinstance(spec, LinkedSpec):
            by_link[spec.link.name].append(spec)
    for record in kept if by_link else ():
        setattr(record, KEPT, {})
    for name, found in by_link.items():
        link = found[0].link
        targets = loaded(actor, link, [spec.leaf for spec in found], {link.get(record) for record in kept}, operation)
        for record in kept:
            getattr(record, KEPT)[name] = targets.get(link.get(record))


def loaded(
    actor: "Actor", link: FieldSpec, leaves: list[FieldSpec], keys: set[uuid.UUID | None], operation: str
) -> dict[uuid.UUID, Any]:
    """The targets of a link by id, as far as the actor may see them, with the columns that are shown."""
    target = registry.get(link.target)
    if past.current() is not None and not access.allowed(actor, target, asof.HISTORY):
        return {}
    rows: QuerySet[Any] = asof.spoken_of(target, actor, operation, list(keys - {None}))
    if all(leaf.columns for leaf in leaves):
        rows = rows.only("id", *target.face, *(column for leaf in leaves for column in leaf.columns))
    else:  # a computed value may need anything
        rows = rows.defer(*(name for name in HEAVY if name != "custom")).fetch_mode(FETCH_PEERS)
    return {record.pk: record for record in rows}


def alias(spec: LinkedSpec) -> str:
    """What the rows of a list are annotated with to be sorted by a linked column."""
    return f"sort_{spec.link.name}_of_{spec.leaf.name}"


def order_value(spec: LinkedSpec, actor: "Actor", rank: Any) -> Any:
    """What a linked column sorts by: as in the list of its own kind; of records that may not be seen nothing, of the past neither without the right to it."""
    target, path = registry.get(spec.link.target), f"{spec.link.name}__"
    if past.current() is not None and not access.allowed(actor, target, asof.HISTORY):
        return Value(None, output_field=TextField())
    if spec.leaf.name == target.title:
        value: Any = F(path + "sort_key")
    elif spec.leaf.type.name == "link":
        value = F(f"{path}{spec.leaf.name}__sort_key")
        third = registry.get(spec.leaf.target)
        if access.predicate(third, actor, "view"):
            value = Case(When(**{f"{path}{spec.leaf.name}__in": third.rows(actor).values("pk")}, then=value))
    else:
        value = rank(spec.leaf, path)
    if not access.predicate(target, actor, "view"):
        return value
    return Case(When(**{f"{spec.link.name}__in": asof.spoken_of(target, actor).order_by().values("pk")}, then=value))
