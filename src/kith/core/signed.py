"""Signed values that are good for a time, which ends once: setting the clock back opens nothing again.

Like django.core.signing, but told by `clock.now()`, and a value from the future is none of ours.
"""

from datetime import timedelta
from typing import Any

from django.core.signing import JSONSerializer, SignatureExpired, TimestampSigner, b62_decode, b62_encode

from kith.core import clock

#: Two machines of one installation may differ by so many seconds.
APART = 60


class Signer(TimestampSigner):
    """Signs with the moment."""

    def timestamp(self) -> str:
        """The moment."""
        return b62_encode(int(clock.now()))

    def unsign(self, signed_value: str, max_age: float | timedelta | None = None) -> str:
        """The value, if it is ours and not too old."""
        value: str = super().unsign(signed_value)
        most = max_age.total_seconds() if isinstance(max_age, timedelta) else max_age or 0
        age = clock.now() - b62_decode(signed_value.rsplit(self.sep, 2)[1])
        if not -APART <= age <= most:
            raise SignatureExpired(f"Signature age {age:.0f} is not between 0 and {most} seconds")
        return value


def dumps(value: Any, *, salt: str) -> str:
    """Sign a value."""
    return Signer(salt=salt).sign_object(value, serializer=JSONSerializer)


def loads(text: str, *, salt: str, max_age: int) -> Any:
    """The value of a signed text; raises BadSignature."""
    return Signer(salt=salt).unsign_object(text, serializer=JSONSerializer, max_age=max_age)
