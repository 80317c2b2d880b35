"""Undo one change, or do it again: an import, a bulk edit, a deletion; what was edited since is kept and told."""

import argparse
import uuid
from collections.abc import Callable

from kith.core import standing, undo
from kith.core.errors import KithError, Missing
from kith.core.ledger import ChangeSet
from kith.core.terminal import actor_named, refused

help = "Undo a change by its id; --redo does it again, --preview tells what would happen, --list shows the last ones."
KEPT_SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which change."""
    parser.add_argument("changeset", nargs="?", help="id of the change, as `kith import` prints it")
    parser.add_argument("--list", action="store_true", help="show the last changes with their ids")
    parser.add_argument("--redo", action="store_true", help="do again what was undone")
    parser.add_argument(
        "--preview", action="store_true", help="tell what would be restored and kept, and write nothing"
    )
    parser.add_argument("--as", dest="who", metavar="E-MAIL", help="undo with the rights of this user")


def run(options: argparse.Namespace) -> int:
    """0 when everything was restored, 1 when something was kept or refused, 2 when nothing could be done."""
    if options.list or not options.changeset:
        return show_last()
    try:
        key = uuid.UUID(options.changeset)
    except ValueError:
        print(f"kith: {options.changeset} is not the id of a change; kith undo --list shows the last ones")
        return 2
    try:
        plan = verb(options)(actor_named(options.who), key)
    except Missing:
        print(f"kith: there is no change {key}; kith undo --list shows the last ones")
        return 2
    except KithError as error:
        return refused(error)
    return told(plan)


def verb(options: argparse.Namespace) -> Callable[..., undo.Plan]:
    """What to do."""
    if options.redo:
        return undo.preview_redo if options.preview else undo.redo
    return undo.preview if options.preview else undo.undo


def show_last() -> int:
    """The last twenty changes."""
    last = list(ChangeSet.objects.order_by("-at")[:20])
    stands = standing.of(last)
    for found in last:
        stand = stands[found.pk]
        mark = "" if not stand.links else " (done again)" if stand.holds else " (undone)"
        print(
            f"{found.pk}  {found.at:%Y-%m-%d %H:%M}  {found.kind:8} {found.records:>7} {found.entity}  {found.reason}{mark}"
        )
    return 0


def told(plan: undo.Plan) -> int:
    """Say what was restored or done again, kept and refused, and how to turn it."""
    print(f"{'done again' if plan.is_redo else 'restored'} {plan.restored}")
    for label, count in plan.by_entity.items():
        print(f"  {label}: {count}")
    for word, entries in (("kept", plan.kept), ("refused", plan.refused)):
        for label, title, why in entries[:KEPT_SHOWN]:
            print(f"  {word}: {label} {title}: {why}")
        if len(entries) > KEPT_SHOWN:
            print(f"  {word}: {len(entries) - KEPT_SHOWN} more")
    if plan.made:
        print(f"change {plan.made}; kith undo {'' if plan.is_redo else '--redo '}{plan.made} takes this back")
    return 1 if plan.kept or plan.refused else 0
