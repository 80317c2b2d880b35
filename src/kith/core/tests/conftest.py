"""Fixtures of core's own tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from kith.core.testing.browser import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running
