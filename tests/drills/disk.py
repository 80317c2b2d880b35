"""The drill of the full disk: `python -m tests.drills.disk` (as root: it mounts a small disk in memory).

1. The disk fills: uploads and exports stop first, then every change is answered with 503 and Retry-After; pages go on; PostgreSQL lives.
2. There is room again: changes go on by themselves, and the job that waited is done.
3. The control, with the guard switched off: PostgreSQL runs into the end of the disk, and writes fail otherwise.
"""

import argparse
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.crash.installation import LOOPBACK, Installation, free_port, wait_until
from tests.drills.backup import Report

SIZE, LEAST = 700, 100  # megabytes
BODY = {"description": "x" * 20000}
#: An administrator with a token, and a session in a browser; and the job of an export.
GROUND = """
import json, secrets
from django.conf import settings
from django.test import Client
from kith.access import shipped
from kith.core import tokens, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
user = writes.create(SYSTEM, registry.get("access.user"), {"name": "Drill", "email": "drill@kith.example"})
shipped.give(shipped.roles()["administrator"], user=user)
token = tokens.new_secret()
tokens.ApiToken.objects.create(user_id=user.pk, name="drill", shown=token[:12], digest=tokens.digest(token), scopes=["*"])
client = Client()
client.force_login(user)
session = client.session
session["_csrftoken"] = "a" * 32
session.save()
print(json.dumps({"token": token, "session": session.session_key, "cookie": settings.SESSION_COOKIE_NAME}))
"""
DEFER = """
from django.contrib.auth import get_user_model
from kith.core import jobs, jobs_export
user = get_user_model()._base_manager.get(email="drill@kith.example")
print(jobs.defer(jobs_export.export, user, entity="parties.company", query="", kind="csv", every_field=False).pk)
"""


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A folder on a disk of this size."""
    base = Path(tempfile.mkdtemp(prefix="kith-disk-"))
    base.chmod(0o711)
    disk = base / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=711", "kith-drill", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
        shutil.rmtree(base, ignore_errors=True)


class Asker:
    """Somebody who reads, changes and uploads."""

    def __init__(self, port: int, given: dict[str, str]) -> None:
        self.port, self.number = port, 0
        self.token = {"Authorization": f"Bearer {given['token']}"}
        self.session = {"Cookie": f"{given['cookie']}={given['session']}", "X-CSRFToken": "a" * 32}

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b"", kind: str = "application/json"
    ) -> tuple[int, str]:
        """Status and Retry-After; 0 when nobody answered."""
        line = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            line.request(method, path, body or None, {**headers, "Host": "localhost", "Content-Type": kind})
            answer = line.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Retry-After", "")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            line.close()

    def read(self) -> int:
        return self.ask("GET", "/companies/", self.session)[0]

    def write(self) -> tuple[int, str]:
        self.number += 1
        body = json.dumps({"name": f"Stone {self.number}", **BODY}).encode()
        return self.ask("POST", "/api/v1/companies", self.token, body)

    def page_write(self) -> tuple[int, str]:
        self.number += 1
        return self.ask("POST", "/companies/new", self.session, f"name=Page+{self.number}".encode(), "application/x-www-form-urlencoded")  # fmt: skip

    def upload(self) -> tuple[int, str]:
        lines = ["--b", 'Content-Disposition: form-data; name="file"; filename="a.txt"', "", "text", "--b--", ""]
        return self.ask("POST", "/files", self.session, "\r\n".join(lines).encode(), "multipart/form-data; boundary=b")

    def export(self) -> tuple[int, str]:
        return self.ask("GET", "/companies/export?format=csv", self.session)


def free(disk: Path) -> int:
    return shutil.disk_usage(disk).free >> 20


def fill(disk: Path, until: int) -> None:
    """Take room away until only so many megabytes are left."""
    with (disk / "ballast").open("ab") as ballast:
        while free(disk) > until:
            ballast.write(b"0" * (1 << 20))
            ballast.flush()


def shell(here: Installation, script: str) -> str:
    words = [sys.executable, "-m", "kith.cli", "manage", "shell", "--no-imports", "-c", script]
    return subprocess.run(words, env=here.environment, capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip


@contextmanager
def running(disk: Path, least: int) -> Iterator[Installation]:
    """Kith on that disk; so many megabytes must be free."""
    os.environ.update({"KITH_FREE_MB": str(least), "KITH_FREE_PERCENT": "0", "KITH_PG_SHARED_BUFFERS": "64MB"})
    here = Installation(disk / "data", free_port())
    try:
        here.start()
        wait_until(here.is_whole, "the start")
        yield here
    finally:
        here.stop()


def state(here: Installation, run: str) -> tuple[int, str]:
    """Companies there are, and what has become of the job."""
    with here.server.connect() as connection:
        row = connection.execute("SELECT (SELECT count(*) FROM parties_party), (SELECT state FROM core_jobrun WHERE id = %s)", [run]).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0]), str(row[1])


def guarded(report: Report, here: Installation, disk: Path) -> dict[str, str]:
    """With the guard."""
    given: dict[str, str] = json.loads(shell(here, GROUND))
    asker = Asker(here.port, given)
    normal = (asker.write()[0], asker.page_write()[0] < 400, asker.upload()[0], asker.export()[0], asker.read())
    report.expect(normal == (201, True, 201, 200, 200), f"on an empty disk: {normal}")
    fill(disk, int(LEAST * 1.3))
    for name, answer in (("an upload", asker.upload()), ("an export", asker.export())):
        report.expect(answer[0] == 503 and answer[1], f"{name} while the disk fills: {answer}")
    report.expect(asker.write()[0] == 201, "changes stop before uploads do")
    fill(disk, LEAST - 10)
    run = shell(here, DEFER)
    before = state(here, run)[0]
    for name, answer in (("the API", asker.write()), ("a page", asker.page_write())):
        report.expect(answer[0] == 503 and int(answer[1] or 0) >= 30, f"a change over {name} on a full disk: {answer}")
    report.expect(asker.read() == 200, "pages are not read any more")
    time.sleep(3)  # the worker has had its chance
    report.expect(state(here, run) == (before, "queued"), f"something went on: {state(here, run)}, {before}")
    report.expect("PANIC" not in log(here), "PostgreSQL panicked")
    (disk / "ballast").unlink()
    report.timed("until changes go on", lambda: wait_until(lambda: asker.write()[0] == 201, "changes go on"))
    report.timed("until the job is done", lambda: wait_until(lambda: state(here, run)[1] == "done", "the job is done"))
    report.expect(all(seconds <= 60 for seconds in report.seconds.values()), f"not within 60 s: {report.seconds}")
    return given


def unguarded(report: Report, here: Installation, disk: Path, given: dict[str, str]) -> None:
    """The control: without the guard."""
    asker, answers = Asker(here.port, given), dict[int, int]()
    fill(disk, 2)
    for _each in range(400):
        status = asker.write()[0]
        answers[status] = answers.get(status, 0) + 1
        if "PANIC" in log(here) or sum(count for one, count in answers.items() if one not in (201, 200)) > 20:
            break
    report.found["control: other answers than 201"] = sum(count for one, count in answers.items() if one != 201)
    report.expect(set(answers) - {201}, f"control: without the guard nothing happened: {answers}")
    report.expect("No space left on device" in log(here), "control: PostgreSQL did not reach the end of the disk")
    report.found["control: PostgreSQL panicked"] = log(here).count("PANIC")
    (disk / "ballast").unlink()
    report.timed("control: whole again", lambda: wait_until(lambda: asker.write()[0] == 201, "changes go on"))


def log(here: Installation) -> str:
    return "".join(path.read_text(errors="replace") for path in (here.data / "log").glob("*.log"))


def drill() -> Report:
    report = Report()
    before = dict(os.environ)
    try:
        with small_disk(SIZE) as disk:
            with running(disk, LEAST) as here:
                given = guarded(report, here, disk)
            with running(disk, 0) as here:
                unguarded(report, here, disk, given)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return report


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drills.disk", description=__doc__)
    parser.parse_args()
    report: Any = drill()
    print(json.dumps(asdict(report), indent=1))
    return int(bool(report.violations))


if __name__ == "__main__":
    sys.exit(main())
