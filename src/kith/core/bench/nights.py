"""What runs by itself over all rows, once each: control totals kept and compared, a roll-up of children built and compared."""

import time
from collections.abc import Callable

from kith.core import control_totals, worked_out, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.stored import building, checking
from kith.core.stored.models import RollupValue

COMPANIES = "parties.company"
#: The amounts of a company's opportunities, kept beside it.
WORTH = {
    "entity": COMPANIES, "label": "Worth", "name": "x_worth", "source": "sales.opportunity", "link": "company", "how": "sum",
    "value": "budget", "is_indexed": True,
}  # fmt: skip
SAMPLE = 2000


def told() -> str:
    """The figures of all of them in words."""
    return "; ".join((totals(), roll_up()))


def timed[Found](step: Callable[[], Found]) -> tuple[Found, float]:
    """What a step gave, and its seconds."""
    started = time.perf_counter()
    found = step()
    return found, time.perf_counter() - started


def totals() -> str:
    """Last night's control totals: kept (unless they are there), then evaluated once more from the ledger and compared."""
    made, keeping = timed(control_totals.keep)
    found, comparing = timed(control_totals.compare)
    return f"Control totals of the last night: {made['lines']} lines kept in {keeping:.1f} s, {found['compared']} kinds of records compared in {comparing:.1f} s, {found['differ']} differ"


def rolled() -> None:
    """Define the kept roll-up unless the data set has it, and build it."""
    definitions = registry.get("core.rollupfield")
    if not definitions.rows(SYSTEM).filter(entity=COMPANIES, name=WORTH["name"]).exists():
        writes.create(SYSTEM, definitions, WORTH)
    building.settle()


def roll_up() -> str:
    """The kept roll-up: how long building takes, and whether a sample is what is worked out."""
    _built, seconds = timed(rolled)
    made = registry.get("core.rollupfield").rows(SYSTEM).get(entity=COMPANIES, name=WORTH["name"])
    companies = registry.get(COMPANIES).rows(SYSTEM).order_by("pk").values_list("pk", flat=True)[:SAMPLE]
    differ = checking.differ(worked_out.book(), (COMPANIES, made.name), made.pk, list(companies))
    values = RollupValue._base_manager.filter(field_id=made.pk).count()
    return f"a roll-up of the amounts of all opportunities by company: {values:,} values built in {seconds:.1f} s, {differ} of {SAMPLE:,} looked at differ"
