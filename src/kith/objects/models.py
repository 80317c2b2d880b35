"""Models of custom objects: what they are, and the table of all their records."""

from kith.core.registry import import_entities

from .table import ObjectRecord

import_entities("objects")

__all__ = ["ObjectRecord"]
