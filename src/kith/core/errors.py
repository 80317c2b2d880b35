"""What can go wrong, in the words of rules.md R1: refused, forbidden, warned, conflict, missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .kith_error import KithError as KithError


class BadValue(KithError):
    """One value cannot be accepted; the message says why and what to do."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


class Refused(KithError):
    """Nothing is saved: `errors` names every offending field with its reasons; "" is the record as a whole."""

    def __init__(self, errors: Mapping[str, Sequence[Any]] | Any) -> None:
        self.errors: dict[str, list[Any]] = (
            {name: list(messages) for name, messages in errors.items()}
            if isinstance(errors, Mapping)
            else {"": [errors]}
        )
        super().__init__(self.errors)


class Forbidden(KithError):
    """A right is missing; nothing changed. `right` is "app.noun:operation", `message` says who could allow it."""

    def __init__(self, right: str, message: Any = "", fields: Sequence[str] = ()) -> None:
        super().__init__(": ".join(filter(None, (right, ", ".join(fields)))))
        self.right, self.message, self.fields = right, message, tuple(fields)


class Unproven(KithError):
    """The act asks anew who one is, and the last answer is too old; nothing changed."""

    message = _("Prove anew who you are: sign in again, then repeat this.")


class Missing(KithError):
    """The record does not exist for this actor: hidden and absent are the same."""


class Busy(KithError):
    """Too much is being asked at this moment; nothing changed, and the same may succeed soon, or after some seconds."""

    seconds = 0

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Clash:
    """One field edited by somebody else since it was read."""

    field: str
    theirs: Any
    yours: Any
    who: str
    at: Any


class Conflict(KithError):
    """Somebody changed the same fields meanwhile; nothing is saved, nothing typed is lost."""

    def __init__(self, clashes: Sequence[Clash], version: int) -> None:
        super().__init__([clash.field for clash in clashes])
        self.clashes, self.version = tuple(clashes), version


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801 - Warning is a builtin
    """Facts that the same user must confirm before saving; `code` goes into `confirm`."""

    code: str
    message: Any
    records: tuple[Any, ...] = ()


class Warned(KithError):
    """Nothing is saved until repeated with the codes of `warnings` in `confirm` (R1)."""

    def __init__(self, warnings: Sequence[Warning_]) -> None:
        super().__init__([warning.code for warning in warnings])
        self.warnings = tuple(warnings)
