"""What a kind of value knows: how it is checked, stored as JSON, shown as text and which questions may be asked of it."""

import re
import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ..errors import BadValue

if TYPE_CHECKING:
    from ..specs import FieldSpec

TEXT_OPS = ("contains", "is", "is_not", "starts", "any", "empty", "filled")
ORDER_OPS = ("is", "lt", "le", "gt", "ge", "between", "empty", "filled")
CHOICE_OPS = ("any", "not_any", "empty", "filled")
UNSAFE = re.compile("[\x00\ud800-\udfff]")
MAX_TEXT = 100_000


def tidy(value: str, limit: int | None = None) -> str | None:
    """Text as it is stored (R2): composed (NFC), trimmed, None when nothing is left.

    Raises BadValue for NUL characters and lone surrogates, which no database text can hold, and above `limit` characters.
    """
    if UNSAFE.search(value):
        raise BadValue(_("This text holds characters that cannot be stored (NUL or broken Unicode); remove them."))
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > (limit or MAX_TEXT):
        raise BadValue(
            _("Too long: %(count)d characters; at most %(limit)d fit.")
            % {"count": len(text), "limit": limit or MAX_TEXT}
        )
    return text or None


class FieldType:
    """One kind of value. Instances are shared and hold no state; the FieldSpec gives label, limits and choices."""

    name: ClassVar[str] = "text"
    ops: ClassVar[tuple[str, ...]] = TEXT_OPS
    align: ClassVar[str] = "start"
    sortable: ClassVar[bool] = True
    #: Whether a value is the id of another record, or several, which people see by their titles.
    names_records: ClassVar[bool] = False
    #: Whether a value fits one input, such as a cell of a list; others have parts of their own.
    flat: ClassVar[bool] = True
    #: The JSON form that the API answers, for OpenAPI.
    schema: ClassVar[dict[str, Any]] = {"type": "string"}
    #: The JSON forms that the API takes, where they are more or narrower than the one it answers.
    given: ClassVar[dict[str, Any]] = {}
    #: SQL type that a value in the JSON bag is cast to for filters and sorting.
    bag_cast: ClassVar[str] = "text"

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        """The Python value to store for a JSON value, or raise BadValue; None means "no value"."""
        return value

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        """The Python value for text typed into a form or standing in a file's cell, or raise BadValue."""
        return self.clean(text, spec)

    def dump(self, value: Any, spec: "FieldSpec") -> Any:
        """The value as JSON, for the API, the ledger and the bag."""
        return value

    def load(self, raw: Any, spec: "FieldSpec") -> Any:
        """The inverse of dump for trusted JSON of the ledger and the bag."""
        return raw

    def text(self, value: Any, spec: "FieldSpec") -> str:
        """The value as plain text for the reader's language."""
        return "" if value is None else str(value)

    def words(self, value: Any, spec: "FieldSpec") -> str:
        """What a record is found by, whatever the language of whoever writes it."""
        return self.text(value, spec)

    def cell(self, value: Any, spec: "FieldSpec") -> Any:
        """The value for a table file: text, number, date, moment or boolean."""
        return None if value is None else self.text(value, spec)

    def is_empty(self, value: Any) -> bool:
        """Whether this is "no value"."""
        return value is None or value == "" or value == [] or value == {}


def wrong(expected: Any) -> BadValue:
    """The error for a value of another JSON type."""
    return BadValue(_("Expected %(expected)s.") % {"expected": expected})
