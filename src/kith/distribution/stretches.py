"""What a record was and whose, put together: turns of its stage and of its holder become stretches without a gap."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Turn:
    """From `at` on the record is in another stage, or has another holder (`what`); who did that, and why."""

    at: dt.datetime
    what: Any
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened on the way: `kind` is ask, work or pool."""

    kind: str
    at: dt.datetime
    text: str
    until: dt.datetime | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stage with one holder (None where not known): since when, until when (None: still), who brought it there and why, what happened meanwhile."""

    stage: Any
    holder: Any
    since: dt.datetime
    until: dt.datetime | None
    by: str = ""
    why: str = ""
    notes: tuple[Note, ...] = field(default=())


def together(stages: Sequence[Turn], holders: Sequence[Turn], notes: Iterable[Note] = ()) -> list[Stretch]:
    """The stretches, oldest first. Turns come oldest first; of those at one moment the last one counts."""
    moments = sorted({turn.at for turn in (*stages, *holders)})
    shares = shared(moments, notes)
    return [
        stretch(stages, holders, since, until, shares.get(at, ()))
        for at, (since, until) in enumerate(zip(moments, [*moments[1:], None], strict=False))
    ]


def stretch(
    stages: Sequence[Turn],
    holders: Sequence[Turn],
    since: dt.datetime,
    until: dt.datetime | None,
    notes: Iterable[Note],
) -> Stretch:
    """The stretch that begins at a moment."""
    stage, holder = at_moment(stages, since), at_moment(holders, since)
    began = [turn for turn in (stage, holder) if turn is not None and turn.at == since]
    return Stretch(
        stage.what if stage else None,
        holder.what if holder else None,
        since,
        until,
        ", ".join(dict.fromkeys(turn.by for turn in began if turn.by)),
        " · ".join(dict.fromkeys(turn.why for turn in began if turn.why)),
        tuple(sorted(notes, key=lambda note: note.at)),
    )


def at_moment(turns: Sequence[Turn], moment: dt.datetime) -> Turn | None:
    """The turn that holds at a moment."""
    at = bisect_right(turns, moment, key=lambda turn: turn.at)
    return turns[at - 1] if at else None


def shared(moments: Sequence[dt.datetime], notes: Iterable[Note]) -> dict[int, list[Note]]:
    """Notes by the stretch in which they began; what is older than all of them belongs to the first."""
    found: dict[int, list[Note]] = {}
    for note in notes:
        found.setdefault(max(0, bisect_right(moments, note.at) - 1), []).append(note)
    return found
