"""Looking at the log on a clock."""

from django.utils.translation import gettext_lazy as _

from kith.core.jobs import job

from . import telling


@job("audit.watch", queue="system", periodic="*/10 * * * *", lock="audit.watch", retry=3, label=_("Watching the log"))
def watch() -> int:
    """Tell whoever may read the log of anomalies that are new."""
    return telling.tell()
