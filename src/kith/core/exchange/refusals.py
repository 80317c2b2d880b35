"""Gathers everything that is wrong with a request before refusing it, so that people correct it in one go."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kith.core.errors import BadValue, Refused


class Refusals:
    """Errors by column or field."""

    def __init__(self) -> None:
        self.errors: dict[str, list[Any]] = {}

    def add(self, name: str, message: Any) -> None:
        """One more error."""
        self.errors.setdefault(name, []).append(message)

    @contextmanager
    def at(self, name: str) -> Iterator[None]:
        """Take a BadValue of the block as an error of this column."""
        try:
            yield
        except BadValue as error:
            self.add(name, error.message)

    def stop(self) -> None:
        """Refuse if there is any error."""
        if self.errors:
            raise Refused(self.errors)
