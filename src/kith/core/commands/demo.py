"""Start Kith with a demo company in a database of its own: nothing to set up, nothing to lose."""

import argparse
import http.client
import os
import time

from kith.core import address
from kith.core.home import data_folder
from kith.core.serving import demo, starting

PATIENCE = 90  # seconds until the first page


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to begin anew."""
    parser.add_argument("--fresh", action="store_true", help="forget what was changed in the demo and fill it again")


def run(options: argparse.Namespace) -> int:
    """Prepare, serve, and say where."""
    data = data_folder() / "demo"
    os.environ["KITH_DATA"] = str(data)
    os.environ.pop("KITH_DATA_FILE", None)
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("KITH_COMPANY", "Meridian Instruments")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    if demo.settle(data, fresh=options.fresh):
        print("Making the demo company; this takes a moment the first time.", flush=True)
    return starting.start("web", "worker", prepare=("--demo",), ready=_announce)


def _announce() -> None:
    """Wait for the first page, then say how to see it."""
    deadline = time.monotonic() + PATIENCE
    while not _is_ready() and time.monotonic() < deadline:
        time.sleep(0.1)
    print(f"\nKith is ready: {address.base_url()}\n")
    for login in demo.logins(data_folder()):
        print(f"  {login['email']:28} {login['password']:20} {login['name']}, {login['role']}")
    print("\nCtrl-C stops it.", flush=True)


def _is_ready() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", address.port(), timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": f"localhost:{address.port()}"})
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
