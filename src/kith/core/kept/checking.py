"""Kept figures beside the records: where they differ, they are read no more until they are built anew."""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from kith.core import changes, custom_fields

from . import building
from .models import KeptReport
from .texts import Texts


def differing() -> dict[str, int]:
    """How many groups differ, by id; those without differences are left out."""
    ready = set(KeptReport._base_manager.filter(is_ready=True).values_list("id", flat=True))
    counts = {key: differ(kept.texts) for key, kept in building.wanted().items() if key in ready}
    return {str(key): count for key, count in counts.items() if count}


def differ(texts: Texts) -> int:
    """In how many groups figures are not those of the records, both as of one moment."""
    with connection.cursor() as cursor:
        cursor.execute(texts.differ)
        return int(cursor.fetchone()[0])


def distrust(found: dict[str, int]) -> None:
    """Ask the records until the figures of a result are built anew."""
    with changes.maintenance("maintenance"):
        KeptReport._base_manager.filter(pk__in=[UUID(key) for key in found]).update(is_ready=False)
        custom_fields.announce()


def states() -> Iterator[tuple[str, str]]:
    """Each kept view with its state, in words for whoever runs Kith."""
    rows, wanted = {row.id: row for row in KeptReport._base_manager.all()}, building.wanted()
    for key, kept in wanted.items():
        yield f"{kept.cube.entity.label} “{kept.view}”", state(rows.get(key))
    for key, row in rows.items():
        if key not in wanted:
            yield f"{row.entity} {key}", "no longer wanted; the job drops it within five minutes"


def state(row: KeptReport | None) -> str:
    """How it stands with figures that are wanted."""
    if row is not None and row.problem == KeptReport.Problem.MANY:
        return f"not kept: more than {building.MOST:,} groups"
    if row is None or not row.is_ready:
        return "being built; the records are asked until then"
    waiting = building.lines(row.id) - row.folded
    return f"exact; {row.folded:,} groups, {max(0, waiting):,} lines to fold, built {row.built_at:%Y-%m-%d %H:%M} UTC"


def problem() -> str:
    """What is wrong, in words for the doctor; "" when nothing is."""
    late = [name for name, told in states() if told.startswith(("not kept", "being built"))]
    return f"figures that should be kept ready are not: {', '.join(late)}; see `kith figures`." if late else ""
