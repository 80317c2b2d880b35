"""kith fields: build the indexes of custom fields and the values of stored roll-ups where the role of the running Kith may not, and tell which there are."""

from argparse import ArgumentParser, Namespace

from kith.core import field_indexes, worked_out
from kith.core.errors import Refused
from kith.core.stored import building

help = "Build the indexes of custom fields that are often filtered or unique, and the values of roll-ups that are often filtered, as the owner of the tables."


def arguments(parser: ArgumentParser) -> None:
    """What stands after `kith fields`."""
    parser.add_argument("step", choices=("index",), help="index: build what is missing, drop what nobody wants.")
    parser.add_argument("--dry-run", action="store_true", help="Only tell which there should be and which there are.")


def run(options: Namespace) -> int:
    """Ends with 1 when an index could not be built."""
    if not options.dry_run:
        try:
            done, rolled = field_indexes.settle(), building.settle()
        except Refused as refused:
            print("kith: " + "; ".join(str(text) for texts in refused.errors.values() for text in texts))
            return 1
        print(f"Built: {done['built'] + rolled['built']}, dropped: {done['dropped'] + rolled['dropped']}.")
    found = field_indexes.there()
    for name, one in field_indexes.wanted().items():
        state = "complete" if found.get(name, ("", False))[1] else "missing"
        print(f"{one.definition.entity} {one.definition.name}: {state}")
    states = building.states()
    for row in building.asked(worked_out.book()):
        print(f"{row.entity} {row.name}: {'complete' if states[row.pk] == 'ready' else 'missing'}")
    return 0
