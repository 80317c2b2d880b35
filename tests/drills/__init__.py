"""Fire drills: backup, disk, clock, moving. Each module is a drill by itself: `python -m tests.drills.backup`; `test_drills.py` runs short forms."""
