"""The command line: `./kith <command>`. Each command is a module in the `commands` folder of an app, found by its name.

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
from dataclasses import dataclass
from pathlib import Path

from kith import env
from kith.core import database, loading
from kith.core.postgres import NoPostgres

BARE = frozenset({"bench", "db", "demo", "lint", "prove", "serve", "test", "web", "worker"})
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
    "prove",
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command that was found, not yet imported."""

    module: str
    path: Path

    @property
    def help(self) -> str:
        """The module's `help`, or the first line of its docstring."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name("help")], value=ast.Constant(str(text))):
                    return text
        return (ast.get_docstring(tree) or "").split("\n", 1)[0]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    commands = find()
    if not words or words[0] not in commands:
        return _overview(commands, words[0] if words else "")
    try:
        with _ready(words[0]):
            return _run(commands[words[0]], words)
    except (env.BadSetting, NoPostgres) as error:
        print(f"kith: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def find() -> dict[str, Command]:
    """Every command by its name, the usual ones first."""
    source = Path(__file__).parent
    found = {}
    for path in source.glob("*/commands/[a-z]*.py"):
        module = ".".join(("kith", *path.relative_to(source).with_suffix("").parts))
        found[path.stem.rstrip("_").replace("_", "-")] = Command(
            module, path
        )  # import_.py: a keyword cannot name a module
    first = {name: place for place, name in enumerate(ORDER)}
    return {name: found[name] for name in sorted(found, key=lambda name: (first.get(name, len(first)), name))}


def _overview(commands: dict[str, Command], unknown: str) -> int:
    wanted = unknown in ("", "help", "-h", "--help")
    out = sys.stdout if wanted else sys.stderr
    if not wanted:
        print(f"kith: there is no command {unknown}.", file=out)
    print("Usage: ./kith <command> [--help]\n", file=out)
    for name, command in commands.items():
        print(f"  {name:12} {command.help}", file=out)
    return 0 if wanted else 2


@contextmanager
def _ready(name: str) -> Iterator[None]:
    """Django and the database, for the commands that need them."""
    if name in BARE:
        yield
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.settings")
    with database.running():
        import django  # not for bare commands: it costs them half a second

        with loading.undisturbed():
            django.setup()
        try:
            yield
        finally:
            database.close()


def _run(command: Command, words: list[str]) -> int:
    module = importlib.import_module(command.module)
    run: Callable[[argparse.Namespace], int | None] = module.run
    if getattr(module, "PASS_ON", False):  # its words belong to another program
        return run(argparse.Namespace(words=words[1:])) or 0
    parser = argparse.ArgumentParser(prog=f"kith {words[0]}", description=command.help)
    module.arguments(parser)
    return run(parser.parse_args(words[1:])) or 0


if __name__ == "__main__":
    sys.exit(main())
