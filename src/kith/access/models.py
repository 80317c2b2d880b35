"""Models of the app: one file per noun in `entities`."""

from kith.core.registry import import_entities

from .epoch import Epoch
from .sessions import SignIn
from .throttle import Throttle

import_entities("access")

__all__ = ["Epoch", "SignIn", "Throttle"]
