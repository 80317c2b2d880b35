"""Exports that are too large for a page: written to a stored file by a job, told when ready, handed out to whoever asked."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kith.core import files, ledger, listing, notify, past, room
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange import exporting
from kith.core.jobs import job, running
from kith.core.jobs_bulk import actor_now
from kith.core.jobs_models import JobRun, State
from kith.core.views import from_address, saved_views

#: More records than this are exported in the background.
LARGE = 20_000
KEPT = 7
NAME = "core.export"
#: Jobs whose files are handed out and forgotten alike; apps add theirs.
NAMES = {NAME}
#: No export is larger; what a disk holds is another matter.
MOST_BYTES = 8 << 30


@job(NAME, label=gettext_lazy("Export"))
def export(entity: str, query: str, kind: str, every_field: bool) -> dict[str, Any]:
    """Write every record of a look that the asker may export."""
    room.require_much()
    here, noun, actor = running(), registry.get(entity), actor_now()
    params = QueryDict(query)
    with past.at(past.asked(params)):
        look = from_address(noun, actor, params, saved_views(noun, actor))
    made = exporting.of(look, actor, every_field=every_field)
    count = listing.rows(made.look, actor, "export").count()
    here.expect(count)
    key = files.store(exporting.WRITERS[kind](Watched(made, here.step)), most=MOST_BYTES)
    ledger.log(actor, "export", entity=entity, count=count, format=kind, fields=list(made.names))
    if actor.id and here.record:
        notify.tell(
            [actor.id],
            "job",
            by=SYSTEM,
            entity=entity,
            title=_("The export is ready to download."),
            url=f"/exports/{here.record.pk}",
        )
    with past.at(made.look.as_of):
        name = file_name(noun.slug, kind)
    return {"done": count, "stored": {"key": key, "name": name, "kind": kind}}


class Watched(exporting.Export):
    """An export that tells how far it is, and stops when asked to."""

    def __init__(self, made: exporting.Export, step: Any) -> None:
        super().__init__(made.look, made.actor, made.names, made.keys)
        object.__setattr__(self, "step", step)

    def chunks(self) -> Iterator[list[Any]]:
        """The records in order."""
        for records in super().chunks():
            yield records
            self.step(len(records))  # type: ignore[attr-defined]


def file_name(slug: str, kind: str) -> str:
    """What the file is called: by the day whose records it holds."""
    return f"{slug}-{past.today().isoformat()}.{kind}"


def stored(key: uuid.UUID, user_id: uuid.UUID | None) -> JobRun | None:
    """The export of this person, finished or not."""
    return JobRun.objects.filter(pk=key, name__in=NAMES, actor=user_id).first() if user_id else None


@job("core.forget_exports", queue="system", periodic="10 4 * * *")
def forget() -> dict[str, int]:
    """Erase exported files after a week."""
    old = [
        run
        for run in JobRun.objects.filter(
            name__in=NAMES, state=State.DONE, finished_at__lt=timezone.now() - timedelta(days=KEPT)
        )
        if run.outcome.get("stored")
    ]
    for run in old:
        files.remove(run.outcome["stored"]["key"])
        JobRun.objects.filter(pk=run.pk).update(result={"done": run.outcome["done"]})
    return {"files": len(old)}
