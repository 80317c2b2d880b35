"""The crash drill: kill -9 of every part of a running Kith while it imports, edits in bulk and answers programs."""

import sys
from pathlib import Path

SOURCE = str(Path(__file__).resolve().parents[2] / "src")
if SOURCE not in sys.path:  # `python -m tests.crash.drill` in a checkout
    sys.path.insert(0, SOURCE)
