"""Kinds of text: plain, long, rich, mail, phone, web address, country, JSON, file."""

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .. import patterns
from ..errors import BadValue
from ..identity import countries, mails, phones, urls
from ..identity.problems import Problem
from .base import MAX_TEXT, FieldType, tidy, wrong

if TYPE_CHECKING:
    from ..specs import FieldSpec


class Text(FieldType):
    """One line of text."""

    name = "text"

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None:
            return None
        if not isinstance(value, str):
            raise wrong(_("text"))
        text = tidy(value, spec.max_length)
        text = " ".join(text.splitlines()) if text and self.name == "text" else text
        return fitting(text, spec)


def fitting(text: str | None, spec: "FieldSpec") -> str | None:
    """A text that fits the pattern of its field, or raise BadValue."""
    if text and spec.pattern and not patterns.fits(spec.pattern, text):
        raise BadValue(_("It does not have the form that is asked for here (%(pattern)s).") % {"pattern": spec.pattern})
    return text


class LongText(Text):
    """Several lines of plain text."""

    name = "longtext"
    sortable = False
    ops = ("contains", "empty", "filled")


class Formula(LongText):
    """An expression of the language of formulas, checked as a whole by the record that it belongs to."""

    name = "formula"


class RichText(LongText):
    """Formatted text (HTML), sanitised when shown."""

    name = "richtext"


class Mail(Text):
    """An e-mail address (R18)."""

    name = "mail"
    schema = {"type": "string", "format": "email"}

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        text = super().clean(value, spec)
        if text is None:
            return None
        try:
            return mails.normal_form(text)
        except Problem:
            raise BadValue(
                _("Not an e-mail address; it needs one @ with a name before and a domain after it.")
            ) from None


class Phone(Text):
    """A phone number, E.164 where valid, else as typed (R20)."""

    name = "phone"

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        from ..settings_store import get  # the store's settings are typed by these

        text = super().clean(value, spec)
        return text and phones.normalise(text, get("default_country")).stored

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return phones.format_for(value) if value else ""


class Web(Text):
    """A web address (R17)."""

    name = "url"
    schema = {"type": "string", "format": "uri"}

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        text = super().clean(value, spec)
        if text is None:
            return None
        try:
            return urls.normalise_url(text)
        except Problem:
            raise BadValue(_("Not a valid web address; allowed: http, https.")) from None


class Country(Text):
    """A country, stored as ISO code, written by people in their language."""

    name = "country"
    ops = ("any", "not_any", "empty", "filled")

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise wrong(_("a country"))
        try:
            return countries.country_code(tidy(value, 100) or "") or None
        except Problem:
            raise BadValue(_("Unknown country; write its name or its two-letter code.")) from None

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return countries.country_name(value, get_language() or "en") if value else ""


class Json(FieldType):
    """Structured data without a meaning of its own to Kith."""

    name = "json"
    ops = ("empty", "filled")
    flat = False
    sortable = False
    schema = {}
    bag_cast = "jsonb"

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        try:
            encoded = json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (ValueError, RecursionError):
            raise BadValue(_("Not valid JSON.")) from None
        tidy(encoded, MAX_TEXT)
        if "\\u0000" in encoded:
            raise BadValue(_("This text holds characters that cannot be stored (NUL or broken Unicode); remove them."))
        return value

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        if not text.strip():
            return None
        try:
            return self.clean(json.loads(text), spec)
        except (ValueError, RecursionError):
            raise BadValue(_("Not valid JSON.")) from None

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return json.dumps(value, ensure_ascii=False) if value else ""


class Translations(Json):
    """Names by language code."""

    name = "translations"
    flat = True
    schema = {"type": "object", "additionalProperties": {"type": "string"}}
    given = schema | {"propertyNames": {"enum": [code for code, _name in settings.LANGUAGES]}}

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None or value == "":
            return {}
        languages = [code for code, _name in settings.LANGUAGES]
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise wrong(_("names by language code"))
        if unknown := [code for code in value if code not in languages]:
            raise BadValue(
                _("Unknown language “%(code)s”; there are: %(valid)s.")
                % {"code": unknown[0][:20], "valid": ", ".join(languages)}
            )
        return {code: text for code, raw in value.items() if (text := tidy(raw, 200))}

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return ", ".join((value or {}).values())


class Condition(Json):
    """A condition on records of some kind, as JSON or, typed, in lines of `field:operator:value` that must all hold."""

    name = "condition"
    flat = False
    schema = {"type": "object"}

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        from .. import conditions, filters  # they need fields, which need types

        if value is None or value == "":
            return {}
        try:
            conditions.check(filters.from_json(super().clean(value, spec)))
        except filters.BadFilter as bad:
            raise BadValue(bad.message) from None
        return value or {}

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        from .. import conditions, filters

        if text.lstrip().startswith(("{", "[")) or not text.strip():
            return super().parse(text, spec) or {}
        try:
            nodes = tuple(conditions.read(line.strip()) for line in text.splitlines() if line.strip())
        except filters.BadFilter as bad:
            raise BadValue(bad.message) from None
        return self.clean(conditions.Parts("all", nodes).tree, spec)


class File(Text):
    """A stored file: the value is its key in `core.files`, given as the ticket that an upload answers."""

    name = "file"
    ops = ("empty", "filled")
    flat = False
    sortable = False

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        from ..files import opened  # files need the app registry, types do not

        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise wrong(_("the ticket of an upload"))
        return opened(value)[0]
