"""Drills with a primary and its standby: no acknowledged write is lost, and nobody misses what they wrote themselves."""

import sys
from pathlib import Path

SOURCE = str(Path(__file__).resolve().parents[2] / "src")
if SOURCE not in sys.path:  # `python -m tests.replica.failover` in a checkout
    sys.path.insert(0, SOURCE)
