"""Imports that a page must not wait for: reading a large file, rehearsing it, importing it; and forgetting old ones."""

from datetime import timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kith.core import files, notify
from kith.core.access import SYSTEM, Actor
from kith.core.entity import registry
from kith.core.exchange import runs
from kith.core.exchange.imports import ImportRun, Step
from kith.core.jobs import job, running
from kith.core.jobs_bulk import actor_now

#: Days that the file of a finished import, and an import nobody finished, are kept.
KEPT, UNFINISHED = 30, 7


@job("core.import_read", lock="import-{run}", label=_("Reading a file"))
def read(run: str) -> dict[str, Any]:
    """Look at every cell of a large file."""
    made = ImportRun.objects.get(pk=run)
    runs.read_all(made)
    settle(made)
    return {"done": made.layout["rows"]}


@job("core.import_check", lock="import-{run}", label=_("Check of an import"))
def check(run: str) -> dict[str, Any]:
    """Rehearse an import."""
    made = ImportRun.objects.get(pk=run)
    here = running()
    here.expect(made.layout["rows"] or 0)
    runs.rehearse(made, actor_now(), here.step)
    return {"done": made.summary["processed"], "rejected": made.summary["rejected"]}


@job("core.import", lock="import-{run}", label=_("Import"))
def carry_out(run: str) -> dict[str, Any]:
    """Import; nothing happens when it was done before the last worker died."""
    made = ImportRun.objects.get(pk=run)
    here, actor = running(), actor_now()
    here.expect(made.layout["rows"] or 0)
    runs.carry_out(made, actor, here.step)
    made.refresh_from_db()
    tell(actor, made)
    return {
        "done": made.summary["processed"],
        "rejected": made.summary["rejected"],
        "changeset": str(made.changeset_id or ""),
    }


def settle(made: ImportRun) -> None:
    """The work of the job is done."""
    ImportRun.objects.filter(pk=made.pk).update(work="")


def tell(actor: Actor, made: ImportRun) -> None:
    """Let the person know."""
    if actor.id is None:
        return
    with translation.override(actor.language):
        done, bad = made.summary["processed"], made.summary["rejected"]
        words = ngettext("%(file)s: %(num)s row imported", "%(file)s: %(num)s rows imported", done) % {
            "file": made.file_name,
            "num": done,
        }
        if bad:
            words += ", " + ngettext("%(num)s rejected", "%(num)s rejected", bad) % {"num": bad}
    notify.tell(
        [actor.id],
        "job",
        by=SYSTEM,
        entity=made.entity,
        title=words,
        url=f"/{registry.get(made.entity).slug}/import/{made.pk}/",
    )


@job("core.forget_imports", queue="system", periodic="50 3 * * *")
def forget() -> dict[str, int]:
    """Erase the files of old imports, and imports that nobody finished; what was imported and the numbers stay."""
    now = timezone.now()
    stale = ImportRun.objects.exclude(step=Step.DONE).filter(at__lt=now - timedelta(days=UNFINISHED))
    old = ImportRun.objects.filter(step=Step.DONE, at__lt=now - timedelta(days=KEPT)).exclude(file_key="")
    keys = {made.file_key for made in [*stale, *old] if made.file_key}
    stale.delete()
    old.update(file_key="")
    used = set(ImportRun.objects.filter(file_key__in=keys).values_list("file_key", flat=True))
    for key in keys - used:
        files.remove(key)
    return {"files": len(keys - used)}
