"""Which backups are kept: the newest of each of the last 7 days, 4 weeks and 3 months that have one."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from kith import env
from kith.core.backup import Failed
from kith.core.home import data_folder

NAME = "%Y-%m-%d_%H%M%S"


def numbers() -> tuple[int, int, int]:
    """How many days, weeks and months."""
    words = env.words("KITH_BACKUPS_KEPT", ("7", "4", "3"), "Backups that are kept: of so many days, weeks and months.")
    if len(words) != 3 or not all(word.isascii() and word.isdigit() for word in words) or words[0] == "0":
        raise env.BadSetting("KITH_BACKUPS_KEPT: three numbers, such as 7,4,3; the first at least 1.")
    days, weeks, months = map(int, words)
    return days, weeks, months


def folder() -> Path:
    """Where backups lie unless another place is named."""
    named = env.text(
        "KITH_BACKUPS", "", "Folder for backups; best on another machine or disk.", shown="backups in the data folder"
    )
    return Path(named).expanduser().absolute() if named else data_folder() / "backups"


@contextmanager
def drafted(draft: Path) -> Iterator[Path]:
    """An empty folder to fill and to rename; where that fails, nothing of it stays."""
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def chosen(moments: Iterable[datetime], kept: tuple[int, int, int]) -> set[datetime]:
    """Those of the moments whose backups are kept."""
    rules: list[tuple[int, Callable[[datetime], Any]]] = [
        (kept[0], lambda moment: moment.date()),
        (kept[1], lambda moment: moment.isocalendar()[:2]),
        (kept[2], lambda moment: (moment.year, moment.month)),
    ]
    newest_first = sorted(moments, reverse=True)
    found: set[datetime] = set()
    for count, part in rules:
        newest: dict[Any, datetime] = {}
        for moment in newest_first:
            newest.setdefault(part(moment), moment)
        found |= set(list(newest.values())[:count])
    return found


def backups(place: Path) -> dict[datetime, Path]:
    """The finished backups of a folder by their moment; other folders are nobody's business."""
    found = {}
    for path in place.iterdir() if place.is_dir() else ():
        try:
            found[datetime.strptime(path.name, NAME)] = path  # noqa: DTZ007 - names are in UTC, only compared
        except ValueError:
            continue
    return dict(sorted(found.items()))


def thin_out(place: Path) -> list[Path]:
    """Remove the backups that need not be kept; which those were."""
    there = backups(place)
    keep = chosen(there, numbers())
    gone = [path for moment, path in there.items() if moment not in keep]
    for path in gone:
        shutil.rmtree(path)
    return gone


def newest(place: Path, count: int = 1) -> list[Path]:
    """The last backups, the newest first."""
    found = list(backups(place).values())[::-1][:count]
    if not found:
        raise Failed(f"There is no backup in {place}.")
    return found
