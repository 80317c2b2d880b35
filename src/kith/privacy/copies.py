"""Copies of what was said about a person, beside the records: notifications, files, answers kept for programs, jobs, marks."""

import datetime as dt
import uuid
from collections.abc import Collection
from functools import partial, reduce

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from kith.core import files
from kith.core.api.idempotency import IdempotencyKey
from kith.core.events import OutboxEvent
from kith.core.exchange.imports import ImportRow, ImportRun, Step
from kith.core.file_keeping import held
from kith.core.jobs_models import JobRun
from kith.core.ledger import Change
from kith.core.merging.merged import Merged
from kith.core.notify import Favourite, Follow, Notification
from kith.parties.entities.duplicate_pair import DuplicatePair

from .subjects import Holding

#: An import that somebody is just preparing is left alone.
KEPT = dt.timedelta(days=1)


def forget(holding: Holding, keys: Collection[uuid.UUID], names: Collection[str], pictures: Collection[str]) -> None:
    """Remove or empty all of them. Exports and imported files of the kinds concerned go as a whole: nobody knows what is in them."""
    told(keys, names)
    doubles(keys, names)
    kinds = {holding.entity.label, "parties.party", *holding.own, *holding.linked}
    exports(kinds, holding.record.pk)
    imports(kinds, names)
    asked(names)
    IdempotencyKey.objects.all().delete()  # what is kept a day for programs that ask twice; a repeated request is then a new one
    transaction.on_commit(lambda: files.remove_all(set(pictures) - held(pictures)))


def said(field: str, names: Collection[str]) -> Q:
    """Whether a column names the person."""
    return reduce(Q.__or__, (Q(**{f"{field}__icontains": name}) for name in names), Q(pk__in=[]))


def told(keys: Collection[uuid.UUID], names: Collection[str]) -> None:
    """What people were told, follow and keep at hand."""
    rows = Notification.objects.annotate(words=Cast("detail", TextField()))
    rows.filter(Q(record_id__in=keys) | said("title", names) | said("words", names)).delete()
    Follow.objects.filter(record_id__in=keys).delete()
    Favourite.objects.filter(record_id__in=keys).delete()
    OutboxEvent.objects.filter(delivered_at__isnull=False).delete()


def doubles(keys: Collection[uuid.UUID], names: Collection[str]) -> None:
    """With whom it was taken for one, and what merged records were called, those of merges that were taken apart as well."""
    DuplicatePair.objects.filter(Q(one__in=keys) | Q(other__in=keys)).delete()
    Merged.objects.filter(Q(record_id__in=keys) | said("title", names)).update(title="")


def exports(kinds: Collection[str], party: uuid.UUID) -> None:
    """Files that jobs have written."""
    for run in JobRun.objects.filter(result__has_key="stored"):
        if run.arguments.get("entity") in kinds or run.arguments.get("party") == str(party):
            transaction.on_commit(partial(files.remove, run.outcome["stored"]["key"]))
            JobRun.objects.filter(pk=run.pk).update(result={"done": run.outcome.get("done", 0)})


def imports(kinds: Collection[str], names: Collection[str]) -> None:
    """Files that were imported, with the rows that were rejected."""
    runs = ImportRun.objects.filter(Q(step=Step.DONE) | Q(at__lt=timezone.now() - KEPT), entity__in=kinds)
    ImportRow.objects.filter(run__in=runs).annotate(words=Cast("cells", TextField())).filter(
        said("words", names)
    ).delete()
    for run in runs.exclude(file_key=""):
        transaction.on_commit(partial(files.remove, run.file_key))
        layout = {name: value for name, value in run.layout.items() if name != "facts"}  # which show values
        ImportRun.objects.filter(pk=run.pk).update(layout=layout, file_key="")
    ImportRun.objects.filter(said("message", names) | said("file_name", names)).update(message="", file_name="")


def asked(names: Collection[str]) -> None:
    """What jobs were asked for and said."""
    rows = JobRun.objects.annotate(words=Cast("arguments", TextField()), told=Cast("result", TextField()))
    rows.filter(said("words", names)).update(arguments={})
    rows.filter(said("told", names) | said("message", names)).update(result=None, message="")


def photos(holding: Holding) -> set[str]:
    """Photos of it, also former ones; asked before the ledger forgets them."""
    keys = [one.pk for one in holding.itself]
    had = set(Change.objects.filter(record_id__in=keys).values_list("before__photo", flat=True))
    had |= {getattr(one, "photo", None) for one in holding.itself}
    return {key for key in had if isinstance(key, str) and key}
