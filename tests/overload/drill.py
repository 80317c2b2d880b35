"""The overload drill: `python -m tests.overload.drill [--data FOLDER]`.

On a data set of `kith bench` (made anew, or one that `--keep` left), with row-level access on:
1. noise: three readers work as people do, then the same while a fourth asks for ten of the worst questions at once, again and again;
2. flood: 96 sessions ask for lists as fast as they are answered; then they stop, and somebody opens a page.
Each is done twice: as Kith is shipped, and as a control without its gate and turns, which has to do worse.
"""

import argparse
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.crash.installed import folder

if TYPE_CHECKING:
    from kith.core.bench.client import Browser
    from kith.core.bench.server import Web

WORK = (
    "/opportunities/",
    "/opportunities/?sort=closes_on",
    "/companies/",
    "/people/?q=anna",
    "/opportunities/board",
    "/",
)
#: The worst that a reader can ask for, ten at once: reports about all rows by every field that groups them, grouped lists of all
#: rows, an export.
WORST = (
    *(
        f"/opportunities/report?rows={rows}&columns={columns}&m=sum:amount&m=count"
        for rows, columns in (
            ("owner", "closed_at:quarter"),
            ("stage", "closes_on:month"),
            ("owner", "stage"),
            ("forecast_category", "closes_on:month"),
            ("owner", "started_on:quarter"),
            ("owner", "state"),
            ("owner", "closes_on:quarter"),
        )
    ),
    "/opportunities/?f=&group=owner",
    "/opportunities/?f=&group=stage",
    "/people/export?f=&format=csv",
)
SHIPPED: dict[str, str] = {}
#: Neither gate nor turns: as many threads as there are callers, and no report waits.
CONTROL = {"KITH_THREADS": "64", "KITH_LINE": "1000", "KITH_REPORTS": "64", "KITH_REPORTS_NICE": "0"}


@dataclass
class Told:
    """Answers of one kind of caller: seconds of those that were let in, and how many of each status."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    without_advice: int = 0

    def add(self, answer: Any) -> None:
        """Count one answer in."""
        self.statuses[answer.status] += 1
        if answer.status == 200:
            self.seconds.append(answer.seconds)
        elif answer.status == 503 and "retry-after" not in answer.headers:
            self.without_advice += 1

    @property
    def figures(self) -> dict[str, Any]:
        """For the report, times in milliseconds."""
        found = sorted(self.seconds)
        at = {
            name: round(found[int(part * (len(found) - 1))] * 1000)
            for name, part in (("p50", 0.5), ("p99", 0.99))
            if found
        }
        return at | {"answers": {str(status): count for status, count in sorted(self.statuses.items())}}


def loop(browser: "Browser", told: Told, ends: float, choose: Callable[[int], str], pause: float) -> None:
    """Ask, read, think, until the time is over; who is told to come again does."""
    number = 0
    while time.monotonic() < ends:
        answer = browser.get(choose(number))
        told.add(answer)
        number += 1
        rest = float(answer.headers.get("retry-after", 0)) if answer.status == 503 else pause
        time.sleep(min(rest * random.uniform(0.5, 1.5), max(0.0, ends - time.monotonic())))


def together(tasks: list[tuple[Any, ...]]) -> None:
    """Run loops at the same time."""
    threads = [threading.Thread(target=loop, args=task, daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def workers(sessions: dict[str, Any], told: Told, ends: float) -> list[tuple[Any, ...]]:
    """Three people at their daily work."""
    return [
        (sessions[level](), told, ends, lambda number, at=at: WORK[(number + at) % len(WORK)], 0.3)
        for at, level in enumerate(("own", "team", "unit"))
    ]


def noise(sessions: dict[str, Any], seconds: float) -> dict[str, Any]:
    """How much slower three people work while a fourth wants ten of the worst at once."""
    quiet, noisy, reports = Told(), Told(), Told()
    together(workers(sessions, Told(), time.monotonic() + 5))  # warm
    together(workers(sessions, quiet, time.monotonic() + seconds))
    one, ends = sessions["all"](), time.monotonic() + seconds
    greedy = [(one.again(), reports, ends, lambda _number, at=at: WORST[at], 0.0) for at in range(len(WORST))]
    together([*workers(sessions, noisy, ends), *greedy])
    slower = noisy.figures["p99"] / quiet.figures["p99"]
    return {
        "quiet": quiet.figures,
        "noisy": noisy.figures,
        "worst": reports.figures,
        "p99 is slower by": f"{slower - 1:.0%}",
    }


def flood(sessions: dict[str, Any], seconds: float, clients: int) -> dict[str, Any]:
    """What many sessions at once are answered, and how soon all is well afterwards."""
    calm, told = Told(), Told()
    together([(sessions["team"](), calm, time.monotonic() + 5, lambda _number: WORK[0], 0.1)])
    ends, levels = time.monotonic() + seconds, ("own", "team", "unit", "all")
    together([(sessions[levels[at % 4]](), told, ends, lambda _number: WORK[0], 0.0) for at in range(clients)])
    began, browser, usual = time.monotonic(), sessions["team"](), calm.figures["p50"] / 1000
    while (answer := browser.get(WORK[0])).status != 200 or answer.seconds > 3 * usual:
        time.sleep(0.1)
    well = round(time.monotonic() - began, 1)
    return {
        "calm": calm.figures,
        "flood": told.figures,
        "without Retry-After": told.without_advice,
        "well again after seconds": well,
    }


@contextmanager
def serving(data: Path, settings: dict[str, str]) -> Iterator["Web"]:
    """The web server on this data with some settings."""
    from kith.core.bench import server

    os.environ.update(settings)
    try:
        with server.serving(data) as web:
            yield web
    finally:
        for name in settings:
            del os.environ[name]


def sessions_of(web: "Web", ids: dict[str, Any]) -> dict[str, Any]:
    """For each level of rights, what makes a browser with a session of its own."""
    from kith.core.access import SYSTEM
    from kith.core.bench.client import Browser
    from kith.core.entity import registry
    from kith.core.testing.people import client_of

    class Person(Browser):
        """A browser that can be opened again with the same session."""

        def again(self) -> Browser:
            return Person(self.port, dict(self.cookies))

    def maker(user: Any) -> Callable[[], Browser]:
        return lambda: Person(web.port, {name: morsel.value for name, morsel in client_of(user).cookies.items()})

    users = registry.get("access.user").rows(SYSTEM)
    return {level: maker(users.get(pk=key)) for level, key in ids.items()}


def drill(data: Path, seconds: float, clients: int, further: int, parts: tuple[str, ...]) -> dict[str, Any]:
    """The parts, as shipped and as a control."""
    from kith.core import machine
    from kith.core.bench.run import Wish, filled
    from kith.core.serving import static

    static.collect()
    wish = Wish(
        people=5000, companies=5000, further=further, activities=1000, changes=5000, clients=(1,), cold=False, only="", part="",
        resume=False, growth=None, data=data, command="",
    )  # fmt: skip
    known = filled(wish, print)
    found: dict[str, Any] = {"processors": os.cpu_count(), "10 M additions": f"{machine.speed():.1f} s"}
    for name, settings in (("shipped", SHIPPED), ("control", CONTROL)):
        with serving(data, settings) as web:
            sessions = sessions_of(web, known.ids)
            if "noise" in parts:
                found[f"noise, {name}"] = noise(sessions, seconds)
            if "flood" in parts:
                found[f"flood, {name}"] = flood(sessions, seconds, clients)
    return found | {"told": told(found)}


def told(found: dict[str, Any]) -> str:
    """The figures that count, in words."""
    words = []
    if "flood, shipped" in found:
        flood, control = found["flood, shipped"], found["flood, control"]
        answers = flood["flood"]["answers"]
        words.append(f"accepted p99 {flood['flood']['p99']} ms, {answers.get('200', 0)} answered, {answers.get('503', 0)} told to come again, well again after {flood['well again after seconds']} s")  # fmt: skip
        words.append(f"control without gate: p99 {control['flood']['p99']} ms")
    if "noise, shipped" in found:
        noisy, control = found["noise, shipped"], found["noise, control"]
        words.append(f"noise: p99 {noisy['quiet']['p99']} to {noisy['noisy']['p99']} ms, {noisy['p99 is slower by']} slower, {control['p99 is slower by']} without turns")  # fmt: skip
    return "; ".join(words)


def faults(found: dict[str, Any]) -> list[str]:
    """What must not be, whatever the speed of the machine."""
    if "flood, shipped" not in found:
        return []
    shipped, control = found["flood, shipped"], found["flood, control"]
    answers = set(shipped["flood"]["answers"]) | set(
        found.get("noise, shipped", {}).get("noisy", {}).get("answers", ())
    )
    checks = {
        "answers other than 200 and 503": answers - {"200", "503"},
        "503 without Retry-After": shipped["without Retry-After"],
        "nothing was shed": "503" not in shipped["flood"]["answers"],
        "the control was as quick": control["flood"]["p99"] <= shipped["flood"]["p99"],
    }
    return [name for name, is_wrong in checks.items() if is_wrong]


def main() -> int:
    """Prepare, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder that `kith bench --keep` left")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--clients", type=int, default=96)
    parser.add_argument("--further", type=int, default=100_000, help="opportunities of a new data set")
    parser.add_argument("--parts", nargs="+", choices=("noise", "flood"), default=("noise", "flood"))
    options = parser.parse_args()
    with folder("overload") as base:
        data = (options.data or base / "bench").resolve()
        os.environ |= {"KITH_DATA": str(data), "DJANGO_SETTINGS_MODULE": "kith.settings"}
        found = prepared(
            data, lambda: drill(data, options.seconds, options.clients, options.further, tuple(options.parts))
        )
    wrong = faults(found)
    print(json.dumps(found | {"faults": wrong}, indent=1))
    return int(bool(wrong))


def prepared(data: Path, run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """With the embedded database of this folder, migrated, and Django ready."""
    from kith.core import database

    data.mkdir(parents=True, exist_ok=True, mode=0o711)
    with database.running():
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.ALLOWED_HOSTS = ["*"]
        call_command("migrate", interactive=False, verbosity=0)
        try:
            return run()
        finally:
            database.close()


if __name__ == "__main__":
    raise SystemExit(main())
