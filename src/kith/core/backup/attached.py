"""Stored files and the rows that name them: each named file has to be there, each file has to be named."""

from collections.abc import Iterator
from dataclasses import dataclass

from kith.core import files, jobs_export
from kith.core.entity import registry
from kith.core.exchange.imports import ImportRun
from kith.core.file_keeping import names_of
from kith.core.files_models import Upload
from kith.core.jobs_models import JobRun
from kith.core.ledger import Change


@dataclass(frozen=True, slots=True)
class Named:
    """Keys of files: those that records, uploads, imports and exports have, and those that the history remembers."""

    now: frozenset[str]
    once: frozenset[str]


def named() -> Named:
    """All keys that rows name, the trash included."""
    now, once = set[str](), set[str]()
    for entity in registry:
        for name in names_of(entity):
            rows = entity.model._base_manager.annotate(file_key=entity.fields[name].expression())
            now |= set(rows.values_list("file_key", flat=True))
            changes = Change.objects.filter(entity=entity.label)
            for side in ("before", "after"):
                once |= set(changes.values_list(f"{side}__{name}", flat=True))
    now |= set(Upload.objects.values_list("key", flat=True))
    now |= set(ImportRun.objects.values_list("file_key", flat=True))
    exports = JobRun.objects.filter(name=jobs_export.NAME, result__has_key="stored")
    now |= set(exports.values_list("result__stored__key", flat=True))
    return Named(_keys(now), _keys(once))


def _keys(found: set[str]) -> frozenset[str]:
    return frozenset(key for key in found if isinstance(key, str) and files.KEY.fullmatch(key))


def kept() -> Iterator[str]:
    """The keys of all files that are there."""
    place = files.folder()
    for path in place.glob("??/??/*") if place.exists() else ():
        if files.KEY.fullmatch(path.name):
            yield path.name


def missing(found: Named) -> list[str]:
    """Files that rows name and that are not there."""
    return sorted(key for key in found.now if not files.path_of(key).exists())


def strangers(found: Named) -> list[str]:
    """Files that no row names."""
    return sorted(set(kept()) - found.now - found.once)
