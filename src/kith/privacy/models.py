"""Models of the app: one file per noun in `entities`."""

from kith.core.registry import import_entities

import_entities("privacy")
