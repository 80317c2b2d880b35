"""Breaks rules instead of running the tests once: `pytest -p tests.mutants.plugin …`, called by `run.py`."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """What pytest would do now."""
    from .looping import Run  # models cannot be read before Django is set up

    Run(session).all()
    return True
