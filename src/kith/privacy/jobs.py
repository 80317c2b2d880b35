"""What takes longer than a page: erasing a person in all of history, gathering everything about one, the nightly retention."""

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core.entity import registry
from kith.core.jobs import job
from kith.core.jobs_bulk import actor_now

from . import dossier, erasing, retention


@job("privacy.erase", once=True, label=_("Erasing of personal data"))
def erase(party: str, entity: str, reason: str) -> dict[str, int]:
    """Erase one person or company for good."""
    return erasing.erase(actor_now(), registry.get(entity), uuid.UUID(party), reason=reason)


@job("privacy.export", label=_("Everything about a person"))
def export(party: str, entity: str) -> dict[str, Any]:
    """Write the file with everything about one person or company, for whoever asked."""
    return dossier.write(actor_now(), registry.get(entity), uuid.UUID(party))


@job("privacy.retention", periodic="20 1 * * *", retry=2, label=_("Retention of records"))
def keep() -> dict[str, int]:
    """Apply the retention rules that are on."""
    return retention.run_all()
