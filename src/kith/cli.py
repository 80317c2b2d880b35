"""The command line: `./kith <command>`. Each command is a module of kith.core.commands, found by its name.

Such a module starts with a docstring (its help), and has `arguments(parser)` and `run(options)`. It is imported with
Django ready and the embedded database running, unless its name is in BARE.
"""

import argparse
import ast
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from kith import env
from kith.core import commands, database
from kith.core.postgres import NoPostgres

BARE = frozenset({"db", "demo", "lint", "restore", "serve", "test", "web", "worker"})
ORDER = (
    "demo",
    "serve",
    "web",
    "worker",
    "migrate",
    "createadmin",
    "doctor",
    "db",
    "backup",
    "restore",
    "test",
    "lint",
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    names = _names()
    if not words or words[0] not in names:
        return _overview(names, words[0] if words else "")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.settings")
    try:
        with _ready(words[0]):
            return _run(importlib.import_module(f"{commands.__name__}.{words[0].replace('-', '_')}"), words)
    except (env.BadSetting, NoPostgres) as error:
        print(f"kith: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _names() -> dict[str, str]:
    """Every command with its help, read without importing it."""
    folder = Path(commands.__path__[0])
    found = {path.stem.replace("_", "-"): path for path in folder.glob("[a-z]*.py")}
    first = {name: place for place, name in enumerate(ORDER)}
    ordered = sorted(found, key=lambda name: (first.get(name, len(first)), name))
    return {name: _help(found[name]) for name in ordered}


def _help(path: Path) -> str:
    """The module's `help`, or the first line of its docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name("help")], value=ast.Constant(str(text))):
                return text
    return (ast.get_docstring(tree) or "").split("\n", 1)[0]


def _overview(names: dict[str, str], unknown: str) -> int:
    wanted = unknown in ("", "help", "-h", "--help")
    if not wanted:
        print(f"kith: there is no command {unknown}.", file=sys.stderr)
    print("Usage: ./kith <command> [--help]\n", file=sys.stderr if not wanted else sys.stdout)
    for name, says in names.items():
        print(f"  {name:12} {says}", file=sys.stderr if not wanted else sys.stdout)
    return 0 if wanted else 2


@contextmanager
def _ready(name: str) -> Iterator[None]:
    """Django and the database, for the commands that need them."""
    if name in BARE:
        yield
        return
    with database_running():
        import django  # not for bare commands: it costs them half a second

        django.setup()
        try:
            yield
        finally:
            database.close()


@contextmanager
def database_running() -> Iterator[None]:
    """The embedded database, kept running inside the block; an outside one is somebody else's."""
    server = database.embedded()
    if server is None:
        yield
        return
    with server.using():
        yield


def _run(module: ModuleType, words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"kith {words[0]}", description=module.__doc__)
    module.arguments(parser)
    run: Callable[[argparse.Namespace], int | None] = module.run
    if getattr(module, "PASS_ON", False):  # its words belong to another program
        return run(argparse.Namespace(words=words[1:])) or 0
    return run(parser.parse_args(words[1:])) or 0


if __name__ == "__main__":
    sys.exit(main())
