"""The long form of the clock drill: `python -m tests.drills.clock --walks 200`.

Random jumps of up to four days, several in a walk, from random moments between 2026 and 2040: no tick comes twice unless the clock went back
over more than a period, and no job stands still longer than two of its periods and what the clock was short of them.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import croniter
import django

LINES = {"*/10 * * * *": 600, "7 * * * *": 3600, "40 2 * * *": 86400}
DAY, LOOK = 86400, 300


def walk(dice: random.Random, due: Any) -> list[str]:
    """One walk of eight days with one to three jumps; what was wrong."""
    begin = dice.uniform(datetime(2026, 1, 1, tzinfo=UTC).timestamp(), datetime(2040, 1, 1, tzinfo=UTC).timestamp())
    jumps = {dice.randrange(DAY, 7 * DAY) // LOOK * LOOK: dice.choice((60, 3600, 7200, DAY, 3 * DAY, 4 * DAY)) * dice.choice((-1, 1)) for _each in range(dice.randint(1, 3))}  # fmt: skip
    known, lines = dict[str, int | None].fromkeys(LINES), {line: croniter.croniter(line) for line in LINES}
    runs, offset, wrong = defaultdict[str, list[tuple[int, int]]](list), 0, []
    for true in range(0, 8 * DAY, LOOK):
        offset += jumps.get(true, 0)
        for line, cron in lines.items():
            tick, known[line] = due(cron, known[line], begin + true + offset)
            if tick is not None:
                runs[line].append((true, tick))
    back = -min(0, min(sum(list(jumps.values())[a:b]) for a in range(len(jumps)) for b in range(a + 1, len(jumps) + 1)))
    for line, period in LINES.items():
        taken = [tick for _true, tick in runs[line]]
        if back <= period and len(taken) != len(set(taken)):
            wrong.append(f"{line}: a tick came twice ({jumps} from {begin:.0f})")
        most = 2 * period + sum(min(abs(jump), period) for jump in jumps.values()) + LOOK
        if max((after[0] - before[0] for before, after in pairwise(runs[line])), default=0) > most:
            wrong.append(f"{line} stood still ({jumps} from {begin:.0f})")
    return wrong


def main() -> int:
    """0 when nothing was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.clock", description=__doc__)
    parser.add_argument("--walks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.settings")
    django.setup()
    from kith.core.jobs.ticks import due

    dice = random.Random(options.seed)
    wrong = [line for _each in range(options.walks) for line in walk(dice, due)]
    print(json.dumps({"walks": options.walks, "seed": options.seed, "violations": wrong[:20]}, indent=1))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
