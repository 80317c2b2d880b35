"""Start, stop or ask the embedded database, open its prompt, or make roles with few rights on an outside server."""

import argparse
import os
import subprocess
import sys

import psycopg

from kith.core.backup import Failed, moving
from kith.core.backup.programs import apart
from kith.core.database import database_url, embedded
from kith.core.postgres import Server, find, roles


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with it."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("start", help="start it and let it run until `db stop`")
    stop = actions.add_parser("stop", help="stop it, unless Kith is running")
    stop.add_argument("--force", action="store_true", help="stop it even while Kith is running")
    actions.add_parser("status", help="whether it runs, where, and who uses it")
    psql = actions.add_parser("psql", help="open PostgreSQL's prompt, or run a statement")
    psql.add_argument("-c", "--command", help="a statement to run")
    move = actions.add_parser(
        "move", help="copy the embedded database to an outside server, compare all of it, and say what to set"
    )
    move.add_argument(
        "url", help="postgresql://user:password@host:5432/name of an empty database, or - to read it from the input"
    )
    few = actions.add_parser("roles", help="make an owner, a role for Kith and one for reports, each with no more rights than it needs")  # fmt: skip
    few.add_argument("--admin", metavar="URL", help="who makes them: a superuser, or the owner of the database with CREATEROLE (default: DATABASE_URL)")  # fmt: skip
    few.add_argument("--prefix", default="kith", help="what their names begin with (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    """Do it."""
    server = embedded()
    if options.action == "psql":
        return _psql(server, options.command)
    if options.action == "move":
        return _move(server, options.url)
    if options.action == "roles":
        return _roles(options.admin or database_url(), roles.Roles.named(options.prefix))
    if server is None:
        print("DATABASE_URL names an outside server; Kith neither starts nor stops it.")
        return 1
    actions = {"start": _start, "status": _status}
    return actions[options.action](server) if options.action in actions else _stop(server, force=options.force)


def _start(server: Server) -> int:
    server.keep()
    print(f"The database runs in {server.data}; {server.url}")
    return 0


def _move(server: Server | None, url: str) -> int:
    if server is None:
        print("DATABASE_URL is set, so the database is outside already.")
        return 1
    try:
        moving.move(server, sys.stdin.readline().strip() if url == "-" else url, lambda line: print(f"  + {line}"))
    except Failed as failure:
        print(f"kith: {failure} The embedded database is as it was; empty the other one if something was copied there.")
        return 1
    print(
        f"Moved. Set DATABASE_URL to that address for every process of Kith, then start it. Files and keys stay in {server.data}."
    )
    print(
        "Give each role what it needs with `kith db roles`. The embedded copy stays where it is and is not used any more."
    )
    return 0


def _stop(server: Server, *, force: bool) -> int:
    if server.is_used() and not force:
        print("Kith is running and needs the database; stop it first, or add --force.")
        return 1
    print("The database is stopped." if server.stop() else "The database was not running.")
    return 0


def _status(server: Server) -> int:
    ready = server.is_ready()
    state = "ready" if ready else "starting or stopping" if server.is_running() else "stopped"
    print(f"{state}; {'used' if server.is_used() else 'not used'} by Kith; data in {server.data}; {server.url}")
    return 0 if ready else 3


def _roles(url: str, wanted: roles.Roles) -> int:
    if not url:
        print("The embedded database is reached by Kith alone and needs no roles. Set DATABASE_URL, or name a server with --admin.")  # fmt: skip
        return 1
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            made = roles.install(connection, wanted)
    except psycopg.Error as error:
        print(f"kith: the roles could not be made, and nothing was changed: {str(error).strip()}")
        return 2
    for role, password in made.items():
        print(f"{role} was made with the password {password}; it is not shown again.")
    print(f"Migrate as {wanted.owner}: DATABASE_URL=postgresql://{wanted.owner}:… kith migrate, then run this command once more.")  # fmt: skip
    print(f"Run Kith as {wanted.app}, reports as {wanted.report}.")
    return 0


def _psql(server: Server | None, command: str | None) -> int:
    words = ["-c", command] if command else []
    if server is None:
        url, password = apart(database_url())
        return _prompt(url, words, PGPASSWORD=password)
    with server.using():
        return _prompt(server.url, words)


def _prompt(url: str, words: list[str], **environment: str) -> int:
    return subprocess.run([find().program("psql"), url, *words], env={**os.environ, **environment}).returncode
