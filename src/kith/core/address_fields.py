"""Parts of addresses: each address that an administrator defines brings five fields that can be asked for, sorted, grouped and shown.

They follow from the address (`x_delivery` gives `x_delivery_city`), cannot be written by themselves, and are read by
whoever may read the address. An import fills them one by one (`x_delivery.city`): `complete` puts them together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Func, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import NullIf
from django.utils.functional import lazystr
from django.utils.text import capfirst

from .batch import Batch
from .specs import ComputedSpec, FieldSpec
from .types import TYPES
from .types.address import PARTS, Pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSpec(ComputedSpec):
    """One part of an address in the bag."""

    whole: str
    part: str

    def get(self, record: Any) -> Any:
        return (record.custom.get(self.whole) or {}).get(self.part)


@dataclass(frozen=True, slots=True)
class Words:
    """ "Delivery: city", in the language of whoever reads it."""

    label: Any
    part: Any

    def __str__(self) -> str:
        return f"{capfirst(str(self.label))}: {self.part}"


def part_specs(entity: str, spec: FieldSpec) -> Iterator[PartSpec]:
    """The fields that follow from an address of a kind of record."""
    for part, (label, _most) in PARTS.items():
        yield PartSpec(
            name=f"{spec.name}_{part}", label=lazystr(Words(spec.label, label)), type=TYPES["country" if part == "country" else "longtext" if part == "street" else "text"], editable=False,
            sensitive=spec.sensitive, personal=spec.personal, needs=frozenset({(entity, spec.name)}), sql=Key(spec.name, part), whole=spec.name, part=part,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """SQL of one part."""

    whole: str
    part: str

    def __call__(self, prefix: str = "") -> Any:
        return KeyTextTransform(self.part, KeyTransform(self.whole, f"{prefix}custom"))


def filled(spec: FieldSpec, part: str) -> FieldSpec:
    """The place that a column of a file fills: a part, under the name of the address."""
    label = lazystr(Words(spec.label, PARTS[part][0]))
    return FieldSpec(name=spec.name, label=label, type=TYPES["text"], max_length=PARTS[part][1])


def whole_text(name: str, prefix: str = "") -> Any:
    """All parts of an address as one text, as an expression; NULL where there is none."""
    parts = [Key(name, part)(prefix) for part in PARTS]
    return NullIf(Func(Value(", "), *parts, function="concat_ws", output_field=CharField()), Value(""))


def complete(batch: Batch) -> None:
    """Put parts that were given by themselves into the address that the record has."""
    specs = [spec for spec in batch.entity.fields.values() if spec.type.name == "address"]
    for item in batch.items if specs else ():
        for spec in specs:
            if isinstance(given := item.values.get(spec.name), Pieces):
                parts = {**({} if item.is_new else spec.get(item.record) or {}), **given}
                item.values[spec.name] = {name: parts[name] for name in PARTS if parts.get(name)} or None
