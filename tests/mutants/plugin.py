"""Breaks one rule for a whole run of pytest: `KITH_MUTANT=17 pytest -p tests.mutants.plugin …`."""

import os
from contextlib import ExitStack
from typing import Any

_kept = ExitStack()


def pytest_collection_finish(session: Any) -> None:
    """Put the rule in once everything is imported; it stays until the process ends."""
    from .applying import applied
    from .breaking import mutants

    wanted = int(os.environ["KITH_MUTANT"])
    _kept.enter_context(applied(next(mutant for at, mutant in enumerate(mutants()) if at == wanted)))
