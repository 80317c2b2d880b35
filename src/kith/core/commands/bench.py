"""Measure every budget of the design over HTTP on a large data set of its own, beside plain SQL."""

import argparse
import os
import shlex
import shutil
import sys

from kith.core.home import data_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    """How much data, how many clients, what to keep."""
    parser.add_argument("--people", type=int, default=100_000, help="how many people (default: %(default)s)")
    parser.add_argument("--companies", type=int, default=20_000, help="how many companies (default: %(default)s)")
    parser.add_argument(
        "--further", type=int, default=20_000, help="how many opportunities and other records (default: %(default)s)"
    )
    parser.add_argument("--changes", type=int, help="further ledger rows (default: one for each person)")
    parser.add_argument(
        "--clients", default="1,8", help="clients at once, the first alone counts for budgets (default: %(default)s)"
    )
    parser.add_argument(
        "--cold", action="store_true", help="also measure first requests after a restart, and the start itself"
    )
    parser.add_argument("--only", default="", help="only operations whose name holds this")
    parser.add_argument("--part", default="", help="only operations of one part: opportunities")
    parser.add_argument("--keep", action="store_true", help="keep the data set for the next run")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")


def run(options: argparse.Namespace) -> int:
    """Measure in a folder of its own."""
    data = data_folder() / f"bench-{options.people}-{options.companies}-{options.further}"
    os.environ["KITH_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.settings")
    os.environ.pop("KITH_DATA_FILE", None)
    os.environ.pop("DATABASE_URL", None)
    from kith.core import database

    data.mkdir(parents=True, exist_ok=True, mode=0o711)
    server = database.embedded()
    if server is None:
        raise SystemExit("kith bench needs the embedded database.")
    with server.using():
        section = _measure(options)
    print("\n" + section)
    if options.write:
        from kith.core.bench import report

        report.write(section)
    if not options.keep:
        shutil.rmtree(data)
    return 0


def _measure(options: argparse.Namespace) -> str:
    """Everything that needs Django, whose settings belong to the folder of the benchmark."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from kith.core import database
    from kith.core.bench.run import Wish, run
    from kith.core.serving import static

    static.collect()
    call_command("migrate", interactive=False, verbosity=0)
    clients = tuple(int(number) for number in options.clients.split(","))
    changes = options.people if options.changes is None else options.changes
    command = f"kith bench {shlex.join(word for word in sys.argv[2:] if word not in ('--write', '--keep'))}".strip()
    try:
        return run(
            Wish(
                options.people,
                options.companies,
                options.further,
                changes,
                clients,
                options.cold,
                options.only,
                options.part,
                settings.DATA,
                command,
            ),
            lambda line: print(line, flush=True),
        )
    finally:
        database.close()
