"""Models of the app: one file per noun in `entities`."""

from kith.core.entity import import_entities

import_entities("distribution")
