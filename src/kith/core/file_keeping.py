"""How long files are kept: uploads until a record takes them, taken ones until the last record that has them is erased."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from . import files, pipeline
from .batch import Batch
from .changes import running
from .entity import Entity, registry
from .files_models import Upload
from .ledger import Change

#: An upload is kept a little longer than its ticket, for a write that has begun just before.
KEPT = timedelta(seconds=files.TICKET_AGE, hours=1)
CHUNK = 500


def names_of(entity: Entity) -> list[str]:
    """The fields of an entity that hold files."""
    return [spec.name for spec in entity.fields.values() if spec.type.name == "file"]


def follow(batch: Batch) -> None:
    """What every write means for files: those that were taken wait no longer; those of erased records go."""
    names = names_of(batch.entity)
    if names and batch.operation == "purge":
        had = ever_had(batch, names) - waiting(batch, names)
        transaction.on_commit(partial(files.remove_all, had - held(had)))
    elif taken := {key for item in batch.items for name in names if (key := item.after.get(name))}:
        Upload.objects.filter(key__in=taken).delete()


def waiting(batch: Batch, names: list[str]) -> set[str]:
    """The files of records that an undo erases: they wait as long as an upload does, for the undo may be undone."""
    changes = running()
    if changes is None or changes.kind != "undo":
        return set()
    keys = {key for item in batch.items for name in names if (key := batch.entity.fields[name].get(item.record))}
    Upload.objects.bulk_create([Upload(key=key) for key in sorted(keys)], ignore_conflicts=True)
    return keys


def ever_had(batch: Batch, names: list[str]) -> set[str]:
    """The files that the records of a batch have, or had before they were changed."""
    found = {batch.entity.fields[name].get(item.record) for item in batch.items for name in names}
    history = Change.objects.filter(record_id__in=[item.record.pk for item in batch.items])
    for name in names:
        for side in ("before", "after"):
            found |= set(history.values_list(f"{side}__{name}", flat=True))
    return {key for key in found if isinstance(key, str) and key}


def held(keys: Iterable[str]) -> set[str]:
    """Those of the files that some record has now, be it in the trash."""
    wanted, found = list(keys), set[str]()
    for entity in registry if wanted else ():
        for name in names_of(entity):
            rows = entity.model._base_manager.annotate(file_key=entity.fields[name].expression())
            found |= set(rows.filter(file_key__in=wanted).values_list("file_key", flat=True))
    return found


def forget() -> int:
    """Erase the uploads that no record took in time; returns how many. Those that a write is taking just now stay."""
    erased = 0
    while True:
        with transaction.atomic():
            stale = Upload.objects.filter(at__lt=timezone.now() - KEPT).order_by("at", "key")
            keys = list(stale.select_for_update(skip_locked=True).values_list("key", flat=True)[:CHUNK])
            Upload.objects.filter(key__in=keys).delete()
            unused = set(keys) - held(keys)
            transaction.on_commit(partial(files.remove_all, unused))
        erased += len(unused)
        if len(keys) < CHUNK:
            return erased


def keep() -> None:
    """Watch every write."""
    pipeline.following.append(follow)
