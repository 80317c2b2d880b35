"""The world of the matrix, made once for each module; what a test changes is rolled back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import pytest_django

if TYPE_CHECKING:
    from .world import World


def pytest_report_header() -> list[str]:
    """Which combinations are taken."""
    from .sample import told

    return [f"matrix: {words}"] if (words := told()) else []


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator["World"]:
    """Made once."""
    from django.db import transaction

    from kith.core import custom_fields

    from .world import build  # models cannot be read before Django is set up

    with django_db_blocker.unblock(), transaction.atomic():
        custom_fields.forget()
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def matrix(made: "World", db: None) -> "World":
    """The world, with no rights remembered from a test that was rolled back."""
    from kith.access import principals

    principals._cache.clear()
    return made
