"""What can go wrong with a file, a cell or an export; each error carries a message key and facts, `messages` has the words."""

from typing import NamedTuple

from kith.core.kith_error import KithError

type Fact = str | int


class FormatError(KithError):
    """Base of the errors of this package: `key` names the sentence, `facts` fill its placeholders."""

    def __init__(self, key: str, **facts: Fact) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts

    def __str__(self) -> str:
        return " ".join([self.key, *(f"{name}={fact!r}" for name, fact in self.facts.items())])


class Unreadable(FormatError):
    """The file as a whole cannot be read; nothing was taken from it."""


class Unwritable(FormatError):
    """The export cannot be written in this format."""


class Unparsable(FormatError):
    """One cell is not the date, number or boolean that its column holds."""


class Problem(NamedTuple):
    """Why one row (or one of its cells, when `column` says so) must not be taken as it stands."""

    key: str
    column: int | None = None
    detail: str = ""
