"""Models of the app: one file per noun in `entities`."""

from kith.core.registry import import_entities

from .epoch import Epoch
from .factors.models import Authenticator, Passkey, RecoveryCode
from .sessions import SignIn
from .throttle import Throttle

import_entities("access")

__all__ = ["Authenticator", "Epoch", "Passkey", "RecoveryCode", "SignIn", "Throttle"]
