"""Carry the configuration as files: custom fields, roles, groups, processes, dictionaries, rules, settings."""

import argparse
import difflib
import sys
from pathlib import Path

from django.utils import translation

from kith.core.configuration import applying
from kith.core.configuration.documents import END, Files, Problem
from kith.core.configuration.kinds import Scope, scope
from kith.core.context import through
from kith.core.errors import KithError
from kith.core.terminal import actor_named, refused

help = "Write the configuration into a folder, compare it, or bring this installation to what a folder says."


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which folder."""
    parser.add_argument(
        "what",
        choices=("export", "diff", "plan", "apply"),
        help="export writes files; diff shows how files and installation differ; plan tells what apply would do",
    )
    parser.add_argument("folder", type=Path, help="one YAML file for each kind of record")
    parser.add_argument("--people", action="store_true", help="also what is given to single users, named by e-mail")
    parser.add_argument("--with", dest="further", action="append", default=[], metavar="KIND", help="a further kind, such as exchange-rates")  # fmt: skip
    parser.add_argument("--prune", action="store_true", help="plan, apply: remove what is not in the files; what is used is refused")  # fmt: skip
    parser.add_argument("--as", dest="who", metavar="E-MAIL", help="plan, apply: with the rights of this user")


def run(options: argparse.Namespace) -> int:
    """0 when it is done or equal, 1 when something differs (diff, plan), 2 when it cannot be done."""
    with translation.override("en"):
        return done(options)


def done(options: argparse.Namespace) -> int:
    """See run."""
    try:
        chosen = scope(people=options.people, further=options.further)
        if options.what == "export":
            return export(chosen, options.folder)
        files = read(options.folder)
        if options.what == "diff":
            return diff(chosen, files)
        with through("cli"):
            return change(chosen, files, options)
    except KithError as error:
        return refused(error)


def export(chosen: Scope, folder: Path) -> int:
    """Write the files; equal ones are left alone."""
    files, left_out = applying.export(chosen)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(files)} files in {folder}")
    leave(left_out)
    return 0


def read(folder: Path) -> Files:
    """The files of a folder."""
    if not folder.is_dir():
        raise SystemExit(f"kith: there is no folder {folder}")
    try:
        files = {path.name: path.read_text(encoding="utf-8-sig") for path in sorted(folder.glob(f"*{END}"))}
    except UnicodeDecodeError as error:
        raise SystemExit(f"kith: a file in {folder} is no text in UTF-8: {error.reason}") from None
    if not files:
        raise SystemExit(f"kith: there are no files *{END} in {folder}; kith config export writes them")
    return files


def diff(chosen: Scope, files: Files) -> int:
    """How the files differ from the installation, line by line."""
    mine, theirs, problems = applying.compared(chosen, files)
    if wrong(problems):
        return 2
    differs = False
    for name in sorted(mine.keys() | theirs.keys()):
        old, new = mine.get(name, "").splitlines(), theirs.get(name, "").splitlines()
        for line in difflib.unified_diff(old, new, f"installation/{name}", f"files/{name}", lineterm=""):
            print(line)
            differs = True
    return int(differs)


def change(chosen: Scope, files: Files, options: argparse.Namespace) -> int:
    """Plan or apply."""
    actor = actor_named(options.who)
    if options.what == "plan":
        found = applying.plan(actor, chosen, files, prune=options.prune)
    else:
        found = applying.apply(actor, chosen, files, prune=options.prune, reason=f"kith config {options.folder.name}")
    for difference in found.differences:
        print("\n".join(difference.lines()))
    leave(found.left_out)
    if wrong(found.problems):
        return 2
    counts = found.counts
    print(f"{counts['add']} to add, {counts['change']} to change, {counts['remove']} to remove" if options.what == "plan" else f"{counts['add']} added, {counts['change']} changed, {counts['remove']} removed")  # fmt: skip
    if found.changeset:
        print(f"change-set {found.changeset}; kith undo {found.changeset} takes it back")
    return int(options.what == "plan" and bool(found.differences))


def leave(words: list[str]) -> None:
    """Tell what files cannot hold."""
    for line in words:
        print(f"left out: {line}", file=sys.stderr)


def wrong(problems: list[Problem]) -> bool:
    """Tell what is wrong, if anything."""
    for problem in problems:
        print(f"kith: {problem}", file=sys.stderr)
    return bool(problems)
