"""The restore drill: `python -m tests.drills.backup --people 2000 --flips 200`.

1. A backup made while somebody writes restores, and is what it was: tables, ledger, files, indexes.
2. One byte changed anywhere, in each kind of file, is found; the untouched backup verifies before and after (control).
3. A restore goes back to a moment between two writes, and to no other; a second one follows the first; a lost file forbids none.
4. The archive: one byte changed in any segment, base or file is found; a missing segment is found.
"""

import argparse
import json
import random
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.drills.house import House, house

KEYS = "k1:" + "A" * 43


@dataclass
class Report:
    """What was seen."""

    violations: list[str] = field(default_factory=list)
    flips: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def expect(self, is_so: object, otherwise: str) -> None:
        if not is_so:
            self.violations.append(otherwise)

    def timed(self, name: str, act: Any) -> Any:
        began = time.monotonic()
        result = act()
        self.seconds[name] = round(time.monotonic() - began, 1)
        return result


def flip(path: Path, dice: random.Random) -> tuple[int, int]:
    """Change one byte; where, and what it was."""
    content = bytearray(path.read_bytes())
    place = dice.randrange(len(content))
    before = content[place]
    content[place] ^= 1 << dice.randrange(8)
    path.write_bytes(content)
    return place, before


def mend(path: Path, place: int, before: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] = before
    path.write_bytes(content)


def damage(report: Report, name: str, path: Path, times: int, dice: random.Random, is_found: Any) -> None:
    """Change one byte, look whether it is found, change it back; as often as asked."""
    for _each in range(times):
        place, before = flip(path, dice)
        report.flips[name] = report.flips.get(name, 0) + 1
        if is_found():
            report.found[name] = report.found.get(name, 0) + 1
        else:
            report.violations.append(f"a changed byte at {place} of {path.name} was not found")
        mend(path, place, before)


def fails(act: Any) -> bool:
    """Whether it raises Failed, as everything damaged must."""
    from kith.core.backup import Failed

    try:
        act()
    except Failed:
        return True
    return False


def full(report: Report, here: House, people: int, flips: int, dice: random.Random) -> None:
    """A full backup, plain or encrypted as the house is set."""
    from kith.core.backup import crypt, listing

    here.fill(people)
    writing = threading.Event()
    writer = threading.Thread(
        target=lambda: [here.fill(5, f"meanwhile {n}") for n in range(50) if not writing.is_set()]
    )
    writer.start()
    folder = here.base / "backup"
    report.timed("backup", lambda: here.done("backup", str(folder)))
    writing.set()
    writer.join()
    said = report.timed("verify", lambda: here.done("restore", "--verify", str(folder)))
    report.expect(said.count("  + ") == 7, f"not all was looked at: {said}")
    for path in sorted(folder.iterdir()):
        damage(report, path.name, path, flips, dice, lambda: fails(lambda: listing.read(folder)))
    for path in folder.glob("*" + crypt.SUFFIX):  # even with a list that is right, what is encrypted proves itself
        damage(report, f"{path.name} by itself", path, flips, dice, lambda p=path: fails(lambda: [*crypt.pieces(p)]))
    one = folder / "files.tar" if (folder / "files.tar").exists() else folder / "files.tar.sealed"
    place, before = flip(one, dice)
    report.expect(here.kith("restore", "--verify", str(folder)).returncode == 1, "the command finds no changed byte")
    mend(one, place, before)
    report.expect(not fails(lambda: listing.read(folder)), "control: the mended backup is not whole")
    rows = here.count("parties_party")
    here.fill(3, "later")
    gone = here.erase("Lind 0 a")
    report.timed("restore", lambda: here.done("restore", str(folder), **stopped(here)))
    report.expect(here.count("parties_party") <= rows, "the restored database has later rows")
    stays_erased(report, here, gone)
    report.expect("missing: 0; that no row names: 0" in here.done("files", "verify"), "files and rows differ")


def stays_erased(report: Report, here: House, key: str) -> None:
    """Who was erased after the backup was made comes back with it, and is gone before anybody is served."""
    places = (f"parties_party WHERE id = '{key}'", f"core_change WHERE record_id = '{key}' AND title <> ''")
    report.expect(all(here.count(place) for place in places), "control: the backup did not hold who was erased later")
    here.done("prepare", "--migrate")
    report.expect(not any(here.count(place) for place in places), "who was erased is there again")
    report.expect(here.count("core_dueerasure WHERE done_at IS NULL") == 0, "an erasure is still due")


def stopped(here: House) -> dict[str, str]:
    """Nobody else uses the house now."""
    return {}


def moments(report: Report, here: House, people: int, flips: int, dice: random.Random) -> None:
    """Going back to a moment."""
    from kith.core.backup import base, listing, wal

    here.fill(people, "before the base")
    report.timed("base", lambda: here.done("backup", "--base"))
    folder = next(base.place().iterdir())
    folder = folder.rename(folder.with_name("2000-01-01_000000"))  # else the next of the day would stand for it
    moment = here.fill(people, "before the moment")
    then = here.count("parties_party")
    time.sleep(1.1)
    here.fill(people, "after the moment")
    here.done("backup", "--base")  # left behind by the way back
    now = here.count("parties_party")
    here.done("restore", "--verify", "--to", "latest")
    for path in sorted(folder.iterdir()):
        damage(report, f"base: {path.name}", path, flips, dice, lambda: fails(lambda: listing.read(folder)))
    segments, files = list(wal.segments().values()), list(wal.archived_files().values())
    report.expect(segments and files, "nothing was archived")
    for name, paths in (("a segment", segments), ("an archived file", files)):
        for path in paths[:flips]:
            damage(report, name, path, 1, dice, lambda p=path: fails(lambda: wal.checked(p)))
    place, before = flip(segments[-1], dice)
    report.expect(here.kith("restore", "--verify", "--to", "latest").returncode == 1, "the command finds no changed byte in a segment")  # fmt: skip
    mend(segments[-1], place, before)
    future = here.kith("restore", "--verify", "--to", "2126-01-01")
    report.expect(future.returncode == 1 and "does not reach" in future.stdout, f"a moment of the future: {future}")
    report.expect(here.count("parties_party") == now, "trying has changed something")
    gone = here.erase("Lind 0 before the base")
    with here.server.using():
        answer = here.kith("restore", "--to", moment)
    report.expect(answer.returncode == 1 and "running" in answer.stdout, f"restored under running feet: {answer}")
    report.timed("to a moment", lambda: here.done("restore", "--to", moment))
    report.expect(here.count("parties_party") == then, f"{here.count('parties_party')} people instead of {then}")
    stays_erased(report, here, gone)
    report.expect("missing: 0; that no row names: 0" in here.done("files", "verify"), "files and rows differ")
    here.fill(1, "goes on")
    again(report, here)


def again(report: Report, here: House) -> None:
    """A second way back goes along the first; the archive goes on, and one lost file keeps nobody from the rest."""
    from kith.core.backup import wal

    now = here.count("parties_party")
    here.done("restore", "--to", "latest")
    report.expect(here.count("parties_party") == now, "the second restore has not followed the first")
    here.fill(1, "once more")
    here.done("restore", "--verify", "--to", "latest")
    lines = {name[:8] for name in wal.segments()}
    report.expect(lines >= {f"0000000{number}" for number in (1, 2, 3)}, f"time lines {lines} in the archive")
    key, archived = next((key, path) for key, path in wal.archived_files().items() if here.count(f"activities_attachment WHERE file::text LIKE '%{key}%'"))  # fmt: skip
    archived.unlink()
    (here.data / "files" / key[:2] / key[2:4] / key).unlink()  # else it would be archived once more
    answer = here.kith("restore", "--to", "latest")
    report.expect(answer.returncode == 1 and "Restored." in answer.stdout and f"lost: {key}" in answer.stdout, f"a lost file: {answer}")  # fmt: skip
    report.expect(here.count("parties_party") == now + 1, "the third restore has lost people")


def prepare(here: House) -> None:
    """This process looks into the archive of the house, with its keys."""
    import os

    os.environ.update(
        {name: value for name, value in here.environment().items() if name.startswith(("KITH_", "SECRET"))}
    )


def drill(people: int, flips: int, seed: int, template: str = "", *, only: str = "") -> Report:
    """All parts."""
    report, dice = Report(), random.Random(seed)
    parts = {
        "plain": lambda: part(report, full, people, flips, dice, template),
        "encrypted": lambda: part(report, full, people, flips, dice, template, KITH_BACKUP_KEYS=KEYS),
        "moments": lambda: part(report, moments, people, flips, dice, template, KITH_ARCHIVE="true"),
        "encrypted moments": lambda: part(report, moments, people, flips, dice, template, KITH_ARCHIVE="true", KITH_BACKUP_KEYS=KEYS),
    }  # fmt: skip
    for name, act in parts.items():
        if only in ("", name):
            act()
    return report


def part(
    report: Report, what: Any, people: int, flips: int, dice: random.Random, template: str, **settings: str
) -> None:
    """One part in a house of its own; the settings hold for this process, too, while it looks into the files."""
    import os

    before = dict(os.environ)
    with house(template, **settings) as here:
        prepare(here)
        try:
            what(report, here, people, flips, dice)
        finally:
            os.environ.clear()
            os.environ.update(before)


def main() -> int:
    """0 when everything was found and nothing was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.backup", description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--flips", type=int, default=100, help="bytes changed in each file")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--template", default="", help="a migrated database to copy, instead of migrating one")
    parser.add_argument("--only", default="", help="one part: plain, encrypted, moments, encrypted moments")
    options = parser.parse_args()
    import os

    from tests.drills.house import SECRET

    os.environ.update({"SECRET_KEY": SECRET, "DJANGO_SETTINGS_MODULE": "kith.settings"})
    import django

    django.setup()
    report = drill(options.people, options.flips, options.seed, options.template, only=options.only)
    print(json.dumps(asdict(report) | {"seed": options.seed}, indent=1))
    return int(bool(report.violations))


if __name__ == "__main__":
    sys.exit(main())
