"""Measure every budget of the design over HTTP on a large data set of its own, beside plain SQL."""

import argparse
import os
import shlex
import shutil
import sys
from pathlib import Path

from kith.core.home import data_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    """How much data, how many clients, what to keep."""
    parser.add_argument(
        "--full",
        action="store_true",
        help="the size of the budgets: a million people, 200,000 companies, a million opportunities, two million notes and tasks",
    )
    parser.add_argument("--people", type=int, help="how many people (default: 100,000)")
    parser.add_argument("--companies", type=int, help="how many companies (default: 20,000)")
    parser.add_argument("--further", type=int, help="how many opportunities and other records (default: 20,000)")
    parser.add_argument("--activities", type=int, help="how many notes and tasks (default: 1.6 for each person)")
    parser.add_argument("--changes", type=int, help="further ledger rows (default: one for each person)")
    parser.add_argument(
        "--fields",
        type=int,
        default=0,
        help="so many custom fields of mixed kinds with values in all people and opportunities",
    )
    parser.add_argument("--data", type=Path, help="folder that keeps data set and results, used again by the next run")
    parser.add_argument("--build", action="store_true", help="only make the data set")
    parser.add_argument(
        "--clients", default="1,8", help="clients at once, the first alone counts for budgets (default: %(default)s)"
    )
    parser.add_argument(
        "--cold", action="store_true", help="also measure first requests after a restart, and the start itself"
    )
    parser.add_argument("--only", default="", help="only operations whose name holds this")
    parser.add_argument("--rows", type=int, default=20_000, help="rows of the file that is imported (default: %(default)s)")  # fmt: skip
    parser.add_argument("--part", default="", help="only operations of one part: opportunities")
    parser.add_argument(
        "--resume", action="store_true", help="measure only what the last runs on this data set have not measured"
    )
    parser.add_argument("--growth", type=Path, metavar="FOLDER", help="compare with the results of a smaller data set")
    parser.add_argument("--keep", action="store_true", help="keep the data set for the next run")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")


#: What is made by default, and with --full.
SIZES = {
    "people": (100_000, 1_000_000),
    "companies": (20_000, 200_000),
    "further": (20_000, 1_000_000),
    "activities": (None, 2_000_000),
}


def run(options: argparse.Namespace) -> int:
    """Measure in a folder of its own."""
    for name, (usual, full) in SIZES.items():
        if getattr(options, name) is None:
            setattr(options, name, full if options.full else usual)
    data = folder(options)
    os.environ["KITH_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.settings")
    os.environ.pop("KITH_DATA_FILE", None)
    os.environ.pop("DATABASE_URL", None)
    from kith.core import database

    unfinished(data)
    data.mkdir(parents=True, exist_ok=True, mode=0o711)
    server = database.embedded()
    if server is None:
        raise SystemExit("kith bench needs the embedded database.")
    (data / "bench-begun").touch()
    with server.using():
        section = _measure(options)
    print("\n" + section)
    if options.write:
        from kith.core.bench import report

        report.write(section)
    if not (options.keep or options.data):
        shutil.rmtree(data)
    return 0


def folder(options: argparse.Namespace) -> Path:
    """Where the data set is."""
    named: Path | None = options.data
    usual = data_folder() / f"bench-{options.people}-{options.companies}-{options.further}"
    return usual if named is None else named.absolute()


def unfinished(data: Path) -> None:
    """Remove a data set whose making was interrupted; refuse a folder that holds something else."""
    if (data / "bench-crew.json").exists() or not data.exists() or not any(data.iterdir()):
        return
    if not (data / "bench-begun").exists():
        raise SystemExit(f"{data} holds something else than a data set of kith bench; choose another folder.")
    from kith.core.postgres import Server

    Server(data).stop()
    shutil.rmtree(data)


def say(line: str) -> None:
    """Tell what is being done, at once."""
    print(line, flush=True)


def _measure(options: argparse.Namespace) -> str:
    """Everything that needs Django, whose settings belong to the folder of the benchmark."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from kith.core import database
    from kith.core.bench.run import Wish, filled, run, size
    from kith.core.serving import static

    static.collect()
    call_command("migrate", interactive=False, verbosity=0)
    changes = options.people if options.changes is None else options.changes
    command = f"kith bench {shlex.join(word for word in sys.argv[2:] if word not in ('--write', '--keep'))}".strip()
    wish = Wish(
        people=options.people,
        companies=options.companies,
        further=options.further,
        activities=options.activities,
        changes=changes,
        fields=options.fields,
        clients=tuple(int(number) for number in options.clients.split(",")),
        cold=options.cold,
        only=options.only,
        part=options.part,
        resume=options.resume,
        growth=options.growth,
        data=settings.DATA,
        command=command,
        imported=options.rows,
    )
    try:
        if options.build:
            known = filled(wish, say)
            return size(wish, known)
        return run(wish, say)
    finally:
        database.close()
