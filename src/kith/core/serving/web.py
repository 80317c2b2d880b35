"""The web server process: granian with our WSGI application."""

import gc
import logging
import os

os.environ.setdefault("KITH_PROCESS", "web")

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from kith.core.loading import undisturbed
from kith.core.serving.lifeline import follow_parent

#: Threads for those who are told at once that there is no room, and for the watch.
SPARE = 4


def main() -> None:
    """Serve until SIGTERM; requests that run may finish."""
    follow_parent()
    os.register_at_fork(after_in_child=follow_parent)  # granian's own workers too
    from django.conf import settings

    with undisturbed():
        import kith.wsgi  # noqa: F401 - loaded once, before the workers are forked, so that they share its memory

    logging.getLogger("_granian").addFilter(is_news)
    gc.freeze()
    Granian(
        "kith.wsgi:application",
        address=settings.HOST,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=settings.WORKERS,
        blocking_threads=settings.THREADS + settings.LINE + SPARE,
        log_dictconfig=settings.LOGGING,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=30,
        websockets=False,
    ).serve()


def is_news(record: logging.LogRecord) -> bool:
    """All that granian says, but for its doubt about the threads: most of them only stand in line (kith.core.gate)."""
    return "Python threads" not in record.getMessage()


if __name__ == "__main__":
    main()
