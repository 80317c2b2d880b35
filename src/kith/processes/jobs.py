"""Moving many records to another edition of their process."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core.bulk import Result
from kith.core.jobs import job
from kith.core.jobs_bulk import actor_now, result_words, tell

from . import transferring
from .book import book


@job("processes.transfer", once=True, label=_("Moving records to another edition"))
def transfer_job(source: str, target: str, mapping: Mapping[str, str]) -> dict[str, Any]:
    """Move all records of one edition that the person may change, as one change-set."""
    actor, pairs = actor_now(), {UUID(old): UUID(new) for old, new in mapping.items()}
    result: Result = transferring.run(actor, UUID(source), UUID(target), pairs)
    tell(actor, result_words(result.done, result.skipped), book().courses[UUID(target)].process.entity)
    return result.as_json()
