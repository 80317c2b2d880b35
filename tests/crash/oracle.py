"""What must be true after every crash, read in one snapshot. Each check returns what is wrong, in words.

The questions are asked in SQL of their own where that is possible: an oracle that shares the product's code shares its mistakes.
"""

from collections.abc import Callable
from dataclasses import replace

from tests.crash.asking import Facts, snapshot
from tests.crash.check_effects import events, files, mails, moves, undone
from tests.crash.check_ledger import sets, values, versions
from tests.crash.check_parties import contacts, keys
from tests.crash.check_work import answers, bulks, imports, leftovers, queue, stored

type Check = Callable[[Facts], list[str]]
CHECKS: tuple[Check, ...] = (
    stored, answers, imports, bulks, versions, values, sets, contacts, keys, moves, undone, events, mails, files, queue, leftovers,
)  # fmt: skip


def look(facts: Facts) -> list[str]:
    """Everything that is wrong in the state of this moment, with the name of the check."""
    known = replace(
        facts, notes=facts.notes.copied()
    )  # before the snapshot: what is acknowledged later need not be in it
    with snapshot():
        return [f"{check.__name__}: {words}" for check in CHECKS for words in check(known)]
