"""Fixtures of the tests of activities; Kith is imported inside them, since pytest reads this file before Django is ready."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def told() -> Callable[[Any], list[tuple[str, str, str]]]:
    """What a user has been told: kind, by whom, title; oldest first."""
    from kith.core.notify import Notification

    return lambda user: [
        (row.kind, row.by, row.title) for row in Notification.objects.filter(user_id=user.pk).order_by("pk")
    ]
