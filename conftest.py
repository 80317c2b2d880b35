"""Tests run on the embedded server of one folder, kept between runs; each xdist worker has its own database."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def _test_folder() -> Path:
    """A private folder outside the checkout, which may be where PostgreSQL's user cannot go."""
    name = hashlib.sha1(str(ROOT).encode()).hexdigest()[:8]
    return Path("/tmp") / f"kith-test-{os.geteuid()}-{name}"


os.environ["KITH_DATA"] = str(_test_folder())
os.environ["PYTHONPATH"] = str(ROOT / "src")  # for the processes that tests start
os.environ["KITH_PROCESS"] = "command"
os.environ["DJANGO_SETTINGS_MODULE"] = (
    "kith.settings"  # not in pyproject: pytest-django would read it too early
)
os.environ.pop("BASE_URL", None)


def pytest_configure() -> None:
    """Start the server and read the settings, now that the environment is ready; pytest-django then sets Django up."""
    from django.conf import settings

    from kith.core.database import embedded

    if server := embedded():
        server.ensure()
    assert settings.DATABASES
