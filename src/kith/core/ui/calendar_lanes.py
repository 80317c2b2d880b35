"""Where entries stand in a day: at their quarter of an hour, side by side while they overlap."""

from dataclasses import dataclass

#: Minutes that an entry without an end takes up, and of one step.
LENGTH, STEP = 30, 15
MOST_LANES = 4


@dataclass(slots=True)
class Placed:
    """Quarters of an hour from the top, and which of how many lanes."""

    at: int
    lane: int = 0
    lanes: int = 1


def placed(starts: list[int], *, first: int) -> list[Placed]:
    """Places of entries by their starts in minutes of the day, in order; those that meet share the width.

    1. Each takes the first lane that is free again. 2. A run of entries that meet ends where all lanes are free; all of a
    run have as many lanes as it needed. 3. Beyond four lanes entries lie over each other.
    """
    made: list[Placed] = []
    run: list[Placed] = []
    ends: list[int] = []
    for start in starts:
        if run and all(end <= start for end in ends):
            close(run, len(ends))
            run, ends = [], []
        lane = next((at for at, end in enumerate(ends) if end <= start), len(ends))
        ends[lane : lane + 1] = [start + LENGTH]
        spot = Placed((start - first) // STEP, lane)
        made.append(spot)
        run.append(spot)
    close(run, len(ends))
    return made


def close(run: list[Placed], lanes: int) -> None:
    """Tell all entries of a run how many lanes there are."""
    for spot in run:
        spot.lanes = min(lanes, MOST_LANES)
        spot.lane = min(spot.lane, MOST_LANES - 1)
