"""The worker process: does the jobs of the queue."""

import os

os.environ.setdefault("KITH_PROCESS", "worker")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.settings")

import django

from kith.core.loading import undisturbed
from kith.core.serving.lifeline import follow_parent


def main() -> None:
    """Work until SIGTERM; running jobs get time to reach their next step."""
    follow_parent()
    with undisturbed():
        django.setup()
    from kith.core import database
    from kith.core.jobs.worker import work

    try:
        work()
    finally:
        database.close()


if __name__ == "__main__":
    main()
