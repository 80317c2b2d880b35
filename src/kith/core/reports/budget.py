"""A report may take so long and no longer: the database stops it, and the reader is told how to ask for less."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from kith.core.filters import BadFilter
from kith.core.store import state_of

SECONDS = 10
CANCELLED = "57014"


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Run queries within a time limit of their own; raises BadFilter when it is over."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)",
                [f"{int(seconds * 1000)}ms"],
            )
            before = cursor.fetchone()[0]
            yield
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
    except OperationalError as error:
        if state_of(error) != CANCELLED:
            raise
        raise BadFilter(
            _("This report took longer than %(seconds)d seconds. Add a condition or group by fewer fields.")
            % {"seconds": seconds}
        ) from None
