"""The kinds of values, by name. A type knows how to check, store, show, filter and export; nothing else does."""

from .address import AddressType
from .base import FieldType
from .numbers import Boolean, MoneyType, Number, Percent
from .picks import Choice, Choices, LinkType, Ref, RefType, Tags, Words
from .text import Condition, Country, File, Formula, Json, LongText, Mail, Phone, RichText, Text, Translations, Web
from .times import Date, Moment

TYPES: dict[str, FieldType] = {
    kind.name: kind
    for kind in (
        Text(), LongText(), RichText(), Formula(), Mail(), Phone(), Web(), Country(), Json(), Condition(), Translations(), File(),
        Number(), Percent(), MoneyType(), Boolean(), Date(), Moment(), Choice(), Choices(), LinkType(), Tags(), Words(), RefType(), AddressType(),
    )
}  # fmt: skip

__all__ = ["TYPES", "FieldType", "Ref"]
