"""`kith serve` comes back from kill -9 of any of its parts, and leaves nothing behind when it stops."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kith.core.postgres import Server, cluster, processes


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Kith:
    """A running installation."""

    process: subprocess.Popen[bytes]
    port: int
    server: Server

    def get(self, path: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except OSError:
            return 0, None
        finally:
            connection.close()

    def is_whole(self) -> bool:
        status, body = self.get("/readyz")
        return status == 200 and body["workers"] >= 1

    def children(self, module: str) -> list[int]:
        """The living processes of this installation that run a module."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            process = processes.look(int(folder.name))
            if process and process.command.endswith(f"-m {module}") and self._is_ours(folder):
                found.append(process.pid)
        return found

    def _is_ours(self, folder: Path) -> bool:
        try:
            return f"KITH_DATA={self.server.data}".encode() in (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            return False


def wait_until(condition: Callable[[], Any], seconds: float = 60) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)


@pytest.fixture(scope="module")
def kith(enterable: Callable[[str], Path]) -> Iterator[Kith]:
    base = enterable("serving")
    data, port = base / "data", free_port()
    environment = {**os.environ, "KITH_DATA": str(data), "KITH_PORT": str(port), "KITH_HEARTBEAT": "1"}
    for name in ("DATABASE_URL", "KITH_PROCESS"):
        environment.pop(name, None)
    process = subprocess.Popen([sys.executable, "-m", "kith.cli", "serve"], env=environment)
    running = Kith(process, port, Server(data))
    wait_until(running.is_whole, 90)
    yield running
    running.process.terminate()
    assert running.process.wait(60) == 0
    assert not running.server.is_running()
    assert running.children("kith.core.serving.web") + running.children("kith.core.serving.worker") == []


def test_it_answers_with_hashed_static_files(kith: Kith) -> None:
    assert kith.get("/healthz")[0] == 200
    manifest = json.loads((kith.server.data / "static" / "staticfiles.json").read_text())["paths"]
    connection = http.client.HTTPConnection("127.0.0.1", kith.port, timeout=15)
    connection.request("GET", f"/static/{manifest['kith/kith.css']}", headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "max-age=315360000, public, immutable")
    connection.close()


def test_a_second_one_on_the_same_port_says_so(kith: Kith) -> None:
    environment = {**os.environ, "KITH_DATA": str(kith.server.data), "KITH_PORT": str(kith.port)}
    answer = subprocess.run(
        [sys.executable, "-m", "kith.cli", "serve"], env=environment, capture_output=True, text=True
    )
    assert answer.returncode == 2
    assert f"KITH_PORT={kith.port}: another program listens there" in answer.stderr


def test_a_killed_worker_is_started_again(kith: Kith) -> None:
    (pid,) = kith.children("kith.core.serving.worker")
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: kith.children("kith.core.serving.worker") not in ([], [pid]))


def test_a_killed_web_server_is_back(kith: Kith) -> None:
    before = kith.children("kith.core.serving.web")
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: kith.get("/healthz")[0] == 200)
    assert not set(before) & set(kith.children("kith.core.serving.web"))


def test_a_killed_main_process_of_the_web_server_takes_its_workers_along(kith: Kith) -> None:
    before = kith.children("kith.core.serving.web")
    (main,) = [pid for pid in before if (process := processes.look(pid)) and process.parent not in before]
    os.kill(main, signal.SIGKILL)
    wait_until(lambda: kith.get("/healthz")[0] == 200 and not set(before) & set(kith.children("kith.core.serving.web")))


def test_a_killed_database_is_back(kith: Kith) -> None:
    pid = cluster.postmaster(kith.server.folder)
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: kith.get("/readyz")[0] == 200)
    assert cluster.postmaster(kith.server.folder) != pid
    wait_until(kith.is_whole)


def test_after_kill_9_of_everything_the_next_start_works(kith: Kith) -> None:
    """Also without the supervisor, which cannot tell its children to stop."""
    kith.process.kill()
    kith.process.wait()
    wait_until(lambda: kith.children("kith.core.serving.web") + kith.children("kith.core.serving.worker") == [])
    assert kith.server.is_ready()  # the database outlives them, for whoever comes next
    pid = cluster.postmaster(kith.server.folder)
    assert pid
    os.kill(pid, signal.SIGKILL)
    environment = {**os.environ, "KITH_DATA": str(kith.server.data), "KITH_PORT": str(kith.port), "KITH_HEARTBEAT": "1"}
    environment.pop("KITH_PROCESS", None)
    kith.process = subprocess.Popen([sys.executable, "-m", "kith.cli", "serve"], env=environment)
    wait_until(kith.is_whole, 60)


def test_a_reader_in_the_middle_of_an_answer_gets_it_while_it_stops(kith: Kith) -> None:
    """Stopping drains: the fixture checks afterwards that it stopped in order and left nothing."""
    connection = socket.create_connection(("127.0.0.1", kith.port))
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    kith.process.terminate()
    assert connection.makefile("rb").read().startswith(b"HTTP/1.1 200")
    connection.close()
    kith.process.wait(60)
    assert kith.process.returncode == 0
