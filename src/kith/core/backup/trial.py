"""Tries a backup: restores it on a server of its own in a scratch place, and looks whether all is as it was.

1. Every byte is compared with the signed list; the dump is restored; every table has the rows and the checksum it had.
2. PostgreSQL compares tables with their indexes (`pg_amcheck --heapallindexed`).
3. The ledger's chain is verified, secrets can be opened with the present keys, each file is named and each named file is there.
4. Kith of this version migrates the copy and says that it is ready.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from kith.core import sealing
from kith.core.backup import Failed, Tell, keeping, programs, restoring
from kith.core.backup.full import ANCHORS
from kith.core.home import data_folder
from kith.core.postgres import Server, processes
from kith.core.sealing_keys import as_text

FILES = ("files", "verify")
#: What Kith is asked on the copy, and what it proves.
LOOKS = (
    (("migrate",), "this version migrates it and would be ready"),
    (FILES, "each attached file is there and belongs to a row"),
    (("secrets", "rotate", "--dry-run"), "secrets can be opened with the present keys"),
    (("audit", "verify"), "the ledger is as it was sealed"),
)

MARK = "--- kith "
SCRIPT = f"""
import json, sys
from kith import cli
for words in json.loads(sys.argv[1]):
    print("{MARK}" + " ".join(words), flush=True)
    if code := cli.main(words):
        sys.exit(code)
"""


@contextmanager
def scratch() -> Iterator[Server]:
    """An installation of its own beside ours, removed afterwards."""
    for left in data_folder().glob("scratch-*"):
        if processes.look(int(left.name.rpartition("-")[2])) is None:  # its maker was killed
            Server(left).stop()
            shutil.rmtree(left, ignore_errors=True)
    data = data_folder() / f"scratch-{os.getpid()}"
    server = Server(data)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(data, ignore_errors=True)


def full(folder: Path, tell: Tell, *, trust: bool = False) -> None:
    """Try a full backup. Raises Failed, with what was found."""
    about = restoring.checked(folder, trust=trust)
    restoring.require_room(folder, rows_too=True)
    tell("every byte is as it was written")
    with scratch() as server, server.using():
        restoring.fill(folder, server.url)
        restoring.compare(about, server.url)
        rows = sum(int(counted[0]) for name, counted in about["tables"].items() if not name.startswith("all "))
        tell(f"{len(about['tables'])} tables and kinds with {rows:,} rows are as they were")
        restoring.unpack_files(folder, server.data / "files")
        if (folder / ANCHORS).exists():
            shutil.copy(folder / ANCHORS, server.data / ANCHORS)
        look_over(server, tell)


def look_over(server: Server, tell: Tell, lost: Sequence[str] = ()) -> None:
    """Look at a restored copy as a whole, of which these files are known to be lost."""
    looks = [look for look in LOOKS if not (lost and look[0] == FILES)]
    where = (f"--host={server.socket}", "--username=postgres", "--database=kith")
    programs.run("pg_amcheck", "--install-missing", "--heapallindexed", *where)
    with server.connect(role="postgres") as connection:
        connection.execute(
            "DROP EXTENSION amcheck"
        )  # the copy may become the real one, whose owner could not restore it
    tell("every index has all rows of its table")
    ask(server.data, *(command for command, _proves in looks))
    for _command, proves in looks:
        tell(proves)


def ask(data: Path, *commands: tuple[str, ...], fine: Sequence[int] = (0,)) -> str:
    """Run our own commands on another data folder, with our keys, in one process; what they say, or Failed with what the first bad one says."""
    ours = {"SECRET_KEY": settings.SECRET_KEY, "SEALING_KEYS": as_text(sealing.keys()), "KITH_DATA": str(data), "KITH_ARCHIVE": "false", "KITH_BACKUPS": str(keeping.folder())}  # fmt: skip
    foreign = {f"{name}_FILE" for name in (*ours, "DATABASE_URL")} | {"DATABASE_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in foreign} | ours
    process = [sys.executable, "-c", SCRIPT, json.dumps(commands)]
    answer = subprocess.run(process, env=environment, capture_output=True, text=True)
    if answer.returncode not in fine:
        said = answer.stdout.rpartition(MARK)[2] + answer.stderr
        raise Failed(f"On the copy, kith {said.strip()[-800:]}")
    return answer.stdout
