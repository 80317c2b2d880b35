"""The moving drill: `python -m tests.drills.move`.

The embedded database moves to a second server, of the same programs, on another folder, asked over TCP with a password. Everything
is the same there, the ledger verifies, new rows follow; refusals (a server that is not empty, of another encoding, away, Kith running)
change nothing; and the old copy is not used by mistake.
"""

import argparse
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.drills.backup import Report
from tests.drills.house import House, house

from kith.core.postgres import binaries, find, locks

PASSWORD = "a secret of the drill/@:"


@contextmanager
def outside(base: Path) -> Iterator[str]:
    """A server of its own that listens on TCP alone; the address of it without a database."""
    folder, programs = base / "outside", find()
    programs = binaries.within_reach(programs, binaries.other_user(), base)
    locks.make_server_folder(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    word = base / "word"
    word.write_text(PASSWORD)
    word.chmod(0o644)
    who = binaries.run_as(binaries.other_user())
    initdb = [
        "-U",
        "postgres",
        "-A",
        "scram-sha-256",
        f"--pwfile={word}",
        "-E",
        "UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    subprocess.run([programs.program("initdb"), "-D", folder, *initdb], **who, cwd="/", check=True, capture_output=True)
    words = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    control = [programs.program("pg_ctl"), "-D", folder, "-w", "-l", str(folder / "log")]
    subprocess.run([*control, "-o", " ".join(words), "start"], **who, cwd="/", check=True, stdout=subprocess.DEVNULL)
    try:
        yield f"postgresql://postgres:a%20secret%20of%20the%20drill%2F%40%3A@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **who, cwd="/", stdout=subprocess.DEVNULL)


def make(url: str, name: str, words: str = "") -> str:
    """A database there; its address."""
    import psycopg

    with psycopg.connect(f"{url}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} {words}".encode())
    return f"{url}/{name}"


def move(report: Report, here: House, people: int, url: str) -> None:
    """The drill in a house."""
    here.fill(people)
    before = {name: here.count(name) for name in ("parties_party", "core_change", "core_seal", "activities_attachment")}
    target = make(url, "kith")
    taken = make(url, "taken")
    here.done("db", "psql", "-c", "SELECT 1")
    import psycopg

    with psycopg.connect(taken, autocommit=True) as somebody:
        somebody.execute("CREATE TABLE mine (x int)")
    ascii_only = make(url, "ascii", "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc")
    refusals = {
        taken: "not empty",
        ascii_only: "letters",
        f"{url}/nowhere": "cannot be used",
        "postgresql://nobody@127.0.0.1:1/x": "cannot be used",
    }
    for address, words in refusals.items():
        answer = here.kith("db", "move", address)
        report.expect(answer.returncode == 1 and words in answer.stdout, f"{words}: {answer.stdout}{answer.stderr}")
    with here.server.using():
        answer = here.kith("db", "move", target)
        report.expect(
            "running" in answer.stdout and answer.returncode == 1, f"moved under running feet: {answer.stdout}"
        )
    report.expect(here.count("parties_party") == before["parties_party"], "a refusal has changed something")
    said = report.timed("move", lambda: here.done("db", "move", target))
    report.expect("are the same there" in said and PASSWORD not in said, said)
    with psycopg.connect(target) as there:
        after = {name: there.execute(f"SELECT count(*) FROM {name}".encode()).fetchone()[0] for name in before}  # type: ignore[index]
    report.expect(after == before, f"{after} instead of {before}")
    answer = here.kith("doctor")
    report.expect(
        answer.returncode == 2 and "was moved to" in answer.stderr, "control: the old copy is used by mistake"
    )
    report.expect(PASSWORD not in (here.data / "moved").read_text(), "the mark holds the password")
    here.settings["DATABASE_URL"] = target
    here.done("audit", "verify")
    here.fill(2, "there")
    report.expect("waits" not in here.done("audit", "verify"), "new rows do not follow the old ones")
    report.expect("missing: 0; that no row names: 0" in here.done("files", "verify"), "files and rows differ")
    report.timed("backup there", lambda: here.done("backup", str(here.base / "b")))
    report.timed("verify", lambda: here.done("restore", "--verify", str(here.base / "b")))


def drill(people: int, template: str = "") -> Report:
    report = Report()
    with house(template) as here, outside(here.base) as url:
        move(report, here, people, url)
    return report


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drills.move", description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--template", default="", help="a migrated database to copy, instead of migrating one")
    options = parser.parse_args()
    report = drill(options.people, options.template)
    print(json.dumps(asdict(report), indent=1))
    return int(bool(report.violations))


if __name__ == "__main__":
    sys.exit(main())
