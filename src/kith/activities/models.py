"""Models of the app: one file per noun in `entities`."""

from kith.core.registry import import_entities

import_entities("activities")

from .reacting import Reaction  # noqa: E402  # it links to notes

__all__ = ["Reaction"]
