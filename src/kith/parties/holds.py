"""A legal hold keeps a person or company, and what was merged into it, from being erased, from the trash too."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core.entity import Entity

from .doubles import LABELS


def why_not(entity: Entity, records: Sequence[Any]) -> Any:
    """Why some of these may not be erased; None if nothing keeps them."""
    held = next((one for one in records if one.legal_hold), None) if entity.label in LABELS.values() else None
    words = _("“%(name)s” is under legal hold; erasing waits until that is lifted.")
    return words % {"name": held} if held is not None else None
