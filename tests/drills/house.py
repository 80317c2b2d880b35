"""A Kith of its own in a temporary folder, with people, attachments and a sealed ledger, asked through its commands."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kith.core.postgres import Server, find

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a key of the drills"
#: What is written in the house: {0} people, each with an attached file; then everything is sealed and anchored.
FILL = """
from django.utils import timezone
from kith.core import access, files, writes
from kith.core.access import SYSTEM
from kith.core.chain import anchors, sealer
from kith.core.entity import registry
for number in range({0}):
    person = writes.create(SYSTEM, registry.get("parties.person"), {{"family_name": f"Lind {{number}} {1}"}})
    ticket = files.ticket(SYSTEM, files.store([f"contract {{number}} {1} ".encode() * 999]))
    writes.create(SYSTEM, registry.get("activities.attachment"), {{"name": "contract.txt", "file": ticket, "subject": f"parties.person/{{person.pk}}"}})
sealer.seal()
anchors.drop()
print(timezone.now().isoformat())
"""
#: Somebody asked for it: a person goes for good, with what ledger and log say.
ERASE = """
from kith.core import trash
from kith.core.access import SYSTEM
from kith.core.chain import erasing
from kith.core.entity import registry
entity = registry.get("parties.person")
person = entity.rows(SYSTEM).filter(family_name={0!r}).first()
trash.purge(SYSTEM, entity, [person])
erasing.erase(SYSTEM, [(entity.label, person.pk)], reason="asked for by letter")
print(person.pk)
"""


@dataclass
class House:
    """One installation."""

    base: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def server(self) -> Server:
        return Server(self.data, archives=self.settings.get("KITH_ARCHIVE") == "true")

    def environment(self) -> dict[str, str]:
        foreign = ("DATABASE_URL", "BASE_URL", "KITH_PROCESS")
        kept = {name: value for name, value in os.environ.items() if name not in foreign}
        ours = {"KITH_DATA": str(self.data), "SECRET_KEY": SECRET, "KITH_FREE_PERCENT": "0", "KITH_FREE_MB": "0"}
        return kept | ours | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))} | self.settings

    def kith(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """One command; what it said and how it ended."""
        return subprocess.run(
            [sys.executable, "-m", "kith.cli", *words],
            env=self.environment() | settings,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )

    def done(self, *words: str, **settings: str) -> str:
        """One command that has to succeed; what it said."""
        answer = self.kith(*words, **settings)
        if answer.returncode:
            raise AssertionError(f"kith {' '.join(words)}: {answer.stdout}{answer.stderr}"[-3000:])
        return answer.stdout

    def fill(self, people: int, mark: str = "a") -> str:
        """Write people with files; the moment after them."""
        return self.done("manage", "shell", "--no-imports", "-c", FILL.format(people, mark)).strip()

    def erase(self, family_name: str) -> str:
        """Erase a person; the id."""
        return self.done("manage", "shell", "--no-imports", "-c", ERASE.format(family_name)).strip()

    def count(self, what: str) -> int:
        """Rows of a table, as the database knows them."""
        with self.server.using() as server, server.connect() as connection:
            row = connection.execute(f"SELECT count(*) FROM {what}".encode()).fetchone()
        assert row is not None
        return int(row[0])

    def furnish(self, template: str) -> None:
        """The tables: copied from a database that has been migrated, which is quicker, or made."""
        if not template:
            self.done("migrate")
            return
        with self.server.using() as server:
            dump = self.base / "template"
            for program, *words in (
                ("pg_dump", "--format=custom", "--compress=none", "--no-owner", f"--file={dump}", template),
                ("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={server.url}", str(dump)),
            ):
                subprocess.run([find().program(program), *words], check=True, capture_output=True)
            dump.unlink()


@contextmanager
def house(template: str = "", **settings: str) -> Iterator[House]:
    """A furnished house, torn down afterwards."""
    base = Path(tempfile.mkdtemp(prefix="kith-drill-"))
    base.chmod(0o711)
    made = House(base, settings)
    try:
        made.furnish(template)
        made.server.keep()  # else every command would start and stop it
        yield made
    finally:
        made.server.stop()
        shutil.rmtree(base, ignore_errors=True)
