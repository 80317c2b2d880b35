"""Postal addresses: one value of several parts, each of which may be missing."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..errors import BadValue
from ..identity.addresses import Address, address_line, address_lines
from .base import FieldType, tidy, wrong
from .text import Country

if TYPE_CHECKING:
    from ..specs import FieldSpec

#: Parts by name, with what they are called and how long they may be.
PARTS: dict[str, tuple[Any, int]] = {
    "street": (_("street"), 300), "postal_code": (_("postal code"), 20), "city": (_("city"), 120), "region": (_("region"), 120), "country": (_("country"), 100),
}  # fmt: skip
COUNTRY = Country()


class Pieces(dict[str, Any]):
    """Some parts of an address, of which the others stay as they are (None takes one away)."""


class AddressType(FieldType):
    """A postal address as an object of its parts; typed or read as one text, all of it is the street."""

    name = "address"
    ops = ("contains", "empty", "filled")
    flat = False
    sortable = False
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {part: {"type": "string", "maxLength": most} for part, (_label, most) in PARTS.items()},
    }
    given = schema | {"properties": {part: {"type": ["string", "null"]} for part in PARTS}}

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None or value == "":
            return None
        if not isinstance(value, Mapping):
            raise wrong(_("an object with some of: %(parts)s") % {"parts": ", ".join(PARTS)})
        if unknown := [str(name) for name in value if name not in PARTS]:
            text = _("An address has no “%(part)s”; there are: %(parts)s.")
            raise BadValue(text % {"part": unknown[0], "parts": ", ".join(PARTS)})
        parts = {name: part_of(name, value[name]) for name in PARTS if name in value}
        if isinstance(value, Pieces):
            return Pieces(parts)
        return {name: text for name, text in parts.items() if text} or None

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        return self.clean({"street": text}, spec)

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return address_line(Address(**value), get_language() or "en") if value else ""

    def words(self, value: Any, spec: "FieldSpec") -> str:
        return " ".join(value[part] for part in PARTS if part in value and part != "country")

    def lines(self, value: Any) -> list[str]:
        """The lines that the address has on a letter in its country."""
        return address_lines(Address(**value), get_language() or "en")


def part_of(name: str, value: Any) -> str | None:
    """One part as it is stored; BadValue names it."""
    label, most = PARTS[name]
    try:
        if name == "country":
            found = COUNTRY.clean(value, SimpleNamespace())  # type: ignore[arg-type]  # nothing is asked of it
            return None if found is None else str(found)
        if not isinstance(value, str | None):
            raise wrong(_("text"))
        return tidy(value or "", most)
    except BadValue as error:
        raise BadValue(_("%(field)s: %(reason)s") % {"field": label, "reason": error.message}) from None
