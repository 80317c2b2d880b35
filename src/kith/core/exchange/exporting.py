"""Export of any look at any entity: the rows and fields the actor may export, as typed columns for the writers of files."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.text import capfirst

from kith.core import access, askable, linked, listing, past, titles, wording
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.specs import FieldSpec
from kith.core.types.address import COUNTRY, PARTS
from kith.core.views import Look

from .formats.columns import Column, Kind
from .formats.csv_out import csv_chunks
from .formats.json_out import json_chunks
from .formats.vcard_out import vcard_chunks
from .formats.xlsx_out import write_xlsx

KINDS: dict[str, Kind] = {
    "number": "number",
    "percent": "number",
    "money": "number",
    "date": "date",
    "moment": "moment",
    "boolean": "boolean",
}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "vcf": "text/vcard; charset=utf-8",
    "zip": "application/zip",
}
PIECE = 64 * 1024


@dataclass(frozen=True)
class Export:
    """What is to be written: a look, the fields, and perhaps only some rows of it."""

    look: Look
    actor: Actor
    names: tuple[str, ...]
    keys: frozenset[uuid.UUID] | None = None

    @property
    def entity(self) -> Entity:
        """The entity exported."""
        return self.look.entity

    @property
    def specs(self) -> list[FieldSpec]:
        """The fields written."""
        return [spec for name in self.names if (spec := linked.find(self.entity, name)) is not None]

    def columns(self, *, named: bool = False) -> list[Column]:
        """The columns: id, then the fields, amounts followed by their currency; `named` heads them by field names."""
        found = [Column("id", "id")]
        with wording.read_by(lambda: self.actor):
            titles_of = {spec.name: str(capfirst(str(spec.label))) for spec in self.specs}
        for spec in self.specs:
            title = spec.name if named else titles_of[spec.name]
            if spec.type.name == "address":
                found += [
                    Column(f"{spec.name}.{part}", f"{title}.{part}" if named else f"{title}: {label}")
                    for part, (label, _most) in PARTS.items()
                ]
                continue
            found.append(Column(spec.name, title, KINDS.get(spec.type.name, "text")))
            if spec.type.name == "money":
                found.append(Column(f"{spec.name}_currency", f"{title}, ISO"))
        return found

    def chunks(self) -> Iterator[list[Any]]:
        """The records in order; chosen ones only when rows were chosen."""
        for records in listing.stream(self.look, self.actor):
            wanted = [record for record in records if self.keys is None or record.pk in self.keys]
            if wanted:
                with past.at(self.look.as_of):
                    linked.load(self.actor, self.specs, wanted, "export")
                yield wanted

    def rows(self) -> Iterator[Sequence[Any]]:
        """The cells, row by row, in the language and zone in which the export was asked for."""
        language, zone = translation.get_language() or "en", timezone.get_current_timezone()
        for records in self.chunks():
            # A stream outlives its request: the reader's language is taken up again for each chunk, and never across a yield.
            with translation.override(language), timezone.override(zone), past.at(self.look.as_of):
                shown = titles.for_records(self.actor, self.specs, records)
                cells = [self.cells(record, shown) for record in records]
            yield from cells

    def cells(self, record: Any, shown: titles.Titles) -> list[Any]:
        """The cells of one record."""
        found: list[Any] = [str(record.pk)]
        for spec in self.specs:
            value = spec.get(record)
            if spec.type.name == "address":
                found += [
                    (COUNTRY.text(text, spec) or None) if part == "country" else text
                    for part in PARTS
                    for text in [(value or {}).get(part)]
                ]
                continue
            if spec.type.name == "tags":
                found.append([text for item in value or () if (text := titles.text(spec, [item], shown))])
            elif spec.type.names_records:
                found.append(titles.text(spec, value, shown) or None)
            elif spec.type.name == "moment":
                found.append(value)
            elif spec.type.name in ("words", "choices"):
                found.append([spec.type.text([item], spec) for item in value or ()])
            else:
                found.append(spec.type.cell(value, spec))
            if spec.type.name == "money":
                found.append(value.currency if value else None)
        return found

    def data(self) -> Iterator[dict[str, Any]]:
        """Records as the API shows them: exact values, links by id."""
        for records in self.chunks():
            for record in records:
                yield {"id": str(record.pk)} | {
                    spec.name: None if (value := spec.get(record)) is None else spec.type.dump(value, spec)
                    for spec in self.specs
                }


def of(look: Look, actor: Actor, *, every_field: bool = False, keys: frozenset[uuid.UUID] | None = None) -> Export:
    """The export of a look: its columns, or every field the actor may read. Raises Forbidden without the right to export."""
    access.require(actor, look.entity, "export")
    wanted: Iterable[str] = look.entity.fields if every_field else look.columns
    if look.as_of:
        wanted = askable.told(look.entity, wanted)
    names = (name for name in wanted if linked.is_readable(actor, look.entity, name, "export"))
    return Export(look, actor, tuple(names), keys)


def as_csv(export: Export, *, bom: bool = True, delimiter: str = ",") -> Iterator[bytes]:
    """CSV; with a byte-order mark, so that spreadsheets see UTF-8."""
    return csv_chunks(export.columns(), export.rows(), bom=bom, delimiter=delimiter, zone=zone())


def as_json(export: Export) -> Iterator[bytes]:
    """JSON: an array of records as the API shows them."""
    names = ["id", *export.names]
    return json_chunks(
        [Column(name, name) for name in names],
        ([record[name] for name in names] for record in export.data()),
        zone=zone(),
    )


def as_xlsx(export: Export) -> Iterator[bytes]:
    """An Excel workbook, written to a temporary file first: its format knows no streams."""
    with TemporaryFile() as file:
        write_xlsx(file, export.columns(), export.rows(), sheet=str(export.entity.plural), zone=zone())
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def as_vcards(export: Export) -> Iterator[bytes]:
    """Address cards, for entities that know how to make them."""
    return vcard_chunks(card for records in export.chunks() for card in export.entity.cards(export.actor, records))


def zone() -> ZoneInfo:
    """The reader's time zone."""
    return ZoneInfo(timezone.get_current_timezone_name())


WRITERS: dict[str, Callable[..., Iterator[bytes]]] = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json, "vcf": as_vcards}


def formats(entity: Entity) -> list[str]:
    """The formats an entity can be written in."""
    return [name for name in WRITERS if name != "vcf" or type(entity).cards is not Entity.cards]


def formats_of(look: Look) -> list[str]:
    """Those a look can be written in: address cards are made of other records, which are those of today."""
    return [name for name in formats(look.entity) if name != "vcf" or look.as_of is None]
