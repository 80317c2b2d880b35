"""Seals while a worker runs: every few seconds, in a thread of its own, so that no long job can make it wait.

No job of the queue: asking for one every three seconds would write to the database day and night. A look finds nothing to
do without a write. Of several workers that look at the same moment one seals.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from kith.core.beside import attempt, beside

from . import anchors, sealer

logger = logging.getLogger("kith.sealing")
PAUSE = 3.0


@contextmanager
def keeping() -> Iterator[None]:
    """Seal beside what happens inside the block."""
    with beside("sealing", PAUSE, lambda: step()):
        yield


def step() -> int:
    """Seal what has settled and write an anchor if one is due; how many rows."""
    return attempt("sealing", _step) or 0


def _step() -> int:
    done = sealer.seal()
    if anchor := anchors.drop():
        logger.info("anchor of seal %s written", anchor.number)
    return done
