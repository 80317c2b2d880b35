"""Races: many do the same to the same record at the same time; each race has a careless variant that its oracle must see."""

import sys
from pathlib import Path

SOURCE = str(Path(__file__).resolve().parents[2] / "src")
if SOURCE not in sys.path:  # `python -m tests.races.drill` in a checkout
    sys.path.insert(0, SOURCE)
